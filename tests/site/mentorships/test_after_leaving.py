"""Whoever is out of a match or an offer: nothing is undone by them, nothing new is shown to them, nobody reads why."""

from datetime import timedelta

import pytest
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_places
from chiron.site.matching.models import Offer, OfferMember, Publication
from chiron.site.matching.rules import DeclineReason, MemberPart, OfferState, OfferStepNotAllowedError
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import accept_offer, decline_offer, leave_match, take_answer_back
from chiron.site.mentorships.operations.offers import lapse_offers
from chiron.site.mentorships.queries.offers import matches_of, seen_match, seen_offer
from chiron.site.mentorships.rules import EndReason
from chiron.site.notices.models import Notice
from chiron.site.people.queries import everything_about
from chiron.site.programs.queries import matching_of
from factories import NOW
from group_factories import called, in_match, make_group, no, places, told, yes
from plan_factories import link_to, make_plan, make_publication, make_scene, offer_of, say_yes

pytestmark = pytest.mark.django_db
NEXT_DAY = NOW + timedelta(days=1)
LATE = NOW + timedelta(days=15)


@pytest.fixture
def scene():
    return make_scene(places=3)


@pytest.fixture
def group(scene) -> Offer:
    """Return a running group of a mentor, Anna, Bela and Carl that needs everybody's yes."""
    offer = make_group(scene, "Anna", "Bela", "Carl", least=None)
    yes(offer, "mentor", "Anna", "Bela", "Carl")
    return offer


def leave(offer: Offer, name: str, now=NEXT_DAY) -> None:
    member = Member.objects.get(match__offer=offer, application=called(offer, name).application)
    person = member.application.person
    leave_match(match=member.match, member=member, reason=EndReason.NEEDS, by=person, now=now)


def test_whoever_has_left_undoes_nothing_of_what_goes_on_without_them(group, signed_in):
    leave(group, "Anna")
    anna = called(group, "Anna")

    page = signed_in(anna.application.person).get(reverse("mentorships:match", args=[Match.objects.get().pk]))
    with pytest.raises(OfferStepNotAllowedError):
        take_answer_back(member=anna, by=anna.application.person, now=NEXT_DAY)

    assert "Take my answer back" not in page.content.decode()
    assert in_match(group) == {"Bela", "Carl"}
    lapse_offers(link_to=link_to, now=LATE)
    assert in_match(group) == {"Bela", "Carl"}


def test_nobody_undoes_a_match_that_somebody_has_left(group):
    leave(group, "Anna")
    bela = called(group, "Bela")

    with pytest.raises(OfferStepNotAllowedError):
        take_answer_back(member=bela, by=bela.application.person, now=NEXT_DAY)

    assert in_match(group) == {"Bela", "Carl"}


def test_a_yes_is_taken_back_for_a_day_where_messages_are_handed_over(group):
    Notice.objects.filter(group=group.group).update(state="ready")
    carl = called(group, "Carl")

    with pytest.raises(OfferStepNotAllowedError):
        take_answer_back(member=carl, by=carl.application.person, now=NOW + timedelta(days=2))

    take_answer_back(member=carl, by=carl.application.person, now=NOW + timedelta(hours=1))
    assert called(group, "Carl").reply == "waiting"


@pytest.fixture
def joined(scene) -> Offer:
    """Return a running group of a mentor, Anna and Bela that Carl was asked to join by a later plan."""
    offer = make_group(scene, "Anna", "Bela", least=None)
    yes(offer, "mentor", "Anna", "Bela")
    publication = Publication.objects.create(
        plan=make_plan(scene), published_by=scene.coordinator, published_at=NOW, answer_by=LATE
    )
    carl = scene.people["Carl"]
    OfferMember.objects.create(
        offer=offer, application=carl, part=MemberPart.MENTEE, place="1", publication=publication
    )
    leading = called(offer, "mentor")
    leading.takes += 1
    leading.save(update_fields=["takes"])
    take_places({carl.pk: 1, leading.application_id: 1})
    return offer


def test_a_late_yes_that_is_taken_back_leaves_the_group_as_it_was(joined):
    before = Match.objects.get(offer=joined).pk
    carl = called(joined, "Carl")
    accept_offer(member=carl, link_to=link_to, by=carl.application.person, now=NOW)
    assert in_match(joined) == {"Anna", "Bela", "Carl"}

    take_answer_back(member=called(joined, "Carl"), by=carl.application.person, now=NOW + timedelta(hours=1))

    joined.refresh_from_db()
    assert (joined.state, Match.objects.get(offer=joined).pk) == (OfferState.AGREED, before)
    assert in_match(joined) == {"Anna", "Bela"}


