"""What the environment says, read into values; an entry that means nothing is refused with what to write instead."""

import os
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32


def is_on(name: str) -> bool:
    """Return whether a switch in the environment is on."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Return the parts of a comma-separated list in the environment."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def key_ring(text: str) -> dict[str, bytes]:
    """Return the keys of a ring by name, in their order: the first seals, all open.

    Args:
        text: "name:secret", comma-separated.

    Raises:
        ImproperlyConfigured: a key has no name, or fewer than 32 characters.
    """
    ring = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _colon, secret = part.partition(":")
        if not name or len(secret) < SHORTEST_KEY:
            raise ImproperlyConfigured(
                "CHIRON_SEAL_KEYS holds a key without a name, or one of fewer than 32 characters. Write name:secret."
            )
        ring[name] = secret.encode()
    return ring


def anchor(text: str) -> str:
    """Return where seals are told of outside the database: "file:PATH" or "mailto:ADDRESS".

    Raises:
        ImproperlyConfigured: it is neither.
    """
    kind, _colon, place = text.partition(":")
    if kind not in {"file", "mailto"} or not place:
        raise ImproperlyConfigured(
            f'CHIRON_ANCHOR is "{text}". Write file:/another/disk/anchor.txt or mailto:auditor@example.org.'
        )
    return text


def whole(name: str, *, least: int, otherwise: int) -> int:
    """Return a whole number in the environment.

    Raises:
        ImproperlyConfigured: it is none, or too small.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return otherwise
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}. Write a whole number of at least {least}.")
    return int(text)


def database(url: str, *, processes: int, threads: int) -> dict[str, object]:
    """Return Django's description of the database that an address names.

    Args:
        url: sqlite:/// with a path, or postgresql:// with user, host and name.
        processes: how many of this server share it.
        threads: of each.

    Raises:
        ImproperlyConfigured: the address names no kind of database that we know.
    """
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, object] = dict(parse_qsl(parts.query))
        options["options"] = (
            "-c lock_timeout=3000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
        )
        if processes > 1:
            # Threads of this server come and go, and would leave their connections behind.
            options["pool"] = {"min_size": 1, "max_size": threads + 2, "timeout": 10}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "chiron",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 0 if processes > 1 else 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
                # What is deleted is overwritten: erasing a person leaves nothing of them in the file.
                "init_command": (
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                    "PRAGMA secure_delete = ON;"
                ),
            },
            # A file, not memory: browser and race tests open more than one connection.
            "TEST": {"NAME": str(Path(tempfile.gettempdir()) / f"chiron-test-{os.getpid()}.sqlite3")},
        }
    raise ImproperlyConfigured(f'CHIRON_DATABASE_URL starts with "{parts.scheme}". Use sqlite:/// or postgresql://.')
