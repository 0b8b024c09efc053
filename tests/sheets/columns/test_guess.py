"""Guessing which column holds which field."""

import pytest

from chiron import match
from chiron.blueprints.schema.fields import FieldSpec, standard_fields
from chiron.sheets.columns.guess import Guess, guess_columns, headings_of
from chiron.sheets.files.read import SheetError, Table, read_table
from sheets import awkward
from sheets.awkward import csv_bytes


def asked_of(side: str) -> dict[str, FieldSpec]:
    return {name: spec for name, spec in standard_fields().items() if spec.asked_of(side)}


def table_with(*headings: str, cells: tuple[str, ...] = ()) -> Table:
    return read_table(csv_bytes([list(headings), list(cells) or ["x"] * len(headings)]), name="mentees.csv")


def headings(guess: Guess) -> dict[str, str]:
    return {name: column.heading for name, column in guess.columns.items()}


def test_guess_finds_nine_in_ten_columns_of_the_awkward_sheets():
    right = wanted = 0
    for sheet in (*awkward.plain_sheets(), awkward.many_rows()):
        table = read_table(sheet.content, name=sheet.file, prefer=sheet.side)
        found = headings(guess_columns(table, sheet.side, asked_of(sheet.side)))
        right += sum(found.get(name) == heading for name, heading in sheet.columns.items())
        wanted += len(sheet.columns)

    assert wanted > 60
    assert right >= 0.95 * wanted


@pytest.mark.parametrize(("heading", "field"), [
    ("\ufeffFULL   name:", "name"),
    ("Your e-mail address", "email"),
    ("Email\nAddress *", "email"),
    ("What would you like\r\nhelp with? (choose up to 3)", "goals"),
    ("Which of these areas of interest matter to you?", "goals"),
    ("Clinical speciality", "field"),
    ("Which languages do you speak", "languages"),
    ("PRONOUNS", None),
    ("T-shirt size", None),
    ("Name of your hospital", "organization"),
    ("Supervisor name", "manager"),
    ("Mentor's e-mail", None),
])  # fmt: skip
def test_guess_ignores_case_spaces_punctuation_and_line_breaks(heading, field):
    table = table_with(heading, cells=("ama@clinic.test" if field == "email" else "x",))

    found = headings(guess_columns(table, "mentee", asked_of("mentee")))

    assert found == ({} if field is None else {field: table.headings[0]})


def test_guess_tells_how_and_how_sure_with_an_example():
    table = table_with("Full name", "Contact", "Hobbies", cells=("Ama\nBoateng", "ama@clinic.test", "chess"))

    guess = guess_columns(table, "mentee", asked_of("mentee"))

    assert (guess.columns["name"].how, guess.columns["name"].sure, guess.columns["name"].example) == (
        "heading",
        True,
        "Ama Boateng",
    )
    assert (guess.columns["email"].how, guess.columns["email"].heading) == ("what is in it", "Contact")
    assert guess.unused == ("Hobbies",)
    assert "goals" in guess.absent


def test_guess_says_which_needed_field_is_missing_and_what_to_add():
    guess = guess_columns(table_with("Hobbies", cells=("chess",)), "mentee", asked_of("mentee"))

    assert [missing.text for missing in guess.missing] == [
        'No column looks like the mentee\'s name. Say which: --mentee name="Column heading".'
    ]


def test_guess_takes_first_and_last_name_for_a_name():
    table = table_with("Forename", "Surname", cells=("Ama", "Boateng"))

    assert guess_columns(table, "mentee", asked_of("mentee")).missing == ()


def test_guess_takes_what_a_person_says_over_everything():
    table = table_with("Name", "Goals", "Wishes for the year")

    guess = guess_columns(table, "mentee", asked_of("mentee"), chosen={"goals": "wishes FOR the year?", "wishes": ""})

    assert headings(guess) == {"name": "Name", "goals": "Wishes for the year"}
    assert guess.columns["goals"].how == "you said so"
    assert guess.unused == ("Goals",)


