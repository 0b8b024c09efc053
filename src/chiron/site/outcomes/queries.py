"""Reads for reports: counts only, never rows about people."""

from collections.abc import Mapping

from django.db.models import Count
from django.utils.translation import gettext as _

from chiron.site.applications.queries import counts_of, pool_of
from chiron.site.applications.rules import Role
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.queries.plans import plan_published_in
from chiron.site.matching.rules import OfferState
from chiron.site.outcomes.rules import Counts
from chiron.site.programs.models import Cohort


def report_counts_of(cohort: Cohort) -> Counts:
    """Return what a cohort's report is made of."""
    made = Offer.objects.filter(cohort=cohort).exclude(state=OfferState.TAKEN_BACK)
    by_state = dict(made.values_list("state").annotate(number=Count("pk")).order_by("state"))
    # Who ended a match had agreed to it.
    by_state[OfferState.AGREED] = by_state.get(OfferState.AGREED, 0) + by_state.pop(OfferState.OVER, 0)
    pool = set(pool_of(cohort, Role.MENTEE).values_list("pk", flat=True))
    matched = pool.intersection(OfferMember.objects.filter(offer__in=made).values_list("application_id", flat=True))
    return Counts(
        applications=counts_of(cohort),
        offers={OfferState(state): number for state, number in by_state.items()},
        groups=_groups(cohort, matched),
        matched=len(matched),
        is_published=plan_published_in(cohort) is not None,
    )


def _groups(cohort: Cohort, matched: set[int]) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """Return (offered a mentor, all) of accepted mentees by organisation and by career stage, by name."""
    rows = pool_of(cohort, Role.MENTEE).values_list("pk", "answers__organization", "answers__stage")
    places: dict[str, list[int]] = {}
    stages: dict[str, list[int]] = {}
    for key, place, stage in rows:
        for groups, value in ((places, place), (stages, stage)):
            cell = groups.setdefault(str(value) if value else _("Not provided"), [0, 0])
            cell[0] += key in matched
            cell[1] += 1
    titles = {_("Organisation"): places, _("Career stage"): stages}
    return {
        title: {name: (part, whole) for name, (part, whole) in sorted(groups.items())}
        for title, groups in titles.items()
        if len(groups) > 1
    }
