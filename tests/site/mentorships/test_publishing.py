"""Publishing in steps: asked for, carried out by a job, stopped and refused; and the coordinator's own words."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.applications.operations import withdraw_application
from chiron.site.audit.models import Event
from chiron.site.matching.models import Offer, Plan, PlanPair, Publication
from chiron.site.matching.operations.changes import hold_pair
from chiron.site.matching.rules import DeclineReason, Hold, OfferState, PlanStepNotAllowedError
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations import (
    ask_for_publishing,
    ask_for_rest,
    decline_offer,
    offer_rest,
    prepare_publishing,
    publish_plan,
    stop_publishing,
    unpublish_plan,
)
from chiron.site.mentorships.operations.carrying_out import carry_out_offers, write_messages
from chiron.site.mentorships.queries.approved import digest_of
from chiron.site.mentorships.queries.proposals import proposals_of
from chiron.site.mentorships.queries.publishing import people_to_write_to
from chiron.site.mentorships.rules import LetterWording, PublishingIsOpenError, PublishNotAllowedError
from chiron.site.mentorships.rules.publishing import NEXT_PUBLISHING_STATES, LetterKind, PublishingState, Words
from chiron.site.mentorships.tasks import publish
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import hold_notice
from chiron.site.notices.rules import NoticeState
from chiron.site.people.models import Person
from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import run_waiting_jobs
from cohort_factories import signed_in
from factories import NOW
from plan_factories import link_to, make_plan, make_publication, make_scene, member_of, offer_of

pytestmark = pytest.mark.django_db
OWN = LetterWording(
    {
        LetterKind.MENTEE: Words("Your mentor for spring", "We have read all forms.", "See you in May."),
        LetterKind.MENTOR: Words(opening="Thank you for your time."),
    },
    contact="Robin, extension 12",
)


def asked(scene, plan, *, held_back=(), seen="", wording=OWN):
    """Prepare a plan and ask for it to be published."""
    publishing = prepare_publishing(
        plan=plan, held_back=held_back, send_after=None, answer_days=7, wording=wording, by=scene.coordinator, now=NOW
    )
    return ask_for_publishing(publishing=publishing, seen=seen, by=scene.coordinator, now=NOW)


def written_to():
    """Return who was written to about an offer, once for each message."""
    offered = Notice.objects.filter(kind__startswith="match.offered").order_by("to__name")
    return list(offered.values_list("to__name", flat=True))


def taken():
    """Return how many places are taken in all."""
    return sum(Application.objects.values_list("taken", flat=True))


def test_every_state_says_what_may_follow():
    assert set(NEXT_PUBLISHING_STATES) == set(PublishingState)


def test_asking_offers_nothing_until_the_job_runs():
    scene = make_scene()
    plan = make_plan(scene)

    asked(scene, plan)

    assert (Offer.objects.count(), Notice.objects.count(), taken()) == (0, 0, 0)
    assert list(Job.objects.filter(state="waiting").values_list("name", flat=True)) == ["mentorships.publish"]


def test_job_publishes_as_publishing_at_once_does_and_twice_is_the_same_as_once():
    first, second = make_scene(), make_scene()
    at_once = make_publication(first, make_plan(first))
    publishing = asked(second, make_plan(second), wording=LetterWording({}))

    run_waiting_jobs(now=NOW)
    publish(publishing_id=publishing.pk)

    publishing.refresh_from_db()
    assert publishing.state == PublishingState.DONE
    told = [
        sorted(Notice.objects.filter(group=one.group, state="ready").values_list("kind", "to__name", "subject"))
        for one in (at_once, publishing.publication)
    ]
    assert told[0] == told[1]
    assert Offer.objects.filter(publication=publishing.publication).count() == 4
    assert Plan.objects.filter(state="published").count() == 2


def test_worker_that_ended_midway_is_followed_by_one_that_writes_the_rest_once():
    scene = make_scene()
    publishing = asked(scene, make_plan(scene))
    publishing, offered = carry_out_offers(publishing=publishing, now=NOW)
    some = people_to_write_to(publishing, offered)[:2]
    for _twice in range(2):
        write_messages(publishing=publishing, people=some, offered=offered, link_to=link_to, now=NOW)
    assert len(written_to()) == 2

    publish(publishing_id=publishing.pk)

    assert Offer.objects.count() == 4
    assert len(written_to()) == len(set(written_to())) == Notice.objects.count()
    assert set(written_to()) >= {"Anna", "Bela", "Carl", "Dora"}


def test_somebody_who_left_before_the_job_ran_makes_it_say_why_and_offer_nothing():
    scene = make_scene()
    plan = make_plan(scene)
    publishing = asked(scene, plan)
    withdraw_application(application=scene.people["Anna"], by=scene.coordinator, now=NOW)

    run_waiting_jobs(now=NOW)

    publishing.refresh_from_db()
    plan.refresh_from_db()
    assert (publishing.state, plan.state) == (PublishingState.DRAFT, "draft")
    assert (Offer.objects.count(), Notice.objects.count(), taken()) == (0, 0, 0)
    page = signed_in(Client(), scene.coordinator).get(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]))
    assert "Somebody in 1 pair of this plan has left the programme" in page.content.decode()


def test_places_that_were_taken_meanwhile_make_it_say_why():
    scene = make_scene()
    publishing = asked(scene, make_plan(scene))
    Application.objects.filter(pk=scene.people["Anna"].pk).update(taken=1)

    run_waiting_jobs(now=NOW)

    publishing.refresh_from_db()
    assert "cannot be offered" in publishing.refused_because
    assert not Offer.objects.exists()


def test_plan_that_changed_after_it_was_read_is_not_published():
    scene = make_scene()
    plan = make_plan(scene)
    as_prepared = Publishing(plan=plan, answer_days=7, wording=OWN.kept())
    publishing = asked(scene, plan, seen=digest_of(proposals_of(plan), as_prepared))
    plan.pairs.get(mentee=scene.people["Anna"]).delete()

    run_waiting_jobs(now=NOW)

    publishing.refresh_from_db()
    assert "have changed since you read them" in publishing.refused_because
    assert not Offer.objects.exists()


def test_other_reasons_are_other_messages():
    scene = make_scene()
    plan = make_plan(scene)
    before = digest_of(proposals_of(plan), Publishing(plan=plan))

    plan.pairs.filter(mentee=scene.people["Anna"]).update(parts=[])

    assert digest_of(proposals_of(plan), Publishing(plan=plan)) != before


def test_plan_is_asked_for_once_and_not_after_it_was_published():
    scene = make_scene()
    plan = make_plan(scene)
    publishing = asked(scene, plan)

    with pytest.raises(PublishingIsOpenError):
        ask_for_publishing(publishing=publishing, seen="", by=scene.coordinator, now=NOW)
    with pytest.raises(PublishingIsOpenError):
        make_publication(scene, plan)
    run_waiting_jobs(now=NOW)
    with pytest.raises(PlanStepNotAllowedError):
        make_publication(scene, plan)

    assert Publication.objects.count() == 1


def test_stopping_before_the_offers_are_made_leaves_the_plan_as_it_was():
    scene = make_scene()
    plan = make_plan(scene)
    publishing = stop_publishing(publishing=asked(scene, plan), by=scene.coordinator, now=NOW)

    run_waiting_jobs(now=NOW)

    assert not Offer.objects.exists()
    assert publishing.wording == OWN.kept()
    make_publication(scene, plan)
    publishing.refresh_from_db()
    with pytest.raises(PublishNotAllowedError, match="un-publish"):
        stop_publishing(publishing=publishing, by=scene.coordinator, now=NOW)


def test_nobody_reads_of_an_offer_that_ended_before_the_message_was_written():
    scene = make_scene()
    publishing, offered = carry_out_offers(publishing=asked(scene, make_plan(scene)), now=NOW)
    people = people_to_write_to(publishing, offered)
    mentor = member_of(offer_of(scene, "Anna"), "mentor")
    decline_offer(member=mentor, reason=DeclineReason.TIME, by=mentor.application.person, now=NOW)

    write_messages(publishing=publishing, people=people, offered=offered, link_to=link_to, now=NOW)

    assert "Anna" not in written_to()
    assert not Notice.objects.filter(body__contains="Anna").exists()
    assert {"Bela", "Carl", "Dora"} <= set(written_to())


def test_unpublishing_while_messages_are_written_ends_them():
    scene = make_scene()
    plan = make_plan(scene)
    publishing, offered = carry_out_offers(publishing=asked(scene, plan), now=NOW)
    people = people_to_write_to(publishing, offered)
    write_messages(publishing=publishing, people=people[:2], offered=offered, link_to=link_to, now=NOW)

    unpublish_plan(publication=publishing.publication, by=scene.coordinator, now=NOW)
    write_messages(publishing=publishing, people=people[2:], offered=offered, link_to=link_to, now=NOW)
    run_waiting_jobs(now=NOW)

    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.WITHDRAWN}
    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.TAKEN_BACK}
    assert taken() == 0
    make_publication(scene, plan)
    assert Offer.objects.filter(state=OfferState.OFFERED).count() == 4


def test_rest_is_offered_by_a_job_too():
    scene = make_scene()
    anna = scene.people["Anna"]
    publication = publish_plan(
        plan=make_plan(scene), held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW
    )

    ask_for_rest(publication=publication, by=scene.coordinator, now=NOW)
    run_waiting_jobs(now=NOW)

    assert Offer.objects.get(members__application=anna).publication == publication
    assert written_to().count("Anna") == 1
    mentor = member_of(offer_of(scene, "Anna"), "mentor").application.person
    assert Notice.objects.filter(to=mentor, body__contains="Anna").count() == 1
    assert Publishing.objects.get().state == PublishingState.DONE


@pytest.mark.parametrize("is_job", [False, True])
def test_rest_is_not_offered_where_another_plan_kept_its_people_apart(is_job):
    scene, publication, pair = held_back_of()
    other = make_plan(scene)
    names = {"mentee": pair.mentee, "mentor": pair.mentor}
    hold_pair(plan=other, **names, kind=Hold.APART, reason="They are related", by=scene.coordinator, now=NOW)

    refusal = refusal_of_rest(scene, publication, is_job=is_job)

    assert "keep people apart who would be offered each other: Anna · Mira. Work out a new plan" in refusal
    assert not Offer.objects.filter(members__application=pair.mentee).exists()


@pytest.mark.parametrize("is_job", [False, True])
def test_rest_is_not_offered_to_two_people_who_said_no_to_each_other_meanwhile(is_job):
    scene, publication, pair = held_back_of()
    other = make_plan(scene)
    other.pairs.all().delete()
    PlanPair.objects.create(plan=other, mentee=pair.mentee, mentor=pair.mentor, fit=1)
    make_publication(scene, other)
    mentee = member_of(offer_of(scene, "Anna"), "mentee")
    decline_offer(member=mentee, reason=DeclineReason.TIME, by=mentee.application.person, now=NOW)

    refusal = refusal_of_rest(scene, publication, is_job=is_job)

    assert "A place is taken, or they were asked before: Anna · Mira. Work out a new plan" in refusal
    assert Offer.objects.filter(members__application=pair.mentee).count() == 1


def test_the_page_of_the_rest_says_which_cannot_be_offered_and_the_way_out(client):
    scene, publication, pair = held_back_of()
    names = {"mentee": pair.mentee, "mentor": pair.mentor}
    hold_pair(plan=make_plan(scene), **names, kind=Hold.APART, reason="Kin", by=scene.coordinator, now=NOW)
    client.force_login(scene.coordinator)

    page = client.get(f"/c/{scene.cohort.pk}/plans/{publication.plan_id}/publish/rest/", follow=True).content.decode()

    assert "Anna · Mira" in page
    assert "Work out a new plan: everybody who was held back is in it" in page
    offers = set(make_plan(scene).pairs.filter(mentee=pair.mentee).values_list("mentor", flat=True))
    assert offers
    assert pair.mentor_id not in offers


def test_an_apart_pair_that_runs_does_not_stop_the_rest():
    scene, publication, pair = held_back_of()
    runs = publication.plan.pairs.get(mentee=scene.people["Bela"])
    names = {"mentee": runs.mentee, "mentor": runs.mentor}
    hold_pair(plan=make_plan(scene), **names, kind=Hold.APART, reason="Since", by=scene.coordinator, now=NOW)

    offer_rest(publication=publication, link_to=link_to, by=scene.coordinator, now=NOW)

    assert Offer.objects.filter(members__application=pair.mentee).count() == 1


def held_back_of():
    """Publish all of a plan but Anna's pair, and return the scene, what was published, and that pair."""
    scene = make_scene()
    plan, anna = make_plan(scene), scene.people["Anna"]
    publication = publish_plan(
        plan=plan, held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW
    )
    return scene, publication, plan.pairs.get(mentee=anna)


