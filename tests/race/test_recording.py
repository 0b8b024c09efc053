"""Acts that are recorded at the same moment: the chain of events stays whole, and nobody waits for each other forever."""

import time

import pytest
from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.operations import accept_applications, take_places, withdraw_application
from chiron.site.audit.models import Event
from chiron.site.audit.operations import record, record_each
from chiron.site.audit.queries import verify_chain
from chiron.site.matching.models import Offer
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import offer_rest, publish_plan, withdraw_participant
from chiron.site.mentorships.operations.places import lock_offers
from chiron.site.people.models import Person
from chiron.site.people.operations import correct_person
from chiron.site.shared.refusals import RefusedError
from cohort_factories import make_applicant, make_cohort, make_coordinator
from factories import NOW, make_person
from group_factories import make_link, no, yes
from plan_factories import link_to, make_plan, make_scene
from race.racing import faults, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4
WRITERS = 6


def test_chain_stays_whole_under_parallel_writers():
    person = make_person()
    before = Event.objects.count()

    def write() -> None:
        for _ in range(ROUNDS):
            with transaction.atomic():
                record("tests.done", subject=person, by=person, now=NOW)
                record_each("tests.done", subjects=[person, person], by=person, now=NOW)

    assert faults(race(*[write] * WRITERS)) == []
    assert Event.objects.count() == before + WRITERS * ROUNDS * 3
    assert verify_chain() == ()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_somebody_leaves_before_the_offers_are_made_or_after(_round):
    scene = make_scene()
    plan, anna = make_plan(scene), scene.people["Anna"]

    outcomes = race(
        lambda: publish_plan(
            plan=plan, held_back=(), send_after=None, link_to=link_to, by=scene.coordinator, now=NOW
        ),
        lambda: withdraw_application(application=anna, by=scene.coordinator, now=NOW),
        lambda: correct_person(
            person=scene.coordinator, name="Robin", language="en-gb", time_zone="Europe/London", by=scene.coordinator,
            now=NOW,
        ),
    )  # fmt: skip

    assert all(isinstance(one, RefusedError) for one in faults(outcomes))
    assert Application.objects.get(pk=anna.pk).stage == "withdrawn"
    assert Person.objects.get(pk=scene.coordinator.pk).name == "Robin"
    assert Offer.objects.count() in {0, plan.pairs.count()}
    assert verify_chain() == ()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_coordinators_accept_the_same_people_once(_round):
    cohort = make_cohort()
    people = [make_coordinator(cohort), make_coordinator(cohort)]
    waiting = [make_applicant(cohort) for _ in range(5)]
    orders = [waiting, waiting[::-1]]

    outcomes = race(*(
        lambda by=by, them=them: accept_applications(applications=them, by=by, now=NOW)
        for by, them in zip(people, orders, strict=True)
    ))  # fmt: skip

    assert [isinstance(one, RefusedError) for one in faults(outcomes)] == [True]
    assert Application.objects.filter(cohort=cohort, stage="accepted").count() == 5
    assert Event.objects.filter(kind="application.accepted", scope=cohort.scope).count() == 5


@pytest.mark.postgres
def test_nobody_who_leaves_keeps_an_offer_of_what_was_held_back():
    scene = make_scene()
    plan, anna = make_plan(scene), scene.people["Anna"]
    how = {"link_to": link_to, "by": scene.coordinator, "now": NOW}
    publication = publish_plan(plan=plan, held_back=[anna.pk], send_after=None, **how)

    def keep_them_waiting() -> None:
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=anna.pk)
            time.sleep(1.2)

    def offer() -> None:
        time.sleep(0.4)
        offer_rest(publication=publication, **how)

    def leave() -> None:
        time.sleep(0.8)  # when the offer waits for Anna, before it is there
        withdraw_participant(application=anna, **how)

    assert faults(race(keep_them_waiting, offer, leave)) == []
    assert Application.objects.get(pk=anna.pk).stage == "withdrawn"
    assert not Offer.objects.filter(members__application=anna, state__in=["offered", "agreed"]).exists()


@pytest.mark.postgres
def test_a_no_in_a_chain_and_a_yes_that_joins_it_to_another_do_not_wait_for_each_other_forever():
    scene = make_scene()
    make_link(scene, "Anna", "Mira", "a")
    make_link(scene, "Bela", "Noor", "b")
    waits = make_link(scene, "Carl", "Noor", "b", begins=False, asked=True)
    joins = make_link(scene, "Bela", "Mira", "a", place="2", begins=False, asked=True)
    take_places({scene.people["Carl"].pk: 1, scene.people["Noor"].pk: 1})

    def say_no() -> None:
        with transaction.atomic():
            lock_offers([waits.pk])
            time.sleep(0.8)
            no(waits, "Carl")

    def say_yes() -> None:
        time.sleep(0.3)
        yes(joins, "Bela")

    assert faults(race(say_no, say_yes)) == []
    assert Match.objects.get(room="b").state == "closed"
    assert Match.objects.get(room="a").matches_inside.count() == 3
