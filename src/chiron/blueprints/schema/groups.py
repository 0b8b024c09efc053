"""What `[matching.groups]` and `[matching.offers]` may say: how large a mentor's group is, and who must agree to it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from chiron.blueprints.schema.fields import FieldName, Strict


class GroupsSpec(Strict):
    """How large the groups are: one mentor with several mentees each.

    Attributes:
        least: fewest members of a group.
        most: most members of a group, and the places of a mentor where no answer says.
        balanced_by: a field of both sides: inside each of its values everybody is shared out so that group sizes
            differ by one at most; true: over the whole programme.
        mentors: exactly so many mentors with a group for each value of `balanced_by`.
        open: "all": each mentor has a group; "some": a group with fewer than `least` members stays closed.
    """

    least: int = Field(default=0, ge=0, le=1_000_000, strict=True)
    most: int | None = Field(default=None, ge=1, le=1_000_000, strict=True)
    balanced_by: FieldName | Literal[True] | None = None
    mentors: int | None = Field(default=None, ge=1, le=1_000_000, strict=True)
    open: Literal["all", "some"] = "all"

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        """Refuse sizes that cannot be, and groups that are even and closed at once."""
        if self.most is not None and self.least > self.most:
            raise ValueError("least is more than most: type a smaller least, or a larger most")
        if self.open == "some" and self.least < 1:
            raise ValueError('open = "some" needs least = 3: groups with fewer members than that stay closed')
        if self.open == "some" and self.balanced_by is not None:
            raise ValueError('balanced groups are all open: delete open = "some", or delete balanced_by')
        if self.mentors is not None and self.balanced_by is None:
            raise ValueError('mentors needs balanced_by = "campus": the field whose values have so many mentors each')
        return self

    @property
    def part_field(self) -> str | None:
        """The field inside whose values groups are even, if there is one."""
        return self.balanced_by if isinstance(self.balanced_by, str) else None


class OffersSpec(Strict):
    """How a published plan becomes matches.

    Attributes:
        agree: "all": everybody in a match is asked; "mentor": the mentor alone; "nobody": publishing begins matches.
        answer_days: for how many days people may answer.
        least: with how many yeses beside the mentor's a group begins; None: with all who have not said no.
        meet_again: whether people whose match reached its end may be put together again by a later plan.
    """

    agree: Literal["all", "mentor", "nobody"] = "all"
    answer_days: int = Field(default=14, ge=1, le=365, strict=True)
    least: int | None = Field(default=None, ge=1, le=1_000, strict=True)
    meet_again: bool = Field(default=False, strict=True)
