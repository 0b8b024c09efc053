"""Where a cohort says so, one coordinator asks and another one publishes; the setting is off by default."""

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.matching.models import Offer, Plan
from chiron.site.matching.operations.plans import ask_to_publish
from chiron.site.mentorships.queries.proposals import digest_of, proposals_of
from chiron.site.mentorships.rules import PublishNotAllowedError
from chiron.site.programs.models import Cohort
from cohort_factories import make_coordinator
from factories import NOW
from plan_factories import make_plan, make_publication, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    scene = make_scene()
    Cohort.objects.update(publish_needs_second=True)
    scene.cohort.refresh_from_db()
    return scene


def client_for(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def press(person, plan: Plan) -> None:
    """Press the button on the page with the messages."""
    address = reverse("mentorships:check", args=[plan.cohort_id, plan.pk])
    client = client_for(person)
    seen = client.get(address, {"when": "now"}).context["seen"]
    client.post(address, {"when": "now", "seen": seen})


def test_a_new_cohort_needs_one_person():
    assert not make_scene().cohort.publish_needs_second


def test_one_asks_and_another_publishes(scene):
    plan = make_plan(scene)
    press(scene.coordinator, plan)
    press(scene.coordinator, plan)  # asking twice is not a second person
    assert Plan.objects.get().state == "draft"
    assert (
        "asked on"
        in client_for(scene.coordinator)
        .get(reverse("mentorships:publish", args=[plan.cohort_id, plan.pk]))
        .content.decode()
    )

    press(make_coordinator(scene.cohort), plan)

    assert Plan.objects.get().state == "published"
    assert Offer.objects.count() == plan.pairs.count()


def test_the_operation_refuses_without_a_second_person(scene):
    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, make_plan(scene))


def test_another_plan_than_the_one_that_was_asked_for_needs_asking_anew(scene):
    plan = make_plan(scene)
    ask_to_publish(plan=plan, seen=digest_of(proposals_of(plan)), by=make_coordinator(scene.cohort), now=NOW)
    plan.pairs.first().delete()

    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, plan)


def test_the_setting_is_on_the_page(scene):
    Cohort.objects.update(publish_needs_second=False)
    client = client_for(scene.coordinator)
    address = reverse("programs:settings", args=[scene.cohort.pk])
    form = client.get(address).context["form"]
    sent = {field.html_name: field.value() for field in form if field.html_name != "may_have_minors"}

    client.post(address, {**sent, "publish_needs_second": "on"})

    assert Cohort.objects.get().publish_needs_second
