"""Every address asked by every kind of person, judged by `permissions.toml`; reading changes nothing; headers."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from chiron.site.audit.models import Event
from site_addresses import (
    IS_ALSO,
    KINDS,
    OURS,
    PARTS,
    TABLE,
    WITH_KEYS,
    address_of,
    ask,
    everything,
    missing_headers,
    query_of,
)
from world_factories import World, make_world

pytestmark = [pytest.mark.perms, pytest.mark.django_db]

SIGN_IN = "/account/login/code/"
REFUSED = {404, 405}
# In allauth's pages a person is asked to prove once more who they are before they change how they sign in.
PROVE_AGAIN = "/account/reauthenticate/"
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|<link rel="canonical"[^>]*>')


# What is taken away in these files is recorded: reading them writes one event.
FILES = {
    "applications:errors",
    "applications:people_book",
    "applications:people_text",
    "mentorships:offers_file",
    "mentorships:pairs_file",
    "outcomes:report_csv",
    "people:my_data_file",
    "programs:messages_file",
}
THEIRS = sorted(name for name in PARTS if ":" not in name)


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker) -> Iterator[tuple[World, World]]:
    """Fill two cohorts once; every test takes back what it did, and the end takes back everything."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sessions(worlds) -> dict[str, Client]:
    """Sign one person of each kind in once."""
    clients = {kind: Client() for kind in KINDS}
    for kind, client in clients.items():
        if kind != "visitor":
            client.force_login(worlds[0].people[kind], backend="allauth.account.auth_backends.AuthenticationBackend")
    return clients


def asks_to_sign_in(answer: HttpResponse) -> bool:
    """Return whether an answer sends its reader away to sign in."""
    return answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)


def problem(kind: str, method: str, name: str, answer: HttpResponse) -> str:
    """Return what is wrong with an answer by the table; empty where nothing is."""
    status = answer.status_code
    listed = TABLE[name].get(method)
    words = f"{method} as {kind}: {status} {answer.headers.get('Location', '')}"
    if status >= 500:
        return words
    if listed is not None and IS_ALSO[kind] & set(listed):
        closed = status in {401, 403, 404, 405} or (asks_to_sign_in(answer) and "everyone" not in listed)
        return f"{words}, but may" if closed else ""
    if kind == "visitor" and asks_to_sign_in(answer):
        return ""
    if listed is None:
        return "" if status in REFUSED else f"{words}, but nobody asks so"
    return "" if status == 404 else f"{words}, but may not"


def test_every_address_is_declared():
    assert sorted(set(PARTS) - set(TABLE)) == []


def test_every_declared_address_exists():
    assert sorted(set(TABLE) - set(PARTS)) == []


def test_every_declaration_names_known_people_and_methods():
    assert {method for rule in TABLE.values() for method in rule} <= {"get", "post"}
    assert {who for rule in TABLE.values() for listed in rule.values() for who in listed} <= set().union(
        *IS_ALSO.values()
    )


@pytest.mark.parametrize("name", OURS)
def test_address_opens_for_those_who_may_and_for_nobody_else(name, worlds, sessions, settings):
    settings.CHIRON_DEMO = name in {"home:look_as", "home:choose_stage"}
    world, found = worlds[0], []
    for kind, client in sessions.items():
        for method in ("get", "post"):
            data = world.posts.get(name) if method == "post" else None
            answer = ask(client, method, address_of(name, world) + query_of(name), data)
            found += [problem(kind, method, name, answer)]
            found += [f"{method} as {kind}: no {header}" for header in missing_headers(answer)]

    assert [words for words in found if words] == []


@pytest.mark.parametrize("name", THEIRS)
def test_account_address_opens_for_those_who_may_and_for_nobody_else(name, worlds, sessions):
    found = []
    for kind in ("visitor", "person"):
        for method in ("get", "post"):
            answer = ask(sessions[kind], method, address_of(name, worlds[0]))
            listed = TABLE[name].get(method, ())
            is_away = answer.status_code == 302 and PROVE_AGAIN in answer.headers["Location"]
            if "person" in listed and kind == "visitor" and not asks_to_sign_in(answer):
                found += [f"{method} as visitor: {answer.status_code} {answer.headers.get('Location', '')}"]
            if answer.status_code >= 500 or (listed and answer.status_code == 405 and not is_away):
                found += [f"{method} as {kind}: {answer.status_code}"]
            found += [f"{method} as {kind}: no {header}" for header in missing_headers(answer)]

    assert found == []


