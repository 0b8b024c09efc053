"""Reads of matches: a participant's own, and those of a cohort for its coordinator; the messages of a publication."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst

from chiron.site.applications.rules.application import Stage
from chiron.site.matching.models import Plan, PlanPair
from chiron.site.matching.queries.plans import plans_reviewable_by
from chiron.site.mentorships.models import Match, Publication
from chiron.site.mentorships.rules import (
    REASONS_TOLD,
    MatchState,
    Reply,
    Side,
    mentee_body,
    mentee_subject,
    mentor_body,
    mentor_subject,
)
from chiron.site.notices.models import Notice
from chiron.site.notices.queries import notices_in_group
from chiron.site.people.models import Person

SHOWN_FIELDS = ("profession", "stage", "organization", "site")
"""What somebody reads about the person they are matched with, beside the name."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a publication before or while it is written."""

    to: Person
    side: Side
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MyMatch:
    """A match as one of the two reads it: nothing about anybody else, no number about how well they fit.

    Attributes:
        match_id: its key.
        side: which of the two reads it.
        other: the other one's name.
        about: a few words about the other one's work.
        email: the other one's address; empty until both have said yes.
        reasons: what speaks for the pair, in plain sentences.
        state: where the match stands, as this side may know it.
        my_reply: what this side has said.
        program: the name of the programme.
    """

    match_id: int
    side: Side
    other: str
    about: str
    email: str
    reasons: Sequence[str]
    state: MatchState
    my_reply: Reply
    program: str


def matches_of(person: Person, *, now: datetime) -> QuerySet[Match]:
    """Return the matches that a person is one of, the newest first, from when they may know of them."""
    return (
        Match.objects.filter(Q(mentee__person_id=person.pk) | Q(mentor__person_id=person.pk))
        .filter(Q(publication__send_after=None) | Q(publication__send_after__lte=now))
        .exclude(state=MatchState.WITHDRAWN)
        .select_related("cohort__program", "mentee__person", "mentor__person", "mentee__site", "mentor__site")
        .order_by("-pk")
    )


def my_match(match: Match, person: Person) -> MyMatch:
    """Return a match as one of its two people reads it."""
    side = Side.MENTEE if match.mentee.person_id == person.pk else Side.MENTOR
    other = match.mentor if side is Side.MENTEE else match.mentee
    site = other.site.name if other.site is not None else ""
    answers = [site if name == "site" and site else other.answers.get(name) for name in SHOWN_FIELDS]
    about = dict.fromkeys(str(answer) for answer in answers if isinstance(answer, str) and answer)
    return MyMatch(
        match_id=match.pk,
        side=side,
        other=other.person.name,
        about=", ".join(about),
        email=other.person.email if match.state == MatchState.AGREED else "",
        reasons=match.reasons,
        state=MatchState.DECLINED if match.state == MatchState.OFFERED and has_left(match) else MatchState(match.state),
        my_reply=Reply(match.mentee_reply if side is Side.MENTEE else match.mentor_reply),
        program=match.cohort.program.name,
    )


def plans_publishable_by(person: Person) -> QuerySet[Plan]:
    """Return the plans that a person may publish or take back: those of the cohorts that they coordinate."""
    return plans_reviewable_by(person)


def publication_of(plan: Plan) -> Publication | None:
    """Return the publishing of a plan that stands, or None."""
    return publications_standing(plan).first()


def publications_standing(plan: Plan) -> QuerySet[Publication]:
    """Return the publishing of a plan that was not taken back: one row, or none."""
    return Publication.objects.filter(plan=plan, withdrawn_at=None).select_related("published_by")


def pairs_to_offer(plan: Plan, *, held_back: Collection[int] = ()) -> list[PlanPair]:
    """Return the pairs of a plan that have not been offered, without those of some mentees, by the mentee's name.

    Pairs of people who have left since are not among them.
    """
    offered = Match.objects.filter(publication__plan=plan, publication__withdrawn_at=None)
    there = set(offered.values_list("mentee", "mentor"))
    pairs = (
        PlanPair.objects.filter(plan=plan, mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
        .exclude(mentee__in=held_back)
        .select_related("mentee__person", "mentor__person")
        .order_by("mentee__person__name", "pk")
    )
    return [pair for pair in pairs if (pair.mentee_id, pair.mentor_id) not in there]


def apart_in(plan: Plan) -> int:
    """Return how many pairs of a plan are kept apart, so must not be offered."""
    holds = plan.cohort.holds.filter(kind="apart").values_list("mentee", "mentor")
    pairs = set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"))
    return len(pairs & set(holds))


def gone_in(plan: Plan) -> int:
    """Return how many pairs of a plan have somebody who has left since, so must not be offered."""
    here = Q(mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
    return PlanPair.objects.filter(plan=plan).exclude(here).count()


def has_left(match: Match) -> bool:
    """Return whether one of the two has left the programme."""
    return {match.mentee.stage, match.mentor.stage} != {Stage.ACCEPTED}


def reasons_told(pair: PlanPair) -> list[str]:
    """Return the plain sentences for a pair that both may read: what speaks for it, nothing private, no points."""
    return [capfirst(part["text"]) for part in pair.parts if part["positive"] and not part["private"]][:REASONS_TOLD]


def letters_for(plan: Plan, pairs: Sequence[PlanPair], links: Mapping[tuple[int, int], str]) -> list[Letter]:
    """Return one message a mentee's pair and one a mentor, mentees first.

    Args:
        plan: their plan.
        pairs: the pairs that are offered.
        links: the address of each match by keys of mentee and mentor; an example before there is one.
    """
    program = plan.cohort.program.name
    letters = []
    mentors: dict[int, list[PlanPair]] = {}
    for pair in pairs:
        mentors.setdefault(pair.mentor_id, []).append(pair)
        body = mentee_body(
            name=pair.mentee.person.name,
            program=program,
            mentor=pair.mentor.person.name,
            reasons=reasons_told(pair),
            link=links[pair.mentee_id, pair.mentor_id],
        )
        letters.append(Letter(pair.mentee.person, Side.MENTEE, mentee_subject(), body))
    for mine in mentors.values():
        mentor = mine[0].mentor.person
        body = mentor_body(
            name=mentor.name,
            program=program,
            mentees=[
                (pair.mentee.person.name, reasons_told(pair), links[pair.mentee_id, pair.mentor_id]) for pair in mine
            ],
        )
        letters.append(Letter(mentor, Side.MENTOR, mentor_subject(len(mine)), body))
    return letters


def matches_published(publication: Publication) -> QuerySet[Match]:
    """Return the matches of a publishing for the coordinator, by the mentee's name."""
    return (
        Match.objects.filter(publication=publication)
        .select_related("mentee__person", "mentor__person")
        .order_by("mentee__person__name", "pk")
    )


def notices_published(publication: Publication) -> QuerySet[Notice]:
    """Return the messages of a publishing, in the order they were written."""
    return notices_in_group(publication.group)


def counts_of(publication: Publication) -> Mapping[str, int]:
    """Return how many matches of a publishing stand where."""
    found = Match.objects.filter(publication=publication).values_list("state").annotate(number=Count("pk"))
    return {state.value: 0 for state in MatchState} | dict(found.order_by("state"))
