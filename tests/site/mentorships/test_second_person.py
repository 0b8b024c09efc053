"""Where a cohort says so, one coordinator asks and another one publishes; the setting is off by default."""

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.matching.models import Offer, Plan, Publication
from chiron.site.matching.operations.plans import ask_to_publish
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations import offer_rest, publish_plan
from chiron.site.mentorships.queries.proposals import digest_of, proposals_of
from chiron.site.mentorships.rules import PublishNotAllowedError
from chiron.site.programs.models import Cohort
from cohort_factories import make_coordinator
from factories import NOW
from plan_factories import link_to, make_plan, make_publication, make_scene

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


def press(person, plan: Plan, page: str = "check") -> None:
    """Press the button on the page with the messages."""
    address = reverse(f"mentorships:{page}", args=[plan.cohort_id, plan.pk])
    client = client_for(person)
    client.post(address, {"seen": client.get(address).context["seen"]})


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


def test_what_was_held_back_needs_a_second_person_too(scene):
    plan, anna, second = make_plan(scene), scene.people["Anna"], make_coordinator(scene.cohort)
    prepare = reverse("mentorships:publish", args=[plan.cohort_id, plan.pk])
    client_for(scene.coordinator).post(prepare, {"when": "now", "hold": anna.pk})
    press(scene.coordinator, plan)
    press(second, plan)
    offers = Offer.objects.filter(members__application=anna)
    assert (Offer.objects.count(), offers.count()) == (plan.pairs.count() - 1, 0)

    press(scene.coordinator, plan, "rest")
    with pytest.raises(PublishNotAllowedError):
        offer_rest(publication=Publication.objects.get(), link_to=link_to, by=scene.coordinator, now=NOW)
    with pytest.raises(PublishNotAllowedError, match="Read them again"):
        offer_rest(publication=Publication.objects.get(), link_to=link_to, by=second, now=NOW)
    assert not offers.exists()

    press(second, plan, "rest")
    assert offers.count() == 1


def test_the_messages_to_those_who_were_held_back_are_read_before_they_leave(scene):
    Cohort.objects.update(publish_needs_second=False)
    plan, anna = make_plan(scene), scene.people["Anna"]
    publish_plan(plan=plan, held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW)
    client = client_for(scene.coordinator)
    address = reverse("mentorships:rest", args=[plan.cohort_id, plan.pk])
    assert address in client.get(reverse("mentorships:publish", args=[plan.cohort_id, plan.pk])).content.decode()

    page = client.get(address)
    client.post(address)

    assert "Anna" in [letter.to.name for letter in page.context["examples"]]
    assert not Offer.objects.filter(members__application=anna).exists()
    client.post(address, {"seen": page.context["seen"]})
    assert Offer.objects.filter(members__application=anna).count() == 1
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [
        {"mentee_opening": "Other words"},
        {"contact": "Somebody else"},
        {"when": "later", "send_after": "2099-01-01 09:00"},
        {"answer_days": "3"},
        {"hold": ""},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_messages_that_changed_after_they_were_read_do_not_leave(scene, changed):
    plan, second = make_plan(scene), make_coordinator(scene.cohort)
    prepare, check = (reverse(f"mentorships:{page}", args=[plan.cohort_id, plan.pk]) for page in ("publish", "check"))
    kept = {"when": "now", "answer_days": "7", "contact": "Robin", "hold": str(scene.people["Anna"].pk)}
    client_for(scene.coordinator).post(prepare, kept)
    press(scene.coordinator, plan)
    seen = client_for(second).get(check).context["seen"]

    client_for(scene.coordinator).post(prepare, {name: one for name, one in (kept | changed).items() if one})
    assert Plan.objects.get().asked_by is None
    client_for(second).post(check, {"seen": seen})
    assert not Offer.objects.exists()

    press(second, plan)  # who reads them now asks; it takes another one to publish them
    assert Plan.objects.get().asked_by == second
    press(second, plan)
    assert not Offer.objects.exists()
    press(scene.coordinator, plan)
    assert Plan.objects.get().state == "published"


def test_preparing_the_same_again_leaves_the_request_as_it_is(scene):
    plan, kept = make_plan(scene), {"when": "now", "answer_days": "7", "contact": "Robin"}
    prepare = reverse("mentorships:publish", args=[plan.cohort_id, plan.pk])
    client_for(scene.coordinator).post(prepare, kept)
    press(scene.coordinator, plan)

    client_for(scene.coordinator).post(prepare, kept)

    assert Plan.objects.get().asked_by == scene.coordinator


def test_another_plan_than_the_one_that_was_asked_for_needs_asking_anew(scene):
    plan = make_plan(scene)
    ask_to_publish(
        plan=plan, seen=digest_of(proposals_of(plan), Publishing(plan=plan)), by=make_coordinator(scene.cohort), now=NOW
    )
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
