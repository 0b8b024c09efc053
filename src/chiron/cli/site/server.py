"""The site as processes: the web server in this one, the worker beside it, and the browser that is opened."""

import os
import socket
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from chiron.cli.exits import USAGE, Leave

FIRST_PORT: Final = 8765
PORTS_TRIED: Final = 50
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def say(text: str = "") -> None:
    """Talk to the person at the terminal, at once; the link alone goes to stdout."""
    print(text, file=sys.stderr, flush=True)


def open_socket(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens on the port asked for, or on the next free one.

    Raises:
        Leave: the host is not one of this computer's, or no port is free.
    """
    first = FIRST_PORT if port is None else port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(first, first + PORTS_TRIED):
        listening = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(128)
        except socket.gaierror as fault:
            listening.close()
            raise Leave(USAGE, f"{host} is not an address of this computer. Try --host 127.0.0.1.") from fault
        except (OSError, OverflowError):
            listening.close()
            continue
        if number != first:
            say(f"  Port {first} is taken, so this is port {number}.")
        return listening
    raise Leave(USAGE, f"No port from {first} to {first + PORTS_TRIED - 1} is free on {host}. Try --port.")


def address_of(listening: socket.socket) -> str:
    """Return the address that a browser on this computer reaches a socket at."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104 -- compared, not bound  # nosec B104
    return f"http://{shown}:{port}"


def has_display() -> bool:
    """Return whether a browser could be opened here: not over SSH, and not without a display."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_browser(address: str) -> None:
    """Open the browser without waiting for it."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker running beside this process: a new one is started whenever it ends, until we end."""
    ending = threading.Event()
    keeper = threading.Thread(target=keep_worker, args=(ending,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(timeout=10)


def keep_worker(ending: threading.Event) -> None:
    """Start the worker, and start it again after a pause when it ends by itself."""
    words = [sys.executable, "-m", "django", "work", "--parent", str(os.getpid())]
    while not ending.is_set():
        # A session of its own: Ctrl+C in the terminal is ours to handle, and we stop the worker.
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True) as worker:  # noqa: S603 -- our own words
            while worker.poll() is None and not ending.wait(0.2):
                pass
            if worker.poll() is None:
                worker.terminate()
                try:
                    worker.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    worker.kill()
        ending.wait(2.0)


@contextmanager
def room_for_drain_file() -> Iterator[None]:
    """Name the file that tells every process of the site that it is about to stop; before Django starts."""
    with TemporaryDirectory(prefix="chiron-serve-") as folder:
        os.environ["CHIRON_DRAIN_FILE"] = str(Path(folder) / "draining")
        try:
            yield
        finally:
            del os.environ["CHIRON_DRAIN_FILE"]


def serve_until_stopped(listening: socket.socket) -> None:
    """Answer requests until Ctrl+C or a request to end; what has begun is answered first.

    Raises:
        Leave: several processes are asked for, and the server for them is not installed or ends by itself.
    """
    from django.conf import settings

    from chiron.cli.site.web import Stopping, serve_in_one_process, serve_in_processes

    processes, threads = settings.CHIRON_PROCESSES, settings.CHIRON_THREADS
    stopping = Stopping(settings.CHIRON_DRAIN_SECONDS, Path(settings.CHIRON_DRAIN_FILE))
    with worker_beside():
        if processes > 1:
            serve_in_processes(listening, processes=processes, threads=threads, stopping=stopping)
        else:
            serve_in_one_process(listening, threads=threads, stopping=stopping)
