"""Languages by any name."""

import pytest

from chiron.sheets.cells.languages import language_of, languages_of


@pytest.mark.parametrize(("cell", "languages"), [
    ("English; español", ("English", "Spanish")), ("Spanish and French", ("Spanish", "French")), ("English (native), Welsh - basic", ("English", "Welsh")),
    ("en, fr", ("English", "French")), ("BSL", ("British Sign Language",)), ("中文", ("Chinese",)), ("Arabic/French", ("Arabic", "French")),
    ("English Spanish", ("English", "Spanish")), ("Haitian Creole", ("Haitian Creole",)), ("Farsi & Dari", ("Persian",)), ("fluent French", ("French",)),
])  # fmt: skip
def test_languages_of_takes_names_own_names_and_codes(cell, languages):
    reading = languages_of(cell)

    assert (reading.value, reading.code) == (languages, "")


def test_languages_of_keeps_a_word_that_is_no_language_and_says_so():
    reading = languages_of("English, Elvish of Rivendell")

    assert (reading.value, reading.code) == (("English", "Elvish of Rivendell"), "unknown_language")


def test_language_of_knows_rare_languages_too():
    assert language_of("Quechua") == "Quechua"
    assert language_of("42") is None
    assert language_of("(fluent)") is None
