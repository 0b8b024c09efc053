import pytest

from chiron import match
from chiron.sheets.files.table import SheetError
from chiron.sheets.result.comparing import CompareError
from chiron.sheets.result.explaining import NobodyError
from chiron.sheets.result.result import Result

MENTORS = [{"Name": f"Mentor {number:02}", "Offers": "Exams", "Places": 1} for number in range(40)]
MENTEES = [
    {
        "Name": f"Mentee {number:02}",
        "Goals": "Exams; Research" if number % 3 else "Exams",
        "Site": "NS"[number % 8 == 0],
    }
    for number in range(41)
]


@pytest.fixture(scope="module")
def result():
    return match(MENTORS, MENTEES)


@pytest.mark.parametrize("ending", ["xlsx", "json"])
def test_result_reads_back_what_it_wrote(result, tmp_path, ending):
    result.write(tmp_path / f"plan.{ending}")

    again = Result.read(tmp_path / f"plan.{ending}")

    assert again.pairs == result.pairs
    assert again.unmatched == result.unmatched
    assert again.summary == result.summary
    assert again.fairness("Site") == result.fairness("Site")


def test_explain_tells_of_mentors_too(result):
    pair = result.pairs[0]

    found = result.explain(pair.mentor)

    assert found.side == "mentor"
    assert found.pairs == (pair,)
    assert next(found.lines()) == f"{pair.mentee} → {pair.mentor}"


def test_explain_of_somebody_left_over_has_a_fix(result):
    left = next(one for one in result.unmatched if one.side == "mentee")

    lines = list(result.explain(left.name).lines())

    assert lines[0] == f"{left.name} (mentee) has no mentor."
    assert "What would change it:" in lines


def test_explain_asks_which_of_several(result):
    with pytest.raises(NobodyError, match="people are called"):
        result.explain("Mentee")
    with pytest.raises(NobodyError, match="Did you mean"):
        result.explain("Mentee 1x")


def test_compare_counts_who_moves(result):
    other = match(MENTORS, MENTEES, forbids=[(result.pairs[0].mentee, result.pairs[0].mentor)])

    found = result.compare(other)

    assert found.names == ("plan A", "plan B")
    assert result.pairs[0].mentee in {mover.mentee for mover in found.movers}
    assert found.sentence == f"{len(found.movers)} of 41 mentees change mentor."


def test_compare_refuses_strangers(result):
    stranger = match([{"Name": "A"}], [{"Name": "B"}])

    with pytest.raises(CompareError, match="no mentee in common"):
        result.compare(stranger)
    with pytest.raises(CompareError, match="Give 2 to 4 results"):
        result.compare()


def test_fairness_hides_the_small_group_and_what_would_give_it_away(result):
    figures = result.fairness("site")

    assert [figure.group for figure in figures] == ["N", "S"]
    assert all(figure.hidden and figure.n is None and figure.mean is None for figure in figures)


def test_fairness_names_what_can_be_grouped_by(result):
    with pytest.raises(SheetError, match='Groups can be made by: "Goals", "Site"'):
        result.fairness("Shoe size")


def test_summary_counts_what_needs_a_look(result):
    assert result.summary.matched == 40
    assert result.summary.unmatched == 1
    assert result.summary.needs_look == sum(pair.fit < 55 for pair in result.pairs)
