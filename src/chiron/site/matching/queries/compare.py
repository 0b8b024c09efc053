"""Plans side by side: one row a measure, and who would have another mentor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.matching.models import Plan, PlanPair
from chiron.site.matching.queries.fairness import figures_of
from chiron.site.matching.queries.numbers import PlanNumbers, numbers_of
from chiron.site.matching.rules import TWO_SIDED, aim_words
from chiron.site.matching.rules.fairness import spread_in


@dataclass(frozen=True, slots=True)
class PlanMeasure:
    """One row: what is measured, one cell a plan, and the difference in words."""

    label: str
    cells: Sequence[str]
    difference: str
    plans: Sequence[Plan]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each plan's name with its cell."""
        return [(plan.name, cell) for plan, cell in zip(self.plans, self.cells, strict=True)]


@dataclass(frozen=True, slots=True)
class MentorSwitch:
    """One mentee whose mentors differ between the plans: one cell a plan."""

    name: str
    cells: Sequence[str]
    plans: Sequence[Plan]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each plan's name with its cell."""
        return [(plan.name, cell) for plan, cell in zip(self.plans, self.cells, strict=True)]


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """Up to four plans side by side."""

    plans: Sequence[Plan]
    measures: Sequence[PlanMeasure]
    switches: Sequence[MentorSwitch]
    mentees: int

    @property
    def sentence(self) -> str:
        """How many people change mentor, in words."""
        return ngettext(
            "%(count)d of %(all)d people changes mentor.",
            "%(count)d of %(all)d people change mentor.",
            len(self.switches),
        ) % {"count": len(self.switches), "all": self.mentees}


def comparison_of(plans: Sequence[Plan]) -> PlanComparison:
    """Return plans side by side; differences are from the first to the last."""
    numbers = numbers_of(plans)
    figures = figures_of(plans)
    spreads = [spread_in(figures[plan.pk]) for plan in plans]
    rows = [numbers[plan.pk] for plan in plans]
    switches = _switches(plans)
    measures = [
        PlanMeasure(_("Aim"), [aim_words()[plan.run.aim].name for plan in plans], "", plans),
        _measure(plans, _("Mentees with a mentor"), [row.matched for row in rows], of=rows),
        *(
            [_measure(plans, _top_label(plans), [row.top_percent for row in rows], unit="%")]
            if all(plan.shape in TWO_SIDED for plan in plans)
            else []
        ),
        _measure(plans, _("Lowest fit"), [row.lowest for row in rows]),
        _measure(plans, _("Mean fit"), [row.mean_fit for row in rows]),
        _measure(plans, _("Whole plan"), [row.total for row in rows]),
        PlanMeasure(_("Differences between groups"), [spread.words for spread in spreads], "", plans),
    ]
    return PlanComparison(plans, measures, switches, max((row.mentees for row in rows), default=0))


def mentors_of(plans: Sequence[Plan]) -> Mapping[int, Mapping[int, tuple[str, str]]]:
    """Return, by mentee and plan, the mentee's name and the names of the mentors."""
    found: dict[int, dict[int, tuple[str, str]]] = {}
    pairs = (
        PlanPair.objects.filter(plan__in=plans)
        .order_by("place", "pk")
        .values_list("mentee_id", "mentee__person__name", "plan_id", "mentor__person__name")
    )
    for mentee, name, plan, mentor in pairs:
        mine = found.setdefault(mentee, {})
        mine[plan] = (name, f"{mine[plan][1]}, {mentor}" if plan in mine else mentor)
    return found


def moved_count(plan: Plan, before: Plan) -> int:
    """Return how many mentees have other mentors in a plan than in the one before it."""
    return len(_switches([before, plan]))


def _switches(plans: Sequence[Plan]) -> list[MentorSwitch]:
    switches = []
    for mine in mentors_of(plans).values():
        cells = [mine[plan.pk][1] if plan.pk in mine else "" for plan in plans]
        if len(set(cells)) > 1:
            name = next(iter(mine.values()))[0]
            switches.append(MentorSwitch(name, [cell or _("No mentor") for cell in cells], plans))
    return sorted(switches, key=lambda switch: switch.name)


def _top_label(plans: Sequence[Plan]) -> str:
    return _("Got one of their top 3") if any(plan.choosers for plan in plans) else _("With one of their 3 best fits")


def _measure(
    plans: Sequence[Plan], label: str, values: Sequence[int | None], *, of: Sequence[PlanNumbers] = (), unit: str = ""
) -> PlanMeasure:
    cells = ["\N{EN DASH}" if value is None else f"{value}{unit}" for value in values]
    if of:
        cells = [f"{cell} / {row.mentees}" for cell, row in zip(cells, of, strict=True)]
    first, last = values[0], values[-1]
    if first is None or last is None or len(values) == 1:
        return PlanMeasure(label, cells, "", plans)
    difference = last - first
    words = _("the same") if not difference else (_("%d more") if difference > 0 else _("%d less")) % abs(difference)
    return PlanMeasure(label, cells, words, plans)
