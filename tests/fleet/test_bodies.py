"""A body that no page takes is refused while it is still on its way, by either server (T24, S15)."""

import os
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from fleet.servers import server, status_of

HUGE, LARGE = 300_000_000, 20_000_000
PATHS = ("/", "/c/1/imports/", "/account/login/code/", "/no/such/page/", "/health/live")


@pytest.fixture(scope="module", params=[(), ("--processes", "2")], ids=["waitress", "granian"])
def site(request, fresh_site, tmp_path_factory):
    """Run a server of each kind, with a folder of its own for temporary files; give its process, port, and folder."""
    folder = shutil.copytree(fresh_site, tmp_path_factory.mktemp("bodies") / "site")
    kept = tmp_path_factory.mktemp("temporary")
    with server(folder, *request.param, TMPDIR=str(kept)) as (process, port):
        for _ in range(10):  # each process loads the pages it shows once, and that is no body
            for path in PATHS:
                status_of(port, path)
        yield process, port, kept


def memory_of(process: subprocess.Popen) -> int:
    """Return the MiB that a process and those below it hold in memory."""
    pages, waiting = 0, [process.pid]
    while waiting:
        number = waiting.pop()
        task = Path(f"/proc/{number}/task/{number}/children")
        waiting += [int(child) for child in task.read_text().split()]
        pages += int(Path(f"/proc/{number}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def stored(folder: Path) -> int:
    """Return the bytes that lie in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("length", [f"Content-Length: {HUGE}", "Transfer-Encoding: chunked"])
def test_huge_body_is_refused_before_it_is_sent(site, path, length):
    process, port, kept = site
    memory = memory_of(process)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n".encode())
        if "chunked" in length:
            part = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
            with suppress(OSError):  # refused already
                for _ in range(20):
                    connection.sendall(part)
        try:
            status = connection.recv(4096)[9:12]
        except ConnectionResetError:
            status = b"413"
    assert status in {b"413", b"411", b"405", b"404"}
    if path != "/health/live":
        assert status in {b"413", b"411"}
    assert stored(kept) < 10_000_000
    assert memory_of(process) - memory < 20


def test_browser_that_sends_a_large_file_sees_the_page(site):
    process, port, kept = site
    memory = memory_of(process)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            f"POST /help/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {LARGE}\r\nConnection: close\r\n\r\n".encode()
        )
        for _ in range(LARGE // 100_000):
            connection.sendall(b"x" * 100_000)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"This is too large" in answer
    assert stored(kept) < 10_000_000
    assert memory_of(process) - memory < 20


def test_rest_of_a_refused_body_is_never_taken_for_a_request(site):
    _process, port, _kept = site
    hidden = b"GET /help/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {HUGE}\r\n\r\n".encode()
        connection.sendall(head + hidden * 3)
        answers = b""
        with suppress(ConnectionResetError):
            answers = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answers.count(b"HTTP/1.1 200") == 0
