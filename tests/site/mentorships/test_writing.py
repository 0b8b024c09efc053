"""Writing to the people of a list: who that is, that nothing is written by looking, and that no address is given away."""

import re
from time import perf_counter

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.operations import withdraw_application
from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.operations import decline_offer, publish_plan, unpublish_plan
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import write_notice
from chiron.site.notices.rules import addresses_in
from chiron.site.shared.forms import digest_of_keys
from cohort_factories import make_cohort, make_coordinator, signed_in
from factories import NOW
from plan_factories import add_mentee, link_to, make_plan, make_publication, make_scene, member_of, offer_of, say_yes

pytestmark = pytest.mark.django_db
TEXT = {"subject": "Our first evening", "body": "We meet on Monday.\n\nRobin"}


def address(scene, **asked) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('mentorships:write', args=[scene.cohort.pk])}?{query}"


def seen(people) -> str:
    """Return the digest of some people, each with their application."""
    return digest_of_keys(one.person_id for one in people)


def names(client: Client, where: str) -> list[str]:
    return [str(one) for one in client.get(where).context["names"]]


def test_everybody_whom_the_list_shows_gets_a_draft_with_their_name_after_it_was_read():
    scene = make_scene()
    client = signed_in(Client(), scene.coordinator)
    where = address(scene, role="mentor")

    first = client.get(where)
    read = client.post(where, {**TEXT, "step": "read"})
    assert not Notice.objects.exists()
    done = client.post(where, {**TEXT, "step": "write", "seen": read.context["seen"]}, follow=True)

    assert names(client, where) == ["Mira", "Noor", "Olga"]
    assert "Write to 3" in first.content.decode()
    assert "Dear Mira," in read.content.decode()
    assert "Put 3 drafts into the outbox" in " ".join(read.content.decode().split())
    assert "3 drafts wait in the outbox." in done.content.decode()
    assert {(one.to.name, one.state, one.subject) for one in Notice.objects.all()} == {
        (name, "draft", "Our first evening") for name in ("Mira", "Noor", "Olga")
    }
    assert Notice.objects.get(to__name="Noor").body == "Dear Noor,\n\nWe meet on Monday.\n\nRobin"


def test_no_address_stands_on_the_page():
    scene = make_scene()
    client = signed_in(Client(), scene.coordinator)
    where = address(scene)

    pages = [client.get(where), client.post(where, {**TEXT, "step": "read"})]

    for page in pages:
        assert not [one for one in scene.people.values() if one.person.email in page.content.decode()]


def test_text_that_gives_somebodys_address_away_is_refused():
    scene = make_scene()
    client = signed_in(Client(), scene.coordinator)
    anna = scene.people["Anna"].person
    theirs = {
        "subject": "Write to each other",
        "body": f"Anna is {anna.email.upper()}",
        "seen": seen(scene.people.values()),
        "step": "write",
    }

    page = client.post(address(scene), theirs)
    own = client.post(address(scene), {**theirs, "body": f"Write to me: {scene.coordinator.email}"})

    assert "This holds the e-mail address of Anna." in page.content.decode()
    assert own.status_code == 302
    assert Notice.objects.count() == 7


@pytest.mark.parametrize("field", ["contact", "mentee_subject", "mentor_opening", "mentor_closing"])
def test_words_at_publishing_may_hold_a_coordinators_address_and_nobody_elses(field):
    scene = make_scene()
    plan = make_plan(scene)
    client = signed_in(Client(), scene.coordinator)
    where = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])

    theirs = client.post(where, {"when": "now", field: f"Ask {scene.people['Mira'].person.email}"})
    own = client.post(where, {"when": "now", field: f"Ask {scene.coordinator.email}"})

    assert "This holds the e-mail address of Mira." in theirs.content.decode()
    assert own.headers["Location"] == reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])


