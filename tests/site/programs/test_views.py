"""Pages of programmes, settings, outbox and history: what they show, and to whom."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.audit.models import Event
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import write_notice
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage
from chiron.site.shared.forms import digest_of_keys
from cohort_factories import client_of, make_cohort, make_coordinator, make_program, signed_in
from factories import NOW, make_person

pytestmark = pytest.mark.django_db
NOT_THEIRS = [("stranger", 404), ("leader", 404), ("mentor", 404), ("mentee", 404), ("nobody", 302)]


def make_notice(cohort: Cohort, *, name: str = "", subject: str = "We have found a mentor") -> Notice:
    return write_notice(
        to=make_person(name), kind="test", subject=subject, body="Dear person", scope=cohort.scope, by=None, now=NOW
    )


@pytest.mark.parametrize("page", ["settings", "history", "outbox"])
@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), *NOT_THEIRS])
def test_cohort_pages_are_for_its_coordinators_only(page: str, who: str, status: int):
    cohort = make_cohort()

    answer = client_of(who, cohort).get(reverse(f"programs:{page}", args=[cohort.pk]))

    assert answer.status_code == status


@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), *NOT_THEIRS])
def test_one_message_is_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    notice = make_notice(cohort)

    assert client_of(who, cohort).get(reverse("programs:notice", args=[cohort.pk, notice.pk])).status_code == status


@pytest.mark.parametrize("page", ["hold", "release", "notice"])
@pytest.mark.parametrize(("who", "status"), [("coordinator", 302), *NOT_THEIRS])
def test_messages_are_changed_by_coordinators_only(page: str, who: str, status: int):
    cohort = make_cohort()
    notice = make_notice(cohort)
    address = reverse(f"programs:{page}", args=[cohort.pk, notice.pk])

    answer = client_of(who, cohort).post(address, {"subject": "New", "body": "Text", "seen": notice.as_shown})

    notice.refresh_from_db()
    assert answer.status_code == status
    assert (notice.state, notice.subject) != ("draft", "We have found a mentor") or who != "coordinator"
    assert who == "coordinator" or (notice.state, notice.subject) == ("draft", "We have found a mentor")


def test_a_message_of_another_cohort_is_not_found():
    cohort, other = make_cohort(), make_cohort()
    notice = make_notice(other)
    client = client_of("coordinator", cohort)

    assert client.get(reverse("programs:notice", args=[cohort.pk, notice.pk])).status_code == 404
    assert client.post(reverse("programs:release", args=[cohort.pk, notice.pk])).status_code == 404


def test_finder_shows_listed_programmes_to_everybody():
    listed, hidden = make_program(), make_program(is_listed=False)
    make_person()

    text = Client().get("/programmes/").content.decode()

    assert listed.name in text
    assert hidden.name not in text
    assert Client().get(f"/programmes/{listed.slug}/").status_code == 200
    assert Client().get(f"/programmes/{hidden.slug}/").status_code == 404


def test_finder_filters_are_links():
    open_now, closed = make_cohort(), make_cohort()
    move_to_stage(cohort=closed, stage=CohortStage.MATCHING, by=None, now=NOW)
    client = Client()

    shown = [one.name for one in client.get("/programmes/?open=1").context["programs"]]
    of_one = [
        one.name
        for one in client.get(f"/programmes/?organization={closed.program.organization.slug}").context["programs"]
    ]
    nonsense = client.get("/programmes/?open=perhaps&organization=!!").status_code

    assert shown == [open_now.program.name]
    assert of_one == [closed.program.name]
    assert nonsense == 200


def test_an_empty_finder_says_why():
    text = Client().get("/programmes/").content.decode()

    assert "No programme is listed yet" in text
    assert "0 programmes" not in text
    assert "Do you run this site, or were you invited? Sign in." in text


def test_settings_are_saved_and_wrong_ones_are_explained():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    address = f"/c/{cohort.pk}/settings/"

    wrong = client.post(address, {"stage": "finished", "small_group": "4", "look_line": "high"})
    right = client.post(address, {"stage": "matching", "small_group": "5", "look_line": "60"}, follow=True)

    cohort.refresh_from_db()
    text = wrong.content.decode()
    assert wrong.status_code == 200
    assert text.count("Type a whole number from 5 to 100.") == 2
    assert re.search(r"<title>\s*Error:\s", text)
    assert (cohort.stage, cohort.small_group, cohort.look_line) == ("matching", 5, 60)
    assert "The settings are saved." in right.content.decode()
    assert "The settings are saved." not in client.get(address).content.decode()


def test_outbox_shows_every_message_whole_and_finds_by_word_and_state():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_notice(cohort, name="Ama Boateng (made up)", subject="For Ama")
    held = make_notice(cohort, name="Jo Park (made up)", subject="For Jo")
    client.post(reverse("programs:hold", args=[cohort.pk, held.pk]))

    everything = client.get(f"/c/{cohort.pk}/outbox/").content.decode()
    by_word = [one.subject for one in client.get(f"/c/{cohort.pk}/outbox/?q=boateng").context["notices"]]
    by_state = [one.subject for one in client.get(f"/c/{cohort.pk}/outbox/?state=held").context["notices"]]

    assert all(text in everything for text in ("Ama Boateng", "For Ama", "For Jo", "Dear person", "Release 1 message"))
    assert by_word == ["For Ama"]
    assert by_state == ["For Jo"]


def act(client: Client, cohort: Cohort, **sent: object):
    """Press a button of the outbox."""
    return client.post(reverse("programs:act_on_messages", args=[cohort.pk]), sent)


def seen(client: Client, cohort: Cohort, name: str, query: str = "") -> str:
    """Return the digest that a button of the outbox sends."""
    page = client.get(f"/c/{cohort.pk}/outbox/{query}").content.decode()
    before = page[: page.index(f'name="act" value="{name}"')]
    return re.findall(r'name="seen" value="(\w+)"', before)[-1]


def states() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))


def test_releasing_what_is_shown_releases_drafts_only():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    for _ in range(2):
        make_notice(cohort)
    held = make_notice(cohort)
    before = seen(client, cohort, "release")
    client.post(reverse("programs:hold", args=[cohort.pk, held.pk]))

    stale = act(client, cohort, act="release", seen=before)
    right = act(client, cohort, act="release", seen=seen(client, cohort, "release"))

    assert (stale.status_code, right.status_code) == (409, 302)
    assert states() == ["ready", "ready", "held"]


def test_draft_that_came_for_one_that_went_is_not_released_unread():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    first = make_notice(cohort)
    read = seen(client, cohort, "release")
    act(client, cohort, act="hold", which="ticked", notice=[first.pk])
    make_notice(cohort, subject="Written meanwhile")

    answer = act(client, cohort, act="release", seen=read)

    assert answer.status_code == 409
    assert states() == ["held", "draft"]


def test_acts_on_ticked_messages_leave_the_others_alone():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    first, second, third = (make_notice(cohort) for _ in range(3))

    act(client, cohort, act="hold", which="ticked", notice=[first.pk, second.pk])
    assert states() == ["held", "held", "draft"]
    act(client, cohort, act="release", which="ticked", notice=[second.pk, third.pk])
    assert states() == ["held", "ready", "ready"]
    page = client.post(
        reverse("programs:act_on_messages", args=[cohort.pk]),
        {"act": "sent", "which": "ticked", "notice": [first.pk, second.pk]},
        follow=True,
    )

    assert states() == ["held", "sent", "ready"]
    assert "1 message counts as sent." in page.content.decode()
    assert list(Event.objects.filter(kind="notices.sent_by_hand").values_list("details", flat=True)) == [{"count": 1}]


def test_acts_on_all_that_are_shown_keep_to_the_choices_above():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_notice(cohort, subject="For Ama")
    make_notice(cohort, subject="For Jo")
    make_notice(cohort, subject="For Ama again")

    answer = act(client, cohort, act="hold", q="Ama", seen=seen(client, cohort, "hold", "?q=Ama"))

    assert states() == ["held", "draft", "held"]
    assert answer.headers["Location"].endswith("/outbox/?q=Ama")


def test_nothing_ticked_is_said():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_notice(cohort)

    page = client.post(
        reverse("programs:act_on_messages", args=[cohort.pk]), {"act": "hold", "which": "ticked"}, follow=True
    )

    assert "Nothing was done." in page.content.decode()
    assert states() == ["draft"]


def test_messages_of_another_cohort_cannot_be_ticked():
    cohort = make_cohort()
    theirs = make_notice(make_cohort())

    act(client_of("coordinator", cohort), cohort, act="hold", which="ticked", notice=[theirs.pk])

    assert states() == ["draft"]


def test_message_that_has_left_stays_as_it_is_whatever_is_pressed():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    notice = make_notice(cohort)
    for name in ("release", "sent", "hold", "release"):
        act(client, cohort, act=name, which="ticked", notice=[notice.pk])

    assert states() == ["sent"]


def test_a_site_that_mails_marks_nothing_as_sent_by_hand_and_offers_no_copy(settings):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    notice = make_notice(cohort)
    act(client, cohort, act="release", which="ticked", notice=[notice.pk])
    without = client.get(f"/c/{cohort.pk}/outbox/").content.decode()
    settings.CHIRON_CAN_MAIL = True

    page = client.get(f"/c/{cohort.pk}/outbox/").content.decode()

    assert "Mark as sent" in without
    assert "data-copy" in without
    assert "Mark as sent" not in page
    assert "data-copy" not in page
    assert act(client, cohort, act="sent", which="ticked", notice=[notice.pk]).status_code == 404
    assert states() == ["ready"]


@pytest.mark.parametrize(("who", "status"), NOT_THEIRS)
def test_acts_on_messages_are_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    notice = make_notice(cohort)

    answer = act(client_of(who, cohort), cohort, act="release", seen=digest_of_keys([notice.pk]))

    assert answer.status_code == status
    notice.refresh_from_db()
    assert notice.state == "draft"


def test_history_says_what_about_whom_by_whom():
    cohort = make_cohort()
    coordinator = make_coordinator(cohort)
    client = signed_in(Client(), coordinator)
    client.post(f"/c/{cohort.pk}/settings/", {"stage": "matching", "small_group": "5", "look_line": "60"})

    rows = client.get(f"/c/{cohort.pk}/history/").context["rows"]

    assert [(row.words, row.about, row.who) for row in rows] == [
        ("Changed the settings", cohort.name, str(coordinator)),
        ("Added a coordinator", str(coordinator), ""),
        ("Opened the cohort", cohort.name, ""),
    ]


@pytest.mark.parametrize("page", ["outbox", "history"])
def test_lists_cost_the_same_for_one_row_and_for_three(page: str, django_assert_max_num_queries):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    address = reverse(f"programs:{page}", args=[cohort.pk])
    make_notice(cohort)
    client.get(address)
    with django_assert_max_num_queries(100) as one:
        client.get(address)
    make_notice(cohort)
    make_notice(cohort)
    with django_assert_max_num_queries(100) as three:
        client.get(address)

    assert len(three) == len(one)


def test_finder_costs_the_same_for_one_programme_and_for_three(django_assert_max_num_queries):
    make_cohort()
    with django_assert_max_num_queries(100) as one:
        Client().get("/programmes/")
    make_cohort()
    make_cohort()
    with django_assert_max_num_queries(100) as three:
        Client().get("/programmes/")

    assert len(three) == len(one)


@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), *NOT_THEIRS])
def test_messages_are_exported_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    make_notice(cohort, subject="=A subject")
    make_notice(make_cohort(), subject="Of another cohort")

    answer = client_of(who, cohort).get(reverse("programs:messages_file", args=[cohort.pk, "csv"]))

    assert answer.status_code == status
    assert ("'=A subject" in answer.content.decode()) == (who == "coordinator")
    assert "Of another cohort" not in answer.content.decode()
