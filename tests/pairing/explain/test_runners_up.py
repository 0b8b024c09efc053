"""The best other mentors of everybody at once are those that a look at each mentee alone finds."""

import numpy as np

from chiron.pairing.explain.runners_up import runners_up
from chiron.pairing.model.problem import Problem


def made(source: np.random.Generator) -> tuple[Problem, np.ndarray]:
    """Return a problem and a plan of it, in which some mentees have several mentors and some have none."""
    mentees, mentors = int(source.integers(1, 8)), int(source.choice([1, 4, 60, 300]))
    allowed = source.random((mentees, mentors)) < source.choice([0.3, 0.9, 1.0])
    row, column = np.nonzero(allowed)
    problem = Problem(
        mentees=tuple(f"e{at}" for at in range(mentees)),
        mentors=tuple(f"o{at}" for at in range(mentors)),
        starts=np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]),
        partner=column,
        fit=source.integers(-3, int(source.choice([2, 90])), size=len(row)),
        capacity=np.full(mentors, mentees),
        wanted=np.full(mentees, 2),
        tier=np.zeros(mentees),
    )
    pairs = []
    for mentee in range(mentees):
        own = np.flatnonzero(allowed[mentee])
        chosen = source.choice(own, size=min(len(own), int(source.integers(0, 3))), replace=False)
        pairs += [(mentee, int(mentor)) for mentor in sorted(chosen.tolist())]
    return problem, np.array(pairs, dtype=np.int32).reshape(-1, 2)


def test_the_best_others_are_found_as_one_by_one() -> None:
    source = np.random.default_rng(11)
    for _ in range(300):
        problem, pairs = made(source)
        mentees, places = runners_up(problem, pairs, 2)
        assert mentees.tolist() == sorted(set(pairs[:, 0].tolist()))
        for mentee, found in zip(mentees.tolist(), places.tolist(), strict=True):
            first, last = int(problem.starts[mentee]), int(problem.starts[mentee + 1])
            held = set(pairs[pairs[:, 0] == mentee, 1].tolist())
            others = [at for at in range(first, last) if int(problem.partner[at]) not in held]
            others.sort(key=lambda at: (-int(problem.fit[at]), int(problem.partner[at])))
            assert found == [*others[:2], -1, -1][:2]
