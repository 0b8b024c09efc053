"""Ports and browsers."""

import pytest

from chiron.cli.exits import Leave
from chiron.cli.site.server import address_of, has_display, open_socket


def test_taken_port_gives_the_next_free_one_and_names_it(capsys):
    with open_socket("127.0.0.1", 8850) as first:
        port = first.getsockname()[1]
        with open_socket("127.0.0.1", port) as second:
            assert second.getsockname()[1] > port

    assert f"Port {port} is taken" in capsys.readouterr().err


def test_address_is_what_a_browser_here_can_open():
    with open_socket("127.0.0.1", 8850) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_port_beyond_all_ports_is_refused():
    with pytest.raises(Leave, match="Try --port"):
        open_socket("127.0.0.1", 70_000)


def test_browser_is_not_opened_over_ssh_or_without_a_display(monkeypatch):
    for name in ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")

    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()
    monkeypatch.setenv("SSH_CONNECTION", "1")
    assert not has_display()
