"""A server that stops politely answers all that has begun, and behind a proxy nobody notices (T18)."""

import signal
import socket
import time

import pytest

from fleet.servers import Balancer, make_folder, server, status_of, until

KINDS = pytest.mark.parametrize("words", [(), ("--processes", "2")], ids=["waitress", "granian"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a fresh site."""
    return make_folder(tmp_path_factory.mktemp("fleet") / "site")


@KINDS
def test_polite_stop_of_one_of_two_servers_loses_no_request(folder, words):
    with (
        server(folder, *words, CHIRON_DRAIN_SECONDS="3") as (first, one),
        server(folder, *words, CHIRON_DRAIN_SECONDS="3") as (_second, other),
        Balancer([one, other]) as balancer,
    ):
        until(lambda: balancer.answered > 50, "requests are answered")
        began = time.monotonic()
        first.send_signal(signal.SIGTERM)
        until(lambda: status_of(one, "/health/ready") == 503, "the server says that it stops")
        assert status_of(one, "/help/") == 200  # what still comes is answered
        first.wait(timeout=60)
        lasted, before = time.monotonic() - began, balancer.answered
        until(lambda: balancer.answered > before + 50, "the other server goes on")

    assert balancer.failed == []
    assert first.returncode == 0
    assert lasted <= 30


@KINDS
def test_hard_kill_loses_no_more_than_was_in_flight(folder, words):
    with (
        server(folder) as (_second, other),
        server(folder, *words) as (first, one),
        Balancer([one, other]) as balancer,
    ):
        until(lambda: balancer.answered > 50, "requests are answered")
        balancer.ports = [other]
        first.kill()
        until(lambda: balancer.answered > 200, "the other server goes on")
        before = balancer.answered
        until(lambda: status_of(one, "/health/live") == 0, "nothing is left of the first server")
        until(lambda: balancer.answered > before, "the other server goes on")

    assert len(balancer.failed) <= 8


@KINDS
def test_request_in_flight_is_answered_after_the_order_to_stop(folder, words):
    with server(folder, *words, CHIRON_DRAIN_SECONDS="0") as (process, port):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(b"POST /theme/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nthem")
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            time.sleep(1.5)
            assert status_of(port, "/help/") == 0  # nothing new is taken
            connection.sendall(b"e=dark")
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 403")
        process.wait(timeout=30)
        assert process.returncode == 0
