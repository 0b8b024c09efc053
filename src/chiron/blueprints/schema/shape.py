"""What `[matching.shape]` may say: how many people of which kind belong together."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chiron.blueprints.schema.fields import FieldName, Label, Strict

ShapeKind = Literal["pairs", "groups", "panel", "chain", "peers", "circles", "teams", "rounds"]

Size = Annotated[int, Field(ge=1, le=1_000, strict=True)]

# What each shape needs; what is not listed here is of no use to it, and writing it is an error.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "pairs": (),
    "groups": (),
    "panel": ("by", "slots"),
    "chain": ("by", "tiers"),
    "peers": (),
    "circles": ("least", "most"),
    "teams": ("mentors", "mentees"),
    "rounds": ("meetings",),
}

EXAMPLES: Mapping[str, str] = {
    "by": 'by = "mentor_kind"',
    "slots": "one [[matching.shape.slots]] for each kind of mentor",
    "tiers": 'tiers = ["Pupil", "Undergraduate", "Medical student"]',
    "least": "least = 4",
    "most": "most = 6",
    "mentors": "mentors = 2",
    "mentees": "mentees = 4",
    "meetings": "meetings = 6",
}


class SlotSpec(Strict):
    """One of several kinds of mentor that each mentee has at once, and who may be it.

    Attributes:
        name: what people call the place: "Clinical mentor".
        of: answers of the shape's field `by`; a mentor who gave one of them may fill the place.
        costs: how many of a mentor's places it takes.
    """

    name: Label
    of: tuple[str, ...] = Field(min_length=1)
    costs: Annotated[int, Field(ge=1, le=1_000, strict=True)] = 1


class ShapeSpec(Strict):
    """Who belongs together: pairs, or one of the larger shapes.

    Attributes:
        kind: "pairs" (one mentee with one mentor, who may have several), "groups" (one mentor with several mentees,
            sizes by `[matching.groups]`), "panel" (several kinds of mentor for each mentee), "chain" (each tier is
            mentored by the next), "peers" (pairs inside one population), "circles" (small groups inside one
            population), "teams" (some mentors with some mentees) or "rounds" (each mentee meets several mentors).
        by: the field that tells a panel's mentors, or a chain's people, apart.
        slots: the places of a panel.
        tiers: answers of `by` in a chain, youngest first.
        least: fewest members of a circle.
        most: most members of a circle.
        mentors: mentors in a team.
        mentees: mentees in a team.
        meetings: mentors whom each mentee meets in rounds.
        needs_mentor: in a chain, that somebody who asks for a mentor mentors others only with a mentor of their own.
    """

    kind: ShapeKind = "pairs"
    by: FieldName | None = None
    slots: tuple[SlotSpec, ...] = ()
    tiers: tuple[str, ...] = ()
    least: Size | None = None
    most: Size | None = None
    mentors: Size | None = None
    mentees: Size | None = None
    meetings: Size | None = None
    needs_mentor: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def says_what_it_needs(self) -> Self:
        """Refuse a shape that lacks what it needs, or says what is of no use to it."""
        needed = NEEDS[self.kind]
        for name, example in EXAMPLES.items():
            said = getattr(self, name) not in (None, ())
            if name in needed and not said:
                raise ValueError(f'the shape "{self.kind}" needs {example}')
            if said and name not in needed:
                raise ValueError(f'the shape "{self.kind}" has no use for "{name}": delete it')
        if self.needs_mentor and self.kind != "chain":
            raise ValueError(f'the shape "{self.kind}" has no use for "needs_mentor": delete it')
        return self

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """Refuse a chain of fewer than three tiers, slots of one name, and a circle of nobody."""
        if self.kind == "chain" and (len(self.tiers) < 3 or len(set(self.tiers)) < len(self.tiers)):  # noqa: PLR2004 -- two tiers are pairs
            raise ValueError("a chain has three tiers or more, each once, youngest first")
        names = [slot.name for slot in self.slots]
        if len(set(names)) < len(names):
            raise ValueError("two slots have one name: give each its own")
        if self.least is not None and self.most is not None and not 2 <= self.least <= self.most:  # noqa: PLR2004 -- a circle of one is nobody's
            raise ValueError("a circle has at least 2 members, and most is not below least")
        return self
