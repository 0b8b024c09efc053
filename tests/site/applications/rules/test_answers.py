"""How typed answers read."""

from typing import Any

import pytest

from chiron.blueprints.schema.fields import FieldSpec
from chiron.site.applications.rules.answers import answer_words, answers_in_words, unanswered


@pytest.mark.parametrize(
    ("type_", "value", "words"),
    [
        ("field", "emergency-nursing", "Emergency nursing"),
        ("text", None, ""),
        ("list", [], ""),
        ("text", "Hello", "Hello"),
        ("list", ["Research", "Exams"], "Research, Exams"),
        ("flag", True, "Yes"),
        ("flag", False, "No"),
        ("number", 0, "0"),
        ("hours", 0b111, "1.5 hours a week"),
        ("hours", 0b11, "1 hour a week"),
        ("place", [53.8, -1.55], "53.800, -1.550"),
    ],
)
def test_an_answer_reads_by_its_type(type_: Any, value: Any, words: str):
    assert answer_words(value, FieldSpec(type=type_)) == words


def test_identity_is_not_among_the_answers_and_blanks_are_told_apart():
    fields = {
        name: FieldSpec(type="text", label=name.title()) for name in ("name", "email", "gender", "id", "goals", "about")
    }
    answers = {"name": "Ama", "email": "ama@hospital.test", "gender": "woman", "goals": "Exams"}

    assert answers_in_words(answers, fields) == [("Goals", "Exams")]
    assert unanswered(answers, fields) == ["About"]
