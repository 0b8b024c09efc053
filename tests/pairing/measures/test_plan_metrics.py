"""What a plan gave up, against definitions written down again."""

from dataclasses import replace

import numpy as np

from chiron.pairing.measures import fairness
from chiron.pairing.measures.plan_metrics import given_up, sentences, spread
from chiron.pairing.solve import solve
from pairing.problems import make_problem, plans, random_problem, rank_of

PROBLEM = make_problem(
    [[9, 8, None], [9, 3, 1], [2, 6, 1]], capacity=[1, 1, 2], tier=[1, 0, 0], mentors=["Dr K", "Dr L", "Dr M"]
)
PLAN = np.array([[0, 0], [1, 2], [2, 1]], dtype=np.int32)


def test_given_up_counts_what_a_plan_reached_and_gave_up():
    found = given_up(PROBLEM, PLAN, best_total=18)

    assert (found.pairs, found.matched, found.wanting) == (3, 3, 3)
    assert (found.lowest, found.first_percentile, found.fifth_percentile, found.total) == (1, 1, 1, 16)
    assert (found.blocking, found.envious) == (1, 1)
    assert found.choices == (2, 0, 1)
    assert (found.price, found.price_in_thousandths) == (2, 112)
    assert (found.load.gini, found.load.jain) == (0.0, 1.0)
    assert tuple(map(str, sentences(found))) == (
        "The lowest fit is 1; 1 in 100 pairs are at or below 1, 5 in 100 at or below 1.",
        "The total is 16, 2 points (11.2 %) under the highest that any plan reaches.",
        "1 pair of a mentee and a mentor would both rather have each other than what they have.",
        "1 mentee would rather have a mentor who took somebody of a later priority.",
        "2 of 3 pairs are the best fit that the mentee could have.",
    )


def test_given_up_says_when_nothing_was_given_up():
    problem = make_problem([[5]])

    assert tuple(map(str, sentences(given_up(problem, solve(problem).pairs, best_total=5))))[1:3] == (
        "The total is 5, and no plan reaches more.",
        "No mentee and mentor would both rather have each other than what they have.",
    )


def test_given_up_of_no_pairs_has_no_figures():
    problem = make_problem([[5]])

    found = given_up(problem, np.empty((0, 2), dtype=np.int32))

    assert (found.lowest, found.first_percentile, found.choices, found.blocking) == (None, None, (), 1)
    assert str(sentences(found)[0]) == "1 mentee has no mentor."


def test_blocking_pairs_are_those_of_the_lists_that_the_fairness_module_reads():
    rng = np.random.default_rng(1)
    blocked = 0
    for _ in range(150):
        n, m = rng.integers(1, 6, 2)
        # No two wishes are equal, so that lists say the same as points.
        problem = make_problem(rng.permutation(n * m).reshape(n, m).tolist(), capacity=rng.integers(0, 3, m))
        mentor_fit = rng.permutation(n * m)
        problem = replace(problem, mentor_fit=mentor_fit)
        every = list(plans(problem))
        plan = sorted(every[int(rng.integers(len(every)))])
        table, other = problem.fit.reshape(n, m), mentor_fit.reshape(n, m)

        expected = fairness.blocking_pairs(
            [np.argsort(-row).tolist() for row in table],
            [np.argsort(-column).tolist() for column in other.T],
            capacity=problem.capacity.tolist(),
            pairs=plan,
        )

        assert given_up(problem, np.array(plan, dtype=np.int32).reshape(-1, 2)).blocking == len(expected)
        blocked += len(expected)
    assert blocked > 100


def test_choices_and_percentiles_agree_with_a_plain_count():
    for seed in range(150):
        problem = random_problem(seed, most=6)
        answer = solve(problem, seed=seed)
        rank, pairs = rank_of(problem), [(int(i), int(j)) for i, j in answer.pairs]
        fits = sorted(int(fit) for fit in problem.fit[problem.positions(answer.pairs)])

        found = given_up(problem, answer.pairs)

        reached = [rank[pair] for pair in pairs]
        assert list(found.choices) == [reached.count(level) for level in range(1, max(reached, default=0) + 1)]
        for value, percent in ((found.first_percentile, 1), (found.fifth_percentile, 5)):
            assert value == next((fit for at, fit in enumerate(fits, 1) if 100 * at >= percent * len(fits)), None)


def test_spread_is_about_groups():
    groups = spread(PROBLEM, PLAN, ["a", "b", "a"])

    assert {name: found.value for name, found in groups.means.items()} == {"a": 7.5, "b": 1.0}
    assert groups.gap == 6.5
    assert groups.means["a"].low < 7.5 < groups.means["a"].high


def test_given_up_leaves_out_what_reads_every_pair_in_a_pool_that_is_very_large(monkeypatch):
    monkeypatch.setattr("chiron.pairing.measures.plan_metrics.MOST_PAIRS", 3)

    assert given_up(PROBLEM, PLAN).blocking is None
    assert given_up(PROBLEM, PLAN, every=True).blocking == 1
