"""How events are hashed and ends of chains are sealed, and what keeps the database from changing either."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

NOTHING_BEFORE: Final = "0" * 64
# The columns by which INSERT OR REPLACE finds the row that it would put another in the place of.
_PLACES: Final[Mapping[str, str]] = {
    "audit_event": "id = NEW.id OR (scope = NEW.scope AND number = NEW.number)",
    "audit_seal": "id = NEW.id OR number = NEW.number",
    "audit_sealedhead": "id = NEW.id OR (scope = NEW.scope AND number = NEW.number)",
}
_NEVER: Final = "audit events are never changed or deleted"
# One statement a trigger; a database without roles needs them most, and one with roles does not trust them less.
REFUSE_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{word} BEFORE {word.upper()} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END"
        for table, place in _PLACES.items()
        for word, when in (
            ("update", ""),
            ("delete", ""),
            ("insert", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {place}) "),  # noqa: S608 -- our own names  # nosec B608
        )
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_NEVER}'; END $$"
        ),
        *(
            f"CREATE OR REPLACE TRIGGER {table}_no_{name} BEFORE {acts} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION audit_refuse()"
            for table in _PLACES
            for name, acts, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"))
        ),
    ),
}
ALLOW_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": tuple(
        f"DROP TRIGGER IF EXISTS {table}_no_{word}" for table in _PLACES for word in ("update", "delete", "insert")
    ),
    "postgresql": (
        *(
            f"DROP TRIGGER IF EXISTS {table}_no_{name} ON {table}"
            for table in _PLACES
            for name in ("change", "truncate")
        ),
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ),
}


class Head(NamedTuple):
    """The end of one scope's chain.

    Attributes:
        scope: such as "cohort:7"; empty for the site itself.
        number: how many events the chain has.
        hash: of its last event.
    """

    scope: str
    number: int
    hash: str


class AnchorLine(NamedTuple):
    """What is told of a seal to a place outside the database.

    Attributes:
        number: of the seal.
        at: when it was put, in ISO form.
        mac: the seal itself.
    """

    number: int
    at: str
    mac: str


def event_hash(previous: str, facts: Mapping[str, object]) -> str:
    """Return the hash of an event: of its facts and of the hash before it.

    Args:
        previous: 64 hexadecimal digits.
        facts: JSON-able facts; their order does not matter.
    """
    return _sha256({"previous": previous, **facts})


def heads_digest(heads: Iterable[Head]) -> str:
    """Return one hash for the ends of several chains, whatever their order."""
    return _sha256(sorted(heads))


def seal_mac(key: bytes, *, number: int, at: datetime, digest: str, previous: str) -> str:
    """Return a seal: HMAC-SHA-256 over what it seals and over the seal before it.

    Args:
        key: at least 32 bytes, kept outside the database.
        number: the place of the seal among all seals, from 1.
        at: when.
        digest: of the sealed ends.
        previous: the seal before it; `NOTHING_BEFORE` for the first.
    """
    facts = {"number": number, "at": at.astimezone(UTC).isoformat(), "digest": digest, "previous": previous}
    return hmac.new(key, _canonical(facts), hashlib.sha256).hexdigest()


def anchor_text(line: AnchorLine) -> str:
    """Return a seal as one line of text."""
    return " ".join(str(part) for part in line)


def anchor_line(text: str) -> AnchorLine | None:
    """Return the seal that a line of text tells of; None for a line that tells of none."""
    parts = text.split()
    if len(parts) != len(AnchorLine._fields) or not parts[0].isascii() or not parts[0].isdecimal():
        return None
    return AnchorLine(int(parts[0]), parts[1], parts[2])


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _sha256(value: object) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()