def refusal_of_rest(scene, publication, *, is_job):
    """Try to offer what was held back, and return why it was refused."""
    if not is_job:
        with pytest.raises(PublishNotAllowedError) as refused:
            offer_rest(publication=publication, link_to=link_to, by=scene.coordinator, now=NOW)
        return str(refused.value)
    ask_for_rest(publication=publication, by=scene.coordinator, now=NOW)
    run_waiting_jobs(now=NOW)
    return Publishing.objects.get(publication=publication).refused_because


def test_messages_hold_the_coordinators_words_and_whom_to_ask():
    scene = make_scene()
    asked(scene, make_plan(scene))

    run_waiting_jobs(now=NOW)

    anna = Notice.objects.get(to=scene.people["Anna"].person)
    mentor = Notice.objects.get(to=member_of(offer_of(scene, "Anna"), "mentor").application.person)
    assert anna.subject == "Your mentor for spring"
    parts = anna.body.split("\n\n")
    assert (parts[1], parts[-2:]) == (
        "We have read all forms.",
        ["See you in May.", "Questions? Ask Robin, extension 12."],
    )
    assert "Say yes or no here:" in anna.body
    assert "Thank you for your time." in mentor.body
    assert mentor.subject.startswith("We have")


def test_message_that_is_mended_keeps_the_coordinators_words():
    scene = make_scene(places=4)
    asked(scene, make_plan(scene))
    run_waiting_jobs(now=NOW)
    busy = next(
        one
        for one in (member_of(offer, "mentor") for offer in Offer.objects.order_by("pk"))
        if one.application.offered_in.count() > 1
    )
    mentee = member_of(busy.offer, "mentee")

    decline_offer(member=mentee, reason=DeclineReason.TIME, by=mentee.application.person, now=NOW)

    again = Notice.objects.filter(to=busy.application.person, state="ready").latest("pk")
    assert "Thank you for your time." in again.body
    assert mentee.application.person.name not in again.body


