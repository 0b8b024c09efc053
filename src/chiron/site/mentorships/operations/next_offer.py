"""Offering a mentor whose place is free, or is being taken back, to the next of those who wait."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Stage
from chiron.site.audit.operations import record
from chiron.site.matching.bridge.next_mentee import NextMentee
from chiron.site.matching.models import Offer, PlanConstraint
from chiron.site.matching.queries.offers import offered_before
from chiron.site.matching.rules import (
    Hold,
    OfferState,
    OfferStepNotAllowedError,
    TakenBackBecause,
)
from chiron.site.mentorships.operations.left_out import forget_left_out
from chiron.site.mentorships.operations.offering import make_offers
from chiron.site.mentorships.operations.offers import take_offers_back
from chiron.site.mentorships.operations.places import lock_offers
from chiron.site.mentorships.queries.approved import digest_of_next
from chiron.site.mentorships.queries.letters import letters_for
from chiron.site.mentorships.queries.next_offer import can_be_followed, mentor_of, next_answer_by, next_proposal
from chiron.site.mentorships.rules import wording_from
from chiron.site.notices.operations import NoticeText, release_notices, write_notices
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import use_approval
from chiron.site.programs.rules import ApprovedAct

LinkTo = Callable[[int], str]


@transaction.atomic
def offer_to_next(*, offer: Offer, following: NextMentee, link_to: LinkTo, by: Person, now: datetime) -> Offer:
    """Offer the mentor of an offer that came to nothing to the next mentee; the messages about it leave.

    An offer that still waits for its mentee is taken back first. The new one takes its place in the publishing, and
    both people are asked as the rules of the cohort say.

    Args:
        offer: the one that was declined by its mentee, has lapsed, or waits.
        following: who is next, as the coordinator saw it; see `next_mentee_for`.
        link_to: gives the address of an offer's page by its key.
        by: the coordinator.
        now: the moment.

    Raises:
        OfferStepNotAllowedError: the mentor cannot be offered to anybody else, or the two cannot be offered each other
            any more.
        ApprovalNeededError: another coordinator has to offer it.
        PlacesFullError: a place of one of them has been taken in the meantime.
    """
    cohort = (
        Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("program").get(pk=offer.cohort_id)
    )
    [offer] = lock_offers([offer.pk])
    mentor, publication = mentor_of(offer), offer.publication
    if mentor is None or publication is None or not can_be_followed(offer):
        raise OfferStepNotAllowedError(
            _("This mentor cannot be offered to the next. The offer stands at: %s.") % OfferState(offer.state).label
        )
    # Of what stands now, before it is taken back: what the coordinator who asked has read.
    before = OfferState(offer.state)
    if offer.state == OfferState.OFFERED:
        take_offers_back(offers=[offer], because=TakenBackBecause.COORDINATOR, by=by, now=now)
    here = Application.objects.select_for_update(of=("self",), no_key=True).filter(cohort=cohort, stage=Stage.ACCEPTED)
    keys = [following.mentee, mentor.application_id]
    people = {one.pk: one for one in here.select_related("person", "site").filter(pk__in=keys).order_by("pk")}
    apart = PlanConstraint.objects.filter(
        cohort=cohort, kind=Hold.APART, mentee=following.mentee, mentor=mentor.application_id
    )
    if len(people) < len(keys) or tuple(keys) in offered_before(cohort) or apart.exists():
        raise OfferStepNotAllowedError(
            _("These two cannot be offered each other any more. Open the page again to see who is next.")
        )
    proposal = next_proposal(cohort, following, mentee=people[keys[0]], mentor=people[keys[1]])
    seen = digest_of_next(offer, following, proposal, state=before)
    answer_by = next_answer_by(offer, now=now)
    [made] = make_offers(cohort, publication, [proposal], answer_by=answer_by, now=now, follows=offer)
    forget_left_out(cohort=cohort, people={people[following.mentee].person_id}, by=by, now=now)
    letters = letters_for(
        cohort,
        [proposal],
        link_of=lambda _one: link_to(made.pk),
        answer_by=answer_by,
        wording=wording_from(publication.wording),
    )
    texts = [
        NoticeText(letter.to, f"match.offered_to_{letter.part.value}", letter.subject, letter.body)
        for letter in letters
    ]
    # Nobody may know of a match before the moment that was chosen at publishing.
    moment = publication.send_after if publication.send_after is not None and publication.send_after > now else None
    write_notices(texts, scope=cohort.scope, group=made.told_in, by=by, now=now, send_after=moment)
    release_notices(group=made.told_in, by=by, now=now)
    use_approval(cohort=cohort, act=ApprovedAct.NEXT, subject=offer, seen=seen, by=by, now=now)
    details: dict[str, int | str] = {"after": offer.pk}
    record("offer.made_to_next", subject=made, by=by, now=now, scope=cohort.scope, details=details)
    return made
