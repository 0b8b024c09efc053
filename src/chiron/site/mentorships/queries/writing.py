"""Reads of those who can be written to together: the people of a list, once each."""

from django.db.models import Q, QuerySet

from chiron.site.applications.models import Application
from chiron.site.applications.queries import applications_coordinated_by, applications_shown
from chiron.site.applications.rules import Stage
from chiron.site.matching.models import OfferMember, Plan, PlanUnmatched
from chiron.site.matching.queries.plans import PlanFilter
from chiron.site.matching.queries.units import applications_shown_in
from chiron.site.matching.rules import OfferState, Reply
from chiron.site.mentorships.models import Member
from chiron.site.mentorships.rules import RUNNING
from chiron.site.mentorships.rules.writing import Audience, AudienceAsked
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


def people_written_to(cohort: Cohort, asked: AudienceAsked, *, by: Person) -> list[Person]:
    """Return the people of a list of a cohort that somebody coordinates, once each, by name.

    Whoever was erased, or may not sign in any more, is not among them.
    """
    theirs = applications_coordinated_by(by).filter(cohort=cohort)
    keys = applications_shown(theirs, asked.shown) if asked.audience is Audience.PEOPLE else _in_list(cohort, asked)
    found = Person.objects.filter(is_active=True, pk__in=theirs.filter(pk__in=keys.values("pk")).values("person"))
    return list(found.order_by("name", "pk"))


def _in_list(cohort: Cohort, asked: AudienceAsked) -> QuerySet[Application]:
    """Return the applications that a list other than that of all people is about."""
    if asked.audience is Audience.RUNNING:
        here = Member.objects.filter(match__cohort=cohort, match__state__in=sorted(RUNNING), left_on=None)
        return Application.objects.filter(pk__in=here.values("application"))
    if asked.audience is Audience.LEFT_OUT:
        out = PlanUnmatched.objects.filter(plan=asked.plan, plan__cohort=cohort)
        return Application.objects.filter(pk__in=out.values("application"), stage=Stage.ACCEPTED)
    if asked.audience is Audience.PAIRS:
        plan = Plan.objects.filter(pk=asked.plan, cohort=cohort).select_related("cohort", "run").first()
        keys = () if plan is None else applications_shown_in(plan, PlanFilter.of(asked.of_plan), asked.words)
        return Application.objects.filter(cohort=cohort, pk__in=keys, stage=Stage.ACCEPTED)
    members = OfferMember.objects.filter(offer__cohort=cohort)
    if asked.audience is Audience.PUBLISHED:
        # What was un-published is of no concern to those who are asked by a later publishing, and the other way round.
        own = Q(publication=None, offer__publication__plan=asked.plan, offer__publication__withdrawn_at=None)
        later = Q(publication__plan=asked.plan, publication__withdrawn_at=None)
        members = members.filter(own | later)
        return Application.objects.filter(pk__in=members.values("application"), stage=Stage.ACCEPTED)
    if asked.audience is Audience.WAITING:
        members = members.filter(offer__state=OfferState.OFFERED, reply=Reply.WAITING, holds_place=True)
    else:
        members = members.filter(offer__state__in=[OfferState.DECLINED, OfferState.LAPSED], offer__lifted_at=None)
    return Application.objects.filter(pk__in=members.values("application"), stage=Stage.ACCEPTED)
