"""A report hides small groups everywhere alike, and says honestly what it cannot tell."""

import csv
import io
from datetime import date

import pytest

from chiron.sheets.result.figures import NEAR_ALL
from chiron.sheets.result.groups import MatchedPerson
from chiron.sheets.result.hiding import ThresholdError
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.rules import OfferState
from chiron.site.matching.rules.fairness import PeopleCompared
from chiron.site.outcomes.rules import Counts, Report, report_file, report_from

DAY = date(2026, 3, 2)


def make_compared(groups: dict) -> PeopleCompared:
    """Make people in groups, given by question as (offered a mentor, all) by group; a fit of 60 for whoever has one."""
    questions = {
        title: [name for name, (_part, whole) in each.items() for _ in range(whole)] for title, each in groups.items()
    }
    people = [
        MatchedPerson(at < part, 60.0 if at < part else None)
        for each in groups.values()
        for part, whole in each.values()
        for at in range(whole)
    ]
    return PeopleCompared(people, questions)


def make_report(
    *,
    accepted: int = 120,
    matched: int = 100,
    groups: dict | None = None,
    threshold: int = 10,
    is_published: bool = True,
) -> Report:
    counts = Counts(
        applications={
            (Role.MENTEE, Stage.ACCEPTED): accepted,
            (Role.MENTEE, Stage.DECLINED): 12,
            (Role.MENTOR, Stage.ACCEPTED): 60,
        },
        offers={OfferState.AGREED: 40, OfferState.OFFERED: 50, OfferState.DECLINED: 10} if is_published else {},
        compared=make_compared(
            groups if groups is not None else {"Organisation": {"East": (50, 60), "North": (50, 60)}}
        ),
        matched=matched,
        is_published=is_published,
    )
    return report_from(counts, threshold=threshold, data_on=DAY)


def test_the_four_questions_stand_in_order_with_n_and_interval():
    answers = make_report().answers

    assert [one.question for one in answers] == [
        "Is it reaching people?", "Are they meeting?", "Is it helping?", "Is it fair?",
    ]  # fmt: skip
    assert answers[0].figure.n == 120
    assert answers[0].finding == "83 % (76 % to 89 %) were offered a mentor"
    assert answers[1].finding == "40 % (31 % to 50 %) said yes"
    assert answers[2].finding == "No data yet"


def test_nothing_about_pairs_is_told_before_a_plan_is_published():
    report = make_report(is_published=False)

    assert [one.finding for one in report.answers] == ["No plan is published yet", *["No data yet"] * 3]
    assert [table.title for table in report.tables] == ["Applications"]
    assert report.groups == ()


def test_a_share_with_few_people_behind_it_is_a_band_or_hidden():
    assert make_report(matched=118).answers[0].finding == f"{NEAR_ALL} were offered a mentor"
    assert make_report(accepted=12, matched=9).answers[0].finding == "Too few to show"


def test_small_groups_are_hidden_and_so_is_a_second_that_would_give_them_away():
    groups = {"Organisation": {"East": (40, 50), "Far": (3, 4), "North": (46, 66)}}

    found = make_report(groups=groups, matched=89).groups[0].groups

    for which in ("share", "fit"):
        figures = [getattr(one, which) for one in found]
        assert [figure.hidden for figure in figures].count(True) >= 2
        assert figures[1].hidden
        assert figures[1].n is None


def test_a_difference_that_cannot_be_told_is_not_called_equal():
    report = make_report()

    words = " ".join([one.finding for one in report.answers] + [group.sentence for group in report.groups]).casefold()
    assert not any(word in words for word in ("equal", "similar", " fair"))
    assert "no clear difference" in words


def test_a_threshold_under_five_is_refused():
    with pytest.raises(ThresholdError):
        make_report(threshold=4)


def test_the_file_says_what_the_page_says_and_no_cell_is_a_formula():
    report = make_report(groups={"Organisation": {"=East": (40, 50), "Far": (3, 4), "North": (46, 66)}}, matched=89)

    rows = list(csv.reader(io.StringIO(report_file(report).removeprefix("\ufeff"))))

    texts = {cell for row in rows for cell in row}
    shown = {cell for table in report.tables for row in table.rows for cell in row}
    assert shown <= texts
    assert {figure.text for one in report.groups[0].groups for figure in one.figures} <= texts
    assert "'=East" in texts
    assert "3" not in texts
    assert rows[0] == ["Data of", "2026-03-02"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%", "\t="])
def test_no_sign_of_a_formula_stands_first_in_a_cell_of_the_file(sign):
    name = f"{sign}HYPERLINK(1)"
    report = make_report(groups={name: {name: (40, 50), "North": (46, 66)}}, matched=89)

    cells = [cell for row in csv.reader(io.StringIO(report_file(report).removeprefix("\ufeff"))) for cell in row]

    assert cells.count(f"'{name}") == 2
    assert name not in cells


def test_no_number_of_the_page_gives_another_away():
    counts = Counts(
        applications={
            (Role.MENTEE, Stage.ACCEPTED): 120,
            (Role.MENTEE, Stage.DECLINED): 3,
            (Role.MENTOR, Stage.ACCEPTED): 6,
        },
        offers={OfferState.AGREED: 50, OfferState.OFFERED: 50, OfferState.DECLINED: 3},
        compared=make_compared({}),
        matched=103,
        is_published=True,
    )

    report = report_from(counts, threshold=10, data_on=DAY)

    applications, pairs = (table.rows for table in report.tables)
    assert applications == (("Mentees", "120", "[c]"), ("Mentors", "[c]", "[c]"))
    assert sorted(pairs[0][1:4]) == ["50", "[c]", "[c]"]
    hidden = pairs[0][1] == "[c]"
    assert (report.answers[1].figure is None) == hidden


@pytest.mark.parametrize("matched", [100, 97, 95])
def test_no_table_gives_away_how_many_mentees_have_no_offer(matched):
    report = make_report(accepted=100, matched=matched)
    pairs = next(table for table in report.tables if table.title == "Published pairs")

    assert report.answers[0].figure.value is None
    assert pairs.rows[0][-1] == "[c]"
    assert "[c]" in pairs.rows[0][1:-1]
    assert report.answers[1].finding == "Too few to show"


def test_the_question_with_a_difference_is_the_one_that_is_open_and_the_answer():
    people = [MatchedPerson(matched=True, fit=60.0 + at % 7 + 20 * (at % 2)) for at in range(112)]
    answers = {
        "Organisation": ["East" if at < 56 else "North" for at in range(112)],
        "Grade": ["Early" if at % 2 else "Late" for at in range(112)],
    }
    counts = Counts(
        applications={(Role.MENTEE, Stage.ACCEPTED): 112},
        offers={OfferState.AGREED: 112},
        compared=PeopleCompared(people, answers),
        matched=112,
        is_published=True,
    )

    report = report_from(counts, threshold=10, data_on=DAY)

    assert report.groups[0].sentence == "No clear difference between groups"
    assert report.shown == "Grade"
    assert report.answers[3].finding == "Grade: 2 of 2 groups to look at"
