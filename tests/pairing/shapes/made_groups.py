"""Small pools for circles and teams from a seed, and the best groups of each found by trying every plan."""

from itertools import combinations

import numpy as np

from chiron.pairing.shapes.model.gathering_problems import Circles, Teams


def make_circles(people, fits, least, most, *, only_listed=False):
    """Return circles from {(one, other): fit}."""
    pairs = sorted(fits)
    names = tuple(f"person {at}" for at in range(people)) if isinstance(people, int) else tuple(people)
    return Circles(
        names,
        np.array(pairs, dtype=np.int32).reshape(-1, 2),
        np.array([fits[pair] for pair in pairs], dtype=np.int32),
        least,
        most,
        only_listed,
    )


def random_circles(rng):
    people = int(rng.integers(5, 9))
    least = int(rng.integers(2, 4))
    low = int(rng.choice([0, 0, -9]))
    density = rng.choice([0.5, 0.8, 1.0])
    fits = {pair: int(rng.integers(low, 10)) for pair in combinations(range(people), 2) if rng.random() < density}
    return make_circles(people, fits, least, least + int(rng.integers(0, 2)), only_listed=bool(rng.random() < 0.4))


def make_teams(fit, *, allowed=None, mentor_fit=None, mentees=(1, 2), mentors=(2, 2)):
    """Return teams from a table of fits, one row a mentee."""
    fit = np.asarray(fit, dtype=np.int32)
    count = fit.shape
    return Teams(
        mentees=tuple(f"mentee {at}" for at in range(count[0])),
        mentors=tuple(f"mentor {at}" for at in range(count[1])),
        fit=fit,
        allowed=np.ones(count, dtype=bool) if allowed is None else allowed,
        mentor_fit=np.zeros((count[1], count[1]), dtype=np.int32) if mentor_fit is None else mentor_fit,
        mentees_least=mentees[0],
        mentees_most=mentees[1],
        mentors_least=mentors[0],
        mentors_most=mentors[1],
    )


def random_teams(rng):
    mentees, mentors = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    between = rng.integers(-3, 5, (mentors, mentors))
    between = np.triu(between, 1) + np.triu(between, 1).T
    few, helpers = int(rng.integers(1, 3)), int(rng.integers(1, 3))
    return make_teams(
        rng.integers(int(rng.choice([0, -5])), 10, (mentees, mentors)),
        allowed=rng.random((mentees, mentors)) < rng.choice([0.7, 1.0]),
        mentor_fit=between if rng.random() < 0.5 else None,
        mentees=(few, few + int(rng.integers(0, 2))),
        mentors=(helpers, helpers + int(rng.integers(0, 2))),
    )


def worths(problem):
    """Return {group: worth} of every possible group, found person by person."""
    if isinstance(problem, Circles):
        people = range(len(problem.people))
        fits = {tuple(pair): int(fit) for pair, fit in zip(problem.pairs.tolist(), problem.fit, strict=True)}
        return {
            group: sum(fits.get(pair, 0) for pair in combinations(group, 2))
            for size in range(problem.least, problem.most + 1)
            for group in combinations(people, size)
            if not problem.only_listed or all(pair in fits for pair in combinations(group, 2))
        }
    mentees, mentors = range(len(problem.mentees)), range(len(problem.mentors))
    found = {}
    for few in range(problem.mentees_least, problem.mentees_most + 1):
        for many in range(problem.mentors_least, problem.mentors_most + 1):
            for helped in combinations(mentees, few):
                for helping in combinations(mentors, many):
                    if problem.allowed[np.ix_(helped, helping)].all():
                        inside = int(problem.mentor_fit[np.ix_(helping, helping)].sum()) // 2
                        group = (*helped, *(len(mentees) + each for each in helping))
                        found[group] = int(problem.fit[np.ix_(helped, helping)].sum()) + inside
    return found


def best_by_trying(problem, aim):
    """Return the values of the steps of the best plan, over every plan."""
    groups = worths(problem)
    best = (0,) if aim == "total" else (0, 0)

    def extend(left, taken, seated, total):
        nonlocal best
        best = max(best, (total,) if aim == "total" else (seated, total))
        for at, group in enumerate(left):
            if not taken & set(group):
                extend(left[at + 1 :], taken | set(group), seated + len(group), total + groups[group])

    extend(list(groups), frozenset(), 0, 0)
    return list(best)
