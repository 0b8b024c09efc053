"""A match: it begins when its offer is agreed, others join, somebody leaves, it ends."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import (
    MatchShape,
    MemberPart,
    OfferState,
    TakenBackBecause,
    require_offer_step,
)
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations.messages import follow_up, mend_settled, tell_again
from chiron.site.mentorships.operations.places import give_back, lock_offers, take_again
from chiron.site.mentorships.rules import (
    RUNNING,
    ClosedKind,
    EndReason,
    MatchState,
    MatchStepNotAllowedError,
    ends_without,
    require_match_step,
)
from chiron.site.mentorships.rules.letters import NewsKind
from chiron.site.people.models import Person

ROWS_A_QUERY = 500


@transaction.atomic
def begin_matches(*, offers: Sequence[Offer], now: datetime) -> list[Match]:
    """Begin a match for each of some agreed offers, with those who have said yes or were not asked.

    The pairs of one panel or chain begin within one room, which opens with the first of them. Where a new link joins
    two chains, they go on in one room: the older one.

    Args:
        offers: of one cohort; that is under a lock where one of them is a link of a chain: see `lock_with_chains`.
        now: the moment.
    """
    day = localdate(now)
    rooms = _rooms_of(offers, now=now)
    matches = [
        Match(
            cohort_id=offer.cohort_id,
            offer=offer,
            within=rooms.get((offer.cohort_id, offer.room)),
            shape=offer.shape,
            state=MatchState.ACTIVE,
            starts_on=day,
        )
        for offer in offers
    ]
    Match.objects.bulk_create(matches, batch_size=ROWS_A_QUERY)
    by_offer = {match.offer_id: match for match in matches}
    # Whoever has said yes and left since holds no place any more.
    joining = OfferMember.objects.filter(offer__in=offers, reply__in=["yes", "assigned"], holds_place=True)
    joining = joining.order_by("offer", "pk")
    Member.objects.bulk_create(
        [_member(by_offer[row.offer_id], row, now=now) for row in joining], batch_size=ROWS_A_QUERY
    )
    links = [by_offer[offer.pk].pk for offer in offers if offer.room_shape == MatchShape.CHAIN]
    if links:
        _join_chains(offers[0].cohort_id, links, now=now)
    return matches


@transaction.atomic
def join_match(*, match: Match, member: OfferMember, now: datetime) -> Member:
    """Let somebody join a group that has begun without their answer."""
    row = _member(match, member, now=now)
    row.save(force_insert=True)
    return row


@transaction.atomic
def leave_match(*, match: Match, member: Member, reason: EndReason, by: Person, now: datetime) -> Match:
    """Let one member leave a match; a pair ends with it, a group without its mentor goes on unled, a group alone ends.

    Args:
        match: the match.
        member: who leaves.
        reason: why, for coordinators only.
        by: the person, or a coordinator.
        now: the moment.

    Raises:
        MatchStepNotAllowedError: the match has ended, or this person has left it before.
    """
    match = _locked(match)
    require_match_step(MatchState(match.state), MatchState.CLOSED)
    rows = list(match.members.select_for_update(no_key=True).filter(left_on=None).order_by("pk"))
    if member.pk not in {row.pk for row in rows}:
        raise MatchStepNotAllowedError(_("You have left this match before."))
    if ends_without(MatchShape(match.shape), MemberPart(member.part), [MemberPart(row.part) for row in rows]):
        return _close(match, rows, ClosedKind.EARLY, reason, but=[member.application_id], by=by, now=now)
    _out([member], reason, now=now)
    if match.offer is not None:
        give_back(OfferMember.objects.filter(offer=match.offer_id, application=member.application_id, holds_place=True))
        follow_up(
            offers=[match.offer],
            news=NewsKind.LEFT,
            but=[member.application_id],
            by=by,
            now=now,
            silent=_others_than(match.offer, rows),
        )
    mentors = [row for row in rows if row.part == MemberPart.MENTOR]
    if [row.pk for row in mentors] == [member.pk]:
        match.state = MatchState.UNLED
        match.save(update_fields=["state"])
    record("match.left", subject=match, by=by, now=now, scope=match.cohort.scope, details={"reason": reason.value})
    return match


@transaction.atomic
def end_match(*, match: Match, kind: ClosedKind, reason: EndReason | None, by: Person, now: datetime) -> Match:
    """End a match: its offer is over, and its places are free again.

    Args:
        match: the match.
        kind: whether it reached its end or ended early.
        reason: why it ended early; None where it reached its end.
        by: a coordinator, or one of its people.
        now: the moment.

    Raises:
        MatchStepNotAllowedError: the match has ended before.
    """
    match = _locked(match)
    rows = list(match.members.select_for_update(no_key=True).filter(left_on=None).order_by("pk"))
    return _close(match, rows, kind, reason, but=(), by=by, now=now)


@transaction.atomic
def begin_again(*, offer: Offer, by: Person, now: datetime) -> None:
    """Let a match go on as if it had never ended; the caller has seen that it can.

    What was withdrawn with it is in the outbox again.

    Args:
        offer: the match's, under a lock.
        by: the coordinator.
        now: the moment.

    Raises:
        PlacesFullError: a place of somebody has been taken in the meantime.
    """
    require_offer_step(OfferState(offer.state), OfferState.AGREED)
    match = Match.objects.select_for_update(of=("self",), no_key=True).get(offer=offer)
    # By the moment, not by the day: whoever left of their own will that morning stays out.
    ended = list(match.members.filter(left_at=offer.ended_at).values_list("pk", "application"))
    was_in = {application for _key, application in ended}
    rows = [one for one in offer.members.order_by("pk") if one.application_id in was_in]
    take_again(rows, shape=MatchShape(offer.shape))
    offer.state, offer.ended_at, offer.ended_because = OfferState.AGREED, None, ""
    offer.save(update_fields=["state", "ended_at", "ended_because"])
    _back_in([key for key, _application in ended])
    Match.objects.filter(pk__in=[match.pk, match.within_id], state=MatchState.CLOSED).update(
        state=MatchState.ACTIVE, closed_on=None, closed_kind="", closed_reason=""
    )
    tell_again(offer, by=by, now=now)
    record("match.begun_again", subject=match, by=by, now=now, scope=match.cohort.scope)


@transaction.atomic
def join_again(*, member: Member, by: Person, now: datetime) -> None:
    """Let somebody be in a match again that went on without them, as if they had never left; see `begin_again`.

    Raises:
        PlacesFullError: a place has been taken in the meantime.
    """
    match = _locked(member.match)
    if match.offer is not None:
        rows = [one for one in match.offer.members.order_by("pk") if _is_in(one, member.application_id)]
        if match.shape == MatchShape.GROUP and member.part == MemberPart.MENTOR:
            _take_as_many_as_are_there(rows)
        take_again(rows, shape=MatchShape(match.offer.shape))
    _back_in([member.pk])
    if match.state == MatchState.UNLED and member.part == MemberPart.MENTOR:
        Match.objects.filter(pk=match.pk).update(state=MatchState.ACTIVE)
    if match.offer is not None:
        tell_again(match.offer, by=by, now=now)
        mend_settled(match.offer, back=member.application.person.name, by=by, now=now)
    record("match.joined_again", subject=match, by=by, now=now, scope=match.cohort.scope)


def _take_as_many_as_are_there(rows: Sequence[OfferMember]) -> None:
    """Let a mentor who comes back take a place for each mentee of the group who stayed: others may have left since."""
    mentees = sum(one.part != MemberPart.MENTOR for one in rows)
    for one in rows:
        if one.part == MemberPart.MENTOR and not one.holds_place:
            one.takes = mentees
            one.save(update_fields=["takes"])


def _is_in(row: OfferMember, application: int) -> bool:
    return row.holds_place or row.application_id == application


def _close(
    match: Match,
    rows: Sequence[Member],
    kind: ClosedKind,
    reason: EndReason | None,
    *,
    but: Collection[int],
    by: Person,
    now: datetime,
) -> Match:
    require_match_step(MatchState(match.state), MatchState.CLOSED)
    match.state, match.closed_on, match.closed_kind = MatchState.CLOSED, localdate(now), kind
    match.closed_reason = reason.value if reason is not None and kind is ClosedKind.EARLY else ""
    match.save(update_fields=["state", "closed_on", "closed_kind", "closed_reason"])
    # Why somebody leaves is theirs: it stands on their row alone, and on the match for coordinators.
    _out([row for row in rows if row.application_id in but], reason, now=now)
    _out([row for row in rows if row.application_id not in but], None, now=now)
    if match.offer is not None:
        match.offer.state = OfferState.OVER
        if reason is EndReason.LEFT:
            match.offer.ended_at, match.offer.ended_because = now, TakenBackBecause.LEFT
        if kind is ClosedKind.COMPLETED and offers_spec_of(match.cohort).meet_again:
            match.offer.lifted_at, match.offer.lifted_by = now, by
        match.offer.save(update_fields=["state", "ended_at", "ended_because", "lifted_at", "lifted_by"])
        give_back(OfferMember.objects.filter(offer=match.offer_id, holds_place=True))
    # After the places, as where a match begins: places are locked before rooms everywhere.
    _close_empty_room(match, now=now)
    if match.offer is not None:
        news = NewsKind.LEFT if reason is EndReason.LEFT and but else NewsKind.ENDED
        silent = _others_than(match.offer, rows)
        follow_up(offers=[match.offer], news=news, but=but, by=by, now=now, silent=silent)
    details: dict[str, int | str] = {"kind": kind.value, "reason": match.closed_reason}
    record("match.ended", subject=match, by=by, now=now, scope=match.cohort.scope, details=details)
    return match


def _rooms_of(offers: Sequence[Offer], *, now: datetime) -> dict[tuple[int, str], Match]:
    """Return the rooms of some offers by cohort and room, and open those that are not there yet or were closed."""
    found = {}
    for offer in sorted(offers, key=lambda one: (one.cohort_id, one.room)):
        key = (offer.cohort_id, offer.room)
        if offer.room and key not in found:
            found[key], is_new = Match.objects.get_or_create(
                cohort_id=offer.cohort_id,
                room=offer.room,
                defaults={"shape": offer.room_shape, "state": MatchState.ACTIVE, "starts_on": localdate(now)},
            )
            if not is_new:
                # Under a lock: whoever ends the last match in it at this moment closes it before, or finds this one.
                Match.objects.select_for_update(no_key=True).get(pk=found[key].pk)
                Match.objects.filter(pk=found[key].pk, state=MatchState.CLOSED).update(
                    state=MatchState.ACTIVE, closed_on=None, closed_kind="", closed_reason=""
                )
    return found


def _join_chains(cohort: int, new: Collection[int], *, now: datetime) -> None:
    """Put the chains of a cohort that new links of it join into one room, the oldest of theirs.

    Offers that wait begin there too. What was in the others goes on; they are closed, as nothing is in them any more.
    """
    # Only people of the new links can have brought chains together: those before them were joined then.
    links = Member.objects.filter(
        match__cohort=cohort,
        match__within__shape=MatchShape.CHAIN,
        match__state__in=sorted(RUNNING),
        left_on=None,
        application__person__in=Member.objects.filter(match__in=new).values("application__person"),
    )
    into: dict[int, int] = {}
    room_of: dict[int, int] = {}

    def oldest(room: int) -> int:
        while room in into:
            room = into[room]
        return room

    for person, room in links.order_by("pk").values_list("application__person", "match__within__pk"):
        known, here = oldest(room_of.setdefault(person, room)), oldest(room)
        if known != here:
            into[max(known, here)] = min(known, here)
    if not into:
        return
    rooms = Match.objects.select_for_update(no_key=True).filter(pk__in={*into, *into.values()}).order_by("pk")
    texts = dict(rooms.values_list("pk", "room"))
    for room in sorted(into):
        Match.objects.filter(within=room).update(within=oldest(room))
        Offer.objects.filter(cohort=cohort, room=texts[room]).update(room=texts[oldest(room)])
        Match.objects.filter(pk=room).update(
            state=MatchState.CLOSED, closed_on=localdate(now), closed_kind=ClosedKind.COMPLETED
        )


def _close_empty_room(match: Match, *, now: datetime) -> None:
    """Close the room of a match with its last match: a room ends by itself, so it has no reason."""
    if match.within_id is None:
        return
    room = Match.objects.select_for_update(no_key=True).get(pk=match.within_id)
    if not room.matches_inside.exclude(state=MatchState.CLOSED).exists():
        Match.objects.filter(pk=room.pk).update(
            state=MatchState.CLOSED, closed_on=localdate(now), closed_kind=ClosedKind.COMPLETED
        )


def _locked(match: Match) -> Match:
    """Return a match under a lock, after its offer's: in this order everywhere."""
    if match.offer_id is not None:
        lock_offers([match.offer_id])
    return Match.objects.select_for_update(of=("self",), no_key=True).select_related("cohort", "offer").get(pk=match.pk)


def _others_than(offer: Offer, rows: Sequence[Member]) -> list[int]:
    """Return the applications of those who were asked and are not in the match: they left before, or never were."""
    there = [row.application_id for row in rows]
    return list(offer.members.exclude(application__in=there).values_list("application", flat=True))


def _out(rows: Sequence[Member], reason: EndReason | None, *, now: datetime) -> None:
    keys = [row.pk for row in rows]
    because = reason.value if reason is not None else ""
    Member.objects.filter(pk__in=keys).update(left_on=localdate(now), left_at=now, left_because=because)


def _back_in(keys: Collection[int]) -> None:
    Member.objects.filter(pk__in=keys).update(left_on=None, left_at=None, left_because="")


def _member(match: Match, row: OfferMember, *, now: datetime) -> Member:
    return Member(
        match=match,
        application_id=row.application_id,
        part=row.part,
        place=row.place,
        shape=match.shape,
        joined_on=localdate(now),
        joined_at=now,
    )
