"""The groups of a plan beside everyone as a picture: one dot with its interval a group, and the axis below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chiron.sheets.result.groups import GroupFigures
from chiron.site.matching.models import Plan
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.matching.rules.fairness import Figures, question_to_show, sentence_of

WIDTH = 288
EDGE = 10


@dataclass(frozen=True, slots=True)
class Strip:
    """The mean fit of one group as a dot with its interval, in units of the picture; places are None where hidden."""

    group: GroupFigures
    dot: int | None
    low: int | None
    high: int | None

    @property
    def is_to_look_at(self) -> bool:
        """True if the group differs from everyone together."""
        return self.group.differs


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis: its words and its place."""

    label: int
    place: int

    @property
    def anchor(self) -> str:
        """Where the words stand beside the mark, so that they stay inside the picture."""
        if self.place <= EDGE:
            return "start"
        return "end" if self.place >= WIDTH - EDGE else "middle"


@dataclass(frozen=True, slots=True)
class Panel:
    """The differences between the groups of one question, and links to the other questions.

    Attributes:
        by: the field that people are grouped by; empty where nothing can be compared.
        label: what people call it.
        sentence: whether a difference can be told at all.
        strips: one a group.
        ticks: the axis.
        others: (field, label) of every question that can be asked.
        has_hidden: True if a group is too small to be shown.
    """

    by: str
    label: str
    sentence: str
    strips: Sequence[Strip]
    ticks: Sequence[Tick]
    others: Sequence[tuple[str, str]]
    has_hidden: bool


def panel_of(plan: Plan, by_field: Figures, by: str) -> Panel:
    """Return the panel for one question; where `by` cannot be asked, for the first one with a group to look at.

    Args:
        plan: the plan.
        by_field: its figures.
        by: the field that people are grouped by.
    """
    others = facts_of(plan).groupings
    if not others:
        words = _("There is nothing to compare: everybody gave the same answers, or none.")
        return Panel(by="", label="", sentence=words, strips=(), ticks=(), others=(), has_hidden=False)
    field = by if by in dict(others) else question_to_show(by_field)
    groups = by_field[field]
    shown = [group.fit for group in groups if group.fit.low is not None and group.fit.high is not None]
    low = min((int(figure.low or 0) for figure in shown), default=0) // 10 * 10
    high = -(-max((int(figure.high or 0) for figure in shown), default=100) // 10) * 10
    high = max(high, low + 10)

    def place(value: float) -> int:
        return EDGE + round((WIDTH - 2 * EDGE) * (value - low) / (high - low))

    step = 10 if high - low <= 40 else 20  # noqa: PLR2004 -- at most five marks
    return Panel(
        by=field,
        label=dict(others)[field],
        sentence=sentence_of(groups),
        strips=[_strip(group, place) for group in groups],
        ticks=[Tick(value, place(value)) for value in range(low, high + 1, step)] if shown else (),
        others=others,
        has_hidden=any(figure.hidden for group in groups for figure in group.figures),
    )


def _strip(group: GroupFigures, place: Any) -> Strip:
    fit = group.fit
    if fit.value is None or fit.low is None or fit.high is None:
        return Strip(group, None, None, None)
    return Strip(group, place(fit.value), place(fit.low), place(fit.high))
