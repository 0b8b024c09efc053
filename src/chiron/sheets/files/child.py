"""The process in which one file is read: what to do and the file come in, a table or a refusal goes out, as JSON."""

import json
import sys
from typing import Any

from chiron.sheets.files.apart import SPENT
from chiron.sheets.files.read import read_here
from chiron.sheets.files.table import MEBIBYTE, Limits, SheetError, Table

try:
    import resource
except ModuleNotFoundError:  # Windows has no such limits; the clock of the parent still ends us
    resource = None  # type: ignore[assignment]


def main() -> None:
    """Read one file and write its table."""
    asked: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    budget = asked.pop("budget")
    _limit(seconds=budget["seconds"], mebibytes=budget["mebibytes"])
    limits = Limits(**asked.pop("limits"))
    try:
        answer = _answer(read_here(sys.stdin.buffer.read(), limits=limits, **asked))
    except SheetError as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        sys.exit(SPENT)
    json.dump(answer, sys.stdout)


def _limit(*, seconds: int, mebibytes: int) -> None:
    """Limit this process for good."""
    if resource is None:
        return
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, mebibytes * MEBIBYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (lower, lower))


def _answer(table: Table) -> dict[str, Any]:
    """Return a table as JSON holds it."""
    return {
        "file": table.file,
        "sheet": table.sheet,
        "heading_row": table.heading_row,
        "headings": table.headings,
        "rows": [(row.number, row.cells) for row in table.rows],
        "unread": sorted(table.unread),
        "faults": dict(table.faults),
        "notes": table.notes,
        "others": table.others,
        "sheets": table.sheets,
    }


if __name__ == "__main__":
    main()