@pytest.mark.parametrize("field", ["subject", "body"])
def test_text_of_a_message_may_keep_the_addresses_it_holds_and_get_no_other(field):
    scene = make_scene()
    anna, mira = scene.people["Anna"].person, scene.people["Mira"].person
    said = {"subject": "Hello", "body": f"Write to {mira.email}"}
    notice = write_notice(to=anna, kind="test", scope=scene.cohort.scope, by=None, now=NOW, **said)
    client = signed_in(Client(), scene.coordinator)
    where = reverse("programs:notice", args=[scene.cohort.pk, notice.pk])
    noor = scene.people["Noor"].person

    refused = client.post(where, {**said, field: f"{said[field]} or {noor.email}"})
    kept = client.post(where, {**said, field: f"{said[field]} or {scene.coordinator.email}"})

    assert "This holds the e-mail address of Noor." in refused.content.decode()
    assert kept.status_code == 302
    notice.refresh_from_db()
    assert scene.coordinator.email in getattr(notice, field)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada is ada@example.org. So is BO.EK+x@mail.example.org", {"ada@example.org", "bo.ek+x@mail.example.org"}),
        ("<ada@example.org>, mailto:bo@example.org", {"ada@example.org", "bo@example.org"}),
        ("'ada@example.org' and _bo@example.org_", {"ada@example.org", "bo@example.org"}),
        ("a" * 70 + "@example.org", {"a" * 70 + "@example.org"}),
        ("We meet @ 5 in room a@b, at example.org", set()),
    ],
)
def test_addresses_are_found_as_people_write_them(text, found):
    assert found <= set(addresses_in(text))
    assert bool(found) == bool(addresses_in(text))


@pytest.mark.parametrize("long", ["a" * 10_000, "a@" + "b" * 10_000, "a@b" * 3_333, "a." * 5_000, "a@" + "b." * 5_000])
def test_longest_text_is_searched_for_addresses_within_50_ms(long):
    start = perf_counter()

    addresses_in(long)

    assert perf_counter() - start <= 0.05


def test_list_that_has_changed_is_not_written_to():
    scene = make_scene()
    client = signed_in(Client(), scene.coordinator)
    where = address(scene, stage="accepted")
    read = client.post(where, {**TEXT, "step": "read"}).context["seen"]
    withdraw_application(application=scene.people["Anna"], by=scene.coordinator, now=NOW)

    fewer = client.post(where, {**TEXT, "step": "write", "seen": read})
    add_mentee(scene, "Zoe", ["Leadership"], "North")
    others = client.post(where, {**TEXT, "step": "write", "seen": read})

    assert "Zoe" in names(client, where)
    assert [fewer.status_code, others.status_code] == [409, 409]
    assert not Notice.objects.exists()


def test_whoever_was_erased_is_not_written_to():
    scene = make_scene()
    anna = scene.people["Anna"].person
    anna.is_active = False
    anna.save()

    assert "Anna" not in names(signed_in(Client(), scene.coordinator), address(scene))


def test_lists_of_offers_matches_and_plans_are_those_that_their_pages_show():
    scene = make_scene()
    plan = make_plan(scene)
    make_publication(scene, plan)
    no = member_of(offer_of(scene, "Anna"), "mentee")
    decline_offer(member=no, reason=DeclineReason.TIME, by=no.application.person, now=NOW)
    say_yes(offer_of(scene, "Bela"), "mentee", "mentor")
    say_yes(offer_of(scene, "Carl"), "mentee")
    client = signed_in(Client(), scene.coordinator)

    found = {
        to: names(client, address(scene, to=to, plan=plan.pk)) for to in ("waiting", "refused", "running", "left-out")
    }

    mentor = {
        name: member_of(offer_of(scene, name), "mentor").application.person.name
        for name in scene.people
        if name in "Anna Bela Carl Dora"
    }
    assert found == {
        "waiting": sorted({mentor["Carl"], mentor["Dora"], "Dora"}),
        "refused": sorted({"Anna", mentor["Anna"]}),
        "running": sorted({"Bela", mentor["Bela"]}),
        "left-out": [],
    }


