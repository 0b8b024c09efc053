"""A group goes on when one of its people says no, changes their mind, is silent or comes late."""

from datetime import timedelta

import pytest

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_places
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import DeclineReason, MatchShape, MemberPart, OfferState, people_key
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import accept_offer, decline_offer, take_answer_back, withdraw_participant
from chiron.site.mentorships.operations.offers import lapse_offers
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import release_notice
from factories import NOW
from plan_factories import link_to, make_scene

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
LATE = NOW + timedelta(days=15)
MENTEES = ("Anna", "Bela", "Carl")


@pytest.fixture
def scene():
    return make_scene(places=3)


@pytest.fixture
def group(scene) -> Offer:
    """Offer a group of a mentor and three mentees, which begins with two of them."""
    mentor = Application.objects.filter(cohort=scene.cohort, role="mentor").order_by("pk").first()
    people = [scene.people[name] for name in MENTEES]
    offer = Offer.objects.create(
        cohort=scene.cohort,
        shape=MatchShape.GROUP,
        people=people_key([mentor.pk, *(one.pk for one in people)]),
        least=2,
        offered_at=NOW,
        answer_by=NOW + timedelta(days=14),
    )
    OfferMember.objects.create(offer=offer, application=mentor, part=MemberPart.MENTOR, takes=3)
    for one in people:
        OfferMember.objects.create(offer=offer, application=one, part=MemberPart.MENTEE, place="1")
    take_places({mentor.pk: 3} | {one.pk: 1 for one in people})
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


def test_who_joined_late_takes_the_yes_back_and_the_group_goes_on(group):
    yes(group, "mentor", "Anna", "Bela")
    yes(group, "Carl", now=NOW + timedelta(minutes=5))
    assert in_match(group) == {"Anna", "Bela", "Carl"}

    back(group, "Carl")

    group.refresh_from_db()
    assert (group.state, in_match(group), places(group)) == (OfferState.AGREED, {"Anna", "Bela"}, 3)
    assert told(group, "Carl") == []
    assert told(group, "Anna") == ["match.agreed"]
    yes(group, "Carl", now=LATER)
    assert in_match(group) == {"Anna", "Bela", "Carl"}


def test_a_yes_without_which_the_group_is_too_small_stops_it(group):
    yes(group, "mentor", "Anna", "Bela")

    back(group, "Anna")

    group.refresh_from_db()
    assert (group.state, Match.objects.count(), places(group)) == (OfferState.OFFERED, 0, 3)
    assert told(group, "Bela") == []


def test_a_no_that_is_taken_back_takes_the_place_of_the_mentor_again(group):
    yes(group, "mentor")
    no(group, "Carl")
    assert places(group) == 2

    back(group, "Carl")

    assert places(group) == 3
    assert told(group, "mentor") == []
    yes(group, "Anna", "Carl", now=LATER)
    assert in_match(group) == {"Anna", "Carl"}


def test_those_who_stay_read_that_the_group_goes_on_and_not_that_it_ends(group):
    yes(group, "mentor", "Anna", "Bela")

    no(group, "Carl")

    assert in_match(group) == {"Anna", "Bela"}
    assert told(group, "Anna") == ["match.agreed", "match.fewer"]
    words = Notice.objects.get(kind="match.fewer", to=called(group, "Anna").application.person)
    assert "does not go ahead" not in words.subject + words.body
    assert "Carl" in words.body


def test_nobody_who_has_not_answered_reads_that_it_is_settled(group):
    yes(group, "mentor", "Anna", "Bela")

    assert told(group, "Carl") == []
    assert "Carl" not in Notice.objects.get(kind="match.agreed", to=called(group, "Anna").application.person).body


def test_a_group_that_begins_without_the_silent_says_so_to_each(group):
    yes(group, "Anna", "Bela")
    group.refresh_from_db()
    assert group.state == OfferState.OFFERED
    OfferMember.objects.filter(offer=group, part="mentor").update(reply="assigned")

    assert lapse_offers(link_to=link_to, now=LATE) == 1

    group.refresh_from_db()
    assert (group.state, in_match(group), places(group)) == (OfferState.AGREED, {"Anna", "Bela"}, 2)
    assert told(group, "Anna") == told(group, "mentor") == ["match.agreed"]


def test_a_group_that_begins_because_somebody_leaves_says_so(scene, group):
    Offer.objects.filter(pk=group.pk).update(least=None)
    group.refresh_from_db()
    yes(group, "mentor", "Anna", "Bela")

    withdraw_participant(application=scene.people["Carl"], link_to=link_to, by=scene.coordinator, now=LATER)

    group.refresh_from_db()
    assert (group.state, in_match(group), places(group)) == (OfferState.AGREED, {"Anna", "Bela"}, 2)
    assert "match.agreed" in told(group, "Anna")
    assert told(group, "Carl") == []


def settled_for(offer: Offer, name: str) -> Notice:
    """Return what a member reads once it is settled."""
    person = called(offer, name).application.person
    return Notice.objects.exclude(state="withdrawn").get(group=offer.group, kind="match.agreed", to=person)


def test_it_is_settled_is_mended_for_those_who_stay_and_withdrawn_for_whoever_leaves(scene, group):
    Offer.objects.filter(pk=group.pk).update(least=3)
    yes(group, "mentor", "Anna", "Bela", "Carl")
    release_notice(notice=settled_for(group, "Bela"), by=scene.coordinator, now=LATER)

    withdraw_participant(application=scene.people["Carl"], link_to=link_to, by=scene.coordinator, now=LATER)

    assert told(group, "Carl") == []
    address = link_to(Match.objects.get(offer=group).pk)
    for name, other, state in (("Anna", "Bela", "draft"), ("Bela", "Anna", "ready")):
        letter = settled_for(group, name)
        assert (letter.state, "Carl" in letter.body, other in letter.body) == (state, False, True)
        assert address in letter.body


def test_it_is_settled_stays_as_it_was_edited_where_it_names_nobody_who_leaves(scene, group):
    yes(group, "mentor", "Anna", "Bela")
    yes(group, "Carl", now=LATER)
    letter = settled_for(group, "Anna")

    withdraw_participant(application=scene.people["Carl"], link_to=link_to, by=scene.coordinator, now=LATER)

    assert settled_for(group, "Anna").pk == letter.pk
