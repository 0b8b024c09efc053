"""Reads of rooms: who else is in the panel or the chain that a match is part of, as far as each of them may see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.rules import RUNNING
from chiron.site.people.models import Person


@dataclass(frozen=True, slots=True)
class RoomLink:
    """One other match of the same room: who mentors whom, and as what, where the place has a name."""

    mentor: str
    mentee: str
    place: str


@dataclass(frozen=True, slots=True)
class SeenRoom:
    """The rest of a room as one of its people reads it; `unnamed` is how many are there whom they may not read of."""

    shape: MatchShape
    links: Sequence[RoomLink]
    unnamed: int


def seen_room(match: Match, person: Person) -> SeenRoom | None:
    """Return the rest of the room of a match; None where it is in none, or the reader is no longer in it.

    Everybody reads the names of those who are in the same panel or chain, and nothing else about them. Where people
    under 18 may take part, only links with the reader in them are named.
    """
    mine = Member.objects.filter(match=match, application__person_id=person.pk, left_on=None)
    if match.within is None or match.state not in RUNNING or not mine.exists():
        return None
    rows = Member.objects.filter(match__within=match.within_id, match__state__in=sorted(RUNNING), left_on=None)
    by_match: dict[int, dict[str, Member]] = defaultdict(dict)
    for row in rows.exclude(match=match).select_related("application__person").order_by("match", "pk"):
        by_match[row.match_id][row.part] = row
    whole = [pair for pair in by_match.values() if {MemberPart.MENTEE, MemberPart.MENTOR} <= pair.keys()]
    named = [
        pair
        for pair in whole
        if not match.cohort.may_have_minors or person.pk in {one.application.person_id for one in pair.values()}
    ]
    here = {one.application.person_id for pair in named for one in pair.values()} | {person.pk}
    here |= set(match.members.values_list("application__person", flat=True))
    people = {one.application.person_id for pair in whole for one in pair.values()}
    return SeenRoom(
        shape=MatchShape(match.within.shape),
        links=[
            RoomLink(
                mentor=pair[MemberPart.MENTOR].application.person.name,
                mentee=pair[MemberPart.MENTEE].application.person.name,
                place=_named(pair[MemberPart.MENTEE].place),
            )
            for pair in named
        ],
        unnamed=len(people - here),
    )


def _named(place: str) -> str:
    """Return a place that has a name; those of pairs and chains have numbers."""
    return "" if place.isdigit() else place
