"""Bodies over what a page takes are refused before anything of them is kept; files, when the disk is full."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Import
from chiron.site.shared import bodies
from chiron.site.shared.bodies import MEBIBYTE, PAGE_BYTES, most_bytes
from cohort_factories import make_cohort, make_coordinator
from site_addresses import OURS, PARTS, address_of
from world_factories import make_world

pytestmark = pytest.mark.django_db


def test_every_address_refuses_a_body_larger_than_it_takes_from_everybody():
    world, _ = make_world()
    coordinator = Client()
    coordinator.force_login(world.people["coordinator"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for client in (Client(), coordinator):
        for name in sorted(PARTS):
            address = address_of(name, world)
            body = b"x=" + b"y" * most_bytes(address)
            answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
            if not address.startswith("/health/"):
                assert answer.status_code == 413, name
                assert "This is too large" in answer.content.decode()
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_only_the_page_of_imports_takes_more_than_a_form():
    world, _ = make_world()

    assert [name for name in OURS if most_bytes(address_of(name, world)) > PAGE_BYTES] == ["applications:imports"]
    assert most_bytes("/no/such/page/") == PAGE_BYTES


def test_refused_body_asks_neither_session_nor_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.post(reverse("applications:imports", args=[1]), b"x" * 7 * MEBIBYTE, content_type="text/plain")

    assert answer.status_code == 413
    assert "at most 6 MB" in answer.content.decode()


def test_body_of_unknown_length_is_refused(client):
    answer = client.generic("POST", "/theme/", headers={"transfer-encoding": "chunked"})

    assert answer.status_code == 411


@pytest.fixture
def upload(signed_in):
    """Return a function that sends a sheet to the page of imports."""
    cohort = make_cohort()
    client = signed_in(make_coordinator(cohort))

    def send():
        file = SimpleUploadedFile("mentors.csv", b"Full name,E-mail\nElla Holm,ella@example.org\n")
        return client.post(reverse("applications:imports", args=[cohort.pk]), {"role": "mentor", "file": file})

    return send


def test_uploads_stop_when_the_disk_is_full_and_go_on_by_themselves(upload, client, monkeypatch):
    monkeypatch.setattr(bodies, "NO_ROOM", 1.0)  # no disk has so much room
    refused = upload()
    assert refused.status_code == 507
    assert "almost full" in refused.content.decode()
    assert not Import.objects.exists()
    assert client.get("/help/").status_code == 200
    assert client.get("/health/ready").json() == {"status": "ok", "disk": "none"}

    monkeypatch.undo()
    assert upload().status_code == 302
    assert Import.objects.count() == 1


def test_probe_tells_of_little_room(client, monkeypatch):
    monkeypatch.setattr(bodies, "LITTLE_ROOM", 1.0)

    assert client.get("/health/ready").json() == {"status": "ok", "disk": "little"}
