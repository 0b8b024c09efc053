"""Small problems from a seed or from hypothesis, and the best plan of each found by trying every plan."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from chiron.pairing.model.answer import Aim
from chiron.pairing.model.problem import Cap, Problem


def make_problem(
    fits,
    *,
    capacity=None,
    wanted=None,
    tier=None,
    caps=(),
    clashes=(),
    locked=(),
    mentees=None,
    mentors=None,
):
    """Return a problem from a table of fits, one row a mentee; None marks a pair that is not allowed."""
    rows = [list(row) for row in fits]
    width = len(rows[0]) if rows else 0
    allowed = [[at for at, fit in enumerate(row) if fit is not None] for row in rows]
    return Problem(
        mentees=tuple(mentees or [f"mentee {at}" for at in range(len(rows))]),
        mentors=tuple(mentors or [f"mentor {at}" for at in range(width)]),
        starts=np.concatenate([[0], np.cumsum([len(row) for row in allowed])]).astype(np.int64),
        partner=np.array([at for row in allowed for at in row], dtype=np.int32),
        fit=np.array([row[at] for row, places in zip(rows, allowed, strict=True) for at in places], dtype=np.int32),
        capacity=np.array([1] * width if capacity is None else capacity, dtype=np.int32),
        wanted=np.array([1] * len(rows) if wanted is None else wanted, dtype=np.int32),
        tier=np.array([0] * len(rows) if tier is None else tier, dtype=np.int32),
        caps=tuple(caps),
        clashes=tuple(clashes),
        locked=np.array(locked, dtype=np.int32).reshape(-1, 2),
    )


def nested_caps(rng: np.random.Generator, mentors: int) -> tuple[Cap, ...]:
    """Return random nested caps: an order of the mentors is cut, and cuts are cut again."""
    order = rng.permutation(mentors).tolist()
    caps = []

    def cut(members: list[int], depth: int) -> None:
        if depth == 0 or not members:
            return
        if rng.random() < 0.6:
            limit = int(rng.integers(0, len(members) + 2))
            caps.append(Cap(name=f"cap {len(caps)}", limit=limit, mentors=tuple(members)))
        at = int(rng.integers(0, len(members) + 1))
        cut(members[:at], depth - 1)
        cut(members[at:], depth - 1)

    cut(order, 3)
    return tuple(caps[at] for at in rng.permutation(len(caps)))


def random_problem(seed: int, *, most: int = 4, with_clashes: bool = False) -> Problem:
    """Return a small random problem with everything in it: tiers, nested caps, wanted, locks, negative fits, zeros."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))
    crowded = n * m > 9
    top = int(rng.choice([1, 3, 10, 100]))
    low = int(rng.choice([0, 0, -top]))
    allowed = rng.random((n, m)) < rng.choice([0.4, 0.7, 1.0])
    fits = [[int(rng.integers(low, top + 1)) if allowed[i, j] else None for j in range(m)] for i in range(n)]
    capacity = rng.integers(0, 3, m)
    wanted = np.ones(n, dtype=int) if crowded or rng.random() < 0.5 else rng.integers(0, 4, n)
    tier = np.zeros(n, dtype=int) if rng.random() < 0.4 else rng.integers(0, 3, n)
    caps = nested_caps(rng, m) if rng.random() < 0.6 else ()
    clashes = ()
    if with_clashes:
        wanted = rng.integers(1, 4, n)
        pairs = list(combinations(range(m), 2))
        clashes = tuple(pair for pair in pairs if rng.random() < 0.4)
    problem = make_problem(fits, capacity=capacity, wanted=wanted, tier=tier, caps=caps, clashes=clashes)
    if rng.random() < 0.4:
        locked: list[tuple[int, int]] = []
        options = [(i, j) for i in range(n) for j in range(m) if allowed[i, j]]
        for at in rng.permutation(len(options))[:2]:
            if is_possible(problem, [*locked, options[at]]):
                locked.append(options[at])
        problem = make_problem(
            fits, capacity=capacity, wanted=wanted, tier=tier, caps=caps, clashes=clashes, locked=sorted(locked)
        )
    return problem