def test_those_whom_a_plan_leaves_out_can_be_written_to_and_only_those_of_the_own_cohort():
    scene, other = make_scene(places=1), make_scene(places=1)
    plan, theirs = make_plan(scene), make_plan(other)
    client = signed_in(Client(), scene.coordinator)
    out = sorted(plan.unmatched.values_list("application__person__name", flat=True))

    assert out
    assert names(client, address(scene, to="left-out", plan=plan.pk)) == out
    assert names(client, address(scene, to="left-out", plan=theirs.pk)) == []


def test_an_empty_list_says_so_and_nonsense_is_the_list_of_people():
    cohort = make_cohort()
    client = signed_in(Client(), make_coordinator(cohort))
    where = reverse("mentorships:write", args=[cohort.pk])

    for query in ("", "?to=running", "?to=everybody&plan=x&role=2"):
        assert "Nobody is in this list now." in client.get(f"{where}{query}").content.decode()


@pytest.mark.parametrize("page", ["applications:people", "mentorships:answers"])
def test_lists_lead_to_writing_to_their_people(page):
    scene = make_scene()
    make_publication(scene, make_plan(scene))

    answer = signed_in(Client(), scene.coordinator).get(reverse(page, args=[scene.cohort.pk]))

    assert reverse("mentorships:write", args=[scene.cohort.pk]) in answer.content.decode()


def test_choices_of_the_list_of_people_go_along():
    scene = make_scene()
    client = signed_in(Client(), scene.coordinator)

    answer = client.get(f"{reverse('applications:people', args=[scene.cohort.pk])}?role=mentor&page=1")

    assert f'{reverse("mentorships:write", args=[scene.cohort.pk])}?role=mentor"' in answer.content.decode()


def test_people_on_the_cards_that_a_plan_shows_are_written_to():
    scene = make_scene()
    plan, client = make_plan(scene), signed_in(Client(), scene.coordinator)
    page = reverse("matching:review", args=[scene.cohort.pk, plan.pk])
    pair = plan.pairs.select_related("mentor__person").get(mentee=scene.people["Anna"])

    def linked(query: str) -> list[str]:
        text = client.get(f"{page}?{query}").content.decode()
        [link] = re.findall(rf'href="({re.escape(address(scene))}[^"]*to=pairs[^"]*)"', text)
        return names(client, link.replace("&amp;", "&"))

    together = set(plan.pairs.values_list("mentee__person__name", "mentor__person__name"))
    assert set(linked("show=all")) == {name for two in together for name in two}
    assert linked("show=all&q=anna") == sorted(["Anna", pair.mentor.person.name])
    assert names(client, address(scene, to="pairs", plan=0)) == []
    other = make_plan(make_scene())
    assert names(client, address(scene, to="pairs", plan=other.pk, show="all")) == []


def test_people_of_a_published_plan_are_written_to():
    scene = make_scene()
    plan, client = make_plan(scene), signed_in(Client(), scene.coordinator)
    make_publication(scene, plan)
    withdraw_application(application=scene.people["Anna"], by=scene.coordinator, now=NOW)

    text = client.get(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])).content.decode()

    where = address(scene, to="published", plan=plan.pk)
    assert where.replace("&", "&amp;") in text
    asked = set(plan.pairs.values_list("mentee__person__name", "mentor__person__name"))
    assert set(names(client, where)) == {name for two in asked for name in two} - {"Anna"}


def test_whom_only_an_un_published_publishing_asked_is_not_written_to():
    scene = make_scene()
    plan, client = make_plan(scene), signed_in(Client(), scene.coordinator)
    publication = make_publication(scene, plan)
    unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)
    plan.pairs.exclude(mentee=scene.people["Anna"]).delete()
    publish_plan(plan=plan, held_back=(), send_after=None, link_to=link_to, by=scene.coordinator, now=NOW)

    found = names(client, address(scene, to="published", plan=plan.pk))

    assert len(found) == 2
    assert "Anna" in found