@pytest.mark.parametrize("name", WITH_KEYS)
def test_key_of_another_cohort_is_not_there(name, worlds, sessions):
    world, other = worlds
    method = "get" if "get" in TABLE[name] else "post"
    client = sessions["coordinator" if "cohort_id" in PARTS[name] else "mentee"]
    found = {}
    for part in (part for part in PARTS[name] if part.endswith("_id")):
        theirs = {**other.keys, **other.special.get(name, {})}[part]
        answers = [
            ask(client, method, address_of(name, world, **{part: key}) + query_of(name), world.posts.get(name))
            for key in (theirs, 999_999_999)
        ]
        bodies = {TOKENS.sub("", answer.content.decode()) for answer in answers}
        if [answer.status_code for answer in answers] != [404, 404] or len(bodies) > 1:
            found[part] = [answer.status_code for answer in answers]

    assert found == {}


@pytest.mark.parametrize("name", sorted(name for name in OURS if "post" in TABLE.get(name, ())))
def test_form_of_another_site_is_refused(name, worlds, sessions):
    kind = next(
        kind for kind in ("coordinator", "mentee", "person", "visitor") if IS_ALSO[kind] & set(TABLE[name]["post"])
    )

    answer = ask(sessions[kind], "post", address_of(name, worlds[0]), enforce_csrf_checks=True)

    assert answer.status_code == 403
    assert missing_headers(answer) == []


def test_unknown_address_has_the_same_headers(worlds, sessions):
    answers = {kind: ask(client, "get", "/nowhere/at/all/") for kind, client in sessions.items()}

    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(KINDS, 404)
    assert {kind: missing_headers(answer) for kind, answer in answers.items()} == {kind: [] for kind in KINDS}


def test_reading_changes_nothing(worlds, sessions):
    before = everything()

    for kind, client in sessions.items():
        asking = Client()
        asking.cookies = client.cookies.copy()
        for name in sorted(set(OURS) - FILES):
            if IS_ALSO[kind] & set(TABLE[name].get("get", ())):
                asking.get(address_of(name, worlds[0]) + query_of(name))

    assert [model for model, digest in everything().items() if digest != before[model]] == []


def test_every_file_that_is_given_away_is_known():
    found = {
        name
        for name in OURS
        if name.endswith(("_file", "_csv", "_book", "_text")) or name in {"applications:errors", "people:my_data_file"}
    }

    assert found == FILES


@pytest.mark.parametrize("name", sorted(FILES))
def test_taking_a_file_away_leaves_who_took_how_much_and_nothing_else(name, worlds, sessions):
    kind = "coordinator"
    asking = Client()
    asking.cookies = sessions[kind].cookies.copy()
    with transaction.atomic():
        before = everything()
        asking.head(address_of(name, worlds[0]))
        looked = everything()
        answer = asking.get(address_of(name, worlds[0]))
        after = everything()
        event = Event.objects.latest("pk")
        transaction.set_rollback(True)

    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert looked == before
    assert [model for model in after if after[model] != before[model]] == ["audit.Event", "audit.ChainHead"]
    assert (event.by_id, list(event.details)) == (worlds[0].people[kind].pk, ["rows"])
    assert event.kind.endswith("_taken")
    assert event.details["rows"] > 0


def test_participants_never_receive_a_score(worlds, sessions):
    said = {}
    for kind in ("mentee", "mentor"):
        pages = [
            ask(sessions[kind], "get", address_of(name, worlds[0])).content.decode()
            for name in OURS
            if {kind, "person"} & set(TABLE[name].get("get", ()))
        ]
        said[kind] = [word for page in pages for word in re.findall(r"(?i)\b(?:scores?|points?|fit)\b", visible(page))]

    assert said == {"mentee": [], "mentor": []}


def visible(page: str) -> str:
    """Return the words of a page's main part."""
    main = page.split("<main", 1)[-1].split("</main>", 1)[0]
    return re.sub(r"<[^>]+>", " ", main)
