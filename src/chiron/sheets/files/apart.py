"""Open a file in a process of its own, with limits of memory and time: a hostile one ends there, and nowhere else."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from chiron.sheets.files.table import Limits, Row, SheetError, Table

CHILD = "chiron.sheets.files.child"
SPENT = 75  # how the child says that its memory was not enough
_MOST_WALL = 3  # so many seconds on the clock for one of processor time


@dataclass(frozen=True, slots=True)
class Budget:
    """What reading one file may cost: seconds of processor time, and MiB of memory (not limited on Windows)."""

    seconds: int = 20
    mebibytes: int = 1_024


DEFAULT_BUDGET = Budget()


def read_apart(
    content: bytes,
    *,
    name: str,
    sheet: str | None = None,
    prefer: str = "",
    encoding: str | None = None,
    limits: Limits,
    budget: Budget = DEFAULT_BUDGET,
) -> Table:
    """Return the table in a file, read in a process of its own; see `read.read_table`.

    Args:
        content: the bytes of the file.
        name: what to call the file in messages.
        sheet: the sheet to read.
        prefer: a word that the name of the sheet should contain.
        encoding: the code page of a text file.
        limits: how large the file may be.
        budget: what reading it may cost.

    Raises:
        SheetError: it cannot be read, or takes more time or memory than it may.
    """
    asked = {
        "name": name,
        "sheet": sheet,
        "prefer": prefer,
        "encoding": encoding,
        "limits": asdict(limits),
        "budget": asdict(budget),
    }
    words = (sys.executable, "-P", "-m", CHILD)  # -P: nothing is imported from the folder that we stand in
    try:
        done = subprocess.run(  # noqa: S603 -- our own module, by our own interpreter
            words,
            input=json.dumps(asked).encode() + b"\n" + content,
            capture_output=True,
            timeout=budget.seconds * _MOST_WALL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much(name, budget) from error
    if done.returncode < 0 or done.returncode == SPENT:  # ended by a signal: of the system's limits, or of the library
        raise _too_much(name, budget)
    if done.returncode:
        raise SheetError(
            f"I cannot open {name}: the file is damaged. Open it in the program that made it, save it as .xlsx, and "
            "try again."
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise SheetError(str(answer["refused"]))
    return _table(answer)


def _too_much(name: str, budget: Budget) -> SheetError:
    return SheetError(
        f"I will not open {name}: it takes more than {budget.seconds} s or {budget.mebibytes:,} MiB of "
        "memory. Copy your table into a new workbook and save it as .xlsx."
    )


def _table(answer: dict[str, Any]) -> Table:
    """Return the table that a child process wrote as JSON."""
    return Table(
        file=answer["file"],
        sheet=answer["sheet"],
        heading_row=answer["heading_row"],
        headings=tuple(answer["headings"]),
        rows=tuple(Row(number, tuple(cells)) for number, cells in answer["rows"]),
        unread=frozenset((row, column) for row, column in answer["unread"]),
        faults={int(row): text for row, text in answer["faults"].items()},
        notes=tuple(answer["notes"]),
        others=tuple(answer["others"]),
        sheets=tuple(answer["sheets"]),
    )
