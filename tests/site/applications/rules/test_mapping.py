"""How choices of columns are kept and used again."""

from chiron.sheets.files.table import Row, Table
from chiron.site.applications.rules.mapping import FieldChoice, choices_of, reusable, samples, stored_mapping

TABLE = Table(
    "a.csv",
    "",
    1,
    ("Name", "First", "Second"),
    (Row(2, ("Ama", "x" * 50, "")), Row(3, ("", "A", "B")), Row(4, ("Jo", "", ""))),
)


def test_choices_survive_being_kept():
    choices = {
        "name": FieldChoice(("Name",)),
        "choices": FieldChoice(("First", "Second"), "Jo"),
        "about": FieldChoice(),
    }

    kept = stored_mapping(choices)

    assert choices_of(kept) == {name: choice for name, choice in choices.items() if choice.is_imported}
    assert [choice.chosen for choice in choices.values()] == ["Name", ["First", "Second"], ""]


def test_only_choices_whose_headings_are_there_are_used_again():
    kept = stored_mapping(
        {"name": FieldChoice(("Name",)), "goals": FieldChoice(("Goals",)), "site": FieldChoice(fill="North")}
    )

    assert reusable(kept, TABLE) == {"name": FieldChoice(("Name",)), "site": FieldChoice(fill="North")}


def test_two_samples_are_shown_shortened():
    assert samples(TABLE, ["Name"]) == ("Ama", "Jo")
    assert samples(TABLE, ["First", "Second"]) == ("x" * 39 + "…", "A · B")
