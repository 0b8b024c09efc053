"""Reads for reports: counts only, never rows about people."""

from django.db.models import Count

from chiron.site.applications.queries import counts_of, pool_of
from chiron.site.applications.rules import Role
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.queries.fairness import people_compared_in
from chiron.site.matching.queries.plans import has_published_plan
from chiron.site.matching.rules import OfferState
from chiron.site.outcomes.rules import Counts
from chiron.site.programs.models import Cohort


def report_counts_of(cohort: Cohort) -> Counts:
    """Return what a cohort's report is made of."""
    made = Offer.objects.filter(cohort=cohort).exclude(state=OfferState.TAKEN_BACK)
    by_state = dict(made.values_list("state").annotate(number=Count("pk")).order_by("state"))
    # Who ended a match had agreed to it.
    by_state[OfferState.AGREED] = by_state.get(OfferState.AGREED, 0) + by_state.pop(OfferState.OVER, 0)
    offered = OfferMember.objects.filter(offer__in=made).values("application")
    matched = pool_of(cohort, Role.MENTEE).filter(pk__in=offered).count()
    return Counts(
        applications=counts_of(cohort),
        offers={OfferState(state): number for state, number in by_state.items()},
        compared=people_compared_in(cohort),
        matched=matched,
        is_published=has_published_plan(cohort),
    )
