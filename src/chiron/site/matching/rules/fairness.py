"""What is said of the differences between groups, in the same words to coordinators and leaders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.sheets.result.figures import differences
from chiron.sheets.result.groups import GroupFigures, MatchedPerson, compare_groups

Figures = Mapping[str, tuple[GroupFigures, ...]]
"""The groups of each question, by the field that people are grouped by."""


@dataclass(frozen=True, slots=True)
class PeopleCompared:
    """Whom a report compares.

    Attributes:
        people: everybody, whether they have a mentor and with which fit.
        answers: by the label of each question the answer of each of them, in the same order.
    """

    people: Sequence[MatchedPerson]
    answers: Mapping[str, Sequence[str]]
    _found: dict[tuple[str, int], Figures] = field(default_factory=dict, compare=False, repr=False)

    def figures(self, *, none: str, k: int) -> Figures:
        """Return the groups of each question, worked out once; the arguments are those of `compare_groups`."""
        if (none, k) not in self._found:
            self._found[none, k] = compare_groups(self.people, self.answers, none=none, k=k)
        return self._found[none, k]


@dataclass(frozen=True, slots=True)
class GroupDifferences:
    """What the differences come to over all questions: groups to look at, of how many compared."""

    to_look_at: int
    compared: int
    can_tell: bool

    @property
    def words(self) -> str:
        """The differences in a few words."""
        if self.to_look_at:
            return ngettext("%d group to look at", "%d groups to look at", self.to_look_at) % self.to_look_at
        return _("None clear") if self.can_tell else _("Too few people to tell")


def spread_in(figures: Figures) -> GroupDifferences:
    """Return the differences over all questions."""
    shown = [group for groups in figures.values() for group in groups if not group.hidden]
    return GroupDifferences(
        to_look_at=sum(group.differs for group in shown),
        compared=len(shown),
        can_tell=any(group.can_tell for group in shown),
    )


def question_to_show(figures: Figures) -> str:
    """Return the first question with a group to look at; without one the first; empty where there is none."""
    differing = (field for field, groups in figures.items() if any(group.differs for group in groups))
    return next(differing, next(iter(figures), ""))


def sentence_of(groups: Sequence[GroupFigures]) -> str:
    """Return the finding about one question in a sentence; "no clear difference" never means equal."""
    found = differences(groups)
    known = {
        "beside.unclear": _("No clear difference between groups"),
        "beside.too_few": _("Too few people to tell whether groups differ"),
    }
    return known.get(found.code, str(found))
