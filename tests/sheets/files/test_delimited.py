"""Text files as programs and people damage them: every row that is lost or torn is named."""

import random
import time

import pytest

from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import SheetError, Table
from sheets.awkward import csv_bytes

HEAD = "Name,Email,What can you help with?,How many mentees can you take?"
PEOPLE = (
    'Ana Brook,ana@nhs.test,"Exams; ""vivas""",2',
    "Bo Marsh,bo@nhs.test,Wellbeing,1",
    "Cy Dale,cy@nhs.test,Research,1",
    "Di Fenn,di@nhs.test,Exams,1",
    "Ed Gow,ed@nhs.test,Exams,1",
)


def table_of(*lines: str, end: str = "\r\n") -> Table:
    return read_table(end.join(lines).encode(), name="m.csv")


def refusal(*lines: str, end: str = "\r\n") -> str:
    with pytest.raises(SheetError) as caught:
        table_of(*lines, end=end)
    return str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("row", range(5))
def test_quote_that_never_closes_is_named_with_its_row(row, end):
    people = [person.replace('"', "") for person in PEOPLE]
    people[row] = people[row].replace("@nhs.test,", '@nhs.test,"')

    message = refusal(HEAD, *people, end=end)

    assert message.startswith(f'm.csv row {row + 2}: a quote mark (") is opened and never closed')


@pytest.mark.parametrize(
    "later",
    [
        'Di Fenn,di@nhs.test,"Exams, and more",1',  # closes where another cell opens
        'Di Fenn,di@nhs.test,"Exams",1',
        'Di Fenn,di@nhs.test,5" pipes,1',  # closes in the middle of a cell
        'Di Fenn,di@nhs.test,the "best" exams,1',
    ],
)
def test_quote_that_closes_only_in_a_later_row_is_named_too(later):
    message = refusal(HEAD, PEOPLE[0], 'Cy Dale,cy@nhs.test,"Research,1', PEOPLE[1], later, PEOPLE[4])

    assert message.startswith('m.csv row 3: a quote mark (") is opened and never closed')


def test_quote_that_closes_at_the_end_of_a_later_row_is_found_by_the_rows_inside_it():
    message = refusal(HEAD, 'Cy Dale,cy@nhs.test,"Research,1', PEOPLE[1], 'Di Fenn,di@nhs.test,Exams,1"', PEOPLE[4])

    assert message.startswith('m.csv row 2: a quote mark (") is opened and never closed')


def test_line_breaks_lists_and_quotes_inside_answers_stay_answers():
    table = table_of(
        HEAD,
        'Ana,a@b.test,"first, second\r\nthird, fourth\r\nand ""fifth""",1',
        'Bo,b@b.test,"one line\r\n\r\nand another, with, three, separators",2',
        'Cy "Cyd" Dale,c@b.test,5" pipes,3',
    )

    assert [row.number for row in table.rows] == [2, 3, 4]
    assert table.rows[0].cells[2] == 'first, second\r\nthird, fourth\r\nand "fifth"'
    assert table.rows[2].cells == ('Cy "Cyd" Dale', "c@b.test", '5" pipes', "3")
    assert (table.faults, table.notes) == ({}, ())


def test_row_with_too_many_cells_is_a_fault_and_empty_ones_behind_it_are_none():
    table = table_of(HEAD, PEOPLE[0], "Fenn, Di,di@nhs.test,Exams,1", PEOPLE[1] + ",,", PEOPLE[2])

    assert list(table.faults) == [3]
    assert table.faults[3].startswith("has 5 cells, and there are 4 headings.")
    assert table.headings == tuple(HEAD.split(","))


def test_file_whose_rows_mostly_do_not_fit_its_headings_is_refused():
    message = refusal("Name,Topics", "Lee, Ann,Exams", "Roe, Bob,Exams")

    assert message.startswith(
        "Most rows of m.csv do not fit its headings: row 2 has 3 cells, and there are 2 headings."
    )


def test_row_that_a_line_break_cut_in_two_is_a_fault_in_both_halves():
    table = table_of(HEAD, PEOPLE[1], "Cy Dale,cy@nhs.test,Research", "and exams,1", PEOPLE[3], PEOPLE[4])

    assert list(table.faults) == [3, 4]
    assert "rows 3 and 4 have 4 cells only together" in table.faults[3]


def test_short_rows_are_noted_by_number_unless_most_are_short():
    some = table_of(HEAD, PEOPLE[1], "Cy Dale,cy@nhs.test", PEOPLE[3], PEOPLE[4])
    most = table_of(HEAD, "Cy Dale,cy@nhs.test", "Bo Marsh,bo@nhs.test", PEOPLE[3])

    assert some.notes == ("m.csv: row 3 has fewer cells than there are headings. The rest counts as empty.",)
    assert some.rows[1].cells == ("Cy Dale", "cy@nhs.test", "", "")
    assert most.notes == ()


def _read(lines: list[str], count: int) -> tuple[bool, str]:
    """Return whether each of so many people is a row, and what was said of the file or its rows."""
    try:
        table = table_of(*lines)
    except SheetError as refused:
        return False, str(refused)
    said = " ".join([*(f"row {number} {text}" for number, text in table.faults.items()), *table.notes])
    return sum(1 for row in table.rows if row.cells[1].startswith("p")) == count, said


@pytest.mark.parametrize("seed", range(150))
def test_no_row_is_ever_lost_in_silence_when_a_quote_mark_slips_in(seed):
    """A quote mark typed before any cell of a sheet: each person is a row, or the file is refused with the row."""
    chance = random.Random(seed)
    width, count = chance.randint(2, 6), chance.randint(2, 12)
    words = ("Exams", "Research; teaching", 'the "best" one', "viva, voce", "two\nlines", "")
    lines = [["Name", "Email", "Goals", "Places", "Site", "Team"][:width]]
    lines += [
        [f"Person {at}", f"p{at}@nhs.test", *(chance.choice(words) for _ in range(width - 2))] for at in range(count)
    ]
    text = csv_bytes(lines).decode().split("\r\n")[:-1]
    at = chance.randrange(1, len(text))
    cells = text[at].split(",")
    place = chance.randrange(len(cells))
    cells[place] = '"' + cells[place]
    text[at] = ",".join(cells)

    whole, said = _read(text, count)

    assert whole or "row" in said


@pytest.mark.parametrize("place", [3, 5_000])
def test_character_that_no_text_holds_is_named_with_its_row(place):
    lines = [HEAD, *[f"Person {at},p{at}@nhs.test,Exams,1" for at in range(place + 3)]]
    lines[place] = lines[place].replace("Exams", "Ex\0ams")

    message = refusal(*lines)

    assert message.startswith(f"m.csv row {place + 1}: a character that no text holds (NUL) stands there")


def test_long_file_of_open_quotes_is_judged_at_once():
    begun = time.process_time()

    message = refusal(HEAD, *['"a,b@c.test,' for _ in range(40_000)])

    assert "row 2" in message
    assert time.process_time() - begun < 2
