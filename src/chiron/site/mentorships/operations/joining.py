"""People who join a group that is there already, and what is taken back of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chiron.site.applications.operations import take_places
from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember, Publication
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import (
    STANDING,
    Agreement,
    MemberPart,
    OfferState,
    OfferStepNotAllowedError,
    Reply,
    first_reply,
)
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations.matches import join_match
from chiron.site.mentorships.operations.messages import follow_up
from chiron.site.mentorships.operations.places import give_back, lock_offers
from chiron.site.mentorships.queries.proposals import Proposal
from chiron.site.mentorships.rules.letters import NewsKind
from chiron.site.people.models import Person


def join_groups(
    *, publication: Publication, proposals: Sequence[Proposal], answer_by: datetime | None, by: Person, now: datetime
) -> None:
    """Add people to groups that are there, with the places that this takes; whoever is not asked is in at once.

    Nobody who is in such a group is asked again. The caller holds the cohort under a lock.

    Raises:
        OfferStepNotAllowedError: a group is not there any more.
        PlacesFullError: somebody's places have been taken in the meantime.
    """
    offers = {offer.pk: offer for offer in lock_offers(sorted({one.joins for one in proposals}))}
    for proposal in proposals:
        offer, [member] = offers[proposal.joins], proposal.members
        if offer.state not in STANDING:
            raise OfferStepNotAllowedError(
                _("A group of this plan is not there any more. Work the plan out again first.")
            )
        reply = first_reply(member.part, Agreement(offers_spec_of(offer.cohort).agree))
        row = OfferMember.objects.create(
            offer=offer,
            application_id=member.application.pk,
            part=member.part,
            place=member.place,
            takes=proposal.takes(member),
            reply=reply,
            publication=publication,
        )
        leading = OfferMember.objects.get(offer=offer, part=MemberPart.MENTOR, holds_place=True)
        leading.takes += 1
        leading.save(update_fields=["takes"])
        take_places({member.application.pk: row.takes, leading.application_id: 1})
        if reply is Reply.WAITING and answer_by is not None:
            offer.answer_by, offer.reminded = max(offer.answer_by or answer_by, answer_by), 0
            offer.asked_at = publication.leaves_at(now)
            offer.save(update_fields=["answer_by", "reminded", "asked_at"])
        elif offer.state == OfferState.AGREED:
            # Where its match has still to begin, it begins with whoever is in the offer then.
            for match in Match.objects.filter(offer=offer):
                join_match(match=match, member=row, now=now)
        record(
            "offer.member_added", subject=offer, by=by, now=now, scope=offer.cohort.scope, details={"member": row.pk}
        )


def take_joiners_back(*, publication: Publication, most_groups: int, by: Person | None, now: datetime) -> int:
    """Ask those no longer who would join some groups by a publishing and have not answered; return how many.

    Their places are given back, and whoever has read of it is told. The groups stay as they are.
    """
    joining = OfferMember.objects.filter(publication=publication)
    return _take_back(joining, most_groups=most_groups, by=by, now=now)


@transaction.atomic
def take_joiners_of_back(*, offer: Offer, by: Person, now: datetime) -> int:
    """Ask those no longer who would join one group that is there and have not answered; return how many.

    See `take_joiners_back`.

    Raises:
        OfferStepNotAllowedError: nobody who was asked to join it waits.
    """
    joining = OfferMember.objects.filter(offer=offer).exclude(publication=None)
    count = _take_back(joining, most_groups=1, by=by, now=now)
    if not count:
        raise OfferStepNotAllowedError(_("Nobody who was asked to join this group has yet to answer."))
    return count


def _take_back(joining: QuerySet[OfferMember], *, most_groups: int, by: Person | None, now: datetime) -> int:
    rows = joining.filter(reply=Reply.WAITING, holds_place=True)
    keys = dict(rows.values_list("pk", "offer"))
    count = 0
    for offer in lock_offers(sorted(set(keys.values()))[:most_groups]):
        # Read again under the lock: whoever has answered in the meantime stays.
        silent = OfferMember.objects.filter(pk__in=keys, offer=offer, reply=Reply.WAITING, holds_place=True)
        waiting = OfferMember.objects.filter(pk__in=list(silent.values_list("pk", flat=True)))
        others = list(offer.members.exclude(pk__in=waiting.values("pk")).values_list("application", flat=True))
        give_back(waiting)
        follow_up(offers=[offer], news=NewsKind.TAKEN_BACK, but=others, by=by, now=now)
        count += waiting.count()
        record("offer.members_taken_back", subject=offer, by=by, now=now, scope=offer.cohort.scope)
        waiting.delete()
    return count
