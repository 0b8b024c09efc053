"""Reads of who is next for a mentor whose place is free: whom, and the exact messages that would leave."""

from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Stage
from chiron.site.matching.bridge.next_mentee import NextMentee, next_mentee_for
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.queries.pools import shape_of
from chiron.site.matching.rules import ANSWER_DAYS, MatchShape, MemberPart, OfferState, PlanShape, Reply, can_follow
from chiron.site.mentorships.queries.approved import digest_of_next
from chiron.site.mentorships.queries.letters import Letter, letters_for
from chiron.site.mentorships.queries.proposals import Proposal, ProposedMember, applicant_of
from chiron.site.mentorships.rules import wording_from
from chiron.site.mentorships.rules.reasons import reasons_kept, rule_labels
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import matching_of


def mentor_of(offer: Offer) -> OfferMember | None:
    """Return the mentor of an offer of a pair; None where it has none, or is of another shape."""
    if offer.shape != MatchShape.PAIR:
        return None
    members = getattr(offer, "people_in", None) or people_in(offer)
    return next((one for one in members if one.part == MemberPart.MENTOR), None)


def can_be_followed(offer: Offer) -> bool:
    """Return whether the mentor of an offer is here, with that place free for the next of those who wait."""
    mentor = mentor_of(offer)
    if mentor is None or offer.publication_id is None or mentor.application.stage != Stage.ACCEPTED:
        return False
    is_free = offer.state == OfferState.OFFERED or mentor.application.has_free_place
    return is_free and can_follow(
        OfferState(offer.state), Reply(mentor.reply), was_followed=hasattr(offer, "followed_by")
    )


def next_of(offer: Offer) -> NextMentee | None:
    """Return who of those who wait would be offered the mentor of an offer; None where the rules allow nobody."""
    mentor = mentor_of(offer)
    if mentor is None or shape_of(offer.cohort) is not PlanShape.PAIRS:
        return None
    return next_mentee_for(offer.cohort, mentor.application)


def next_proposal(cohort: Cohort, following: NextMentee, *, mentee: Application, mentor: Application) -> Proposal:
    """Return what the next mentee and the mentor would be offered."""
    return Proposal(
        members=(
            ProposedMember(applicant_of(mentee), MemberPart.MENTEE, "1"),
            ProposedMember(applicant_of(mentor), MemberPart.MENTOR),
        ),
        reasons=reasons_kept(following.parts, rule_labels(matching_of(cohort))),
    )


def next_leaves_at(offer: Offer, *, now: datetime) -> datetime:
    """Return when the messages leave of what is offered now in the place of an offer."""
    return now if offer.publication is None else offer.publication.leaves_at(now)


def next_answer_by(offer: Offer, *, now: datetime) -> datetime:
    """Return until when people may answer what is offered now in the place of an offer, from when they are told."""
    days = offers_spec_of(offer.cohort).answer_days or ANSWER_DAYS
    return next_leaves_at(offer, now=now) + timedelta(days=days)


def next_letters(offer: Offer, following: NextMentee, *, link: str, now: datetime) -> list[Letter]:
    """Return the messages that would leave if the mentor of an offer were offered to the next mentee now.

    Args:
        offer: whose place is taken.
        following: who is next.
        link: an example of the address where it is answered.
        now: the moment.
    """
    mentor = mentor_of(offer)
    if mentor is None:
        return []
    people = Application.objects.filter(cohort=offer.cohort_id).select_related("person", "site")
    proposal = next_proposal(offer.cohort, following, mentee=people.get(pk=following.mentee), mentor=mentor.application)
    answer_by = next_answer_by(offer, now=now)
    return letters_for(
        offer.cohort,
        [proposal],
        link_of=lambda _one: link,
        answer_by=answer_by,
        wording=wording_from(offer.publication.wording if offer.publication is not None else {}),
    )


def next_digest(offer: Offer, following: NextMentee) -> str:
    """Return `digest_of_next` of the messages that would leave if the mentor were offered to the next mentee now."""
    mentor = mentor_of(offer)
    if mentor is None:
        return ""
    mentee = Application.objects.select_related("person", "site").get(cohort=offer.cohort_id, pk=following.mentee)
    proposal = next_proposal(offer.cohort, following, mentee=mentee, mentor=mentor.application)
    return digest_of_next(offer, following, proposal, state=OfferState(offer.state))


def with_people(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Return offers with their members, read once for everything that is asked about them."""
    members = OfferMember.objects.select_related("application__person").order_by("part", "pk")
    return offers.prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))


def people_in(offer: Offer) -> list[OfferMember]:
    """Return the members of an offer, mentees first."""
    return list(offer.members.select_related("application__person").order_by("part", "pk"))
