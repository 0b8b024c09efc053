"""The web server: waitress for one process, Granian for several; both end politely and store no needless body."""

import copy
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any, Final

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge

from chiron.cli.exits import FAULT, USAGE, Leave

LAST_ANSWERS: Final = 30.0
"""Seconds in which requests that have begun are answered after a request to end."""
INSTALL: Final = 'Several processes need the extra "server": pip install "chiron-mentoring[server]"'


class Stopping:
    """What a signal asked for: to end once the drain is over (SIGTERM), or at once (Ctrl+C).

    Attributes:
        asked: set once a signal has come.
    """

    def __init__(self, drain_seconds: float, drain_file: Path) -> None:
        """Listen for signals from now on.

        Args:
            drain_seconds: how long the site still takes requests after SIGTERM, while it says that it is not ready.
            drain_file: the file that says so to every process of the site.
        """
        self.asked = threading.Event()
        self._drain_seconds, self._drain_file, self._due = drain_seconds, drain_file, 0.0
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        if self.asked.is_set():  # asked twice: whoever stands at the terminal does not want to wait
            raise KeyboardInterrupt
        self._drain_file.touch()
        self._due = time.monotonic() + (self._drain_seconds if number == signal.SIGTERM else 0.0)
        self.asked.set()

    @property
    def is_due(self) -> bool:
        """True once no new request should be taken."""
        return self.asked.is_set() and time.monotonic() >= self._due


class Discarded:
    """A body that is read to its end and kept nowhere, in the place of waitress's own receivers."""

    error = None

    def __init__(self, length: int) -> None:
        """Expect so many bytes."""
        self.left = length
        self.completed = False

    def received(self, data: bytes) -> int:
        """Take what belongs to the body, and return how much that was."""
        taken = min(len(data), self.left)
        self.left -= taken
        self.completed = self.left == 0
        return taken

    def getfile(self) -> BytesIO:
        """Return what was kept: nothing."""
        return BytesIO()

    getbuf = getfile


class SparingParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads a request without keeping a body that its page does not take; the site then answers it with 413."""

    adj: Any
    error: Any
    body_rcv: Any
    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, and judge the length of the body by the page that it is for."""
        super().parse_header(header_plus)
        from chiron.site.shared.bodies import HEARD_OUT, most_bytes

        if self.chunked:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = most_bytes(self.path) + 1
        elif self.content_length > (most := most_bytes(self.path)):
            heard_out = most < self.content_length <= HEARD_OUT
            self.body_rcv = Discarded(self.content_length) if heard_out else None
            self.expect_continue = self.expect_continue and heard_out
            self.connection_close = not heard_out

    def received(self, data: bytes) -> int:
        """Take a part of a request; one in pieces that grows too large goes to the site without its body."""
        taken: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.close()
            self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
            self.error, self.body_rcv, self.connection_close = None, None, True
        return taken


class SparingChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose requests are read sparingly."""

    parser_class = SparingParser


def serve_in_one_process(listening: socket.socket, *, threads: int, stopping: Stopping) -> None:
    """Answer requests until a signal, then those that have come in, and end."""
    from chiron.site.wsgi import application

    channels: dict[int, Any] = {}
    server = create_server(
        application,
        map=channels,
        sockets=[listening],
        threads=threads,
        ident="",
        max_request_body_size=sys.maxsize,  # judged page by page, by the parser
        clear_untrusted_proxy_headers=False,  # judged by the site, for every server alike
    )
    server.channel_class = SparingChannel

    def turn(seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=channels, use_poll=server.adj.asyncore_use_poll, count=1)

    try:
        while not stopping.is_due:
            turn(0.5)
        _take_waiting(server, channels)
        server.del_channel()
        server.socket.close()
        deadline = time.monotonic() + LAST_ANSWERS
        while time.monotonic() < deadline and any(map(_is_busy, channels.values())):
            turn(0.1)
    except KeyboardInterrupt:
        pass
    server.task_dispatcher.shutdown(timeout=0.1)


def _take_waiting(server: Any, channels: dict[int, Any]) -> None:
    """Take the connections that the system has opened and we have not, so that none is dropped."""
    before = -1
    while len(channels) > before:
        before = len(channels)
        server.handle_accept()
    wasyncore.loop(timeout=0.1, map=channels, use_poll=server.adj.asyncore_use_poll, count=1)


def _is_busy(channel: Any) -> bool:
    """Return whether a connection still waits for an answer, or has one that is not sent yet."""
    if not isinstance(channel, HTTPChannel):
        return False
    return bool(channel.request or channel.requests or channel.total_outbufs_len)


def serve_in_processes(listening: socket.socket, *, processes: int, threads: int, stopping: Stopping) -> None:
    """Answer requests in several processes until a signal, then those that have come in, and end.

    Raises:
        Leave: Granian is not installed, or ends by itself.
    """
    require_granian()
    host, port = listening.getsockname()[:2]
    listening.close()  # Granian opens one of its own, which its processes share
    numbers = (port, processes, threads, int(LAST_ANSWERS), os.getpid())
    words = [sys.executable, "-m", "chiron.cli.site.granian_server", host, *map(str, numbers)]
    # A session of its own: Ctrl+C in the terminal is ours to handle, and we stop the server.
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True) as server:  # noqa: S603 -- our own words
        try:
            while server.poll() is None and not stopping.is_due:
                time.sleep(0.1)
            if server.poll() is not None:
                raise Leave(FAULT, "The web server ended by itself. What it wrote above says why.")
            server.terminate()
            server.wait(timeout=LAST_ANSWERS + 5)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            server.kill()


def require_granian() -> None:
    """Refuse several processes where the server for them is not installed.

    Raises:
        Leave: it is not.
    """
    if importlib.util.find_spec("granian") is None:
        raise Leave(USAGE, INSTALL)
