from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from chiron.pairing.model.counts import counting_steps
from chiron.pairing.model.problem import Cap, ProblemError
from chiron.pairing.shapes.rounds import solve as rounds
from chiron.pairing.shapes.rounds.judge import verdict
from repeats import few_and_many

AIMS = ("total", "everyone")


def make_rounds(fits, turns, *, meetings=None, at_once=None, caps=(), mentees=None, mentors=None):
    """Return rounds from a table of fits, one row a mentee; None marks a meeting that is not allowed."""
    width = len(fits[0]) if fits else 0
    allowed = [[at for at, fit in enumerate(row) if fit is not None] for row in fits]
    return rounds.Rounds(
        mentees=tuple(mentees or (f"mentee {at}" for at in range(len(fits)))),
        mentors=tuple(mentors or (f"mentor {at}" for at in range(width))),
        starts=np.concatenate([[0], np.cumsum([len(row) for row in allowed])]).astype(np.int64),
        partner=np.array([at for row in allowed for at in row], dtype=np.int32),
        fit=np.array([row[at] for row, places in zip(fits, allowed, strict=True) for at in places], dtype=np.int32),
        labels=tuple(f"round {at + 1}" for at in range(turns)) if isinstance(turns, int) else tuple(turns),
        meetings=np.array(
            [len(turns) if not isinstance(turns, int) else turns] * len(fits) if meetings is None else meetings
        ),
        at_once=np.array([1] * width if at_once is None else at_once),
        caps=tuple(caps),
    )


def random_rounds(rng):
    mentees, mentors, turns = int(rng.integers(1, 4)), int(rng.integers(1, 3)), int(rng.integers(1, 3))
    low = int(rng.choice([0, -5]))
    fits = [
        [int(rng.integers(low, 10)) if rng.random() < 0.8 else None for _ in range(mentors)] for _ in range(mentees)
    ]
    return make_rounds(
        fits, turns, meetings=rng.integers(0, turns + 2, mentees).tolist(), at_once=rng.integers(0, 3, mentors).tolist()
    ), fits


def best_by_trying(problem, fits, aim):
    """Return the best over every choice of a mentor or nobody for each mentee in each round."""
    mentees, mentors, turns = len(fits), len(problem.mentors), len(problem.labels)
    one_round = [
        choice
        for choice in product(range(-1, mentors), repeat=mentees)
        if all(choice.count(mentor) <= problem.at_once[mentor] for mentor in range(mentors))
        and all(mentor < 0 or fits[mentee][mentor] is not None for mentee, mentor in enumerate(choice))
    ]
    best = None
    for plan in product(one_round, repeat=turns):
        met = [[choice[mentee] for choice in plan if choice[mentee] >= 0] for mentee in range(mentees)]
        if any(len(set(each)) < len(each) for each in met):
            continue
        if any(len(each) > limit for each, limit in zip(met, problem.meetings.tolist(), strict=True)):
            continue
        worth = [fits[mentee][mentor] for mentee, each in enumerate(met) for mentor in each]
        people = [
            sum(len(each) >= least for each in met) for least in range(1, len(counting_steps(problem.problem())) + 1)
        ]
        lowest = [min(worth)] if worth else []
        merit = [sum(worth), *people] if aim == "total" else [*people, *lowest, sum(worth)]
        best = merit if best is None or merit > best else best
    return best


@few_and_many("cases", 250, 1000)
@pytest.mark.parametrize("aim", AIMS)
def test_solve_finds_what_trying_every_timetable_finds(aim, cases):
    rng = np.random.default_rng(29)
    for _ in range(cases):
        problem, fits = random_rounds(rng)

        answer = rounds.solve(problem, aim=aim)

        assert [step.value for step in answer.steps] == best_by_trying(problem, fits, aim)
        found = verdict(problem, answer)
        assert found.violations == ()
        assert found.proved_best


def test_60_mentees_meet_6_mentors_each_in_6_rounds():
    rng = np.random.default_rng(6)
    problem = make_rounds(rng.integers(0, 100, (60, 20)).tolist(), 6, at_once=[3] * 20)

    answer = rounds.solve(problem)

    assert [step.value for step in answer.steps[:6]] == [60] * 6
    assert len(answer.ties) == 360
    assert verdict(problem, answer).proved_best
    assert np.bincount(answer.ties[:, 2]).tolist() == [60] * 6


