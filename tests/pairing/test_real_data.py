"""Real data, read in place: known answers, and models of other people's solvers written independently."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from chiron.pairing.model.choices import ranks_of
from chiron.pairing.model.counts import mentors_counted
from chiron.pairing.model.problem import Cap
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from pairing.problems import fit_of, make_problem

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def data():
    """Return the folder of real data, or skip with the reason; under CI it must be there."""
    if not DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the real data are not beside the project")
        pytest.skip("the real data (shared/data) are not beside the project")
    return DATA


def glasgow(folder, number):
    """Return the problem of one year: projects are places of one, supervisors are caps; fit is 1,000 less the rank."""
    lines = (folder / f"00038-0000000{number}.soi").read_text(encoding="utf-8").splitlines()
    orders = []
    for line in lines:
        if not line.startswith("#"):
            count, order = line.split(":")
            # Projects count from 1 here, and from 0 in the file of supervisors.
            orders += [[int(project) - 1 for project in order.split(",")]] * int(count)
    caps = []
    for line in (folder / f"00038-0000000{number}.dat").read_text(encoding="utf-8").splitlines()[1:]:
        supervisor, limit, projects = line.split(",")
        caps.append(Cap(supervisor, int(limit), tuple(int(project) for project in projects.split())))
    width = 1 + max(project for order in [*orders, *(cap.mentors for cap in caps)] for project in order)
    table = [
        [1000 - order.index(project) - 1 if project in order else None for project in range(width)] for order in orders
    ]
    return make_problem(table, caps=caps)


@pytest.mark.parametrize(("number", "students", "rank"), [(4, 34, 50), (5, 31, 44), (6, 38, 58)])
def test_glasgow_students_all_get_a_project_at_the_least_total_rank(data, number, students, rank):
    problem = glasgow(data / "glasgow_projects", number)

    answer = solve(problem, aim="total")

    assert verdict(problem, answer).proved_best
    assert len(problem.mentees) == students
    assert len(answer.pairs) == students
    assert 1000 * students - answer.step("total").value == rank


@pytest.mark.parametrize(("number", "worst_rank", "rank"), [(4, 3, 50), (5, 3, 44), (6, 3, 59)])
def test_glasgow_students_all_get_a_project_and_the_worst_rank_is_least_for_everyone(data, number, worst_rank, rank):
    problem = glasgow(data / "glasgow_projects", number)

    answer = solve(problem, aim="everyone")

    assert verdict(problem, answer).proved_best
    assert answer.steps[0].value == len(problem.mentees)
    assert 1000 - answer.steps[1].value == worst_rank
    assert 1000 * len(problem.mentees) - answer.steps[2].value == rank


@pytest.mark.parametrize(
    ("number", "aim", "profile", "rank"),
    [
        (4, "rank", [24, 5, 4, 1], 50),
        (5, "rank", [22, 6, 2, 1], 44),
        (6, "rank", [23, 11, 3, 1], 58),
        (4, "profile", [25, 4, 3, 1, 1], 51),
        (5, "profile", [22, 6, 2, 1], 44),
        (6, "profile", [26, 6, 3, 2, 1], 60),
    ],
)
def test_glasgow_students_get_the_least_total_rank_or_the_most_first_choices(data, number, aim, profile, rank):
    problem = glasgow(data / "glasgow_projects", number)
    problem = replace(problem, rank=1000 - problem.fit)

    answer = solve(problem, aim=aim)

    reached = ranks_of(problem, answer.pairs)
    assert verdict(problem, answer).proved_best
    assert answer.steps[0].value == len(problem.mentees)
    assert np.bincount(reached)[1:].tolist() == profile
    assert reached.sum() == rank


def rows_of(problem):
    """Return mentee, mentor and fit of every allowed pair."""
    fits = fit_of(problem)
    return np.array([(i, j, fit) for (i, j), fit in fits.items()])


def limits_of(problem, table):
    """Return matrix and limits of the wishes and capacities, for other people's solvers."""
    pairs, mentees = len(table), len(problem.mentees)
    at = np.concatenate([table[:, 0], mentees + table[:, 1]])
    matrix = csr_array(
        (np.ones(2 * pairs), (at, np.tile(np.arange(pairs), 2))), (mentees + len(problem.mentors), pairs)
    )
    return matrix, np.concatenate([problem.wanted, problem.capacity])


