"""How an event is hashed, and what keeps the database from changing one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

# One statement a trigger; a database without roles needs them most, and one with roles does not trust them less.
REFUSE_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": (
        (
            "CREATE TRIGGER IF NOT EXISTS audit_event_no_update BEFORE UPDATE ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS audit_event_no_delete BEFORE DELETE ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit events are never changed or deleted'; END $$"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()"
        ),
    ),
}
ALLOW_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_event_no_update", "DROP TRIGGER IF EXISTS audit_event_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_event_no_change ON audit_event",
        "DROP FUNCTION IF EXISTS audit_event_refuse()",
    ),
}


def event_hash(previous: str, facts: Mapping[str, object]) -> str:
    """Return the hash of an event: of its facts and of the hash before it.

    Args:
        previous: 64 hexadecimal digits.
        facts: JSON-able facts; their order does not matter.
    """
    text = json.dumps({"previous": previous, **facts}, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
