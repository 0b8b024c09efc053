"""A server that stops politely answers all that has begun, and behind a proxy nobody notices (T18)."""

import shutil
import signal
import socket
import time

import pytest

from fleet.servers import Balancer, server, status_of, until

KINDS = pytest.mark.parametrize("words", [(), ("--processes", "2")], ids=["waitress", "granian"])


@pytest.fixture(scope="module")
def folder(fresh_site, tmp_path_factory):
    """Return the folder of a fresh site."""
    return shutil.copytree(fresh_site, tmp_path_factory.mktemp("fleet") / "site")


@pytest.fixture(scope="module")
def other(folder):
    """Run the server that goes on; give its port."""
    with server(folder) as (_process, port):
        yield port


@KINDS
def test_polite_stop_of_one_of_two_servers_loses_no_request_and_answers_what_is_in_flight(folder, other, words):
    with (
        server(folder, *words, CHIRON_DRAIN_SECONDS="2") as (first, one),
        Balancer([one, other]) as balancer,
        socket.create_connection(("127.0.0.1", one), timeout=30) as slow,
    ):
        until(lambda: balancer.answered > 50, "requests are answered")
        slow.sendall(b"POST /theme/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nthem")
        began = time.monotonic()
        first.send_signal(signal.SIGTERM)
        until(lambda: status_of(one, "/health/ready") == 503, "the server says that it stops")
        assert status_of(one, "/help/") == 200  # what still comes is answered
        until(lambda: status_of(one, "/help/") == 0, "nothing new is taken")
        slow.sendall(b"e=dark")
        answer = slow.recv(4096)
        first.wait(timeout=60)
        lasted, before = time.monotonic() - began, balancer.answered
        until(lambda: balancer.answered > before + 50, "the other server goes on")

    assert balancer.failed == []
    assert answer.startswith(b"HTTP/1.1 403")
    assert first.returncode == 0
    assert lasted <= 30


@KINDS
def test_hard_kill_loses_no_more_than_was_in_flight(folder, other, words):
    with server(folder, *words) as (first, one), Balancer([one, other]) as balancer:
        until(lambda: balancer.answered > 50, "requests are answered")
        balancer.ports = [other]
        first.kill()
        until(lambda: balancer.answered > 200, "the other server goes on")
        before = balancer.answered
        until(lambda: status_of(one, "/health/live") == 0, "nothing is left of the first server")
        until(lambda: balancer.answered > before, "the other server goes on")

    assert len(balancer.failed) <= 8