def ariel(folder):
    """Return the courses' problem: students are mentees, courses mentors; clashing courses meet at the same time."""
    read = json.loads((folder / "ariel_5783_input.json").read_text(encoding="utf-8"))
    students, courses = sorted(read["agent_capacities"]), sorted(read["item_capacities"])
    table = [
        [
            read["valuations"][student].get(course) if course not in read["agent_conflicts"].get(student, []) else None
            for course in courses
        ]
        for student in students
    ]
    clashes = {
        tuple(sorted((courses.index(course), courses.index(other))))
        for course, others in read["item_conflicts"].items()
        for other in others
        if other in courses
    }
    return make_problem(
        table,
        wanted=[read["agent_capacities"][student] for student in students],
        capacity=[read["item_capacities"][course] for course in courses],
        clashes=sorted(clashes),
        mentees=students,
        mentors=courses,
    )


def test_ariel_courses_conflicts_and_capacities_hold_and_the_total_equals_an_independent_model(data):
    problem = ariel(data / "ariel_courses")
    table = rows_of(problem)
    matrix, limits = limits_of(problem, table)
    where = {(int(i), int(j)): at for at, (i, j, _) in enumerate(table)}
    both = [
        (where[i, a], where[i, b])
        for i in range(len(problem.mentees))
        for a, b in problem.clashes
        if (i, a) in where and (i, b) in where
    ]
    apart = csr_array(
        (np.ones(2 * len(both)), (np.repeat(np.arange(len(both)), 2), np.ravel(both))), (len(both), len(table))
    )

    answer = solve(problem, aim="total")
    other = milp(
        -table[:, 2],
        constraints=[LinearConstraint(matrix, ub=limits), LinearConstraint(apart, ub=1)],
        bounds=Bounds(0, 1),
        integrality=1,
    )

    judged = verdict(problem, answer)
    assert judged.violations == ()
    assert judged.proved_best
    assert answer.step("total").value == round(-other.fun) == 21942


@pytest.mark.parametrize("aim", ["everyone", "worst-off"])
def test_ariel_courses_are_proved_under_the_other_aims(data, aim):
    problem = ariel(data / "ariel_courses")

    answer = solve(problem, aim=aim)

    judged = verdict(problem, answer)
    assert judged.violations == ()
    assert judged.proved_best
    assert sum(step.value for step in answer.steps if mentors_counted(step.name)) == len(answer.pairs) == 121
    assert answer.step("matched").value == 26


def aamas(folder, *, capacity, wanted):
    """Return the papers' problem: papers are mentees, reviewers mentors; yes 4, maybe 2, no answer 1, no: forbidden."""
    points = (4, 2, 1, None)
    bids = []
    for line in (folder / "00037-00000002.cat").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        groups = line.split(":", 1)[1].strip()
        bid, at = {}, 0
        while groups:
            if groups.startswith("{"):
                inside, groups = groups[1:].split("}", 1)
            else:
                inside, _, groups = groups.partition(",")
                groups = "," + groups if groups else ""
            for paper in inside.split(","):
                if paper.strip():
                    bid[int(paper) - 1] = points[at]
            groups, at = groups.lstrip(", "), at + 1
        bids.append(bid)
    papers = 1 + max(paper for bid in bids for paper in bid)
    return make_problem(
        [[bid.get(paper) for bid in bids] for paper in range(papers)],
        capacity=[capacity] * len(bids),
        wanted=[wanted] * papers,
    )


