"""The states of an import, its undo, and the file of rows to fix."""

from datetime import timedelta

import pytest

from chiron.sheets.files.table import Row, Table
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.site.applications.rules.imports import (
    NEXT_IMPORT_STATES,
    ImportState,
    ImportStepError,
    UndoTooLateError,
    can_undo,
    require_import_step,
    require_undo_in_time,
    rows_to_fix_file,
)
from factories import NOW


def test_every_state_has_its_next_states():
    assert set(NEXT_IMPORT_STATES) == set(ImportState)


@pytest.mark.parametrize("current", ImportState)
@pytest.mark.parametrize("proposed", ImportState)
def test_only_steps_of_the_table_are_allowed(current: ImportState, proposed: ImportState):
    if proposed in NEXT_IMPORT_STATES[current]:
        require_import_step(current, proposed)
    else:
        with pytest.raises(ImportStepError):
            require_import_step(current, proposed)


def test_an_import_can_be_undone_for_30_days():
    late = NOW + timedelta(days=30, seconds=1)

    assert can_undo(ImportState.DONE, NOW, now=NOW + timedelta(days=30))
    assert not can_undo(ImportState.DONE, NOW, now=late)
    assert not can_undo(ImportState.UNDONE, NOW, now=NOW)
    require_undo_in_time(timedelta(days=30))
    with pytest.raises(UndoTooLateError, match="30 days"):
        require_undo_in_time(late - NOW)


def test_the_file_of_rows_to_fix_holds_only_those_and_no_formula():
    table = Table(
        "a.csv", "", 1, ("Name", "=Sum"), (Row(2, ("Ama", "1")), Row(3, ("=cmd()", "+cmd()")), Row(4, ("Jo", "2")))
    )
    problems = [
        Diagnostic("a.csv", "", 3, "Name", "x", "Type a name.", left_out=True),
        Diagnostic("a.csv", "", 3, "Sum", "y", "Type a number.", left_out=True),
        Diagnostic("a.csv", "", 4, "Sum", "z", "Only a hint.", left_out=False),
    ]

    text = rows_to_fix_file(table, problems)

    assert text == "\ufeffRow,What needs fixing,Name,'=Sum\r\n3,Type a name. Type a number.,'=cmd(),'+cmd()\r\n"
