"""What is left of frozen inputs and of changes by hand when a person is erased."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from chiron.site.shared.keeping.rules import GONE, Whom, without

APPLICATIONS: Final = "applications.application"


def input_without_person(frozen: Mapping[str, Any], whom: Whom) -> dict[str, Any]:
    """Return the frozen input of a run with everything gone that a person said, so that the others stay as they were.

    Their place stays, without a name or an answer: the pairs of the run still lead to somebody.
    """
    keys = {str(key) for key in whom.keys.get(APPLICATIONS, ())}
    nobody: dict[str, Any] = {"name": GONE, "answers": {}, "capacity": None, "wanted": 1}
    rest: dict[str, Any] = without(dict(frozen), whom)
    for side in ("mentees", "mentors"):
        rest[side] = [{**row, **nobody} if row["id"] in keys else row for row in rest.get(side, [])]
    rest["unclear"] = {key: words for key, words in rest.get("unclear", {}).items() if key not in keys}
    return rest


class KeptRows(Protocol):
    """What a change of a plan keeps: its words, and the rows before and after."""

    words: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def change_is_about(change: KeptRows, whom: Whom) -> bool:
    """Return whether a change of a plan paired, parted or held somebody, or names them in its words."""
    return whom.is_named_in(change.words) or any(
        _leads_to(row, whom)
        for rows in (change.before, change.after)
        for part in ("pairs", "holds")
        for row in rows.get(part, [])
    )


def rows_without_person(rows: Mapping[str, Any], whom: Whom) -> dict[str, Any]:
    """Return the rows that a change of a plan kept, without those of a person and without their name in the others."""
    rest: dict[str, Any] = without(dict(rows), whom)
    return {part: [row for row in kept if not _leads_to(row, whom)] for part, kept in rest.items()}


def _leads_to(row: Mapping[str, Any], whom: Whom) -> bool:
    keys = whom.keys.get(APPLICATIONS, ())
    return any(row.get(way) in keys for way in ("mentee_id", "mentor_id", "application_id"))
