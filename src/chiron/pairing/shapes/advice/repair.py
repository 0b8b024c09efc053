"""Mid-year: somebody leaves a plan of peers or circles, and the rest is planned anew with few changes.

Two who were together count `cost` points more if they stay together. That is a problem of the same shape, so it is
solved, proved and judged like any other; a cost above everything that a change could gain breaks as few as possible.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.shapes.gatherings import circles
from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers
from chiron.pairing.shapes.peers import solve as peers
from chiron.pairing.shapes.peers.solve import ShapeAim, ShapeObserver


@dataclass(frozen=True, slots=True, eq=False)
class Repaired:
    """A plan after people left.

    Attributes:
        problem: the people who stay, with `cost` added to the fit of two who were together; judges judge by it.
        answer: the new plan, in positions of that problem.
        cost: points for each two who stay together.
        kept: how many twos who were together, and could be, still are.
        broken: how many of them are not.
        total: the sum of the fits as they are, without the cost.
    """

    problem: Peers | Circles
    answer: ShapeAnswer
    cost: int
    kept: int
    broken: int
    total: int


def repair_peers(
    problem: Peers,
    ties: Ints,
    gone: Collection[int],
    *,
    cost: int | None = None,
    aim: ShapeAim = "everyone",
    seed: int = 0,
    observer: ShapeObserver | None = None,
) -> Repaired:
    """Return the best pairs of those who stay, with a cost for each pair that is broken.

    Args:
        problem: the peers as they were.
        ties: int32 (k, 3) or (k, 2), the pairs of the plan so far.
        gone: positions of people who leave.
        cost: points for each pair that stays; None for so many that a pair is only broken to pair more people.
        aim: as for `peers.solve`; a pair that stays counts its cost for the lowest fit too.
        seed: as for `peers.solve`.
        observer: as for `peers.solve`.

    Raises:
        ProblemError: with the cost the numbers are too large for exact arithmetic.
    """
    changed, before, price = _changed(problem, ties, gone, cost)
    found = replace(problem, people=changed.people, pairs=changed.pairs, fit=changed.fit)
    return _counted(found, peers.solve(found, aim=aim, seed=seed, observer=observer), before, price)


def repair_circles(
    problem: Circles,
    ties: Ints,
    gone: Collection[int],
    *,
    cost: int | None = None,
    aim: ShapeAim = "everyone",
    seed: int = 0,
    observer: ShapeObserver | None = None,
) -> Repaired:
    """Return the best circles of those who stay, with a cost for each two who no longer sit together.

    Args:
        problem: the circles as they were asked for.
        ties: int32 (k, 3) or (k, 2), all pairs inside the circles so far.
        gone: positions of people who leave.
        cost: points for each two who stay together; None for more than any other change can gain.
        aim: as for `circles.solve`.
        seed: as for `circles.solve`.
        observer: as for `circles.solve`.

    Raises:
        ProblemError: with the cost the numbers are too large for exact arithmetic.
    """
    listed = Peers(problem.people, problem.pairs, problem.fit)
    if not problem.only_listed:
        listed = _with_pairs(listed, ties)
    changed, before, price = _changed(listed, ties, gone, cost)
    found = replace(problem, people=changed.people, pairs=changed.pairs, fit=changed.fit)
    return _counted(found, circles.solve(found, aim=aim, seed=seed, observer=observer), before, price)


def _with_pairs(problem: Peers, ties: Ints) -> Peers:
    """Return peers with these pairs listed too; those that were not are worth 0."""
    people = len(problem.people)
    fit = dict(zip(_keys(problem.pairs, people).tolist(), problem.fit.tolist(), strict=True))
    for key in _keys(ties, people).tolist():
        fit.setdefault(key, 0)
    keys = np.array(sorted(fit), dtype=np.int64)
    pairs = np.stack([keys // max(people, 1), keys % max(people, 1)], axis=1)
    return Peers(problem.people, pairs.astype(np.int32), np.array([fit[key] for key in keys.tolist()], dtype=np.int32))


def _changed(problem: Peers, ties: Ints, gone: Collection[int], cost: int | None) -> tuple[Peers, Longs, int]:
    """Return the peers who stay with raised fits, the keys of the pairs that were together, and the cost."""
    stays = np.ones(len(problem.people), dtype=np.bool_)
    stays[list(gone)] = False
    place = np.cumsum(stays) - 1
    is_left = stays[problem.pairs].all(axis=1)
    pairs = place[problem.pairs[is_left]]
    people = tuple(name for name, is_here in zip(problem.people, stays.tolist(), strict=True) if is_here)
    fit = problem.fit[is_left].astype(np.int64)
    old = np.asarray(ties)[:, :2]
    before = np.sort(_keys(place[old[stays[old].all(axis=1)]], len(people)))
    was_together = np.isin(_keys(pairs, len(people)), before)
    before = _keys(pairs, len(people))[was_together]
    if cost is None:
        cost = int(fit.max(initial=0) - fit.min(initial=0)) * (len(people) // 2 + 1) + 1
    raised = Peers(people, pairs.astype(np.int32), np.minimum(fit + cost * was_together, np.iinfo(np.int32).max))
    return raised, before, cost


def _keys(pairs: Ints | Longs, people: int) -> Longs:
    """Return one number for each pair: int64."""
    listed = np.asarray(pairs, dtype=np.int64)
    return np.asarray(listed[:, 0] * people + listed[:, 1])


def _counted(problem: Peers | Circles, answer: ShapeAnswer, before: Longs, cost: int) -> Repaired:
    """Return the new plan with what became of the old one."""
    kept = int(np.isin(_keys(answer.ties, len(problem.people)), before).sum())
    total = next(step.value for step in answer.steps if step.name == "total")
    return Repaired(problem, answer, cost, kept, len(before) - kept, total - cost * kept)
