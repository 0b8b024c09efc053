"""Reads of offers and matches as the people in them see them, and those of a cohort for its coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import LAST_DAY, MatchShape, MemberPart, OfferState, Reply, TakenBackBecause
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.rules import RUNNING, MatchState, ends_without
from chiron.site.mentorships.rules.letters import NewsKind, news_body, news_subject
from chiron.site.mentorships.rules.reasons import reasons_in_words
from chiron.site.mentorships.rules.written import written_by
from chiron.site.notices.models import Notice
from chiron.site.notices.queries import notices_in_group
from chiron.site.notices.rules import LEFT, NoticeState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import cohorts_coordinated_by

SHOWN_FIELDS = ("profession", "stage", "organization", "site")
"""What somebody reads about the person they are matched with, beside the name."""
UNDOABLE = frozenset({OfferState.OFFERED, OfferState.AGREED, OfferState.DECLINED})
TELLING_KINDS = tuple(f"match.offered_to_{part.value}" for part in MemberPart)
"""Kinds of the messages that first tell somebody of an offer."""
HANDED_OVER = timedelta(days=1)
"""How long after it was written a message counts as told where no mail goes: a coordinator hands it over."""
PEOPLE = ("application__person", "application__site")


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """Another member as one reads about them.

    Attributes:
        name: their name.
        part: what they are in it.
        about: a few words about their work.
        written: label and words of what they wrote about themselves.
        email: their address; empty until the match has begun, and always where minors may join.
    """

    name: str
    part: MemberPart
    about: str
    written: Sequence[tuple[str, str]] = field(default_factory=tuple)
    email: str = ""


@dataclass(frozen=True, slots=True)
class SeenOffer:
    """An offer as one of its members reads it: nothing about anybody outside it, no number about how well it fits.

    Attributes:
        offer_id: its key.
        match_id: the key of the match that came of it; 0 where none did.
        part: what the reader is in it.
        people: the other members, mentors first.
        reasons: what speaks for it, in plain sentences.
        state: where it stands, as this reader may know it.
        because: why it was taken back; empty where it was not.
        my_reply: what the reader has said.
        answer_by: until when they may answer; None: no limit.
        program: the name of the programme.
        with_contacts: whether they will read each other's contact details once everybody has said yes.
        has_left: whether the reader is no longer in the programme.
        is_in_time: whether the place is kept for the reader.
    """

    offer_id: int
    match_id: int
    shape: MatchShape
    part: MemberPart
    people: Sequence[SeenPerson]
    reasons: Sequence[str]
    state: OfferState
    because: str
    my_reply: Reply
    answer_by: datetime | None
    program: str
    with_contacts: bool
    has_left: bool = False
    is_in_time: bool = True

    @property
    def other(self) -> str:
        """The names of the other members."""
        return ", ".join(one.name for one in self.people)

    @property
    def about(self) -> str:
        """What is said about the other one in a pair."""
        return self.people[0].about if len(self.people) == 1 else ""

    @property
    def waits_for_me(self) -> bool:
        """True while the reader may still say yes or no."""
        stands = self.state in {OfferState.OFFERED, OfferState.AGREED}
        return self.my_reply is Reply.WAITING and stands and self.is_in_time


@dataclass(frozen=True, slots=True)
class SeenMatch:
    """A match as one of its members reads it; `has_left` where the reader left it before it ended."""

    match_id: int
    shape: MatchShape
    part: MemberPart
    people: Sequence[SeenPerson]
    reasons: Sequence[str]
    state: MatchState
    has_left: bool
    program: str
    with_contacts: bool

    @property
    def other(self) -> str:
        """The names of the other members."""
        return ", ".join(one.name for one in self.people)


def offers_of(person: Person, *, now: datetime) -> QuerySet[Offer]:
    """Return the offers that a person is in, the newest first, from when they may know of them.

    One that was taken back is among them only where somebody may have read of it before.
    """
    asked = Q(publication=None) | Q(publication__send_after=None) | Q(publication__send_after__lte=now)
    mine = OfferMember.objects.filter(asked, offer=OuterRef("pk"), application__person_id=person.pk)
    known, members = asked, OfferMember.objects.filter(asked).select_related(*PEOPLE)
    unseen = Q(state=OfferState.TAKEN_BACK) & Q(ended_because=TakenBackBecause.UNPUBLISHED)
    return (
        Offer.objects.filter(Exists(mine))
        .filter(known)
        .exclude(unseen)
        .select_related("cohort__program", "match")
        .prefetch_related(Prefetch("members", members.order_by("pk")))
        .order_by("-pk")
    )


def offers_open_for(person: Person, *, now: datetime) -> QuerySet[Offer]:
    """Return the offers of a person that are no match, the newest first."""
    return offers_of(person, now=now).filter(match=None)


def matches_of(person: Person, *, now: datetime) -> QuerySet[Match]:
    """Return the matches that a person is or was in, the newest first, from when they may know of them."""
    later = OfferMember.objects.filter(
        offer=OuterRef("match__offer"), application=OuterRef("application"), publication__send_after__gt=now
    )
    known = Member.objects.exclude(Exists(later))
    mine = known.filter(match=OuterRef("pk"), application__person_id=person.pk)
    return (
        Match.objects.filter(Exists(mine))
        .exclude(offer__publication__send_after__gt=now)
        .select_related("cohort__program", "offer__cohort", "within")
        .prefetch_related(Prefetch("members", known.select_related(*PEOPLE).order_by("pk")))
        .order_by("-pk")
    )


def matches_left_by(person: Person, *, now: datetime) -> QuerySet[Match]:
    """Return the matches that a person may leave: those that run, and that they have not left."""
    mine = Member.objects.filter(match=OuterRef("pk"), application__person_id=person.pk, left_on=None)
    return matches_of(person, now=now).filter(Exists(mine), state__in=sorted(RUNNING))


def own_member(match: Match, person: Person) -> Member:
    """Return the row of a person in one of their matches."""
    return next(one for one in match.members.all() if one.application.person_id == person.pk)


def told_of_leaving(match: Match, person: Person) -> tuple[str, str]:
    """Return the subject and the text of what the others read when a person leaves a match; the same for each of them.

    It says that they have left, and never why.
    """
    me = own_member(match, person)
    here = [one for one in match.members.all() if one.left_on is None]
    ends = ends_without(MatchShape(match.shape), MemberPart(me.part), [MemberPart(one.part) for one in here])
    news = NewsKind.ENDED if ends else NewsKind.FEWER
    reader = next((one.application.person.name for one in here if one.pk != me.pk), "")
    return news_subject(news), news_body(news, name=reader, others=me.application.person.name, answered=True)


def offers_overseen_by(person: Person) -> QuerySet[Offer]:
    """Return the offers of the cohorts that a person coordinates."""
    return Offer.objects.filter(cohort__in=cohorts_coordinated_by(person)).select_related("cohort__program")


def matches_overseen_by(person: Person) -> QuerySet[Match]:
    """Return the matches that run in the cohorts that a person coordinates, with their members."""
    members = Member.objects.filter(left_on=None).select_related("application__person").order_by("part", "pk")
    return (
        Match.objects.filter(cohort__in=cohorts_coordinated_by(person), state__in=sorted(RUNNING))
        .select_related("cohort", "offer")
        .prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))
        .order_by("pk")
    )


def offers_waiting_in(cohort: Cohort) -> QuerySet[Offer]:
    """Return the offers of a cohort that wait for answers, the most urgent first, with their members.

    A group that has begun is among them while somebody who was asked to be in it has not answered.
    """
    silent = OfferMember.objects.filter(offer=OuterRef("pk"), reply=Reply.WAITING, holds_place=True)
    members = OfferMember.objects.select_related("application__person").order_by("part", "pk")
    return (
        Offer.objects.filter(Q(state=OfferState.OFFERED) | Q(state=OfferState.AGREED) & Exists(silent), cohort=cohort)
        .select_related("followed_by")
        .prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))
        .order_by("answer_by", "pk")
    )


def has_joiners_waiting(offer: Offer) -> bool:
    """Return whether somebody who was asked to join a group later has not answered; its members are read already."""
    members: Sequence[OfferMember] = offer.people_in  # type: ignore[attr-defined]  # read by `offers_waiting_in`
    return any(one.publication_id is not None and one.reply == Reply.WAITING and one.holds_place for one in members)


def member_of(offer: Offer, person: Person) -> OfferMember:
    """Return the row of a person in one of their offers."""
    return next(one for one in offer.members.all() if one.application.person_id == person.pk)


def seen_offer(offer: Offer, person: Person, *, matching: Matching | None = None) -> SeenOffer:
    """Return an offer as one of its members reads it; with the rules of its cohort, also what the others wrote.

    Whoever is out of it reads the names of those whom they were asked with, and nothing more.
    """
    me = member_of(offer, person)
    others = [one for one in offer.members.all() if one.pk != me.pk and one.reply != Reply.NO]
    state = OfferState(offer.state)
    if state is OfferState.OFFERED and has_left(offer):
        state = OfferState.TAKEN_BACK
    match = getattr(offer, "match", None)
    is_out = me.reply == Reply.NO or not me.holds_place or me.application.stage != Stage.ACCEPTED
    if is_out:
        others = [one for one in others if one.publication_id in {None, me.publication_id}]
    people = _seen(others, None if is_out else matching, is_brief=is_out)
    return SeenOffer(
        offer_id=offer.pk,
        match_id=match.pk if match is not None else 0,
        shape=MatchShape(offer.shape),
        part=MemberPart(me.part),
        people=people,
        reasons=_reasons(offer, MemberPart(me.part), people),
        state=state,
        because=offer.ended_because,
        my_reply=Reply(me.reply),
        answer_by=offer.answer_by,
        program=offer.cohort.program.name,
        with_contacts=not offer.cohort.may_have_minors,
        has_left=me.application.stage != Stage.ACCEPTED,
        is_in_time=me.holds_place or me.reply != Reply.WAITING,
    )


def seen_match(match: Match, person: Person, *, matching: Matching | None = None) -> SeenMatch:
    """Return a match as one of its members reads it; with the rules of its cohort, also what the others wrote.

    Addresses stand in it only while both the match and the reader are in it, and where no minors may join. Whoever
    has left it reads the names of those who were in it with them, and nothing more.
    """
    me = own_member(match, person)
    others = [one for one in match.members.all() if one.pk != me.pk and _were_together(me, one)]
    runs, has_gone = match.state != MatchState.CLOSED and me.left_on is None, _has_gone(match, me)
    with_contacts = not match.cohort.may_have_minors
    people = _seen(others, None if has_gone else matching, with_email=runs and with_contacts, is_brief=has_gone)
    return SeenMatch(
        match_id=match.pk,
        shape=MatchShape(match.shape),
        part=MemberPart(me.part),
        people=people,
        reasons=_reasons(match.offer, MemberPart(me.part), people) if match.offer is not None else [],
        state=MatchState(match.state),
        has_left=me.left_on is not None,
        program=match.cohort.program.name,
        with_contacts=with_contacts,
    )


def _were_together(me: Member, other: Member) -> bool:
    """Return whether the reader may know of another member: those who are in the match, or were when they left it."""
    if me.left_on is None:
        return other.left_on is None
    return not _joined_after(other, me) and (other.left_on is None or not _left_before(other, me))


def _has_gone(match: Match, me: Member) -> bool:
    """Return whether somebody is out: they left while the match went on, or have left the programme."""
    went_on = me.left_on is not None and (
        match.closed_on is None
        or me.left_on < match.closed_on
        or any(_left_before(me, other) for other in match.members.all() if other.left_on is not None)
    )
    return went_on or me.application.stage != Stage.ACCEPTED


def _left_before(one: Member, other: Member) -> bool:
    """Return whether one of two who have left had gone before the other; on one day, where only days are known, not."""
    if one.left_at is not None and other.left_at is not None:
        return one.left_at < other.left_at
    return one.left_on is not None and other.left_on is not None and one.left_on < other.left_on


def _joined_after(one: Member, other: Member) -> bool:
    """Return whether somebody came when another one had left; on one day, where only days are known, not."""
    if one.joined_at is not None and other.left_at is not None:
        return one.joined_at > other.left_at
    return other.left_on is not None and one.joined_on > other.left_on


def has_left(offer: Offer) -> bool:
    """Return whether somebody who holds a place in an offer has left the programme."""
    return any(one.holds_place and one.application.stage != Stage.ACCEPTED for one in offer.members.all())


def answer_can_be_taken_back(offer: Offer, me: OfferMember, *, now: datetime) -> bool:
    """Return whether one of those asked may take a yes or a no back: while nobody was told of what followed from it.

    Never once somebody has left the match, or is out themselves: what has been lived is not undone. Where no mail goes,
    a message counts as told a day after it was written, for it is handed over.
    """
    is_out = me.application.stage != Stage.ACCEPTED or (me.reply == Reply.YES and not me.holds_place)
    if is_out or me.reply not in {Reply.YES, Reply.NO} or offer.state not in UNDOABLE:
        return False
    if Member.objects.filter(match__offer=offer).exclude(left_on=None).exists():
        return False
    if Offer.objects.filter(follows=offer).exists():
        return False  # the place was offered to somebody else
    told = Q(state__in=list(LEFT))
    if not settings.CHIRON_CAN_MAIL:
        told |= Q(state=NoticeState.READY, written_at__lt=now - HANDED_OVER)
    return not notices_about_answers(offer).filter(told).exists()


def notices_about_answers(offer: Offer) -> QuerySet[Notice]:
    """Return the messages that follow from answers to an offer: not those that ask, or ask again."""
    return notices_in_group(offer.group).exclude(kind__in=["match.reminder", *TELLING_KINDS])


def reminders_due(offer: Offer, *, now: datetime) -> int:
    """Return how many reminders an offer should have had by a moment: none, one half-way, two on the last day."""
    if offer.answer_by is None:
        return 0
    half_way = offer.asked_from + (offer.answer_by - offer.asked_from) / 2
    return (now >= half_way) + (now >= offer.answer_by - LAST_DAY)


def about_words(application: Application) -> str:
    """Return a few words about somebody's work, for those who are matched with them."""
    site = application.site.name if application.site is not None else ""
    answers = [site if name == "site" and site else application.answers.get(name) for name in SHOWN_FIELDS]
    return ", ".join(dict.fromkeys(str(answer) for answer in answers if isinstance(answer, str) and answer))


def _written(application: Application, matching: Matching) -> list[tuple[str, str]]:
    answers = {name: answer for name, answer in application.answers.items() if name not in SHOWN_FIELDS}
    return written_by(answers, matching, side="mentor" if application.role == Role.MENTOR else "mentee")


def _reasons(offer: Offer, reader: MemberPart, people: Sequence[SeenPerson]) -> list[str]:
    names = ", ".join(one.name for one in people)
    with_places = not offer.cohort.may_have_minors
    return reasons_in_words(offer.reasons, reader=reader, other=names, with_places=with_places)


def _seen(
    members: Sequence[OfferMember | Member],
    matching: Matching | None,
    *,
    with_email: bool = False,
    is_brief: bool = False,
) -> list[SeenPerson]:
    others = [one for one in members if one.part != MemberPart.MENTOR]
    return [
        SeenPerson(
            name=one.application.person.name,
            part=MemberPart(one.part),
            about="" if is_brief else about_words(one.application),
            written=_written(one.application, matching) if matching is not None else (),
            email=one.application.person.email if with_email else "",
        )
        for one in (*(one for one in members if one.part == MemberPart.MENTOR), *others)
    ]