def test_guess_takes_letters_of_a_column_and_several_columns():
    table = table_with("Name", "Pick A", "Pick B")

    guess = guess_columns(table, "mentee", asked_of("mentee"), chosen={"choices": ["B", "Pick B"]})

    assert guess.columns["choices"].positions == (1, 2)
    assert headings_of(guess, table) == {"name": "Name", "choices": ["Pick A", "Pick B"]}


def test_guess_refuses_headings_and_fields_that_do_not_exist():
    table = table_with("Name", "How many?")

    with pytest.raises(SheetError, match=r'mentees\.csv has no column "How mny\?"\. Did you mean "How many\?"\?'):
        guess_columns(table, "mentee", asked_of("mentee"), chosen={"wanted": "How mny?"})
    with pytest.raises(SheetError, match=r'There is no field "goal" for a mentee\. Did you mean "goals"'):
        guess_columns(table, "mentee", asked_of("mentee"), chosen={"goal": "Name"})


def test_guess_gives_back_what_was_saved():
    sheet = awkward.merged_headings()
    table = read_table(sheet.content, name=sheet.file)
    first = guess_columns(table, sheet.side, asked_of(sheet.side))

    again = guess_columns(table, sheet.side, asked_of(sheet.side), chosen=headings_of(first, table))

    assert {name: column.positions for name, column in again.columns.items()} == {
        name: column.positions for name, column in first.columns.items()
    }


def test_guess_knows_a_column_by_the_answers_that_a_field_allows():
    fields = {
        "name": standard_fields()["name"],
        "track": FieldSpec(type="choice", choices=("Research", "Teaching", "Leadership")),
    }
    table = read_table(
        csv_bytes([["Name", "Column 7"], ["Ama", "research"], ["Bo", "Teaching"], ["Cai", "Leadership"]]), name="m.csv"
    )

    assert headings(guess_columns(table, "mentee", fields)) == {"name": "Name", "track": "Column 7"}


def test_guess_passes_over_the_empty_name_and_address_that_a_form_writes_for_people_who_are_not_signed_in():
    table = table_with(
        "Email", "Name", "Full name (as on your badge)", "Your work e-mail", cells=("anonymous", "", "Ama B", "a@x.org")
    )

    found = headings(guess_columns(table, "mentee", asked_of("mentee")))

    assert found["name"] == "Full name (as on your badge)"
    assert found["email"] == "Your work e-mail"


@pytest.mark.parametrize("heading", ["Years since qualification", "Years RN", "Years qualified", "Yrs in post"])
def test_plain_numbers_of_years_are_no_career_stage(heading):
    rows = [[name, str(at), "Dr"] for at, name in enumerate(("Ana Brook", "Cy Dale", "Edda Frost"), 3)]
    table = read_table(csv_bytes([["Name", heading, "Title"], *rows]), name="mentors.csv")

    guess = guess_columns(table, "mentor", asked_of("mentor"))

    assert not {"stage", "profession"} & guess.columns.keys()


@pytest.mark.parametrize("heading", ["Manager Payroll No", "Line manager ID", "Supervisor staff number"])
def test_a_manager_named_by_a_number_is_kept_apart_although_another_column_is_empty(heading):
    rows = [["Jo Park", "2001", "", "4471"], ["Owen Hughes", "2002", "", "4472"]]
    mentors = [{"Payroll No": f"00{number}", "Name": name} for number, name in ((4471, "Ana Brook"), (4472, "Cy Dale"))]
    mentees = [dict(zip(("Name", "Payroll No", "Line manager", heading), row, strict=True)) for row in rows]

    plan = match(mentors, mentees)

    assert {(pair.mentee, pair.mentor) for pair in plan.pairs} == {("Jo Park", "Cy Dale"), ("Owen Hughes", "Ana Brook")}
