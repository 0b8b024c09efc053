"""Odd input on every address: no answer is a fault of ours (S19). What a stranger reads writes nothing.

In every run each address gets a few of the odd values and headers, chosen by its name, so that over all addresses each of
them comes dozens of times; at night each address gets all of them, in every field.
"""

import random
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import NIGHTLY
from site_addresses import PARTS, address_of, ask, fields_at, query_of
from world_factories import make_world

pytestmark = [pytest.mark.hostile, pytest.mark.django_db]

ODD = (
    "", " ", "0", "-1", "-0", "1", "2", "1.5", "1e999", "NaN", "Infinity", "0x10", "1_000", "\u0663", "\u00b2", "\uff11",
    "32768", "2147483648", "9223372036854775808", "9" * 30, "9" * 5_000, "null", "None", "true", "on", "[]", "{}",
    '{"a":1}', "[" * 1_500, "\x00", "a\x00b", "\ufeff", "\u202egnp.exe", "\U0001f600", "\ufdfa" * 20, "\u0130" * 50,
    "e\u0301" * 300, "a" * 300, "a" * 70_000, "'", '"', "' OR 1=1 --", "%", "%s", "%(name)s", "{0.__class__}", "{{ 7|add:7 }}",
    "{% load x %}", "<script>alert(1)</script>", "=1+1", "\uff1d1", "../../etc/passwd", "\\", "\r\nX-Evil: 1", "a@b", "a@b.test",
    "\u00e4@\u00e4.test", "@" * 500, "2026-02-30", "2026-11-30", "0000-00-00T00:00", "9999-12-31T23:59:60", "10000-01-01", "24:00",
    "1,2,3", ",", ",,,,", "-", "--", "lock", "apart", "all", "left-out", "stage", "site", "total", "everyone", "now", "later", "off",
)  # fmt: skip
QUERIES = (
    "page",
    "show",
    "by",
    "plan",
    "when",
    "send_after",
    "hold",
    "rule",
    "fresh",
    "next",
    "q",
    "role",
    "stage",
    "sort",
    "name",
)
FILES = {
    "nothing": b"",
    "zeros": b"\x00" * 2_000,
    "half a workbook": b"PK\x03\x04" + b"\x00" * 200,
    "an archive": b"PK\x05\x06" + b"\x00" * 18,
    "half an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
    "utf-16": "Name,Email\nAma,a@b.test\n".encode("utf-16"),
    "a quote": b'Name,Email\n"Ama,a@b.test\n' * 40,
    "no rows": b"Name,Email\n",
    "commas": b"," * 5_000 + b"\n",
    "long headings": b"Name,Email," + b"x" * 40_000 + b"\nAma,a@b.test,1\n",
    "numbers": b"Name,Email,Places,Wanted\nAma,a@b.test," + b"9" * 400 + b",-5\n",
    "escapes": 'Name,Email\n\x1b[31m\u202e\u0000,"a\r\nb@c.test"\n'.encode(),
    "one letter off": b"Name,Email\nAma,a@b.test\nAma,A@B.TEST\n",
    "json": b'{"Name": ["Ama"]}',
    "a web page": b"<html><table><tr><td>Name</td></tr></table></html>",
}
NAMES = (
    "people.csv",
    "",
    ".",
    "..",
    "a" * 400 + ".csv",
    "\u202evsc.exe",
    "x.xlsx",
    "../../x.csv",
    "a\x00b.csv",
    "\U0001f600.tsv",
)
HEADERS = (
    {"Referer": "//evil.example"}, {"Referer": "http://["}, {"Referer": "\u00ff\u00fe"}, {"Accept-Language": "xx-\u0663" * 300},
    {"Accept-Language": "*;q=" + "9" * 400}, {"Cookie": "chiron=" + "x" * 4_000}, {"Cookie": "chiron=;chiron-form=a;;=="},
    {"Content-Type": "multipart/form-data"}, {"Content-Type": "multipart/form-data; boundary=\u00ff"},
    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"}, {"Content-Type": "text/plain; charset=nonsense"},
    {"Content-Type": "application/json"}, {"Host": "evil.example"}, {"Host": ""}, {"Host": "[::1"}, {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Current-URL-URI-AutoEncoded": "true"}, {"Range": "bytes=9-1"},
    {"X-Forwarded-For": "x" * 3_000}, {"X-Forwarded-Proto": "https,http"}, {"Content-Length": "-1"}, {"Content-Length": "abc"},
    {"If-Modified-Since": "Thu, 99 Foo 9999 99:99:99 GMT"}, {"Accept-Encoding": ",,;;q="}, {"X-HTTP-Method-Override": "DELETE"},
)  # fmt: skip
PATHS = (
    "//", "/%00", "/%ff%fe", "/c/\u0663/", "/c/99999999999999999999/", "/c/-1/", "/c/1/plans/99999999999999999999/", "/enter/%00/",
    "/enter/" + "a" * 3_000 + "/", "/%2e%2e/%2e%2e/etc/passwd", "/static/../settings.py", "/static/%00", "/static/" + "a" * 5_000,
    "/p/%0d%0aX-Evil:1/", "/p/\u202e/", "/account/confirm-email/\x00/", "/account/confirm-email/" + ":" * 900 + "/", "/?" + "&" * 3_000,
    "/c/1/plans/1/mentors/" + "9" * 40 + "/", "/health/ready/", "/health/live?x=%00", "/c/0/", "/matches/9223372036854775808/",
)  # fmt: skip
EACH = {"visitor": 1, "mentee": 1, "coordinator": 1}
KINDS = ("visitor", "mentee", "coordinator")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Fill two cohorts once; the end takes back everything."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()[0]
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world) -> dict[str, Client]:
    """Sign one person of each kind in once."""
    found = {kind: Client() for kind in KINDS}
    for kind in KINDS[1:]:
        found[kind].force_login(world.people[kind], backend="allauth.account.auth_backends.AuthenticationBackend")
    return found


