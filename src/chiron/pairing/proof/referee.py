"""The judge of any answer, ours or not: no broken rule, and how far from the best possible at most.

It recomputes every value and every bound from the problem, the pairs and the certificates alone, in whole numbers
(`bounds` holds the arithmetic), and never sees a solver.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import Problem
from chiron.pairing.proof.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the referee found: broken rules in words, a bound for each step, and whether all is proved."""

    violations: tuple[str, ...]
    bounds: tuple[int, ...]
    proved_best: bool


def violations(problem: Problem, pairs: NDArray[np.int32]) -> list[str]:
    """Return every rule that a plan breaks, in words; empty where it breaks none."""
    if np.size(pairs) and (np.shape(pairs)[1:] != (2,) or np.asarray(pairs).dtype.kind not in "iu"):
        return ["The pairs are not a table of whole numbers with one row a pair: mentee, mentor."]
    listed = [(int(mentee), int(mentor)) for mentee, mentor in np.asarray(pairs).reshape(-1, 2)]
    known, found = [], []
    allowed = problem.positions(np.array(listed, dtype=np.int64).reshape(-1, 2)) >= 0
    for (mentee, mentor), is_allowed in zip(listed, allowed.tolist(), strict=True):
        if not (0 <= mentee < len(problem.mentees) and 0 <= mentor < len(problem.mentors)):
            found.append(f"Pair ({mentee}, {mentor}) names somebody who is not in the problem.")
            continue
        known.append((mentee, mentor))
        if not is_allowed:
            found.append(f"{problem.mentees[mentee]} and {problem.mentors[mentor]} may not be paired.")
    for (mentee, mentor), times in sorted(Counter(known).items()):
        if times > 1:
            found.append(f"{problem.mentees[mentee]} and {problem.mentors[mentor]} are paired {times} times.")
    return [*found, *_crowding(problem, known), *_clashing(problem, known), *_unlocked(problem, known)]


def _crowding(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return the mentees, mentors and caps with more pairs than they may have, or fewer than they must have."""
    found = []
    for mentee, count in sorted(Counter(mentee for mentee, _ in pairs).items()):
        if count > problem.wanted[mentee]:
            found.append(f"{problem.mentees[mentee]} has {count} mentors, and may have {problem.wanted[mentee]}.")
    taken = Counter(mentor for _, mentor in pairs)
    for mentor, count in sorted(taken.items()):
        if count > problem.capacity[mentor]:
            found.append(f"{problem.mentors[mentor]} has {count} mentees, and takes {problem.capacity[mentor]}.")
    for cap in problem.caps:
        count = sum(taken[mentor] for mentor in cap.mentors)
        if count > cap.limit:
            found.append(f"{cap.name}: {count} pairs, and at most {cap.limit} are allowed.")
        if count < cap.least:
            found.append(f"{cap.name}: {count} pairs, and at least {cap.least} are needed.")
    for mentor in np.flatnonzero(problem.least).tolist():
        if taken[mentor] < problem.least[mentor]:
            words = (
                f"{problem.mentors[mentor]} has {taken[mentor]} mentees, and needs at least {problem.least[mentor]}."
            )
            found.append(words)
    return found


def _clashing(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return the mentees who hold two mentors that clash."""
    held = set(pairs)
    return [
        f"{problem.mentees[mentee]} has both {problem.mentors[one]} and {problem.mentors[other]}, who clash."
        for one, other in problem.clashes
        for mentee in sorted({mentee for mentee, _ in held})
        if (mentee, one) in held and (mentee, other) in held
    ]


def _unlocked(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return the locked pairs that a plan leaves out."""
    held = set(pairs)
    return [
        f"The locked pair {problem.mentees[mentee]} and {problem.mentors[mentor]} is missing."
        for mentee, mentor in problem.locked.tolist()
        if (mentee, mentor) not in held
    ]


def verdict(problem: Problem, answer: Answer) -> Verdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best."""
    broken = tuple(violations(problem, answer.pairs))
    if broken:
        return Verdict(violations=broken, bounds=tuple(step.bound for step in answer.steps), proved_best=False)
    judge = Bounds(problem, answer)
    bounds = tuple(judge.bound(step) for step in answer.steps)
    names = [(step.name, step.level) for step in answer.steps]
    proved = answer.aim in get_args(Aim) and judge.all_proved and names == judge.expected_steps()
    return Verdict(violations=(), bounds=bounds, proved_best=proved and answer.stopped is None)