@pytest.mark.parametrize(
    ("capacity", "wanted", "people", "lowest", "total"),
    [
        (3, 1, [442], 1, 1431),
        (2, 1, [322], 1, 1117),
        (6, 2, [442, 442], 1, 2650),
        (4, 3, [442, 202, 0], 1, 2089),
    ],
)
def test_aamas_bids_equal_an_independent_linear_model(data, capacity, wanted, people, lowest, total):
    problem = aamas(data / "aamas_bids", capacity=capacity, wanted=wanted)
    table = rows_of(problem)
    mentees, pairs = len(problem.mentees), len(table)
    # After the pairs, a variable for the first, second, … mentor of each paper; together they are its pairs.
    matrix, limits = limits_of(problem, table)
    matrix = hstack([matrix, csr_array((matrix.shape[0], wanted * mentees))])
    own = csr_array((np.ones(pairs), (table[:, 0], np.arange(pairs))), (mentees, pairs))
    together = hstack([own, *[-eye_array(mentees)] * wanted])
    falling = np.concatenate([np.zeros(pairs), np.repeat(np.arange(wanted, 0, -1), mentees)])

    def highest(worth, at_least, *, keep=None):
        found = linprog(
            -worth,
            A_ub=matrix,
            b_ub=limits,
            A_eq=together if keep is None else vstack([together, falling[None, :]]),
            b_eq=np.append(np.zeros(mentees), [] if keep is None else [keep]),
            bounds=np.stack(
                [np.zeros_like(falling), np.append(table[:, 2] >= at_least, np.ones(wanted * mentees))], axis=1
            ),
        )
        return round(-found.fun)

    answer = solve(problem)
    most = highest(falling, -1)

    assert verdict(problem, answer).proved_best
    assert len(problem.mentees) == 442
    assert len(problem.mentors) == 161
    assert [step.value for step in answer.steps] == [*people, lowest, total]
    assert most == sum(weight * count for weight, count in zip(range(wanted, 0, -1), people, strict=True))
    assert highest(np.append(table[:, 2], np.zeros(wanted * mentees)), lowest, keep=most) == total
    assert highest(falling, lowest + 1) < most


def test_aamas_bids_total_equals_an_independent_linear_model(data):
    problem = aamas(data / "aamas_bids", capacity=2, wanted=1)
    table = rows_of(problem)
    matrix, limits = limits_of(problem, table)

    answer = solve(problem, aim="total")
    other = linprog(-table[:, 2], A_ub=matrix, b_ub=limits, bounds=(0, 1))

    assert verdict(problem, answer).proved_best
    assert answer.steps[0].value == round(-other.fun) == 1117


def availability(folder, *, size, slots):
    """Return the availability problem: a place is an hour of a mentor, who gives at most so many hours a week.

    Fit is how few other hours the mentee could come, so that whoever has little choice counts more.
    """
    mentees, mentors = (
        json.loads((folder / f"availability_{side}.json").read_text(encoding="utf-8"))
        for side in ("mentees", "mentors")
    )
    places = [(mentor["id"], hour) for mentor in mentors for hour in mentor["availability"]]
    caps = [
        Cap(mentor["id"], slots * size, tuple(at for at, (who, _) in enumerate(places) if who == mentor["id"]))
        for mentor in mentors
    ]
    return make_problem(
        [
            [10 - len(mentee["availability"]) if hour in mentee["availability"] else None for _, hour in places]
            for mentee in mentees
        ],
        capacity=[size] * len(places),
        caps=caps,
        mentees=[mentee["id"] for mentee in mentees],
        mentors=[f"{who} {hour}" for who, hour in places],
    )


@pytest.mark.parametrize(
    ("size", "slots", "matched", "total"), [(5, 1, 125, 870), (8, 2, 400, 2331), (20, 1, 500, 2731)]
)
def test_availability_of_500_mentees_and_25_mentors_equals_an_independent_model(data, size, slots, matched, total):
    problem = availability(data / "availability", size=size, slots=slots)
    table = rows_of(problem)
    matrix, limits = limits_of(problem, table)
    per_mentor = csr_array(
        (
            np.ones(len(table)),
            (
                np.searchsorted([cap.mentors[0] for cap in problem.caps], table[:, 1], "right") - 1,
                np.arange(len(table)),
            ),
        ),
        (len(problem.caps), len(table)),
    )
    every = [LinearConstraint(matrix, ub=limits), LinearConstraint(per_mentor, ub=size * slots)]

    answer = solve(problem, aim="everyone")
    most = milp(-np.ones(len(table)), constraints=every, bounds=Bounds(0, 1))
    best = milp(
        -table[:, 2],
        constraints=[*every, LinearConstraint(np.ones((1, len(table))), lb=round(-most.fun))],
        bounds=Bounds(0, (table[:, 2] >= answer.steps[1].value).astype(float)),
    )

    judged = verdict(problem, answer)
    assert judged.proved_best
    assert (len(problem.mentees), len(problem.caps)) == (500, 25)
    assert answer.steps[0].value == round(-most.fun) == matched
    assert answer.steps[-1].value == round(-best.fun) == total
