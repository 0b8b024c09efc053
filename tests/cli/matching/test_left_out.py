"""The question before many rows are left out, and the count of those that are used."""

import io
import sys
from argparse import Namespace

import pytest

from chiron.cli.exits import Leave
from chiron.cli.matching.left_out import require_agreed_rows, require_understood_exclusions, rows_used
from chiron.cli.talk import Talk
from chiron.sheets.entrants import Entrants, entrants_of
from chiron.sheets.opened import open_sheet
from chiron.sheets.programmes import AskedProgramme
from chiron.sheets.taken_in import take_in_all

ASKS, SILENT = Talk(asks=True), Talk(asks=False)
CAREFUL, HASTY = Namespace(yes=False), Namespace(yes=True)
DOUBT = "Is there anybody in the programme you should not be paired with?"


def entrants(*, bad: int, doubt: str = "") -> Entrants:
    """Return the people of sheets with 4 mentors and 10 mentees, of whom some have an address that is none, or an unclear exclusion."""
    mentors = [{"Name": f"Mo {number}", "Email": f"mo{number}@clinic.test", "Areas": "Exams"} for number in range(4)]
    names = ("Ama", "Bo", "Cai", "Dee", "Emi", "Fay", "Gus", "Hal", "Ian", "Jo")
    mentees = [
        {
            "Name": f"{name} Roe",
            "Email": "none yet" if at < bad else f"{name}@clinic.test",
            "Goals": "Exams",
            DOUBT: doubt,
        }
        for at, name in enumerate(names)
    ]
    return entrants_of(
        take_in_all([AskedProgramme("", None)], [open_sheet(mentors, "mentor"), open_sheet(mentees, "mentee")])
    )


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_rows_used_and_left_out_are_counted_by_sheet():
    found = entrants(bad=2)

    assert rows_used(found) == "4 of 4 rows used (mentors); 8 of 10 rows used (mentees), 2 left out"


def test_more_than_a_tenth_is_left_out_only_if_somebody_agrees(monkeypatch):
    found = entrants(bad=2)

    answer(monkeypatch, "n\n")
    with pytest.raises(Leave, match="Nothing was matched"):
        require_agreed_rows(found, ASKS, CAREFUL)
    answer(monkeypatch, "y\n")
    require_agreed_rows(found, ASKS, CAREFUL)


@pytest.mark.parametrize(("bad", "talk", "arguments"), [(2, SILENT, CAREFUL), (2, ASKS, HASTY), (1, ASKS, CAREFUL)])
def test_nothing_is_asked_off_a_terminal_with_yes_or_about_a_tenth(monkeypatch, bad, talk, arguments):
    found = entrants(bad=bad)
    answer(monkeypatch, "n\n")

    require_agreed_rows(found, talk, arguments)


def test_a_doubtful_column_of_exclusions_stops_where_nobody_can_be_asked(monkeypatch):
    found = entrants(bad=0, doubt="the person from last year")

    with pytest.raises(Leave, match="--mentee not_with="):
        require_understood_exclusions(found, SILENT)
    answer(monkeypatch, "y\n")
    require_understood_exclusions(found, ASKS)