def test_letter_that_is_held_back_stays_so_with_its_reason_when_it_is_mended():
    scene = make_scene(places=4)
    asked(scene, make_plan(scene))
    run_waiting_jobs(now=NOW)
    busy = next(
        one
        for one in (member_of(offer, "mentor") for offer in Offer.objects.order_by("pk"))
        if one.application.offered_in.count() > 1
    )
    letters = Notice.objects.filter(to=busy.application.person, kind="match.offered_to_mentor")
    hold_notice(notice=letters.get(), because="On leave", by=scene.coordinator, now=NOW)
    mentee = member_of(busy.offer, "mentee")

    decline_offer(member=mentee, reason=DeclineReason.TIME, by=mentee.application.person, now=NOW)

    again = letters.exclude(state="withdrawn").get()
    assert (again.state, again.held_because) == ("held", "On leave")
    assert mentee.application.person.name not in again.body


def test_words_are_written_before_publishing_and_read_on_the_next_page(monkeypatch):
    monkeypatch.setattr("chiron.site.mentorships.views.publishing.AT_ONCE", 3)
    scene = make_scene()
    plan = make_plan(scene)
    client = signed_in(Client(), scene.coordinator)
    prepare = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])
    check = reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])
    first = client.get(prepare)
    assert "Everybody is asked" in first.content.decode()
    assert scene.coordinator.email in first.content.decode()
    wrong = client.post(prepare, {"when": "now", "hold_names": "Anna\nNobody at all"})
    assert "Nobody in this plan is called “Nobody at all”" in wrong.content.decode()
    chosen = {
        "when": "now",
        "answer_days": "5",
        "contact": "Robin",
        "hold_names": "anna\n",
        "mentee_subject": "A mentor for you",
        "mentor_closing": "With thanks",
    }

    read = client.post(prepare, chosen, follow=True)
    words = read.content.decode()
    assert all(text in words for text in ("A mentor for you", "With thanks", "Questions? Ask Robin.", "Anna"))
    number = int(re.search(r"Send (\d+) messages", words).group(1))
    assert not Notice.objects.exists()

    waiting = client.post(check, {"seen": read.context["seen"]}, follow=True).content.decode()
    assert "Publishing Plan" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert (
        "compared with who is there now"
        in client.get(reverse("mentorships:progress", args=[scene.cohort.pk, plan.pk])).content.decode()
    )
    run_waiting_jobs(now=Job.objects.latest("pk").run_after)

    assert Notice.objects.filter(kind__startswith="match.offered").count() == number
    assert Notice.objects.filter(subject="A mentor for you").count() == 3
    publication = Publication.objects.get()
    assert (publication.answer_by - publication.published_at).days == 5
    done = client.get(reverse("mentorships:progress", args=[scene.cohort.pk, plan.pk]))
    assert done.headers["HX-Refresh"] == "true"
    assert "is published" in client.get(prepare).content.decode()


