"""Withdrawing asks first; as long as nobody was told, taking somebody back lets their matches go on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.applications.queries.application import decision_group
from chiron.site.audit.models import Event
from chiron.site.matching.models import Offer, PlanConstraint
from chiron.site.matching.rules import Hold
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import (
    leave_match,
    publish_plan,
    take_participant_back,
    withdraw_participant,
)
from chiron.site.mentorships.rules import EndReason
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import release_notice, send_due_notices, write_notice
from factories import NOW
from group_factories import called, in_match, make_group, yes
from plan_factories import (
    link_to,
    make_plan,
    make_publication,
    make_scene,
    member_of,
    offer_of,
    say_yes,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    return scene


@pytest.fixture
def match(scene) -> Match:
    """Return the running match of Anna."""
    return Match.objects.get(offer=say_yes(offer_of(scene, "Anna"), "mentee", "mentor"))


def client_for(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def withdraw(scene, name: str) -> Application:
    return withdraw_participant(application=scene.people[name], link_to=link_to, by=scene.coordinator, now=NOW)


def rows_of(offer: Offer) -> list:
    return list(offer.members.order_by("pk").values("reply", "holds_place", "takes", "place"))


def test_the_page_asks_with_what_ends_and_what_is_read_and_then_does_it(scene, match):
    address = reverse("mentorships:withdraw", args=[scene.cohort.pk, scene.people["Anna"].pk])
    client = client_for(scene.coordinator)
    page = " ".join(client.get(address).content.decode().split())
    assert Match.objects.get(pk=match.pk).state == "active"

    client.post(address)

    mentor = match.members.get(part="mentor").application.person
    assert f"the match with {mentor.name}" in page
    assert " ".join(Notice.objects.get(kind="match.left", to=mentor).body.splitlines()[-1].split()) in page
    assert Match.objects.get(pk=match.pk).state == "closed"


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_somebody_who_is_out_leads_to_their_page_and_writes_nothing(scene, method):
    application = withdraw(scene, "Anna")
    events = Event.objects.count()

    answer = getattr(client_for(scene.coordinator), method)(
        reverse("mentorships:withdraw", args=[scene.cohort.pk, application.pk])
    )

    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("applications:person", args=[scene.cohort.pk, application.pk])
    assert Event.objects.count() == events


def test_before_anybody_was_told_the_match_goes_on_as_it_was(scene, match):
    before, taken = rows_of(match.offer), member_of(match.offer, "mentor").application.taken
    application = withdraw(scene, "Anna")

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches == 1

    match.refresh_from_db()
    assert (match.state, match.closed_reason, match.offer.__class__.objects.get(pk=match.offer_id).state) == (
        "active", "", "agreed",
    )  # fmt: skip
    assert rows_of(match.offer) == before
    assert match.members.filter(left_on=None).count() == 2
    assert member_of(match.offer, "mentor").application.taken == taken
    assert (
        not Notice.objects.filter(kind__in=["match.left", "application.accepted"]).exclude(state="withdrawn").exists()
    )
    assert "Your match has ended" not in client_for(application.person).get("/").content.decode()


def outbox() -> list:
    """Return to whom what stands in the outbox, where, and what it says."""
    standing = Notice.objects.exclude(state="withdrawn")
    return sorted(standing.values_list("to", "kind", "state", "send_after", "subject", "body"))


@pytest.mark.parametrize("who", ["mentee", "mentor"])
def test_where_nobody_is_asked_the_letters_that_wait_are_in_the_outbox_again(who):
    scene = make_scene(places=2)
    scene.cohort.matching["offers"] = {"agree": "nobody"}
    scene.cohort.save()
    publish_plan(
        plan=make_plan(scene), held_back=(), send_after=NOW + timedelta(days=9), link_to=link_to, by=scene.coordinator,
        now=NOW,
    )  # fmt: skip
    before, one = outbox(), member_of(offer_of(scene, "Anna"), who).application
    application = withdraw_participant(application=one, link_to=link_to, by=scene.coordinator, now=NOW)
    assert outbox() != before

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches >= 1

    assert outbox() == before


@pytest.mark.parametrize("who", ["mentee", "mentor"])
def test_what_is_settled_and_unsent_is_in_the_outbox_again(scene, who):
    for name in ("Anna", "Bela", "Carl", "Dora"):
        say_yes(offer_of(scene, name), "mentee", "mentor")
    before, one = outbox(), member_of(offer_of(scene, "Anna"), who).application
    application = withdraw_participant(application=one, link_to=link_to, by=scene.coordinator, now=NOW)

    begun = take_participant_back(application=application, by=scene.coordinator, now=NOW)

    assert begun.matches == one.offered_in.count()
    assert outbox() == before


def test_whoever_is_back_and_whose_match_cannot_go_on_is_told(scene, match):
    application = withdraw(scene, "Anna")
    Application.objects.filter(pk=match.members.get(part="mentor").application_id).update(taken=2)

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches == 0

    assert "after all" in Notice.objects.get(kind="application.accepted", to=application.person).body


def test_whoever_never_read_that_they_are_accepted_reads_it_once_they_are_back(scene, match):
    one = scene.people["Anna"]
    write_notice(
        to=one.person, kind="application.accepted", subject="You are in", body="You can take part.",
        scope=scene.cohort.scope, by=scene.coordinator, now=NOW, group=decision_group(one),
    )  # fmt: skip
    application = withdraw(scene, "Anna")

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches == 1

    told = Notice.objects.get(kind="application.accepted", state="draft")
    assert "after all" not in told.body


def test_once_somebody_was_told_it_is_a_new_act_and_the_match_stays_ended(scene, match, mail_server):
    application = withdraw(scene, "Anna")
    release_notice(notice=Notice.objects.get(kind="match.left"), by=scene.coordinator, now=NOW)
    send_due_notices(now=NOW)

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches == 0

    match.refresh_from_db()
    assert match.state == "closed"
    assert "after all" in Notice.objects.get(kind="application.accepted").body


def test_a_match_whose_place_was_taken_meanwhile_stays_ended(scene, match):
    application = withdraw(scene, "Anna")
    mentor = match.members.get(part="mentor").application
    Application.objects.filter(pk=mentor.pk).update(taken=2)

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches == 0

    match.refresh_from_db()
    assert (match.state, Application.objects.get(pk=mentor.pk).taken) == ("closed", 2)


def test_a_match_of_two_who_are_kept_apart_since_stays_ended(scene, match):
    application = withdraw(scene, "Anna")
    mentor = match.members.get(part="mentor").application
    PlanConstraint.objects.create(
        cohort=scene.cohort, kind=Hold.APART, mentee=application, mentor=mentor, by=scene.coordinator, at=NOW
    )

    assert take_participant_back(application=application, by=scene.coordinator, now=NOW).matches == 0

    match.refresh_from_db()
    assert match.state == "closed"


def test_who_leaves_and_who_stays_read_words_that_are_right_for_what_happened(scene):
    offer = offer_of(scene, "Anna")
    other = member_of(offer, "mentor").application.person
    address = reverse("mentorships:offer", args=[offer.pk])
    withdraw(scene, "Anna")

    stays = client_for(other).get(address).content.decode()
    leaves = client_for(scene.people["Anna"].person).get(address).content.decode()

    assert "Taken back" not in stays + leaves
    assert "was taken back" not in stays + leaves
    assert "One of you is no longer in the programme" in stays
    assert "You are no longer in the programme" in leaves


def test_coordinator_reads_why_an_offer_was_taken_back(scene):
    offer = offer_of(scene, "Anna")
    withdraw(scene, "Anna")

    page = client_for(scene.coordinator).get(
        reverse("mentorships:publish", args=[scene.cohort.pk, offer.publication.plan_id])
    )

    assert "Somebody has left the programme" in page.content.decode()


@pytest.mark.parametrize("who", ["mentee", "mentor"])
def test_offers_that_waited_wait_again_with_their_places_answers_and_letters(scene, who):
    offer = say_yes(offer_of(scene, "Anna"), "mentor")
    one = member_of(offer, who).application
    before = outbox(), rows_of(offer), dict(Application.objects.values_list("pk", "taken"))
    application = withdraw_participant(application=one, link_to=link_to, by=scene.coordinator, now=NOW)
    assert Offer.objects.get(pk=offer.pk).state == "taken_back"

    given = take_participant_back(application=application, by=scene.coordinator, now=NOW)

    assert (given.offers, given.lost) == (one.offered_in.count(), ())
    assert Offer.objects.get(pk=offer.pk).state == "offered"
    own = [row for row in outbox() if row[1] != "application.accepted"]
    assert (own, rows_of(offer), dict(Application.objects.values_list("pk", "taken"))) == before


def test_what_could_not_be_given_back_is_said_by_name(scene):
    offer = offer_of(scene, "Anna")
    mentor = member_of(offer, "mentor").application
    application = withdraw(scene, "Anna")
    Application.objects.filter(pk=mentor.pk).update(taken=2)
    address = reverse("mentorships:back_in", args=[scene.cohort.pk, application.pk])

    page = client_for(scene.coordinator).post(address, follow=True).content.decode()

    assert f"with {mentor.person.name}" in page
    assert Offer.objects.get(pk=offer.pk).state == "taken_back"


def test_an_offer_whose_day_has_passed_does_not_wait_again(scene):
    withdraw(scene, "Anna")
    application = Application.objects.get(pk=scene.people["Anna"].pk)

    given = take_participant_back(application=application, by=scene.coordinator, now=NOW + timedelta(days=30))

    assert (given.offers, len(given.lost)) == (0, 1)
    assert offer_of(scene, "Anna").state == "taken_back"


@pytest.mark.parametrize("answered", [("mentor", "Anna", "Bela", "Carl"), ("mentor", "Anna", "Bela"), ("mentor",)])
def test_places_in_a_group_are_given_back_as_they_were(answered):
    scene = make_scene(places=3)
    group = make_group(scene, "Anna", "Bela", "Carl", least=2)
    yes(group, *answered)
    before = told_in_outbox(), rows_of(group), dict(Application.objects.values_list("pk", "taken"))
    state = Offer.objects.get(pk=group.pk).state
    application = withdraw(scene, "Carl")
    assert rows_of(group) != before[1]

    given = take_participant_back(application=application, by=scene.coordinator, now=NOW)

    assert (given.matches + given.offers, given.lost) == (1, ())
    assert Offer.objects.get(pk=group.pk).state == state
    assert (told_in_outbox(), rows_of(group), dict(Application.objects.values_list("pk", "taken"))) == before
    if "Carl" in answered:
        assert "Carl" in in_match(group)
        assert all("Carl" in one.body for one in Notice.objects.filter(state="draft").exclude(to=application.person))


def test_a_mentor_who_comes_back_leads_those_who_stayed():
    scene = make_scene(places=3)
    group = make_group(scene, "Anna", "Bela", "Carl", least=2)
    yes(group, "mentor", "Anna", "Bela", "Carl")
    mentor = member_of(group, "mentor").application
    application = withdraw_participant(application=mentor, link_to=link_to, by=scene.coordinator, now=NOW)
    withdraw(scene, "Carl")

    given = take_participant_back(application=application, by=scene.coordinator, now=NOW)

    assert (given.matches, given.lost) == (1, ())
    assert (Match.objects.get(offer=group).state, in_match(group)) == ("active", {"Anna", "Bela"})
    assert member_of(group, "mentor").takes == Application.objects.get(pk=mentor.pk).taken == 2


def told_in_outbox() -> list:
    return [row[:3] for row in outbox() if row[1] != "application.accepted"]


@pytest.mark.parametrize("state", ["held", "draft"])
def test_letters_that_had_not_been_released_are_not_released_by_coming_back(scene, state):
    offer = offer_of(scene, "Anna")
    Notice.objects.update(state=state, held_because="")
    before = outbox()

    take_participant_back(application=withdraw(scene, "Anna"), by=scene.coordinator, now=NOW)

    assert offer_of(scene, "Anna") == offer
    assert [row for row in outbox() if row[1] != "application.accepted"] == before


def test_whoever_left_of_their_own_will_that_day_stays_out_when_a_withdrawal_is_undone():
    scene = make_scene(places=3)
    group = make_group(scene, "Anna", "Bela", least=None)
    yes(group, "mentor", "Anna", "Bela")
    match = Match.objects.get(offer=group)
    bela = match.members.get(application=scene.people["Bela"])
    leave_match(match=match, member=bela, reason=EndReason.NEEDS, by=bela.application.person, now=NOW)
    later = {"by": scene.coordinator, "now": NOW + timedelta(hours=1)}
    anna = withdraw_participant(application=scene.people["Anna"], link_to=link_to, **later)
    assert Match.objects.get(pk=match.pk).state == "closed"

    assert take_participant_back(application=anna, **later).matches == 1

    assert in_match(group) == {"Anna"}
    assert not called(group, "Bela").holds_place


def test_what_was_told_once_is_not_undone_by_a_second_withdrawal_of_the_day():
    scene = make_scene(places=3)
    group = make_group(scene, "Anna", "Bela", "Carl", least=2)
    yes(group, "mentor", "Anna", "Bela", "Carl")
    withdraw(scene, "Carl")
    Notice.objects.filter(kind="match.fewer").update(state="sent", sent_at=NOW)
    carl = Application.objects.get(pk=scene.people["Carl"].pk)
    by_hour = [{"by": scene.coordinator, "now": NOW + timedelta(hours=hour)} for hour in (1, 2, 3)]
    assert take_participant_back(application=carl, **by_hour[0]).matches == 0
    carl = withdraw_participant(application=carl, link_to=link_to, **by_hour[1])

    assert take_participant_back(application=carl, **by_hour[2]).matches == 0

    assert in_match(group) == {"Anna", "Bela"}
