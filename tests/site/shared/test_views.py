"""The site's plain pages."""

import json
import logging

import pytest
from django.test import Client, RequestFactory

from chiron.site.shared.views import server_error
from factories import make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/help/", "/privacy/", "/accessibility/"])
def test_footer_pages_are_for_everybody_and_ask_the_database_nothing(client, django_assert_num_queries, address):
    with django_assert_num_queries(0):
        answer = client.get(address)

    assert answer.status_code == 200
    assert answer.content.decode().count("<h1>") == 1


def test_look_is_a_cookie_that_the_server_reads(client):
    answer = client.post("/theme/", {"theme": "dark"}, headers={"referer": "http://testserver/help/"})

    assert answer.headers["Location"] == "http://testserver/help/"
    assert 'data-theme="dark"' in client.get("/help/").content.decode()

    client.post("/theme/", {"theme": "system"})
    assert "data-theme" not in client.get("/help/").content.decode()


@pytest.mark.parametrize("theme", ["", "purple", '"><script>'])
def test_unknown_look_is_forgotten(client, theme):
    client.post("/theme/", {"theme": theme})

    assert "data-theme" not in client.get("/help/").content.decode()


@pytest.mark.parametrize("came_from", ["https://evil.example/", "//evil.example", ""])
def test_way_back_never_leads_off_the_site(client, came_from):
    answer = client.post("/theme/", {"theme": "dark"}, headers={"referer": came_from})

    assert answer.headers["Location"] == "/"


def test_missing_page_says_the_same_to_everybody(client, signed_in):
    visitor = Client().get("/nowhere/")
    person = signed_in(make_person()).get("/nowhere/")

    assert [visitor.status_code, person.status_code] == [404, 404]
    assert "it may not be for you" in person.content.decode()


def test_stale_form_says_what_to_do():
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})

    assert answer.status_code == 403
    assert "open the page again" in answer.content.decode()


def test_wrong_host_is_a_plain_page(client, caplog):
    with caplog.at_level(logging.CRITICAL):
        answer = client.get("/help/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_fault_page_needs_neither_session_nor_database(rf: RequestFactory, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Sorry, there is a problem with the service" in answer.content.decode()


def test_health_says_live_and_ready(client):
    assert json.loads(client.get("/health/live").content) == {"status": "ok"}
    assert client.get("/health/ready").status_code == 200
