"""Speed rounds: mentees meet several mentors, one after the other, and nobody is in two places at once.

Who meets whom is an ordinary problem in which a mentee wants several mentors and a mentor has a place for every
meeting. Any such plan fits into the rounds: a bipartite graph needs no more colours than the most meetings of one
person (König 1916), and a round is a colour. A one-off shadowing day is one round whose places are hosts on dates.
"""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, Longs, ProblemError
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.gathering_problems import Rounds
from chiron.pairing.shapes.peers.solve import ShapeAim, ShapeObserver
from chiron.pairing.solve import solve as solve_problem

__all__ = ["Rounds", "colours", "solve"]

METHOD = "flow and colours"


def solve(
    problem: Rounds, *, aim: ShapeAim = "everyone", seed: int = 0, observer: ShapeObserver | None = None
) -> ShapeAnswer:
    """Return the best meetings with a round for each, every step with a bound that `judge_rounds` recomputes.

    The third column of `ties` is the round. "matched" counts the mentees with a meeting, "with 2 mentors" those with
    two, and so on.

    Args:
        problem: who may meet whom.
        aim: "everyone" (most mentees with a meeting, then with two and so on, then the highest lowest fit, then the
            highest total) or "total" (the highest total first, then those).
        seed: decides between plans of equal worth, together with the identifiers.
        observer: told each phase and the best plan so far; False stops the search.

    Raises:
        KeyError: no aim has this name.
        ProblemError: the numbers are too large for exact arithmetic.
    """

    def tell(phase: str, answer: Answer | None) -> bool:
        return observer is None or observer(phase, None if answer is None else _in_rounds(problem, answer))

    return _in_rounds(problem, solve_problem(problem.problem(), aim=aim, seed=seed, observer=tell))


def _in_rounds(problem: Rounds, answer: Answer) -> ShapeAnswer:
    """Return the meetings of a plan, each with its round."""
    mentee_rank = lottery(problem.mentees, answer.seed, "mentee")
    mentor_rank = lottery(problem.mentors, answer.seed, "mentor")
    pairs = answer.pairs[np.lexsort((mentor_rank[answer.pairs[:, 1]], mentee_rank[answer.pairs[:, 0]]))]
    turn = colours(pairs, np.asarray(problem.at_once), len(problem.labels))
    ties = np.concatenate([pairs, turn[:, None]], axis=1).astype(np.int32)
    ties = np.ascontiguousarray(ties[np.lexsort((ties[:, 2], ties[:, 1], ties[:, 0]))])
    ties.flags.writeable = False
    return ShapeAnswer(
        shape="rounds",
        ties=ties,
        labels=problem.labels,
        steps=tuple(ShapeStep(step.name, step.value, step.bound, step.certificate) for step in answer.steps),
        method=METHOD,
        seed=answer.seed,
        stopped=answer.stopped,
    )


def colours(pairs: NDArray[np.int32], at_once: Ints, rounds: int) -> Longs:
    """Return a round for each pair (k, 2), so that nobody has two in one round: int64 (k,).

    A mentor who meets several at once is several mentors, each with no more meetings than there are rounds. Pairs are
    placed one by one; where the two have no free round in common, two rounds are swapped along one way.

    Raises:
        ProblemError: somebody has more meetings than there are rounds.
    """
    seat_of, mentee_of = _seats(pairs, at_once, rounds)
    left: list[dict[int, int]] = [{} for _ in range(int(mentee_of.max(initial=-1)) + 1)]
    right: list[dict[int, int]] = [{} for _ in range(int(seat_of.max(initial=-1)) + 1)]
    ends = list(zip(mentee_of.tolist(), seat_of.tolist(), strict=True))
    for at, (mentee, seat) in enumerate(ends):
        one = _free_round(left[mentee], rounds)
        other = _free_round(right[seat], rounds)
        if one in right[seat]:
            _swap(left, right, ends, seat, one, other)
        left[mentee][one] = right[seat][one] = at
    turn = np.zeros(len(pairs), dtype=np.int64)
    for taken in left:
        for each, at in taken.items():
            turn[at] = each
    return turn


def _seats(pairs: NDArray[np.int32], at_once: Ints, rounds: int) -> tuple[Longs, Longs]:
    """Return the seat of a mentor and the mentee of each pair; the meetings of a mentor fill seat after seat."""
    mentee, mentor = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    first = np.concatenate([[0], np.cumsum(np.asarray(at_once, dtype=np.int64))])
    order = np.argsort(mentor, kind="stable")
    count = np.bincount(mentor, minlength=len(at_once))
    nth = np.arange(len(pairs)) - np.repeat(np.cumsum(count) - count, count)
    seat = np.zeros(len(pairs), dtype=np.int64)
    seat[order] = first[mentor[order]] + nth // rounds
    if (np.bincount(mentee) > rounds).any() or (count > np.asarray(at_once, dtype=np.int64) * rounds).any():
        raise ProblemError("pairs: somebody has more meetings than there are rounds")
    return seat, mentee


def _free_round(taken: dict[int, int], rounds: int) -> int:
    """Return the first round in which somebody has no meeting."""
    return next(each for each in range(rounds) if each not in taken)


def _swap(
    left: list[dict[int, int]],
    right: list[dict[int, int]],
    ends: list[tuple[int, int]],
    seat: int,
    one: int,
    other: int,
) -> None:
    """Free round `one` at a seat whose round `other` is free, by swapping both along the way that begins there."""
    way, node, side, wanted = [], seat, right, one
    while wanted in side[node]:
        at = side[node][wanted]
        way.append((at, wanted))
        side, node = (left, ends[at][0]) if side is right else (right, ends[at][1])
        wanted = other if wanted == one else one
    for at, each in way:
        mentee, place = ends[at]
        del left[mentee][each], right[place][each]
    for at, each in way:
        mentee, place = ends[at]
        now = other if each == one else one
        left[mentee][now] = right[place][now] = at
