"""Differences between groups in a plan and in a cohort: who has a mentor and how well they fit, small groups hidden."""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiron.sheets.result.groups import MatchedPerson, compare_groups
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.models import OfferMember, Plan, PlanPair
from chiron.site.matching.queries.inputs import GROUPINGS, facts_of, fields_to_group_by, group_answer, run_key
from chiron.site.matching.queries.numbers import revisions_of
from chiron.site.matching.queries.pools import shape_of
from chiron.site.matching.rules import ONE_POPULATION, OfferState, PlanState
from chiron.site.matching.rules.fairness import Figures, GroupDifferences, PeopleCompared, spread_in
from chiron.site.programs.models import Cohort
from chiron.site.shared.process.kept_values import KeptValues

Fits = Mapping[str, float]


def mean_fits(ties: Iterable[tuple[int, int]]) -> dict[str, float]:
    """Return the mean fit of everybody in some pairs, by the key of the application as a run has it.

    Args:
        ties: (key of the application, fit), once for each pair that somebody is in.
    """
    found: dict[str, list[int]] = {}
    for key, fit in ties:
        found.setdefault(str(key), []).append(fit)
    return {key: sum(fits) / len(fits) for key, fits in found.items()}


def fits_of(plans: Sequence[Plan]) -> Mapping[int, Fits]:
    """Return, by plan, the mean fit of each matched mentee by the identifier in the run's input."""
    found: dict[int, list[tuple[int, int]]] = {plan.pk: [] for plan in plans}
    of_peers = {plan.pk for plan in plans if plan.shape in ONE_POPULATION}
    ties = PlanPair.objects.filter(plan__in=plans).order_by("pk")
    for plan, mentee, mentor, fit in ties.values_list("plan_id", "mentee_id", "mentor_id", "fit"):
        found[plan].append((mentee, fit))
        if plan in of_peers:
            found[plan].append((mentor, fit))
    return {plan: mean_fits(own) for plan, own in found.items()}


def figures_of(plans: Sequence[Plan], *, revisions: Mapping[int, Hashable] | None = None) -> Mapping[int, Figures]:
    """Return, by plan and by question, the figures of each group of the plan as it stands now.

    They are worked out once for each state of the pairs, and kept; `revisions` as `numbers_of` takes them.
    """
    known = revisions_of(plans) if revisions is None else revisions
    language = get_language()
    found = {}
    for plan in plans:
        key = (run_key(plan), known.get(plan.pk), plan.cohort.small_group, language)
        found[plan.pk] = _kept.get(key, lambda plan=plan: _figures(plan, fits_of([plan])[plan.pk]))  # type: ignore[misc]
    return found


def _figures(plan: Plan, fits: Fits) -> Figures:
    facts = facts_of(plan)
    people = [MatchedPerson(mentee in fits, fits.get(mentee)) for mentee in facts.mentees]
    answers = {field: facts.answers[field] for field, _label in facts.groupings}
    return compare_groups(people, answers, none=_("Not provided"), k=plan.cohort.small_group)


_kept: KeptValues[Figures] = KeptValues(64)


def forget_figures() -> None:
    """Keep nothing any more: another database begins."""
    _kept.forget()


def spread_of(plan: Plan, fits: Fits) -> GroupDifferences:
    """Return the differences of a plan with these fits over all questions that can be asked of it."""
    return spread_in(_figures(plan, fits))


def people_compared_in(cohort: Cohort) -> PeopleCompared:
    """Return everybody accepted in a cohort as a report compares them: as its published plans knew them.

    They are asked the same questions as on the page of a plan, and each answer has the spelling that it had there;
    whoever came later has that of the application.
    """
    plans = Plan.objects.filter(cohort=cohort, state=PlanState.PUBLISHED).select_related("run")
    published = list(plans.order_by("pk"))
    accepted = _accepted_in(cohort)
    said = {key: [group_answer(answers, field) for field in GROUPINGS] for key, answers in accepted.items()}
    labels: Mapping[str, str] = {}
    for plan in published:
        facts = facts_of(plan)
        rows = zip(*(facts.answers[field] for field in GROUPINGS), strict=True)
        said |= {int(key): list(row) for key, row in zip(facts.mentees, rows, strict=True) if int(key) in accepted}
        labels = facts.labels
    by_field = {field: [said[key][at] for key in accepted] for at, field in enumerate(GROUPINGS)}
    fits, offered = _offered_in(cohort, published)
    return PeopleCompared(
        people=[MatchedPerson(key in offered, fits.get(str(key))) for key in accepted],
        answers={labels[field]: by_field[field] for field in fields_to_group_by(by_field) if published},
    )


def _accepted_in(cohort: Cohort) -> dict[int, Mapping[str, object]]:
    """Return the answers of accepted mentees by key; where all are peers, of everybody accepted, each person once."""
    accepted = Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED).order_by("pk")
    if shape_of(cohort) in ONE_POPULATION:
        once: dict[int, tuple[int, Mapping[str, object]]] = {}
        for person, key, answers in accepted.values_list("person_id", "pk", "answers"):
            once.setdefault(person, (key, answers))
        return dict(once.values())
    return dict(accepted.filter(role=Role.MENTEE).values_list("pk", "answers"))


def _offered_in(cohort: Cohort, published: Sequence[Plan]) -> tuple[Fits, frozenset[int]]:
    """Return the mean fit of whoever was offered somebody, where a plan knows it, and who that is."""
    members = OfferMember.objects.filter(offer__cohort=cohort).exclude(offer__state=OfferState.TAKEN_BACK)
    offered = set(members.values_list("application_id", "offer__publication__plan_id"))
    is_one = shape_of(cohort) in ONE_POPULATION
    ties = []
    pairs = PlanPair.objects.filter(plan__in=published).order_by("pk")
    for plan, mentee, mentor, fit in pairs.values_list("plan_id", "mentee_id", "mentor_id", "fit"):
        if (mentee, plan) in offered and (mentor, plan) in offered:
            ties += [(mentee, fit), (mentor, fit)] if is_one else [(mentee, fit)]
    return mean_fits(ties), frozenset(key for key, _plan in offered)
