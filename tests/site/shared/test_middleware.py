"""Headers on every answer, errors too; refusals; language and zone."""

import subprocess
import sys

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from django.utils import timezone

from chiron.site.shared.middleware import language_and_zone, refusals
from chiron.site.shared.refusals import RefusedError
from factories import make_person

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "/help/": 200,
    "/account/login/code/": 200,
    "/me/": 302,
    "/nowhere/": 404,
    "/theme/": 405,
    "/health/live": 200,
    "/static/chiron/nothing.css": 404,
}


def assert_safe(answer) -> None:
    """Every answer says what may run, who may frame it, and what may be kept."""
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_every_answer_has_its_headers(client, address, status):
    answer = client.get(address)

    assert answer.status_code == status
    assert_safe(answer)
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))


def test_answer_to_a_wrong_host_and_to_a_missing_token_have_them_too(client):
    assert_safe(client.get("/help/", headers={"host": "evil.example"}))
    assert_safe(Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"}))


def test_cookies_are_for_the_server_alone(client):
    client.post("/theme/", {"theme": "dark"})
    client.get("/account/login/code/")

    assert client.cookies
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in client.cookies.values())


def test_pages_hold_no_script_and_no_style_of_their_own(client):
    for address in ("/help/", "/account/login/code/", "/nowhere/", "/account/login/"):
        page = client.get(address).content.decode()
        assert "style=" not in page
        assert "<style" not in page
        assert "onclick" not in page


def test_production_settings_are_clean():
    environment = {
        "CHIRON_SITE_URL": "https://mentoring.example.org",
        "CHIRON_SECRET_KEY": "k" * 30 + "abcdefghijklmnopqrstuvwxyz0123456789",
        "CHIRON_TLS_PROXY": "1",
        "DJANGO_SETTINGS_MODULE": "chiron.site.settings",
        "PATH": "/usr/bin",
    }

    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_refusal_is_a_plain_409_page(client, rf: RequestFactory):
    request = rf.get("/", headers={"referer": "http://testserver/help/"})
    request.user = None

    answer = refusals(lambda _request: None).process_exception(request, RefusedError("The pool is closed."))

    assert answer.status_code == 409
    assert "The pool is closed." in answer.content.decode()
    assert 'href="http://testserver/help/"' in answer.content.decode()


def test_fault_is_not_taken_for_a_refusal(rf: RequestFactory):
    assert refusals(lambda _request: None).process_exception(rf.get("/"), ValueError("bug")) is None


def test_times_are_shown_in_the_persons_zone(rf: RequestFactory):
    request = rf.get("/")
    request.user = make_person()
    request.user.time_zone = "Asia/Tokyo"

    assert language_and_zone(lambda _request: timezone.get_current_timezone_name())(request) == "Asia/Tokyo"
    request.user.time_zone = "Nowhere/Land"
    assert language_and_zone(lambda _request: timezone.get_current_timezone_name())(request) == "Europe/London"


@pytest.mark.parametrize("address", [*ADDRESSES, "/", "/programmes/", "/static/chiron/app.css"])
def test_head_is_answered_as_get_without_a_body(address):
    """Asked below the test client, which would take the body away itself."""

    def asked(method: str) -> tuple[str, dict[str, str], bytes]:
        said: list[tuple[str, list[tuple[str, str]]]] = []
        environ = RequestFactory().generic(method, address).environ
        answer = WSGIHandler()(environ, lambda status, headers, *_: said.append((status, headers)))
        body = b"".join(answer)
        answer.close()
        return said[0][0], dict(said[0][1]), body

    (status, headers, body), (head_status, head_headers, head_body) = asked("GET"), asked("HEAD")

    assert head_status == status
    assert head_body == b""
    if headers.get("Content-Length"):
        assert abs(int(head_headers["Content-Length"]) - len(body)) < 64  # a form's token may differ in length
