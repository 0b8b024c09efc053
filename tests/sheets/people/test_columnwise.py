"""Long sheets read column by column: the same people and answers as row by row, and every bad row named."""

import pytest

from chiron.blueprints.invent.people import invent
from chiron.blueprints.schema.defaults import gallery_matching
from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.example import MENTEE_HEADINGS, MENTOR_HEADINGS, people_page
from chiron.sheets.files.page import text_of
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import SheetError
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.columnwise import open_long, read_people
from chiron.sheets.people.guess import guess_columns


def both_ways(path, side):
    """Read one file row by row and column by column."""
    fields = gallery_matching("default").fields_for(side)
    table = read_table(path, prefer=side)
    columns = guess_columns(table, side, fields).columns
    asked = {name: standard_fields()[name] for name in columns if name in standard_fields()}
    sheet = open_long(path)
    assert guess_columns(sheet.head, side, fields).columns == columns
    return check_rows(table, columns, asked, side), read_people(sheet, columns, asked, side)


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_columns_give_the_same_people_and_answers_as_rows(tmp_path, side):
    mentors, mentees = invent(mentors=700, mentees=1500, seed=4, organizations=("North", "South"))
    people, headings = (mentors, MENTOR_HEADINGS) if side == "mentor" else (mentees, MENTEE_HEADINGS)
    path = tmp_path / f"{side}s.csv"
    path.write_text(text_of(people_page(f"{side}s", people, headings, {})), encoding="utf-8")

    rows, found = both_ways(path, side)

    assert found.problems == ()
    assert found.ids == tuple(person.id for person in rows.people)
    assert found.names == tuple(person.name for person in rows.people)
    assert found.numbers.tolist() == list(rows.rows.values())
    for name, values in found.answers.items():
        assert values == [person.answers.get(name) for person in rows.people], name
    assert len(found.answers) > 8


def test_bad_rows_are_named_and_left_out(tmp_path):
    path = tmp_path / "mentors.csv"
    path.write_text(
        "Name,Email,Places,When are you free?,Time zone\n"
        "Ann Lee,ann@lee.org,two,Mon 9-11,Europe/London\n"
        ",no@name.org,1,Mon 9-11,UTC\n"
        "Bo Li,bo@li.org,lots,Mon 9-11,UTC\n"
        "\n"
        "Cy Ng,cy@ng.org,3,half past never,UTC\n"
        "Ann Lee,ann@lee.org,1,,\n"
        "Test,test@li.org,1,,\n"
        "Di Oh,di@oh.org\n",
        encoding="utf-8",
    )

    _, found = both_ways(path, "mentor")

    assert found.ids == ("ann@lee.org", "no@name.org", "di@oh.org")
    assert found.answers["places"] == [2, 1, None]
    assert [(one.row, one.code) for one in found.problems] == [
        (4, "not_whole_number"), (6, "not_a_time"), (7, "same_id"), (8, "test_row"),
    ]  # fmt: skip
    assert found.answers["hours"][0] is not None
    assert found.answers["hours"][2] is None
    assert found.notes == ()
    assert found.rows == 7


def test_guesses_are_counted(tmp_path):
    path = tmp_path / "mentors.csv"
    path.write_text("Name,Places\n" + "".join(f"Made Up{at},2-3\n" for at in range(40)), encoding="utf-8")

    _, found = both_ways(path, "mentor")

    assert found.notes == ('"Places": 40 cells read with a guess. I used 2, the lower number.',)
    assert found.answers["places"] == [2] * 40


def test_long_sheets_are_refused_in_words(tmp_path):
    with pytest.raises(SheetError, match="There is no file gone"):
        open_long(tmp_path / "gone.csv")
    (tmp_path / "empty.csv").write_text("\n\n")
    with pytest.raises(SheetError, match="I find no table"):
        open_long(tmp_path / "empty.csv")
