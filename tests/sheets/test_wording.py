"""The words of a sentence decide nothing: with each text of the table replaced by its code, everything else stays."""

import numpy as np
import pytest

from chiron import match
from chiron.blueprints.plan.pairs import ConflictError
from chiron.pairing.model import sentences
from chiron.pairing.model.english import ENGLISH
from chiron.pairing.proof.referee import violations
from chiron.sheets.result.figures import differences, mean_figures
from chiron.sheets.result.result import Result

SITES = ("North", "South", "East")
RULES = """
[matching]
aim = "AIM"
capacity = 1
[[matching.rules]]
name = "Goals covered"
kind = "coverage"
mentee = "goals"
mentor = "expertise"
points = 40
[[matching.rules]]
name = "Same site"
kind = "same"
field = "site"
points = 20
missed = -5
[[matching.rules]]
name = "Speciality"
kind = "different"
field = "specialty"
must = true
"""
MENTORS = [
    {
        "Name": f"Mentor {at}",
        "Expertise": ("Exams", "Research; Exams", "")[at % 3],
        "Site": SITES[at % 3],
        "Specialty": s,
    }
    for at, s in enumerate(["Surgery", "Surgery", "Cardiology", "Surgery"])
]
MENTEES = [
    {
        "Name": f"Mentee {at}",
        "Goals": ("Exams; Research", "Exams", "Leadership")[at % 3],
        "Site": SITES[at % 2],
        "Specialty": ("Cardiology", "Surgery")[at > 4],
    }
    for at in range(7)
]


@pytest.fixture
def codes(monkeypatch):
    """Word each sentence by its code."""

    def replace():
        monkeypatch.setattr(sentences, "ENGLISH", {code: code for code in ENGLISH})

    return replace


def answered(tmp_path, aim: str, **asked) -> Result:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES.replace("AIM", aim))
    return match(MENTORS, MENTEES, rules=rules, **asked)


def numbers_of(result: Result) -> object:
    """Return everything about a result that is no sentence."""
    record = result.record
    return (
        [(pair.mentee_id, pair.mentor_id, pair.fit, [(part.rule, part.points) for part in pair.parts],
          [(other.mentor_id, other.fit) for other in pair.others]) for pair in record.pairs],
        [(one.id, one.side, len(one.reasons), len(one.fixes), one.changes) for one in record.unmatched],
        record.summary,
        [(one.by, one.group, one.n, one.mean, one.low, one.high, one.hidden) for one in record.fairness],
        [(one.rank, one.id, one.mentor_id, one.fit) for one in record.waitlist],
    )  # fmt: skip


@pytest.mark.parametrize("aim", ["everyone", "total", "worst-off", "stable"])
def test_a_match_is_the_same_in_other_words(tmp_path, codes, aim):
    usual = answered(tmp_path, aim)
    codes()
    other = answered(tmp_path, aim)

    assert usual.unmatched
    assert numbers_of(other) == numbers_of(usual)
    # Whatever is said comes from the table, so that it can be said in another language.
    said = [part.text for pair in other.pairs for part in pair.parts]
    said += [words for one in other.unmatched for words in (*one.reasons, *one.fixes)]
    assert said
    assert set(said) <= set(ENGLISH)


def test_a_refusal_is_the_same_in_other_words(tmp_path, codes):
    locks = [("Mentee 0", "Mentor 2")]
    with pytest.raises(ConflictError) as usual:
        answered(tmp_path, "everyone", locks=locks)
    codes()
    with pytest.raises(ConflictError) as other:
        answered(tmp_path, "everyone", locks=locks)

    assert usual.value.statements == other.value.statements
    assert [*map(str, other.value.statements)] == [one.code for one in usual.value.statements]


def test_a_judge_finds_the_same_in_other_words(tmp_path, codes):
    problem = answered(tmp_path, "everyone").plan.pairs.problem
    pairs = np.array([[0, 0], [1, 0], [2, 2]], dtype=np.int32)
    usual = violations(problem, pairs)
    codes()

    assert violations(problem, pairs) == usual
    assert [*map(str, usual)] == ["broken.not_allowed", "broken.capacity"]


def test_groups_differ_in_other_words_too(codes):
    groups = {"a": [60.0 + at % 7 for at in range(40)], "b": [75.0 + at % 7 for at in range(40)]}
    usual = mean_figures("site", groups)
    codes()
    other = mean_figures("site", groups)

    assert [one.differs for one in usual] == [one.differs for one in other] == [True, True]
    assert differences(usual) == differences(other)
    assert str(differences(other)) == "beside.to_look_at"
