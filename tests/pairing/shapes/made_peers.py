"""Small populations from a seed, and the best pairs of each found by trying every plan."""

from functools import cache

import numpy as np

from chiron.pairing.shapes.model.gathering_problems import Peers


def make_peers(people, fits):
    """Return peers from {(one, other): fit}."""
    pairs = sorted(fits)
    names = tuple(f"person {at}" for at in range(people)) if isinstance(people, int) else tuple(people)
    return Peers(names, np.array(pairs, dtype=np.int32).reshape(-1, 2), np.array([fits[pair] for pair in pairs]))


def random_peers(rng, fewest=4, most=8):
    people = int(rng.integers(fewest, most + 1))
    top = int(rng.choice([1, 3, 10, 100]))
    low = int(rng.choice([0, 0, -top]))
    density = rng.choice([0.2, 0.5, 0.8, 1.0])
    return make_peers(
        people,
        {
            (one, other): int(rng.integers(low, top + 1))
            for one in range(people)
            for other in range(one + 1, people)
            if rng.random() < density
        },
    )


def every_plan(problem):
    """Yield every plan as a tuple of fits."""
    fits = {tuple(pair): int(fit) for pair, fit in zip(problem.pairs.tolist(), problem.fit.tolist(), strict=True)}

    @cache
    def plans(left):
        if not left:
            return ((),)
        first, rest = left[0], left[1:]
        found = list(plans(rest))
        for other in rest:
            if (first, other) in fits:
                remaining = tuple(each for each in rest if each != other)
                found.extend((fits[first, other], *plan) for plan in plans(remaining))
        return tuple(found)

    return plans(tuple(range(len(problem.people))))


def best_by_trying(problem, aim):
    """Return the values of the steps of the best plan."""
    plans = every_plan(problem)
    if aim == "total":
        total, pairs = max((sum(plan), len(plan)) for plan in plans)
        return [total, 2 * pairs]
    matched, lowest, total = max((len(plan), min(plan, default=0), sum(plan)) for plan in plans)
    return [2 * matched, lowest, total] if matched else [0, 0]


def shuffled_peers(problem, rng):
    """Return the same peers, standing in another order."""
    order = rng.permutation(len(problem.people))
    place = np.argsort(order)
    fits = {
        tuple(sorted(place[list(pair)].tolist())): int(fit)
        for pair, fit in zip(problem.pairs.tolist(), problem.fit, strict=True)
    }
    return make_peers([problem.people[at] for at in order], fits)


def pairs_by_name(problem, answer):
    return {frozenset((problem.people[one], problem.people[other])) for one, other, _ in answer.ties.tolist()}
