"""Who sends a request, and how: believed only from our own proxies. Probes by IP address."""

import pytest
from django.test import RequestFactory

from chiron.site.shared.middleware import proxies

PROXIES = ["10.0.0.5", "10.1.0.0/16", "::1"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("10.0.0.5", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.5", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first one anybody can have written
        ("10.0.0.5", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "<script>", "10.0.0.5"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),
    ],
)
def test_sender_is_the_last_address_that_is_no_proxy_of_ours(rf: RequestFactory, settings, peer, forwarded, sender):
    settings.CHIRON_PROXIES = PROXIES
    request = rf.get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded})

    seen = proxies(lambda asked: asked.META)(request)

    assert seen["REMOTE_ADDR"] == sender
    assert "HTTP_X_FORWARDED_FOR" not in seen


def test_only_our_proxy_may_say_that_the_road_is_safe(rf: RequestFactory, settings):
    settings.CHIRON_PROXIES = PROXIES
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example"}

    def asked(peer: str):
        return proxies(lambda request: request)(rf.get("/", REMOTE_ADDR=peer, headers=headers))

    assert asked("10.0.0.5").is_secure()
    assert not asked("203.0.113.9").is_secure()
    assert "HTTP_X_FORWARDED_HOST" not in asked("10.0.0.5").META


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["10.0.0.9", "[fd00::9]:8765", "pod-7.internal"])
def test_probe_of_health_may_name_any_host_and_no_other_page_may(client, host):
    for address in ("/health/live", "/health/ready"):
        answer = client.get(address, headers={"host": host})
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert client.head(address, headers={"host": host}).status_code == 200
        assert client.post(address, headers={"host": host}).status_code == 405
    assert client.get("/help/", headers={"host": host}).status_code == 400


@pytest.mark.django_db
def test_server_that_is_about_to_stop_is_alive_and_not_ready(client, settings, tmp_path):
    settings.CHIRON_DRAIN_FILE = str(tmp_path / "draining")
    assert client.get("/health/ready").status_code == 200

    (tmp_path / "draining").touch()

    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