@pytest.fixture
def large(monkeypatch):
    """Return a scene, its plan, and a client, where a plan of four is too large to tick its pairs."""
    monkeypatch.setattr("chiron.site.mentorships.views.publishing.AT_ONCE", 3)
    scene = make_scene()
    return scene, make_plan(scene), signed_in(Client(), scene.coordinator)


def test_who_is_held_back_stays_so_when_the_words_are_changed(large):
    scene, plan, client = large
    prepare = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])
    client.post(prepare, {"when": "now", "hold_names": "Anna\nBela"})
    form = client.get(prepare).context["form"]

    client.post(prepare, {"when": "now", "contact": "Robin", "hold_names": form["hold_names"].value()})

    held = {scene.people["Anna"].pk, scene.people["Bela"].pk}
    assert set(Publishing.objects.get().held_back) == held


def test_a_mentor_who_is_held_back_is_on_the_page_with_the_messages(large):
    scene, plan, client = large
    mentor = plan.pairs.get(mentee=scene.people["Anna"]).mentor
    prepare = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])

    page = client.post(prepare, {"when": "now", "hold_names": mentor.person.name}, follow=True)

    pairs = plan.pairs.filter(mentor=mentor)
    assert len(page.context["held"]) == pairs.count()
    assert all(any(pair.mentee.person.name in words for words in page.context["held"]) for pair in pairs)


