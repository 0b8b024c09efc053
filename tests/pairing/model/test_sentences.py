import re
from pathlib import Path
from string import Formatter

import pytest

from chiron.pairing.model import sentences
from chiron.pairing.model.english import ENGLISH
from chiron.pairing.model.sentences import Sentence

SOURCE = Path(__file__).parents[3] / "src" / "chiron"
PATTERNS = {
    "plain": "{name} has no place.",
    "count": "{n:# mentor fits|# mentors fit}; {n:that mentor is full|all are full}.",
    "listed": "Left out: {names:and}.",
    "points": "{name} ({points:signed})",
    "inner": "If so, {other}",
}


@pytest.fixture(autouse=True)
def patterns(monkeypatch):
    monkeypatch.setattr(sentences, "ENGLISH", PATTERNS)


@pytest.mark.parametrize(
    ("code", "values", "english"),
    [
        ("plain", {"name": "Jo {Park}"}, "Jo {Park} has no place."),
        ("count", {"n": 1}, "1 mentor fits; that mentor is full."),
        ("count", {"n": 1200}, "1,200 mentors fit; all are full."),
        ("listed", {"names": ("Ana",)}, "Left out: Ana."),
        ("listed", {"names": ("Ana", "Ben", "Cem")}, "Left out: Ana, Ben and Cem."),
        ("points", {"name": "Jo", "points": -3}, "Jo (−3)"),
        ("inner", {"other": Sentence("plain", {"name": "Jo"})}, "If so, Jo has no place."),
    ],
)
def test_sentence_says_its_values_in_english(code, values, english):
    assert str(Sentence(code, values)) == english


def test_sentence_refuses_a_code_or_a_value_that_is_not_there():
    with pytest.raises(KeyError):
        str(Sentence("absent"))
    with pytest.raises(KeyError):
        str(Sentence("plain"))


def test_sentence_as_table_keeps_code_values_and_words():
    inner = Sentence("plain", {"name": "Jo"})

    table = Sentence("listed", {"names": ("Ana", inner)}).as_table()

    assert table == {
        "code": "listed",
        "values": {"names": ["Ana", {"code": "plain", "values": {"name": "Jo"}, "text": "Jo has no place."}]},
        "text": "Left out: Ana and Jo has no place..",
    }


def test_every_pattern_of_the_table_can_be_read():
    for code, pattern in ENGLISH.items():
        specs = [spec for _, _, spec, _ in Formatter().parse(pattern) if spec]
        assert all(spec.count("|") == 1 or spec.isalpha() for spec in specs), code


def test_every_code_of_the_table_is_said_somewhere():
    source = "\n".join(path.read_text() for path in SOURCE.rglob("*.py") if path.name != "english.py")
    begun = {begin for begin in re.findall(r'f"([a-z_.]+)\{', source) if begin}

    assert [code for code in ENGLISH if f'"{code}"' not in source and not code.startswith(tuple(begun))] == []
