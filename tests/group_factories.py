"""Groups that were offered, and what their people answer."""

from datetime import timedelta

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_places
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import DeclineReason, MatchShape, MemberPart, people_key
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import accept_offer, begin_matches, decline_offer, take_answer_back
from chiron.site.notices.models import Notice
from factories import NOW
from plan_factories import Scene, link_to

LATER = NOW + timedelta(hours=1)


def make_group(scene: Scene, *names: str, least: int | None) -> Offer:
    """Offer a group of the scene's first mentor and of mentees by name, which begins with so many of them."""
    mentor = Application.objects.filter(cohort=scene.cohort, role="mentor").order_by("pk").first()
    people = [scene.people[name] for name in names]
    offer = Offer.objects.create(
        cohort=scene.cohort,
        shape=MatchShape.GROUP,
        people=people_key([mentor.pk, *(one.pk for one in people)]),
        least=least,
        offered_at=NOW,
        answer_by=NOW + timedelta(days=14),
    )
    OfferMember.objects.create(offer=offer, application=mentor, part=MemberPart.MENTOR, takes=len(people))
    for one in people:
        OfferMember.objects.create(offer=offer, application=one, part=MemberPart.MENTEE, place="1")
    take_places({mentor.pk: len(people)} | {one.pk: 1 for one in people})
    return offer


def make_link(
    scene: Scene, mentee: str, mentor: str, room: str, *, place: str = "1", begins: bool = True, asked: bool = False
) -> Offer:
    """Offer two people each other as one link of a chain, and let it begin, or ask the mentee."""
    keys = [scene.people[name].pk for name in (mentee, mentor)]
    offer = Offer.objects.create(
        cohort=scene.cohort, shape="pair", room=room, room_shape="chain", people=people_key(keys), offered_at=NOW,
        state="agreed" if begins else "offered", agreement="nobody",
    )  # fmt: skip
    for key, part, at in zip(keys, ("mentee", "mentor"), (place, ""), strict=True):
        reply = "waiting" if asked and part == "mentee" else "assigned"
        OfferMember.objects.create(offer=offer, application_id=key, part=part, place=at, reply=reply)
    if begins:
        begin_matches(offers=[offer], now=NOW)
    return offer


def called(offer: Offer, name: str) -> OfferMember:
    """Return a member of a group by name; "mentor" is the mentor."""
    rows = OfferMember.objects.select_related("offer", "application__person").filter(offer=offer)
    return rows.get(part="mentor") if name == "mentor" else rows.get(application__person__name__startswith=name)


def yes(offer: Offer, *names: str, now=NOW) -> None:
    """Let members say yes."""
    for name in names:
        one = called(offer, name)
        accept_offer(member=one, link_to=link_to, by=one.application.person, now=now)


def no(offer: Offer, name: str, now=NOW) -> None:
    """Let a member say no."""
    one = called(offer, name)
    decline_offer(member=one, reason=DeclineReason.TIME, by=one.application.person, now=now)


def back(offer: Offer, name: str, now=LATER) -> None:
    """Let a member take their answer back."""
    one = called(offer, name)
    take_answer_back(member=one, by=one.application.person, now=now)


def in_match(offer: Offer) -> set[str]:
    """Return the first names of those who are in the match of an offer."""
    members = Match.objects.get(offer=offer).members.filter(left_on=None)
    return {str(one.application.person.name).split()[0] for one in members if one.part == "mentee"}


def told(offer: Offer, name: str) -> list[str]:
    """Return the kinds of the messages that wait for a member or have gone to them."""
    person = called(offer, name).application.person
    return list(
        Notice.objects.filter(group=offer.group, to=person)
        .exclude(state="withdrawn")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def places(offer: Offer) -> int:
    """Return how many places of the mentor are taken; what the offer holds is the same."""
    mentor = called(offer, "mentor")
    assert mentor.application.taken == (mentor.takes if mentor.holds_place else 0)
    return mentor.application.taken
