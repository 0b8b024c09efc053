"""A group goes on when one of its people says no, changes their mind, is silent or comes late."""

from datetime import timedelta

import pytest

from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import OfferState
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import withdraw_participant
from chiron.site.mentorships.operations.offers import lapse_offers, take_offer_back
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import edit_notice, hold_notice, release_notice
from factories import NOW
from group_factories import LATER, back, called, in_match, make_group, no, places, told, yes
from plan_factories import link_to, make_plan, make_publication, make_scene, member_of, offer_of

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=15)
MENTEES = ("Anna", "Bela", "Carl")


@pytest.fixture
def scene():
    return make_scene(places=3)


@pytest.fixture
def group(scene) -> Offer:
    """Offer a group of a mentor and three mentees, which begins with two of them."""
    return make_group(scene, *MENTEES, least=2)


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


def changed_by_hand(scene, letter: Notice, words: str) -> None:
    hold_notice(notice=letter, because="", by=scene.coordinator, now=NOW)
    edit_notice(notice=letter, subject=letter.subject, body=f"{letter.body}\n{words}", by=scene.coordinator, now=NOW)


def test_words_changed_by_hand_stay_and_wait_for_somebody_where_the_site_would_write_anew(scene, group):
    Offer.objects.filter(pk=group.pk).update(least=3)
    yes(group, "mentor", "Anna", "Bela", "Carl")
    changed_by_hand(scene, settled_for(group, "Anna"), "See you at the station.")

    withdraw_participant(application=scene.people["Carl"], link_to=link_to, by=scene.coordinator, now=LATER)

    letter = settled_for(group, "Anna")
    assert letter.body.endswith("See you at the station.")
    assert (letter.state, letter.edited_by, letter.edited_at) == ("held", scene.coordinator, NOW)
    assert "Put your words right" in letter.held_because


def test_a_letter_changed_by_hand_stays_where_one_of_its_offers_ends():
    scene = make_scene(places=4)
    make_publication(scene, make_plan(scene))
    mentor = member_of(offer_of(scene, "Anna"), "mentor").application
    other = Offer.objects.filter(members__application=mentor).exclude(pk=offer_of(scene, "Anna").pk).first()
    letters = Notice.objects.filter(to=mentor.person, kind="match.offered_to_mentor").exclude(state="withdrawn")
    changed_by_hand(scene, letters.get(), "Ring me before you answer.")

    take_offer_back(offer=other, by=scene.coordinator, now=LATER)

    letter = letters.get()
    assert letter.body.endswith("Ring me before you answer.")
    assert (letter.state, letter.edited_by, "Put your words right" in letter.held_because) == (
        "held", scene.coordinator, True,
    )  # fmt: skip

    for offer in Offer.objects.filter(members__application=mentor, state="offered"):
        take_offer_back(offer=offer, by=scene.coordinator, now=LATER)
    assert not letters.exists()
