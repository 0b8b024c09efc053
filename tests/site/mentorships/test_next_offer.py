"""A mentor whose offer came to nothing is offered to the next of those who wait, by one act that shows its messages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, Publication
from chiron.site.matching.operations.changes import hold_pair
from chiron.site.matching.rules import DeclineReason, Hold, OfferState, OfferStepNotAllowedError, Reply, can_follow
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import decline_offer, offer_to_next, take_answer_back
from chiron.site.mentorships.operations.offers import lapse_offers, take_offer_back
from chiron.site.mentorships.queries.next_offer import next_of
from chiron.site.notices.models import Notice
from chiron.site.shared.refusals import RefusedError
from factories import NOW
from plan_factories import (
    add_mentee,
    link_to,
    make_plan,
    make_publication,
    make_scene,
    member_of,
    offer_of,
    say_yes,
)

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=15)


@pytest.fixture
def scene():
    """Return a cohort with a published plan in which each mentor has one place, so that others wait."""
    scene = make_scene(places=1)
    add_mentee(scene, "Else", ["Research"], "South")
    add_mentee(scene, "Finn", ["Research"], "North")
    make_publication(scene, make_plan(scene))
    return scene


@pytest.fixture
def offer(scene) -> Offer:
    """Return what was offered to Mira."""
    return newest_of(scene, "Mira")


def newest_of(scene, name) -> Offer:
    """Return the newest offer of somebody."""
    found = Offer.objects.select_related("cohort__program", "publication")
    return found.filter(members__application=scene.people[name]).latest("pk")


def say_no(offer: Offer, part: str) -> Offer:
    one = member_of(offer, part)
    return decline_offer(member=one, reason=DeclineReason.TIME, by=one.application.person, now=NOW)


def go_on(scene, offer: Offer) -> Offer:
    """Offer the mentor to the next of those who wait."""
    return offer_to_next(offer=offer, following=next_of(offer), link_to=link_to, by=scene.coordinator, now=NOW)


def address_of(offer: Offer) -> str:
    return reverse("mentorships:offer_next", args=[offer.cohort_id, offer.pk])


def coordinator_of(scene) -> Client:
    client = Client()
    client.force_login(scene.coordinator)
    return client


@pytest.mark.parametrize(
    ("state", "said", "was_followed", "may"),
    [
        (OfferState.OFFERED, Reply.WAITING, False, True),
        (OfferState.OFFERED, Reply.YES, False, True),
        (OfferState.DECLINED, Reply.YES, False, True),
        (OfferState.LAPSED, Reply.WAITING, False, True),
        (OfferState.DECLINED, Reply.NO, False, False),
        (OfferState.LAPSED, Reply.WAITING, True, False),
        (OfferState.AGREED, Reply.YES, False, False),
        (OfferState.TAKEN_BACK, Reply.YES, False, False),
        (OfferState.OVER, Reply.YES, False, False),
    ],
)
def test_the_place_of_an_offer_that_came_to_nothing_goes_on_once(state, said, was_followed, may):
    assert can_follow(state, said, was_followed=was_followed) is may


def test_the_waitlist_is_walked_best_fit_first_until_nobody_may_have_the_mentor(scene, offer):
    waiting = {
        name for name in ("Anna", "Bela", "Carl", "Dora", "Else", "Finn") if not scene.people[name].offered_in.count()
    }
    asked, fits = [], []
    while following := next_of(say_no(offer, "mentee")):
        fits.append(following.fit)
        offer = offer_to_next(offer=offer, following=following, link_to=link_to, by=scene.coordinator, now=NOW)
        asked.append(member_of(offer, "mentee").application.person.name)

    assert len(waiting) == 3
    assert set(asked) == waiting - {"Dora"}  # Mira is her line manager
    assert fits == sorted(fits, reverse=True)
    assert Application.objects.get(pk=scene.people["Mira"].pk).taken == 0


def test_whoever_waits_is_asked_as_at_publishing_and_the_match_begins_with_both(scene, offer):
    made = go_on(scene, say_no(offer, "mentee"))

    assert (made.state, made.publication_id, made.follows_id) == ("offered", offer.publication_id, offer.pk)
    assert {member.reply for member in made.members.all()} == {"waiting"}
    assert Application.objects.get(pk=scene.people["Mira"].pk).taken == 1
    letters = Notice.objects.filter(group=made.told_in)
    assert {letter.to.name: letter.state for letter in letters} == {
        "Mira": "ready", member_of(made, "mentee").application.person.name: "ready",
    }  # fmt: skip
    assert all(f"/{made.pk}/" in letter.body for letter in letters)
    say_yes(made, "mentee", "mentor")
    assert Match.objects.get(offer=made).state == "active"


def test_whoever_is_offered_the_place_does_not_read_that_there_is_no_match(scene, offer):
    unsent = Notice.objects.filter(kind="match.left_out").exclude(state="withdrawn")
    before = set(unsent.values_list("to", flat=True))

    made = go_on(scene, say_no(offer, "mentee"))

    person = member_of(made, "mentee").application.person_id
    assert person in before
    assert set(unsent.values_list("to", flat=True)) == before - {person}


def test_an_offer_that_waits_is_taken_back_first_and_its_mentee_is_free(scene, offer):
    before = member_of(offer, "mentee").application

    made = go_on(scene, offer)

    offer.refresh_from_db()
    assert (offer.state, offer.ended_because) == ("taken_back", "coordinator")
    assert Application.objects.get(pk=before.pk).taken == 0
    assert member_of(made, "mentee").application_id != before.pk
    assert not Notice.objects.filter(to=before.person).exclude(state="withdrawn").exists()


def test_a_lapsed_place_goes_on_with_days_of_its_own(scene, offer):
    lapse_offers(link_to=link_to, now=LATE)
    offer.refresh_from_db()

    made = offer_to_next(offer=offer, following=next_of(offer), link_to=link_to, by=scene.coordinator, now=LATE)

    assert made.answer_by == LATE + timedelta(days=14)
    assert [newest_of(scene, "Mira").pk, offer.state] == [made.pk, "lapsed"]


def test_the_days_to_answer_run_from_when_the_messages_leave(scene, offer):
    leaves_at = NOW.replace(year=2100)
    Publication.objects.update(send_after=leaves_at)
    say_no(offer, "mentee")
    offer = newest_of(scene, "Mira")
    page = " ".join(coordinator_of(scene).get(address_of(offer)).content.decode().split())

    made = go_on(scene, offer)

    assert made.answer_by == leaves_at + timedelta(days=14)
    assert {notice.send_after for notice in Notice.objects.filter(group=made.told_in)} == {leaves_at}
    assert f"These messages leave on {date_format(localtime(leaves_at), 'j F Y, H:i')}:" in page
    assert f"They may answer until {date_format(localtime(made.answer_by), 'j F Y')}." in page


def test_it_goes_on_once_and_not_when_the_mentor_said_no(scene, offer):
    following = next_of(say_no(offer, "mentee"))
    go_on(scene, offer)
    with pytest.raises(OfferStepNotAllowedError):
        offer_to_next(offer=offer, following=following, link_to=link_to, by=scene.coordinator, now=NOW)
    refused = say_no(newest_of(scene, "Noor"), "mentor")
    with pytest.raises(OfferStepNotAllowedError):
        go_on(scene, refused)

    assert Offer.objects.filter(follows=offer).count() == 1


def test_nobody_who_is_kept_apart_meanwhile_is_offered(scene, offer):
    following = next_of(say_no(offer, "mentee"))
    mentee = Application.objects.get(pk=following.mentee)
    plan = make_plan(scene)
    hold_pair(
        plan=plan, mentee=mentee, mentor=scene.people["Mira"], kind=Hold.APART, reason="", by=scene.coordinator, now=NOW
    )

    with pytest.raises(RefusedError):
        offer_to_next(offer=offer, following=following, link_to=link_to, by=scene.coordinator, now=NOW)

    assert next_of(offer).mentee != following.mentee


def test_a_no_cannot_be_taken_back_once_the_place_went_on(scene, offer):
    go_on(scene, say_no(offer, "mentee"))
    mentee = member_of(offer, "mentee")

    with pytest.raises(OfferStepNotAllowedError):
        take_answer_back(member=mentee, by=mentee.application.person, now=NOW)


def test_an_answer_to_the_next_offer_can_be_taken_back_and_its_letters_stay(scene, offer):
    made = say_yes(go_on(scene, say_no(offer, "mentee")), "mentee")
    mentee = member_of(made, "mentee")

    take_answer_back(member=mentee, by=mentee.application.person, now=NOW)

    assert Notice.objects.filter(group=made.told_in, state="ready").count() == 2


def test_taking_the_next_offer_back_withdraws_its_letters_and_mends_no_others(scene, offer):
    made = go_on(scene, say_no(offer, "mentee"))
    others = list(Notice.objects.filter(group=offer.publication.group).order_by("pk").values("pk", "state", "body"))

    take_offer_back(offer=made, by=scene.coordinator, now=NOW)

    assert set(Notice.objects.filter(group=made.told_in).values_list("state", flat=True)) == {"withdrawn"}
    assert (
        list(Notice.objects.filter(group=offer.publication.group).order_by("pk").values("pk", "state", "body"))
        == others
    )


def test_the_page_shows_the_messages_that_leave_and_does_it_once(scene, offer):
    say_no(offer, "mentee")
    client = coordinator_of(scene)
    assert address_of(offer) in client.get(reverse("mentorships:answers", args=[scene.cohort.pk])).content.decode()
    page = client.get(address_of(offer))
    asked, seen = page.context["following"].mentee, page.context["seen"]
    assert f'name="seen" value="{seen}"' in page.content.decode()
    before = Notice.objects.count()

    stale = client.post(address_of(offer), {"seen": "0"})
    client.post(address_of(offer), {"seen": seen})

    assert stale.headers["Location"] == address_of(offer)
    made = Offer.objects.get(follows=offer)
    assert member_of(made, "mentee").application_id == asked
    assert Notice.objects.count() == before + len(page.context["letters"])
    for shown, left in zip(
        page.context["letters"], Notice.objects.filter(group=made.told_in).order_by("pk"), strict=True
    ):
        assert (shown.to.pk, shown.subject) == (left.to_id, left.subject)
        assert shown.body.splitlines()[:4] == left.body.splitlines()[:4]
    again = client.post(address_of(offer), {"seen": seen})
    assert again.headers["Location"] == reverse("mentorships:answers", args=[scene.cohort.pk])
    assert Offer.objects.filter(follows=offer).count() == 1


def test_the_page_says_so_where_nobody_may_have_the_mentor():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    offer = say_no(offer_of(scene, "Anna"), "mentee")

    page = coordinator_of(scene).get(address_of(offer)).content.decode()

    assert "Nobody who waits may have this mentor" in page
    assert "Work out the next plan" in page