def faults_of(client: Client, method: str, address: str, data: dict[str, object] | None = None, **options) -> list[str]:
    """Return what was asked where the answer is a fault of ours."""
    answer = ask(client, method, address, data, **options)
    return [f"{answer.status_code} {method} {address[:120]} {str(data)[:200]}"] if answer.status_code >= 500 else []


@pytest.mark.sampled
@pytest.mark.parametrize("name", sorted(PARTS))
def test_odd_values_never_end_in_a_fault(name, world, clients):
    address, chance = address_of(name, world), random.Random(name)
    faults: list[str] = []
    for kind in KINDS:
        client = clients[kind]
        valid: dict[str, object] = {**fields_at(client, address + query_of(name)), **world.posts.get(name, {})}
        for odd in chance.sample(ODD, len(ODD) if NIGHTLY else EACH[kind]):
            faults += faults_of(client, "get", address, dict.fromkeys(QUERIES, odd))
            faults += faults_of(client, "get", address, {key: [odd, odd] for key in (*QUERIES, *valid)})
            faults += faults_of(client, "post", address, dict.fromkeys((*QUERIES, *valid), odd))
            for field in chance.sample(sorted(valid), len(valid) if NIGHTLY else min(1, len(valid))):
                faults += faults_of(client, "post", address, valid | {field: odd})
                faults += faults_of(client, "post", address, valid | {field: [odd, odd, "1"]})
                faults += faults_of(client, "post", address, {key: one for key, one in valid.items() if key != field})
    assert faults == []


@pytest.mark.sampled
@pytest.mark.parametrize("name", sorted(PARTS))
def test_odd_headers_bodies_and_methods_never_end_in_a_fault(name, world, clients):
    address, chance = address_of(name, world), random.Random(name)
    faults: list[str] = []
    for kind in KINDS:
        client = Client(raise_request_exception=False)
        client.cookies = clients[kind].cookies.copy()
        for headers in chance.sample(HEADERS, len(HEADERS) if NIGHTLY else EACH[kind]):
            for method in chance.sample(
                ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"), 3
            ):
                body = chance.choice((b"", b"\xff\xfe=%", b"{", b"--x\r\n", b"a=1&" * 30, b"%00=%00"))
                kind_of_body = headers.get("Content-Type", "application/x-www-form-urlencoded")
                with transaction.atomic():
                    answer = client.generic(method, address, body, content_type=kind_of_body, headers=headers)
                    transaction.set_rollback(True)
                if answer.status_code >= 500:
                    faults.append(f"{answer.status_code} {method} {address} as {kind} {headers} {body!r}")
    assert faults == []


def test_odd_paths_never_end_in_a_fault(clients):
    paths = [*PATHS, *(quote(path, safe="/%?&=") for path in PATHS)]

    assert [fault for client in clients.values() for path in paths for fault in faults_of(client, "get", path)] == []


@pytest.mark.sampled
@pytest.mark.parametrize("file", FILES)
def test_odd_files_never_end_in_a_fault(file, world, clients):
    address = address_of("applications:imports", world)

    def sent(name: str) -> dict[str, object]:
        upload = SimpleUploadedFile("x", FILES[file])
        upload._name = name  # as a client may send it, past Django's own cleaning
        return {"role": "mentee", "file": upload}

    names = NAMES if NIGHTLY else random.Random(file).sample(NAMES, 4)
    assert [fault for name in names for fault in faults_of(clients["coordinator"], "post", address, sent(name))] == []


def test_what_a_visitor_reads_writes_nothing(world):
    wrote = {}
    for name in sorted(PARTS):
        with CaptureQueriesContext(connection) as queries:
            Client(raise_request_exception=False).get(address_of(name, world) + query_of(name))
        words = [
            query["sql"]
            for query in queries
            if not query["sql"].lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
        ]
        if words:
            wrote[name] = words
    assert wrote == {}
