"""Differences between groups in a plan and in a cohort: who has a mentor and how well they fit, small groups hidden."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

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
MOST_NAMED_BY_KEY = 500
"""So many rows are asked for by their keys; of more, those of the whole cohort are read."""


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
    whoever came later has that of the application. What was put together once is kept by all that it was made of.
    """
    plans = Plan.objects.filter(cohort=cohort, state=PlanState.PUBLISHED).select_related("run")
    published = list(plans.order_by("pk"))
    if not published:
        return PeopleCompared((), {})
    accepted = _accepted_in(cohort)
    late = _answers_of(cohort, accepted, frozenset().union(*(facts_of(plan).keys for plan in published)))
    offered = _offered_in(cohort)
    revisions = revisions_of(published)
    key = (
        tuple((run_key(plan), revisions.get(plan.pk)) for plan in published),
        accepted,
        frozenset(offered),
        tuple(late.items()),
        shape_of(cohort),
    )
    return _compared.get(key, lambda: _compare(cohort, published, accepted, late, offered))


_compared: KeptValues[PeopleCompared] = KeptValues(4)


def _compare(
    cohort: Cohort,
    published: Sequence[Plan],
    accepted: Sequence[int],
    late: Mapping[int, tuple[str, ...]],
    offered: Collection[tuple[int, int]],
) -> PeopleCompared:
    said = dict(late)
    labels: Mapping[str, str] = {}
    for plan in published:
        facts = facts_of(plan)
        rows = zip(*(facts.answers[field] for field in GROUPINGS), strict=True)
        said |= {int(key): row for key, row in zip(facts.mentees, rows, strict=True)}
        labels = facts.labels
    by_field = {field: [said[key][at] for key in accepted] for at, field in enumerate(GROUPINGS)}
    fits = _fits_offered(cohort, published, offered)
    known = {key for key, _plan in offered}
    return PeopleCompared(
        people=[MatchedPerson(key in known, fits.get(str(key))) for key in accepted],
        answers={labels[field]: by_field[field] for field in fields_to_group_by(by_field)},
    )


def _accepted_in(cohort: Cohort) -> tuple[int, ...]:
    """Return the keys of accepted mentees; where all are peers, of everybody accepted, each person once."""
    accepted = Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED).order_by("pk")
    if shape_of(cohort) in ONE_POPULATION:
        once: dict[int, int] = {}
        for person, key in accepted.values_list("person_id", "pk"):
            once.setdefault(person, key)
        return tuple(once.values())
    return tuple(accepted.filter(role=Role.MENTEE).values_list("pk", flat=True))


def _answers_of(cohort: Cohort, accepted: Sequence[int], known: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return what those people say whom no published plan knows, by key, to each of the questions."""
    late = [key for key in accepted if key not in known]
    rows = Application.objects.filter(cohort=cohort)
    if len(late) <= MOST_NAMED_BY_KEY:
        rows = rows.filter(pk__in=late)
    wanted = frozenset(late)
    return {
        key: tuple(group_answer(answers, field) for field in GROUPINGS)
        for key, answers in rows.order_by("pk").values_list("pk", "answers")
        if key in wanted
    }


def _offered_in(cohort: Cohort) -> set[tuple[int, int]]:
    """Return the keys of whoever was offered somebody, with the plan of the offer."""
    members = OfferMember.objects.filter(offer__cohort=cohort).exclude(offer__state=OfferState.TAKEN_BACK)
    return set(members.values_list("application_id", "offer__publication__plan_id"))


def _fits_offered(cohort: Cohort, published: Sequence[Plan], offered: Collection[tuple[int, int]]) -> Fits:
    """Return the mean fit of whoever was offered somebody, where a plan knows it."""
    is_one = shape_of(cohort) in ONE_POPULATION
    ties = []
    pairs = PlanPair.objects.filter(plan__in=published).order_by("pk")
    for plan, mentee, mentor, fit in pairs.values_list("plan_id", "mentee_id", "mentor_id", "fit"):
        if (mentee, plan) in offered and (mentor, plan) in offered:
            ties += [(mentee, fit), (mentor, fit)] if is_one else [(mentee, fit)]
    return mean_fits(ties)
