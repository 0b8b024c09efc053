"""Words on pages: what they name is there, and no page says a thing twice."""

import re
from pathlib import Path

import pytest
from django.test import Client

import chiron.site
from plan_factories import make_scene
from site_addresses import OURS, PARTS, address_of, query_of
from world_factories import World, fill_world

SITE = Path(chiron.site.__file__).parent
QUOTED = re.compile(r"“([A-Z][^”%{]{1,60})”")
# A whole text of its own: a button, a link, a heading, a label or a choice.
WHOLE = re.compile(r"""translate ["']([^"'\n]+)["'] %}|_\(\s*"([^"\n]+)"\s*[,)]""")
EXAMPLES = {"Your mentor", "Our first evening"}  # what a coordinator may call a message, not what is on a page
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sources() -> list[str]:
    return [path.read_text() for ending in ("html", "py", "txt") for path in sorted(SITE.rglob(f"*.{ending}"))]


def test_everything_that_a_text_names_in_quotes_is_on_a_page():
    texts = sources()
    named = {" ".join(name.split()) for text in texts for name in QUOTED.findall(text)}
    there = {part for text in texts for match in WHOLE.findall(text) for part in match if part}

    assert len(named) > 4
    assert sorted(named - there - EXAMPLES) == []


@pytest.fixture
def world(db) -> World:
    return fill_world(make_scene())


def test_title_of_a_refused_form_says_error_once(world):
    found, refused = {}, 0
    for kind in ("visitor", "person", "coordinator"):
        for name in sorted(PARTS):
            client = Client(raise_request_exception=False)
            if kind in world.people:
                client.force_login(world.people[kind], backend=BACKEND)
            answer = client.post(address_of(name, world), {})
            page = answer.content.decode() if "text/html" in answer.headers.get("Content-Type", "") else ""
            titles = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
            said = " ".join(titles[0].split()) if titles else ""
            refused += said.startswith("Error:")
            if said.count("Error:") > 1 or ("There is a problem" in page) != said.startswith("Error:"):
                found[f"{name} as {kind}"] = said

    assert found == {}
    assert refused > 5


def test_wrong_code_says_error_once(client, settings, db):
    settings.CHIRON_CAN_MAIL = True
    client.post("/account/login/code/", {"email": "nobody@example.org"})

    page = client.post("/account/login/code/confirm/", {"code": "AAA-AAA"}).content.decode()

    assert " ".join(re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0].split()).count("Error:") == 1


def test_where_no_mail_goes_no_page_says_that_one_is_on_its_way(client, db):
    for address in ("/account/login/code/", "/account/password/reset/"):
        page = client.post(address, {"email": "ama@example.org"}, follow=True).content.decode()
        assert "cannot send e-mail" in page or "nobody has an account yet" in page
        assert "on its way" not in page
        assert '<input type="email"' not in page


def test_every_address_with_a_page_answers_get_at_the_number_of_a_cohort(world):
    client = Client()
    client.force_login(world.people["coordinator"], backend=BACKEND)

    assert client.get(f"/c/{world.cohort_id}/").status_code == 200
    assert [
        name
        for name in OURS
        if PARTS[name] == ("cohort_id",) and client.get(address_of(name, world) + query_of(name)).status_code == 404
    ] == []
