"""Messages after an offer or a match has changed: unsent ones are mended or withdrawn, sent ones are followed up."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import SETTLED, STANDING, MatchShape, MemberPart, Reply
from chiron.site.matching.rules.offers import publication_group
from chiron.site.mentorships.rules.letters import (
    NewsKind,
    ToldOffer,
    agreed_body,
    day_words,
    news_body,
    news_subject,
    offer_body,
    offer_subject,
)
from chiron.site.mentorships.rules.publishing import KIND_OF_PART, wording_from
from chiron.site.mentorships.rules.reasons import reasons_in_words
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import (
    NoticeText,
    hold_notice,
    release_notice,
    withdraw_unsent,
    write_notice,
    write_notices,
    write_once_more,
)
from chiron.site.notices.rules import LEFT, NoticeState
from chiron.site.people.models import Person

LinkTo = Callable[[int], str]


def follow_up(
    *,
    offers: Sequence[Offer],
    news: NewsKind,
    but: Collection[int],
    by: Person | None,
    now: datetime,
    silent: Collection[int] = (),
) -> None:
    """Mend the outbox after some offers have ended or lost somebody, and tell those who have read of them.

    A message that has not left is written again without what no longer holds, or withdrawn where nothing is left of
    it. Whoever's message has left gets another, as a draft, except for those who know already; those who keep their
    place in a group read that it goes on.

    Args:
        offers: what has changed, as it stands now.
        news: what has happened.
        but: keys of the applications of those whom the news is about, who need not be told.
        by: who did it; None for the site.
        now: when.
        silent: keys of further applications that are not written to, and not named: who was out before, say.
    """
    for offer in offers:
        own = list(Notice.objects.filter(group=offer.group).exclude(state=NoticeState.WITHDRAWN))
        members = list(offer.members.select_related("application__person", "publication").order_by("pk"))
        if offer.state not in STANDING:
            withdraw_unsent(notices=own, by=by, now=now)
        else:
            _mend_agreed(offer, members, own, by=by, now=now)
        has_read = {notice.to_id for notice in own if notice.has_left} | _mend_letters(offer, members, by=by, now=now)
        has_read |= {one.application.person_id for one in members if one.reply == Reply.YES}
        if offer.publication_id is None:  # brought in as it ran: nobody was ever asked, and everybody knows
            has_read |= {one.application.person_id for one in members}
        gone = [one.application.person.name for one in members if one.application_id in but]
        for one in members:
            if one.application_id in {*but, *silent} or one.application.person_id not in has_read:
                continue
            if one.reply == Reply.NO:
                continue
            others = gone or [other.application.person.name for other in members if other.pk != one.pk]
            name = one.application.person.name
            kind = NewsKind.FEWER if offer.state in STANDING and one.holds_place else news
            write_notice(
                to=one.application.person,
                kind=f"match.{kind.value}",
                subject=news_subject(kind),
                body=news_body(kind, name=name, others=", ".join(others), answered=one.reply == Reply.YES),
                scope=offer.cohort.scope,
                by=by,
                now=now,
                group=offer.group,
            )


def tell_unpublished(offers: Sequence[Offer], *, before: int, by: Person | None, now: datetime) -> None:
    """Do what `follow_up` does for some offers of one publishing that were taken back together, in a few queries.

    Args:
        offers: of one publishing, taken back.
        before: the key of the last message that was there before: a letter that was written again since holds.
        by: who did it.
        now: when.
    """
    by_key = {offer.pk: offer for offer in offers}
    rows = OfferMember.objects.filter(offer__in=by_key).select_related("application__person")
    members: dict[int, list[OfferMember]] = defaultdict(list)
    columns = ("offer", "publication", "part", "reply", "application__person__name")
    for row in rows.only(*columns).order_by("offer", "pk"):
        members[row.offer_id].append(row)
    people = {one.application.person_id for some in members.values() for one in some}
    told_in = {one.pk: _told_in(by_key[one.offer_id], one) for some in members.values() for one in some}
    own = {offer.group for offer in offers}
    groups = own | set(told_in.values())
    notices: dict[tuple[str, int], list[Notice]] = defaultdict(list)
    standing = Notice.objects.filter(group__in=groups).filter(Q(group__in=own) | Q(to__in=people))
    for notice in standing.exclude(state=NoticeState.WITHDRAWN).defer("body").order_by("pk"):
        notices[notice.group, notice.to_id].append(notice)
    unsent = {
        notice.pk: notice
        for some in notices.values()
        for notice in some
        if not notice.has_left and (notice.group in own or (_is_letter(notice) and notice.pk <= before))
    }
    withdraw_unsent(notices=list(unsent.values()), by=by, now=now)
    _write_again_to_those_who_stay(offers, members, told_in, unsent.values(), by=by, now=now)
    texts = []
    for offer in offers:
        for one in members[offer.pk]:
            person = one.application.person
            seen = [*notices[told_in[one.pk], person.pk], *notices[offer.group, person.pk]]
            has_read = one.reply == Reply.YES or any(notice.has_left for notice in seen)
            if has_read and one.reply != Reply.NO:
                others = ", ".join(other.application.person.name for other in members[offer.pk] if other.pk != one.pk)
                body = news_body(NewsKind.TAKEN_BACK, name=person.name, others=others, answered=one.reply == Reply.YES)
                kind = f"match.{NewsKind.TAKEN_BACK.value}"
                texts.append(NoticeText(person, kind, news_subject(NewsKind.TAKEN_BACK), body, group=offer.group))
    write_notices(texts, scope=offers[0].cohort.scope, group="", by=by, now=now)


def _is_letter(notice: Notice) -> bool:
    """Return whether a message is one that told somebody of their offers."""
    return notice.kind.startswith("match.offered_to_")


def _write_again_to_those_who_stay(
    offers: Sequence[Offer],
    members: Mapping[int, Sequence[OfferMember]],
    told_in: Mapping[int, str],
    withdrawn: Collection[Notice],
    *,
    by: Person | None,
    now: datetime,
) -> None:
    """Write letters that were withdrawn again to those who have another offer by the same publishing that stands."""
    letters = {(one.group, one.to_id, one.kind): one.pk for one in withdrawn if _is_letter(one)}
    here = OfferMember.objects.filter(holds_place=True, offer__state__in=sorted(STANDING), offer__follows=None)
    publication = offers[0].publication_id
    here = here.filter(Q(publication=publication) | Q(publication=None, offer__publication=publication))
    applications = {one.application_id for some in members.values() for one in some}
    staying = set(here.filter(application__in=applications).values_list("application", flat=True))
    for offer in offers:
        for one in members[offer.pk]:
            key = (told_in[one.pk], one.application.person_id, f"match.offered_to_{one.part}")
            if one.application_id in staying and (letter := letters.pop(key, None)) is not None:
                # Read again: the outbox may have changed it, and it is known by now from where it was withdrawn.
                notice = Notice.objects.filter(pk=letter, state=NoticeState.WITHDRAWN).first()
                if notice is not None and (told := _still_told(offer, one, notice)):
                    _write_again(notice, offer, one, told, by=by, now=now)


def tell_joined(
    offer: Offer, readers: Sequence[OfferMember], who: OfferMember, *, by: Person | None, now: datetime
) -> None:
    """Write to those who lead a group that somebody has joined it, as a draft."""
    for one in readers:
        others = who.application.person.name
        write_notice(
            to=one.application.person,
            kind=f"match.{NewsKind.MORE.value}",
            subject=news_subject(NewsKind.MORE),
            body=news_body(NewsKind.MORE, name=one.application.person.name, others=others, answered=True),
            scope=offer.cohort.scope,
            by=by,
            now=now,
            group=offer.group,
        )


def tell_again(offer: Offer, *, by: Person | None, now: datetime) -> None:
    """Write the messages of a match again that its end has withdrawn before they left, as it goes on after all.

    Args:
        offer: the match's; it stands again.
        by: who lets it go on.
        now: when.
    """
    for one in offer.members.select_related("application__person", "publication").order_by("pk"):
        kinds = {f"match.offered_to_{one.part}": _told_in(offer, one), "match.agreed": offer.group}
        for kind, group in kinds.items():
            written = list(Notice.objects.filter(group=group, to=one.application.person, kind=kind).order_by("pk"))
            standing = [notice for notice in written if notice.state != NoticeState.WITHDRAWN]
            gone = [notice for notice in written if notice.state == NoticeState.WITHDRAWN]
            # What was written first has the addresses of all its offers; later ones may have fewer.
            every = Notice(body="\n".join(notice.body for notice in written))
            told = _still_told(offer, one, every) if gone and group != offer.group else []
            if not gone or any(notice.has_left for notice in standing) or (standing and not told):
                continue
            withdrawn = _withdrawn(standing, by=by, now=now)
            if withdrawn is None:
                continue
            before = (withdrawn or gone)[-1]
            if before.edited_at is not None:
                because = _("Changed by hand, and withdrawn in between. Read the words once more, then release it.")
                _keep_words(before, because=because, by=by, now=now)
            elif told:
                _write_again(before, offer, one, told, by=by, now=now)
            else:
                _put_where_it_was(write_once_more(notice=before, by=by, now=now), before, by=by, now=now)


def remind_members(offer: Offer, *, link: str, by: Person | None, now: datetime) -> int:
    """Write a reminder that leaves at once to each member of an offer who has not answered, and return how many.

    Whoever has not been told of the offer yet is not reminded of it.
    """
    count = 0
    members = list(offer.members.select_related("application__person", "publication").order_by("pk"))
    for one in members:
        if one.reply != Reply.WAITING or not one.holds_place or not _was_told(offer, one):
            continue
        others = [other.application.person.name for other in members if other.pk != one.pk and other.holds_place]
        day = day_words(offer.answer_by) if offer.answer_by is not None else ""
        name = one.application.person.name
        notice = write_notice(
            to=one.application.person,
            kind="match.reminder",
            subject=news_subject(NewsKind.REMINDER),
            body=news_body(NewsKind.REMINDER, name=name, others=", ".join(others), answered=False, link=link, day=day),
            scope=offer.cohort.scope,
            by=by,
            now=now,
            group=offer.group,
        )
        release_notice(notice=notice, by=by, now=now)
        count += 1
    return count


def _told_in(offer: Offer, member: OfferMember) -> str:
    """Return the name under which the message stands that first told a member of an offer."""
    return offer.told_in if member.publication_id is None else publication_group(member.publication_id)


def _was_told(offer: Offer, member: OfferMember) -> bool:
    """Return whether the message that tells a member of an offer has left; those to others do not count."""
    letters = Notice.objects.filter(group=_told_in(offer, member), to=member.application.person_id)
    return letters.filter(kind=f"match.offered_to_{member.part}", state__in=list(LEFT)).exists()


def mend_settled(offer: Offer, *, back: str, by: Person | None, now: datetime) -> None:
    """Write "It is settled" again, where it has not left, for those who read nothing of somebody who is back."""
    own = list(Notice.objects.filter(group=offer.group).exclude(state=NoticeState.WITHDRAWN))
    members = list(offer.members.select_related("application__person", "publication").order_by("pk"))
    _mend_agreed(offer, members, own, back=back, by=by, now=now)


def _mend_agreed(
    offer: Offer,
    members: Sequence[OfferMember],
    own: Sequence[Notice],
    *,
    back: str = "",
    by: Person | None,
    now: datetime,
) -> None:
    """Write "It is settled" again, where it has not left and names somebody who is out, or lacks somebody who is back.

    Whoever is out gets none.
    """
    here = [one for one in members if one.holds_place and one.reply in SETTLED]
    gone = [one.application.person for one in members if not one.holds_place]
    readers = {one.application.person_id: one for one in here}
    for unsent in own:
        if unsent.kind != "match.agreed" or unsent.has_left:
            continue
        me = readers.get(unsent.to_id)
        lacks = bool(back) and back not in unsent.body
        if me is not None and not lacks and not any(one.name in unsent.body for one in gone):
            continue
        withdrawn = _withdrawn([unsent], by=by, now=now)
        if me is None or withdrawn is None:
            continue
        [notice] = withdrawn
        if notice.edited_at is not None:
            _keep_words(notice, by=by, now=now)
            continue
        again = write_notice(
            to=me.application.person,
            kind=notice.kind,
            subject=notice.subject,
            body=agreed_body(
                name=me.application.person.name,
                others=", ".join(one.application.person.name for one in here if one.pk != me.pk),
                link=next((word for word in notice.body.split() if word.startswith("http")), ""),
                with_contacts=not offer.cohort.may_have_minors,
            ),
            scope=notice.scope,
            by=by,
            now=now,
            group=notice.group,
        )
        _put_where_it_was(again, notice, by=by, now=now)


def _mend_letters(offer: Offer, members: Sequence[OfferMember], *, by: Person | None, now: datetime) -> set[int]:
    """Write letters of a publishing again that have not left; return the keys of the people whose letter has."""
    told_in = {one.pk: _told_in(offer, one) for one in members}
    letters: dict[tuple[str, int, str], list[Notice]] = defaultdict(list)
    # Letters that are the offer's own messages are looked at by the caller.
    groups = set(told_in.values()) - {offer.group}
    theirs = Notice.objects.filter(group__in=groups, to__in=[one.application.person_id for one in members])
    for notice in theirs.exclude(state=NoticeState.WITHDRAWN).order_by("pk"):
        letters[notice.group, notice.to_id, notice.kind].append(notice)
    has_read = set()
    for one in members:
        for notice in letters[told_in[one.pk], one.application.person_id, f"match.offered_to_{one.part}"]:
            if NoticeState(notice.state) in LEFT:
                has_read.add(notice.to_id)
                continue
            told = _still_told(offer, one, notice)
            withdrawn = _withdrawn([notice], by=by, now=now)
            if withdrawn is None:
                has_read.add(notice.to_id)
            elif told:
                _write_again(withdrawn[-1], offer, one, told, by=by, now=now)
    return has_read


def _write_again(
    notice: Notice, offer: Offer, member: OfferMember, told: Sequence[ToldOffer], *, by: Person | None, now: datetime
) -> None:
    """Write a letter that was withdrawn anew, as far along as it was; one that was changed by hand is held back."""
    if notice.edited_at is not None:
        _keep_words(notice, by=by, now=now)
        return
    part = MemberPart(member.part)
    wording = wording_from(offer.publication.wording if offer.publication is not None else {})
    words = wording.of(KIND_OF_PART[part])
    again = write_notice(
        to=member.application.person,
        kind=notice.kind,
        subject=offer_subject(part, told, words),
        body=offer_body(
            name=member.application.person.name,
            program=offer.cohort.program.name,
            part=part,
            offers=told,
            day=day_words(offer.answer_by) if offer.answer_by is not None else "",
            with_contacts=not offer.cohort.may_have_minors,
            words=words,
            contact=wording.contact,
        ),
        scope=notice.scope,
        by=by,
        now=now,
        group=notice.group,
        send_after=notice.send_after,
    )
    _put_where_it_was(again, notice, by=by, now=now)


def _withdrawn(notices: Sequence[Notice], *, by: Person | None, now: datetime) -> list[Notice] | None:
    """Withdraw messages and return them as they stood at that moment; None where one of them has left meanwhile."""
    withdraw_unsent(notices=notices, by=by, now=now)
    # Read again: somebody may have held one back, or changed its words, since it was looked at.
    found = list(Notice.objects.filter(pk__in=[notice.pk for notice in notices]).order_by("pk"))
    return None if any(one.has_left for one in found) else found


def _keep_words(notice: Notice, *, because: str = "", by: Person | None, now: datetime) -> None:
    """Keep the words of a message that was changed by hand, and hold it back until somebody has put them right."""
    again = write_once_more(notice=notice, by=by, now=now)
    not_as_before = _("Changed by hand, and not everybody in it is as before. Put your words right, then release it.")
    hold_notice(notice=again, because=because or not_as_before, by=by, now=now)


def _put_where_it_was(again: Notice, before: Notice, *, by: Person | None, now: datetime) -> None:
    """Release or hold a message that was written again, as the withdrawn one before it was; if unknown, it waits."""
    if before.withdrawn_from == NoticeState.READY:
        release_notice(notice=again, by=by, now=now)
    elif before.withdrawn_from == NoticeState.HELD:
        hold_notice(notice=again, because=before.held_because, by=by, now=now)


def _still_told(offer: Offer, member: OfferMember, notice: Notice) -> list[ToldOffer]:
    """Return what a letter should still tell of: the offers of that publishing in which its reader holds a place."""
    publishing = member.publication_id or offer.publication_id
    of_it = Q(publication=publishing) | Q(publication=None, offer__publication=publishing)
    mine = OfferMember.objects.filter(of_it, application=member.application_id, holds_place=True)
    standing = Offer.objects.filter(pk__in=mine.values("offer"), state__in=sorted(STANDING), follows=None).order_by(
        "pk"
    )
    told = []
    for one in standing:
        people = [row for row in one.members.select_related("application__person").order_by("pk") if row.holds_place]
        others = [row for row in people if row.application_id != member.application_id]
        mentors = [row.application.person.name for row in others if row.part == MemberPart.MENTOR]
        beside = [row.application.person.name for row in others if row.part != MemberPart.MENTOR]
        reasons = reasons_in_words(
            one.reasons,
            reader=MemberPart(member.part),
            other=", ".join([*mentors, *beside]),
            with_places=not offer.cohort.may_have_minors,
        )
        told.append(ToldOffer(MatchShape(one.shape), mentors, beside, reasons, _link_in(notice, one)))
    return told


def _link_in(notice: Notice, offer: Offer) -> str:
    """Return the address of an offer as a letter has it."""
    return next((word for word in notice.body.split() if word.endswith(f"/{offer.pk}/")), "")