def test_a_group_never_hears_of_somebody_who_was_asked_and_said_no(joined):
    before = {name: told(joined, name) for name in ("mentor", "Anna", "Bela")}

    no(joined, "Carl")

    assert {name: told(joined, name) for name in before} == before


def test_whoever_left_earlier_is_not_written_to_again(group):
    leave(group, "Anna")
    before = told(group, "Anna")

    leave(group, "Bela", now=NEXT_DAY + timedelta(days=1))

    assert told(group, "Anna") == before
    assert told(group, "Carl")[-1] == "match.fewer"


def test_whoever_has_left_reads_names_of_then_and_nothing_of_who_came_later(joined, scene):
    leave(joined, "Anna", now=NEXT_DAY)
    carl = called(joined, "Carl")
    accept_offer(member=carl, link_to=link_to, by=carl.application.person, now=NOW + timedelta(days=2))
    anna = called(joined, "Anna").application.person

    seen = seen_match(matches_of(anna, now=LATE).get(), anna, matching=matching_of(scene.cohort))

    assert "Carl" not in seen.other
    assert "Bela" in seen.other
    assert not any(one.about or one.written or one.email for one in seen.people)


def test_whoever_said_no_reads_nothing_of_who_is_asked_later(joined, scene):
    carl = called(joined, "Carl")
    decline_offer(member=carl, reason=DeclineReason.TIME, by=carl.application.person, now=NOW)
    dora = scene.people["Dora"]
    later = Publication.objects.create(
        plan=make_plan(scene), published_by=scene.coordinator, published_at=NOW, answer_by=LATE
    )
    OfferMember.objects.create(offer=joined, application=dora, part=MemberPart.MENTEE, place="1", publication=later)

    seen = seen_offer(joined, carl.application.person, matching=matching_of(scene.cohort))

    assert "Dora" not in seen.other
    assert not any(one.about or one.written for one in seen.people)


def test_why_somebody_leaves_stands_in_their_own_file_alone():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    match = Match.objects.get(offer=say_yes(offer_of(scene, "Anna"), "mentee", "mentor"))
    mentee, mentor = match.members.get(part="mentee"), match.members.get(part="mentor")

    leave_match(match=match, member=mentee, reason=EndReason.NEEDS, by=mentee.application.person, now=NOW)

    assert EndReason.NEEDS.value in str(everything_about(mentee.application.person))
    assert EndReason.NEEDS.value not in str(everything_about(mentor.application.person))


def test_a_match_is_not_shown_before_the_moment_that_was_chosen(group, scene):
    mentor = called(group, "mentor").application.person
    publication = Publication.objects.create(
        plan=make_plan(scene),
        published_by=mentor,
        published_at=NOW,
        send_after=NOW + timedelta(days=3),
        answer_by=LATE,
    )
    Offer.objects.filter(pk=group.pk).update(publication=publication)

    assert not matches_of(mentor, now=NOW).exists()
    assert matches_of(mentor, now=NOW + timedelta(days=3)).exists()


def test_people_of_a_match_that_was_brought_in_hear_that_it_ended():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentee", "mentor")
    Offer.objects.filter(pk=offer.pk).update(publication=None)
    OfferMember.objects.filter(offer=offer).update(reply="assigned", replied_at=None)
    Notice.objects.all().update(state="withdrawn")
    match = Match.objects.get(offer=offer)
    mentee, mentor = match.members.get(part="mentee"), match.members.get(part="mentor")

    leave_match(match=match, member=mentee, reason=EndReason.NEEDS, by=mentee.application.person, now=NOW)

    assert Notice.objects.filter(to=mentor.application.person).exclude(state="withdrawn").count() == 1


def test_who_was_asked_to_join_is_asked_no_longer_and_the_group_stays(joined, scene, client):
    rows = OfferMember.objects.filter(offer=joined).exclude(application=scene.people["Carl"])
    before = places(joined), list(rows.order_by("pk").values("reply", "holds_place"))
    client.force_login(scene.coordinator)
    address = f"/c/{scene.cohort.pk}/offers/{joined.pk}/take-back/"
    assert "Take back who was asked to join" in client.get(f"/c/{scene.cohort.pk}/answers/").content.decode()

    client.post(address, {"which": "joiners"})

    assert not joined.members.filter(application=scene.people["Carl"]).exists()
    assert Application.objects.get(pk=scene.people["Carl"].pk).taken == 0
    assert (places(joined) + 1, list(rows.order_by("pk").values("reply", "holds_place"))) == before
    assert "Take back who was asked to join" not in client.get(f"/c/{scene.cohort.pk}/answers/").content.decode()
    assert client.post(address, {"which": "joiners"}).status_code == 409