@st.composite
def problems(draw, *, most: int = 4, with_clashes: bool = False):
    """Draw a small problem."""
    return random_problem(draw(st.integers(0, 2**32 - 1)), most=most, with_clashes=with_clashes)


def fit_of(problem: Problem) -> dict[tuple[int, int], int]:
    """Return the fit of every allowed pair."""
    found = {}
    for i in range(len(problem.mentees)):
        for at in range(int(problem.starts[i]), int(problem.starts[i + 1])):
            found[i, int(problem.partner[at])] = int(problem.fit[at])
    return found


def rank_of(problem: Problem) -> dict[tuple[int, int], int]:
    """Return which choice of its mentee every allowed pair is: the given one, or the place of its fit."""
    fits = fit_of(problem)
    if problem.rank is not None:
        return dict(zip(fits, problem.rank.tolist(), strict=True))
    own: dict[int, set[int]] = {}
    for (i, _), fit in fits.items():
        own.setdefault(i, set()).add(fit)
    return {pair: 1 + sum(other > fit for other in own[pair[0]]) for pair, fit in fits.items()}


def is_possible(problem: Problem, pairs) -> bool:
    """Return True if these pairs break no capacity, cap, wish or clash; written without the referee."""
    pairs = list(pairs)
    return (
        all(sum(i == mentee for i, _ in pairs) <= problem.wanted[mentee] for mentee in range(len(problem.mentees)))
        and all(
            sum(j == mentor for _, j in pairs) <= problem.capacity[mentor] for mentor in range(len(problem.mentors))
        )
        and all(sum(j in cap.mentors for _, j in pairs) <= cap.limit for cap in problem.caps)
        and not any((i, one) in pairs and (i, other) in pairs for i, _ in pairs for one, other in problem.clashes)
    )


def plans(problem: Problem) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield every plan that keeps all rules, mentee by mentee."""
    allowed = sorted(fit_of(problem))
    locked = {(int(i), int(j)) for i, j in problem.locked}

    def extend(mentee: int, held: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], ...]]:
        if mentee == len(problem.mentees):
            yield tuple(held)
            return
        own = [pair for pair in allowed if pair[0] == mentee]
        for size in range(min(len(own), int(problem.wanted[mentee])) + 1):
            for chosen in combinations(own, size):
                if {pair for pair in locked if pair[0] == mentee} <= set(chosen) and is_possible(
                    problem, [*held, *chosen]
                ):
                    yield from extend(mentee + 1, [*held, *chosen])

    yield from extend(0, [])


def merit(problem: Problem, pairs, aim: Aim) -> tuple:
    """Return what the aim compares, in order; a plan is better if this is greater."""
    fits = fit_of(problem)
    locked = {(int(i), int(j)) for i, j in problem.locked}
    pairs = [(int(i), int(j)) for i, j in pairs]
    total = sum(fits[pair] for pair in pairs)
    counts = people(problem, pairs)
    if aim == "total":
        return (*counts, total) if problem.needs_everyone else (total, *counts)
    free = sorted(fits[pair] for pair in pairs if pair not in locked)
    if aim in {"profile", "rank"}:
        rank = rank_of(problem)
        reached = [rank[pair] for pair in pairs]
        if aim == "rank":
            return (*counts, -sum(reached), total)
        return (*counts, *(reached.count(level) for level in range(1, 1 + max(rank.values(), default=0))), total)
    if aim == "everyone":
        return (*counts, free[0] if free else 0, total)
    return (*counts, *free)


def people(problem: Problem, pairs) -> tuple[int, ...]:
    """Return how many mentees of each tier have a mentor, then how many have two, and so on."""
    tiers = sorted(set(problem.tier.tolist()))
    held = [sum(i == mentee for i, _ in pairs) for mentee in range(len(problem.mentees))]
    return tuple(
        sum(count >= least and problem.tier[mentee] == tier for mentee, count in enumerate(held))
        for least in range(1, 1 + max(1, *problem.wanted.tolist(), 1))
        for tier in tiers
    )


def best_merit(problem: Problem, aim: Aim) -> tuple:
    """Return the best merit of all plans, by trying every one."""
    return max(merit(problem, pairs, aim) for pairs in plans(problem))
