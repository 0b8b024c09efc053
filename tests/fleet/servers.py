"""Real servers in processes of their own, and a small proxy before them that asks each whether it is ready."""

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("CHIRON_", "DJANGO_"))},
    "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
}
PATIENCE = 60.0


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait until something is so, and fail in words when it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"waited too long until {what}"
        time.sleep(0.05)


def free_port() -> int:
    """Return a port of this computer that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(port: int, path: str, *, host: str = "127.0.0.1") -> int:
    """Return the status of an answer; 0 where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@contextmanager
def server(folder: Path, *words: str, **settings: str) -> Iterator[tuple[subprocess.Popen, int]]:
    """Run `chiron serve`, and give its process and its port once it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "chiron", "serve", str(folder), "--no-browser", "--port", str(port), *words]
    with subprocess.Popen(
        command, env=ENVIRONMENT | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: status_of(port, "/health/ready") == 200, "the server is ready")
            yield process, port
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=60)


class Balancer:
    """Sends each request to a server that said lately that it is ready, and counts those that got no answer."""

    def __init__(self, ports: list[int]) -> None:
        self.ports, self.ready = ports, set(ports)
        self.turn = itertools.count()
        self.failed: list[str] = []
        self.answered = 0
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for work in (self._watch, *[self._ask] * 8):
            self._threads.append(threading.Thread(target=work))
            self._threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            self.ready = {port for port in self.ports if status_of(port, "/health/ready", host="10.9.8.7") == 200}

    def _ask(self) -> None:
        while not self._ended.is_set():
            ready = sorted(self.ready)
            port = ready[next(self.turn) % len(ready)] if ready else self.ports[0]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                connection.connect()
            except ConnectionRefusedError:
                self.ready = self.ready - {port}  # nothing was sent: another server gets it, as proxies do
                continue
            try:
                connection.request("POST", "/theme/", body="theme=dark", headers={"Host": "127.0.0.1"})
                connection.getresponse().read()
                self.answered += 1
            except (OSError, http.client.HTTPException) as fault:
                self.failed.append(f"{port}: {fault!r}")
                self.ready = self.ready - {port}  # a server that ends may still take a connection, and drop it
            finally:
                connection.close()
