"""The steps of an aim for a plan: their values, and bounds that hold without any search."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.evenness import excess_of, groups_of, sums
from chiron.pairing.measures.stability import blocking_pairs
from chiron.pairing.model.answer import Aim, Answer, Certificate, Step
from chiron.pairing.model.choices import ranks_of
from chiron.pairing.model.counts import counting_steps, mentors_counted, most_mentors, people_counted
from chiron.pairing.model.problem import Ints, Longs, Problem

ROWS = 256
"""Mentees looked at together, so that no large table is copied."""


LooseBounds = dict[tuple[str, int | None], int]
"""Trivial bounds by step, so that telling an observer is quick."""


class StoppedError(Exception):
    """The observer asked the solver to stop; the best plan so far is the answer."""


def no_certificate(problem: Problem) -> Certificate:
    """Return the certificate with every price zero: valid for every step, and seldom tight."""
    return Certificate(
        prices=np.zeros(len(problem.mentors), dtype=np.int64),
        cap_prices=np.zeros(len(problem.caps), dtype=np.int64),
    )


def sorted_pairs(pairs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the pairs (k, 2) by mentee, then mentor, frozen."""
    pairs = np.asarray(pairs, dtype=np.int32).reshape(-1, 2)
    pairs = np.ascontiguousarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])
    pairs.flags.writeable = False
    return pairs


def free_places(problem: Problem, pairs: NDArray[np.int32]) -> Longs:
    """Return where the pairs that are not locked stand in the problem's lists."""
    return np.setdiff1d(problem.positions(pairs), problem.positions(problem.locked))


def steps_of(problem: Problem, pairs: NDArray[np.int32], aim: Aim) -> list[tuple[str, int | None]]:
    """Return the steps (name, level) by which a plan is judged under an aim, in order."""
    counts: list[tuple[str, int | None]] = list(counting_steps(problem))
    if aim == "total" and not problem.needs_everyone:
        return [("total", None), *counts]
    if aim in {"stable", "stable-mentors"}:
        return [("blocking pairs", None)]
    steps = counts
    free = free_places(problem, pairs)
    if aim in {"everyone", "parity"} and len(free):
        steps.append(("lowest fit", None))
    if aim == "worst-off":
        steps.extend(("people above", int(level)) for level in np.unique(problem.fit[free]))
    if aim == "profile":
        steps.extend(("choices up to", level + 1) for level in range(int(ranks_of(problem, pairs).max(initial=0))))
    if aim in {"rank", "parity"}:
        steps.append(("total rank" if aim == "rank" else "spread", None))
    return [*steps, ("total", None)]


def value(problem: Problem, pairs: NDArray[np.int32], name: str, level: int | None) -> int:
    """Return what a plan reaches in a step.

    Raises:
        KeyError: no step has this name.
    """
    if mentors_counted(name):
        return people_counted(problem, pairs, name, level)
    places = problem.positions(pairs)
    fit = problem.fit[places].astype(np.int64)
    if name == "lowest fit":
        return int(problem.fit[free_places(problem, pairs)].min())
    if name == "people above" and level is not None:
        return int((fit > level).sum())
    if name == "total":
        return int(fit.sum())
    return _value_of_wishes(problem, pairs, name, level)


def _value_of_wishes(problem: Problem, pairs: NDArray[np.int32], name: str, level: int | None) -> int:
    """Return what a plan reaches in a step about wishes and choices."""
    if name == "choices up to" and level is not None:
        return int((ranks_of(problem, pairs) <= level).sum())
    if name == "total rank":
        return -int(ranks_of(problem, pairs).sum())
    if name == "blocking pairs":
        return -blocking_pairs(problem, pairs)
    if name == "spread":
        groups = groups_of(problem)
        return -excess_of(groups, sums(problem, groups, pairs))
    raise KeyError(name)


def loose_bound(problem: Problem, name: str, level: int | None) -> int:
    """Return the bound of a step when every price is zero: each mentee alone gets the best of the allowed pairs."""
    if name in {"blocking pairs", "total rank", "spread"}:
        return 0
    if name == "choices up to":
        return int(problem.wanted.sum())
    if mentors_counted(name):
        return int(np.count_nonzero((most_mentors(problem) >= mentors_counted(name)) & (problem.tier == level)))
    mentees = np.arange(len(problem.mentees))
    locked = problem.positions(problem.locked)
    left = problem.wanted - np.bincount(problem.locked[:, 0], minlength=len(mentees))
    if name == "lowest fit":
        return int(np.delete(problem.fit, locked).max(initial=-(1 << 31)))
    most = 0
    for first in range(0, len(mentees), ROWS):
        rows = mentees[first : first + ROWS]
        begin, end = int(problem.starts[first]), int(problem.starts[rows[-1] + 1])
        row = np.repeat(rows, np.diff(problem.starts[first : rows[-1] + 2]))
        counts = _counts_of(problem.fit[begin:end], name, level)
        is_locked = np.isin(np.arange(begin, end), locked) if len(locked) else np.zeros(end - begin, dtype=np.bool_)
        most += int(counts[is_locked].sum())
        gain = np.where(is_locked, 0, np.maximum(counts, 0))
        if left.max(initial=0) > 1:
            # Sorting keeps each row where it was, so the n-th entry of a row is its n-th best.
            nth = np.arange(begin, end) - problem.starts[row]
            most += int(gain[np.lexsort((-gain, row))][nth < left[row]].sum())
        elif end > begin:
            some = np.flatnonzero(np.diff(problem.starts[first : rows[-1] + 2]))
            top = np.maximum.reduceat(gain, problem.starts[first + some] - begin)
            most += int((top * left[first + some]).sum())
    return most


def _counts_of(fit: Ints, name: str, level: int | None) -> Longs:
    """Return what pairs count in a step: int64."""
    if name == "people above" and level is not None:
        return np.asarray(fit > level, dtype=np.int64)
    return np.asarray(fit, dtype=np.int64)


def plainly_most_people(problem: Problem, pairs: NDArray[np.int32]) -> list[Step]:
    """Return the steps that count people, proved without prices; empty if somebody could have one more mentor."""
    steps = [loose_step(problem, pairs, name, tier) for name, tier in counting_steps(problem)]
    return steps if all(step.proved_best for step in steps) else []


def loose_step(
    problem: Problem, pairs: NDArray[np.int32], name: str, level: int | None, known: LooseBounds | None = None
) -> Step:
    """Return a step that proves no more than the trivial bound; `known` remembers bounds from call to call."""
    known = {} if known is None else known
    if (name, level) not in known:
        known[name, level] = loose_bound(problem, name, level)
    return Step(
        name=name,
        value=value(problem, pairs, name, level),
        bound=known[name, level],
        certificate=no_certificate(problem),
        level=level,
    )


def stopped_answer(
    problem: Problem,
    pairs: NDArray[np.int32],
    *,
    steps: list[Step],
    aim: Aim,
    method: str,
    seed: int,
    known: LooseBounds | None = None,
) -> Answer:
    """Return a plan that is not proved in full: the proved steps that still hold, then trivial bounds."""
    kept: list[Step] = []
    for (name, level), step in zip(steps_of(problem, pairs, aim), steps, strict=False):
        if (name, level) != (step.name, step.level) or value(problem, pairs, name, level) != step.value:
            break
        kept.append(step)
    rest = steps_of(problem, pairs, aim)[len(kept) :]
    kept.extend(loose_step(problem, pairs, name, level, known) for name, level in rest)
    return Answer(pairs=pairs, steps=tuple(kept), aim=aim, method=method, seed=seed, stopped="stopped by the observer")