def test_of_two_people_of_one_name_the_one_with_the_address_is_held_back(large):
    scene, plan, client = large
    anna, bela = scene.people["Anna"], scene.people["Bela"]
    Person.objects.filter(pk=bela.person_id).update(name="Anna")
    prepare = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])

    refused = client.post(prepare, {"when": "now", "hold_names": "anna"})
    assert "2 people are called “anna”" in refused.content.decode()
    assert not Publishing.objects.exists()

    client.post(prepare, {"when": "now", "hold_names": anna.person.email.upper()})
    assert Publishing.objects.get().held_back == [anna.pk]


def test_somebody_who_is_both_mentor_and_mentee_is_held_back_as_both(large):
    scene, plan, client = large
    pair = plan.pairs.get(mentee=scene.people["Anna"])
    other = plan.pairs.exclude(mentor=pair.mentor).exclude(pk=pair.pk).first()
    Application.objects.filter(pk=other.mentor_id).update(person=pair.mentee.person_id)

    client.post(
        reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]),
        {"when": "now", "hold_names": pair.mentee.person.email},
    )

    assert Publishing.objects.get().held_back == sorted([pair.mentee_id, other.mentor_id])


def test_page_stops_what_was_asked_for(monkeypatch):
    monkeypatch.setattr("chiron.site.mentorships.views.publishing.AT_ONCE", 0)
    scene = make_scene()
    plan = make_plan(scene)
    client = signed_in(Client(), scene.coordinator)
    check = reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])
    client.post(check, {"seen": client.get(check).context["seen"]})
    assert Publishing.objects.get().state == PublishingState.ASKED

    page = client.post(reverse("mentorships:stop_publishing", args=[scene.cohort.pk, plan.pk]), follow=True)

    assert "Nothing was offered" in page.content.decode()
    assert "Continue" in page.content.decode()


def test_history_says_who_published_what():
    scene = make_scene()
    asked(scene, make_plan(scene))
    run_waiting_jobs(now=NOW)

    kinds = set(Event.objects.filter(scope=scene.cohort.scope).values_list("kind", flat=True))

    assert {"plan.publishing_prepared", "plan.publishing_begun", "plan.published", "plan.offered"} <= kinds
    offered = Event.objects.get(kind="plan.offered")
    assert offered.by_id == scene.coordinator.pk
    assert offered.details == {"matches": 4, "messages": Notice.objects.filter(kind__startswith="match.off").count()}
