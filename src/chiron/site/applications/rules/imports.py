"""What an import may be and become, when it can be undone, and the file of the rows that need fixing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.sheets.files.apart import Budget
from chiron.sheets.files.page import text_of
from chiron.sheets.files.table import MEBIBYTE, Limits, Table
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.write import page_of_problems
from chiron.site.shared.refusals import RefusedError

UNDO_DAYS = 30
"""How long an import can be undone."""
SHEET_LIMITS = Limits(file_bytes=5 * MEBIBYTE, unpacked_bytes=60 * MEBIBYTE, rows=5_050, columns=200, cells=500_000)
"""The largest spreadsheet that a page takes; more than that belongs on the command line."""
SHEET_BUDGET = Budget(seconds=10, mebibytes=512)
"""What opening a file may cost the site, each time."""
CELLS_KEPT = SHEET_LIMITS.cells
"""How many cells of opened files a process keeps, so that the next page of an import need not open its file again."""
SECONDS_KEPT = 600.0
"""So long it keeps them at most: what people wrote stays in no memory after the import is done or taken back."""


class ImportState(TextChoices):
    """Where an import stands; until it is done nothing but the import itself is kept."""

    UPLOADED = "uploaded", gettext_lazy("Choose columns")
    MAPPED = "mapped", gettext_lazy("Check")
    DONE = "done", gettext_lazy("Done")
    UNDONE = "undone", gettext_lazy("Undone")


NEXT_IMPORT_STATES: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.UPLOADED: frozenset({ImportState.UPLOADED, ImportState.MAPPED}),
    ImportState.MAPPED: frozenset({ImportState.UPLOADED, ImportState.MAPPED, ImportState.DONE}),
    ImportState.DONE: frozenset({ImportState.UNDONE}),
    ImportState.UNDONE: frozenset(),
}


class Duplicates(TextChoices):
    """What an import does with somebody who is in the cohort already, known by e-mail address."""

    UPDATE = "update", gettext_lazy("Update their answers; an empty cell changes nothing")
    SKIP = "skip", gettext_lazy("Leave them as they are")


class ImportStepError(RefusedError):
    """The import cannot go from its present state to the proposed one."""


class ImportChangedError(RefusedError):
    """The people of the cohort changed after the page with the counts was shown."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("The people of this cohort changed since you checked. Nothing was imported. Check again."))


class SheetUnreadableError(RefusedError):
    """The spreadsheet of an import cannot be opened, or takes more than the site gives for it."""


class UndoTooLateError(RefusedError):
    """The time in which an import can be undone has passed."""


def require_import_step(current: ImportState, proposed: ImportState) -> None:
    """Raise ImportStepError unless the proposed state of an import may come next."""
    if proposed not in NEXT_IMPORT_STATES[current]:
        raise ImportStepError(
            _("This import is now “%(current)s”. Start a new import, or open it from the list of imports.")
            % {"current": current.label}
        )


def require_undo_in_time(age: timedelta) -> None:
    """Raise UndoTooLateError when an import was done too long ago to be undone."""
    if age > timedelta(days=UNDO_DAYS):
        raise UndoTooLateError(_("An import can be undone for %(days)d days.") % {"days": UNDO_DAYS})


def can_undo(state: ImportState, done_at: datetime | None, *, now: datetime) -> bool:
    """Return whether an import can be undone at a moment."""
    return state is ImportState.DONE and done_at is not None and now - done_at <= timedelta(days=UNDO_DAYS)


def rows_to_fix_file(table: Table, problems: Sequence[Diagnostic], *, without: Collection[str] = ()) -> str:
    """Return the rows that need fixing as CSV text: their number, what to fix, and their cells; no cell a formula.

    Args:
        table: the sheet.
        problems: what was found in it.
        without: headings of columns that are left out: those that say who somebody is.
    """
    left_out = [problem for problem in problems if problem.left_out]
    titles = (_("Row"), _("What needs fixing"))
    return text_of(page_of_problems(table, left_out, headings=titles, without=without))