def test_colours_serve_every_crowded_graph():
    rng = np.random.default_rng(31)
    swapped = 0
    for _ in range(300):
        turns, mentees, mentors = int(rng.integers(1, 6)), int(rng.integers(1, 12)), int(rng.integers(1, 8))
        at_once = rng.integers(1, 4, mentors)
        left, right = np.full(mentees, turns), at_once * turns
        pairs = []
        for mentee, mentor in rng.permutation([(i, j) for i in range(mentees) for j in range(mentors)]):
            if left[mentee] and right[mentor]:
                pairs.append((mentee, mentor))
                left[mentee] -= 1
                right[mentor] -= 1
        pairs = np.array(pairs, dtype=np.int32)

        turn = rounds.colours(pairs, at_once, turns)

        assert turn.max() < turns
        assert np.unique(pairs[:, 0] * turns + turn).size == len(pairs)
        assert (
            at_once >= np.bincount(pairs[:, 1] * turns + turn, minlength=mentors * turns).reshape(mentors, turns).T
        ).all()
        swapped += (right == 0).any()
    assert swapped > 100


def test_too_many_meetings_fit_into_no_rounds():
    with pytest.raises(ProblemError, match="more meetings"):
        rounds.colours(np.array([[0, 0], [0, 1]], dtype=np.int32), np.array([1, 1]), 1)


def test_shadowing_days_are_one_round_with_dates_as_places():
    """A host takes one visitor on a date and at most two dates in all; each visitor shadows one day."""
    hosts = ("Dr Ada, 3 May", "Dr Ada, 4 May", "Dr Ada, 5 May", "Dr Bea, 4 May")
    fits = [[9, 8, None, 1], [9, None, 7, 2], [6, 6, 6, None]]
    problem = make_rounds(
        fits, ("the shadowing day",), mentors=hosts, caps=[Cap(name="Dr Ada", limit=2, mentors=(0, 1, 2))]
    )

    answer = rounds.solve(problem)

    assert verdict(problem, answer).proved_best
    assert answer.labels == ("the shadowing day",)
    assert [step.value for step in answer.steps] == [3, 2, 17]
    assert {tuple(tie[:2]) for tie in answer.ties.tolist()} >= {(0, 0), (1, 3)}


def test_order_of_people_changes_nothing():
    rng = np.random.default_rng(37)
    for _ in range(40):
        fits = rng.integers(0, 4, (5, 4)).tolist()
        rows, columns = rng.permutation(5), rng.permutation(4)
        first = make_rounds(fits, 3)
        second = make_rounds(
            [[fits[row][column] for column in columns] for row in rows],
            3,
            mentees=[first.mentees[row] for row in rows],
            mentors=[first.mentors[column] for column in columns],
        )

        one, other = rounds.solve(first), rounds.solve(second)

        assert {(first.mentees[i], first.mentors[j], turn) for i, j, turn in one.ties.tolist()} == {
            (second.mentees[i], second.mentors[j], turn) for i, j, turn in other.ties.tolist()
        }


def test_judge_catches_broken_answers():
    problem = make_rounds([[5, 4], [3, 2]], 2)
    answer = rounds.solve(problem)
    broken = {
        "mentee 0 has 2 meetings in round 1": [[0, 0, 0], [0, 1, 0]],
        "mentor 0 has 2 meetings in round 1": [[0, 0, 0], [1, 0, 0]],
        "a round that does not exist": [[0, 0, 2]],
        "paired 2 times": [[0, 0, 0], [0, 0, 1]],
        "does not reach": [[0, 0, 0]],
    }

    assert verdict(problem, answer).proved_best
    for words, ties in broken.items():
        found = verdict(problem, replace(answer, ties=np.array(ties, dtype=np.int32)))
        assert any(words in str(fault) for fault in found.violations), words
        assert not found.proved_best


def test_judge_proves_nothing_without_evidence():
    problem = make_rounds([[5, 4], [3, 2], [9, 9]], 1)
    answer = rounds.solve(problem)
    bare = replace(answer, steps=tuple(replace(step, evidence=None) for step in answer.steps))

    assert not verdict(problem, bare).proved_best


@pytest.mark.parametrize(
    ("labels", "at_once", "word"), [((), [1], "labels"), (("a",), [-1], "at_once"), (("a",), [1, 1], "at_once")]
)
def test_a_wrong_number_is_named(labels, at_once, word):
    with pytest.raises(ProblemError, match=f"^{word}"):
        make_rounds([[1]], labels, at_once=at_once)
