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
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the referee found: broken rules, a bound for each step, and whether all is proved."""

    violations: tuple[Sentence, ...]
    bounds: tuple[int, ...]
    proved_best: bool


def violations(problem: Problem, pairs: NDArray[np.int32]) -> list[Sentence]:
    """Return every rule that a plan breaks; empty where it breaks none."""
    if np.size(pairs) and (np.shape(pairs)[1:] != (2,) or np.asarray(pairs).dtype.kind not in "iu"):
        return [Sentence("broken.no_table")]
    listed = [(int(mentee), int(mentor)) for mentee, mentor in np.asarray(pairs).reshape(-1, 2)]
    known = []
    found: list[Sentence] = []
    allowed = problem.positions(np.array(listed, dtype=np.int64).reshape(-1, 2)) >= 0
    for (mentee, mentor), is_allowed in zip(listed, allowed.tolist(), strict=True):
        if not (0 <= mentee < len(problem.mentees) and 0 <= mentor < len(problem.mentors)):
            found.append(Sentence("broken.unknown_pair", {"one": mentee, "other": mentor}))
            continue
        known.append((mentee, mentor))
        if not is_allowed:
            found.append(not_allowed(problem.mentees[mentee], problem.mentors[mentor]))
    for (mentee, mentor), times in sorted(Counter(known).items()):
        if times > 1:
            values = {"mentee": problem.mentees[mentee], "mentor": problem.mentors[mentor], "n": times}
            found.append(Sentence("broken.paired_twice", values))
    return [*found, *_crowding(problem, known), *_clashing(problem, known), *_unlocked(problem, known)]


def not_allowed(one: str, other: str) -> Sentence:
    """Return that two people may not be paired."""
    return Sentence("broken.not_allowed", {"one": one, "other": other})


def _crowding(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[Sentence]:
    """Return the mentees, mentors and caps with more pairs than they may have, or fewer than they must have."""
    found = []
    for mentee, count in sorted(Counter(mentee for mentee, _ in pairs).items()):
        if count > problem.wanted[mentee]:
            values = {"mentee": problem.mentees[mentee], "n": count, "most": int(problem.wanted[mentee])}
            found.append(Sentence("broken.wanted", values))
    taken = Counter(mentor for _, mentor in pairs)
    for mentor, count in sorted(taken.items()):
        if count > problem.capacity[mentor]:
            values = {"mentor": problem.mentors[mentor], "n": count, "most": int(problem.capacity[mentor])}
            found.append(Sentence("broken.capacity", values))
    for cap in problem.caps:
        count = sum(taken[mentor] for mentor in cap.mentors)
        if count > cap.limit:
            found.append(Sentence("broken.cap", {"cap": cap.name, "n": count, "most": cap.limit}))
        if count < cap.least:
            found.append(Sentence("broken.cap_least", {"cap": cap.name, "n": count, "least": cap.least}))
    for mentor in np.flatnonzero(problem.least).tolist():
        if taken[mentor] < problem.least[mentor]:
            values = {"mentor": problem.mentors[mentor], "n": taken[mentor], "least": int(problem.least[mentor])}
            found.append(Sentence("broken.least", values))
    return found


def _clashing(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[Sentence]:
    """Return the mentees who hold two mentors that clash."""
    held = set(pairs)
    return [
        Sentence(
            "broken.clash",
            {"mentee": problem.mentees[mentee], "one": problem.mentors[one], "other": problem.mentors[other]},
        )
        for one, other in problem.clashes
        for mentee in sorted({mentee for mentee, _ in held})
        if (mentee, one) in held and (mentee, other) in held
    ]


def _unlocked(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[Sentence]:
    """Return the locked pairs that a plan leaves out."""
    held = set(pairs)
    return [
        Sentence("broken.lock", {"mentee": problem.mentees[mentee], "mentor": problem.mentors[mentor]})
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
