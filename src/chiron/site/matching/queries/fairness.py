"""Differences between groups in a plan: the mean fit of each group with its interval, small groups hidden."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Sum
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from chiron.sheets.result.figures import Figure, differences, mean_figures
from chiron.site.matching.models import Plan, PlanPair
from chiron.site.matching.queries.inputs import facts_of, run_key
from chiron.site.matching.rules import ONE_POPULATION
from chiron.site.shared.process.kept_values import KeptValues

WIDTH = 288
EDGE = 10


@dataclass(frozen=True, slots=True)
class Strip:
    """One group as a dot with its interval, in the units of the picture; places are None where hidden."""

    figure: Figure
    dot: int | None
    low: int | None
    high: int | None

    @property
    def is_to_look_at(self) -> bool:
        """True if the group differs from everyone together."""
        return self.figure.differs


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


@dataclass(frozen=True, slots=True)
class GroupDifferences:
    """What a plan's differences come to over all questions: groups to look at, of how many compared."""

    to_look_at: int
    compared: int
    can_tell: bool

    @property
    def words(self) -> str:
        """The differences in a few words."""
        if self.to_look_at:
            return ngettext("%d group to look at", "%d groups to look at", self.to_look_at) % self.to_look_at
        return _("None clear") if self.can_tell else _("Too few people to tell")


Fits = Mapping[str, int]


def fits_of(plans: Sequence[Plan]) -> Mapping[int, Fits]:
    """Return, by plan, the fit of each matched mentee by the identifier in the run's input; the best of several."""
    found: dict[int, dict[str, int]] = {plan.pk: {} for plan in plans}
    of_peers = {plan.pk for plan in plans if plan.shape in ONE_POPULATION}
    ties = PlanPair.objects.filter(plan__in=plans).order_by("fit")
    for plan, mentee, mentor, fit in ties.values_list("plan_id", "mentee_id", "mentor_id", "fit"):
        found[plan][str(mentee)] = fit
        if plan in of_peers:
            found[plan][str(mentor)] = fit
    return found


def figures_by(plan: Plan, fits: Fits, field: str) -> tuple[Figure, ...]:
    """Return the mean fit of each group of one question, largest groups first, small ones hidden."""
    facts = facts_of(plan)
    groups: dict[str, list[float]] = {}
    for mentee, answer in zip(facts.mentees, facts.answers[field], strict=True):
        if mentee in fits:
            groups.setdefault(answer or _("Not provided"), []).append(float(fits[mentee]))
    ordered = dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))
    return mean_figures(field, ordered, k=plan.cohort.small_group)


Figures = Mapping[str, tuple[Figure, ...]]


def figures_of(plans: Sequence[Plan]) -> Mapping[int, Figures]:
    """Return, by plan and by question, the mean fit of each group of the plan as it stands now.

    They are worked out once for each state of the pairs, and kept.
    """
    revisions = _revisions_of(plans)
    language = get_language()
    found = {}
    for plan in plans:
        key = (run_key(plan), plan.pk, revisions.get(plan.pk), plan.cohort.small_group, language)
        found[plan.pk] = _kept.get(key, lambda plan=plan: _figures(plan, fits_of([plan])[plan.pk]))  # type: ignore[misc]
    return found


def _figures(plan: Plan, fits: Fits) -> Figures:
    return {field: figures_by(plan, fits, field) for field, _label in facts_of(plan).groupings}


_kept: KeptValues[Figures] = KeptValues(64)


def _revisions_of(plans: Sequence[Plan]) -> Mapping[int, Hashable]:
    """Return numbers that differ wherever the pairs of a plan or their fits do, added up by the database."""
    rows = (
        PlanPair.objects.filter(plan__in=plans)
        .values("plan")
        .annotate(
            pairs=Count("pk"), last=Max("pk"), keys=Sum("pk"), fits=Sum("fit"), by_mentee=Sum(F("fit") * F("mentee"))
        )
        .order_by("plan")
    )
    return {row["plan"]: tuple(row.values()) for row in rows}


def forget_figures() -> None:
    """Keep nothing any more: another database begins."""
    _kept.forget()


def spread_of(plan: Plan, fits: Fits) -> GroupDifferences:
    """Return the differences of a plan with these fits over all questions that can be asked of it."""
    return spread_in(_figures(plan, fits))


def spread_in(figures: Figures) -> GroupDifferences:
    """Return the differences in the figures of a plan."""
    shown = [figure for groups in figures.values() for figure in groups if not figure.hidden]
    return GroupDifferences(
        to_look_at=sum(figure.differs for figure in shown),
        compared=len(shown),
        can_tell=any(figure.can_tell for figure in shown),
    )


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
    asked = [by] if by in dict(others) else [name for name, _label in others]
    field = next((name for name in asked if any(figure.differs for figure in by_field[name])), asked[0])
    figures = by_field[field]
    shown = [figure for figure in figures if figure.low is not None and figure.high is not None]
    low = min((int(figure.low or 0) for figure in shown), default=0) // 10 * 10
    high = -(-max((int(figure.high or 0) for figure in shown), default=100) // 10) * 10
    high = max(high, low + 10)

    def place(value: float) -> int:
        return EDGE + round((WIDTH - 2 * EDGE) * (value - low) / (high - low))

    step = 10 if high - low <= 40 else 20  # noqa: PLR2004 -- at most five marks
    return Panel(
        by=field,
        label=dict(others)[field],
        sentence=_sentence(figures),
        strips=[_strip(figure, place) for figure in figures],
        ticks=[Tick(value, place(value)) for value in range(low, high + 1, step)] if shown else (),
        others=others,
        has_hidden=any(figure.hidden for figure in figures),
    )


def _sentence(figures: Sequence[Figure]) -> str:
    """Return the finding in one sentence; "no clear difference" never means equal."""
    found = differences(figures)
    known = {
        "beside.unclear": _("No clear difference between groups"),
        "beside.too_few": _("Too few people to tell whether groups differ"),
    }
    return known.get(found.code, str(found))


def _strip(figure: Figure, place: Any) -> Strip:
    if figure.value is None or figure.low is None or figure.high is None:
        return Strip(figure, None, None, None)
    return Strip(figure, place(figure.value), place(figure.low), place(figure.high))
