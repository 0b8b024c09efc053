"""One change to a problem that a coordinator may ask for, and what it does to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import WISHES, Problem
from chiron.pairing.model.sentences import Sentence

ChangeKind = Literal["assign", "forbid", "swap", "capacity", "free", "cap"]


class ChangeError(ValueError):
    """The change cannot be made.

    Attributes:
        sentence: why.
    """

    def __init__(self, sentence: Sentence) -> None:
        """Keep why, and say it."""
        self.sentence = sentence
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        kind: "assign": the mentee gets this mentor, and keeps it; "forbid": never this pair; "swap": the mentee gets
            this mentor, and the mentee `other`, who has that mentor now, gets this mentee's; "capacity": the mentor
            has `amount` more places (fewer if negative); "free": the pair is no longer locked; "cap": the cap at
            position `other` allows `amount` more pairs.
        mentee: position, -1 where it does not matter.
        mentor: position, -1 where it does not matter.
        other: position of the other mentee, or of the cap.
        amount: how many places.
    """

    kind: ChangeKind
    mentee: int
    mentor: int
    other: int = -1
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """What a plan reaches: mentees with a mentor, the lowest fit of a pair (0 without any), and the sum of the fits."""

    matched: int
    lowest: int
    total: int


@dataclass(frozen=True, slots=True)
class Move:
    """A mentee who changes mentor; -1 stands for no mentor, with a fit of 0."""

    mentee: int
    from_mentor: int
    to_mentor: int
    fit_before: int
    fit_after: int


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What a change does to everybody.

    Attributes:
        possible: False if no plan allows it; then nothing moves.
        why_not: why it is not, None if it is.
        moves: who changes mentor, by mentee.
        before: what the plan reached.
        after: what the new plan reaches.
        pairs: int32 (k, 2), the new plan, sorted.
    """

    possible: bool
    why_not: Sentence | None
    moves: tuple[Move, ...]
    before: Totals
    after: Totals
    pairs: NDArray[np.int32]


def apply_change(problem: Problem, change: Change, *, pairs: NDArray[np.int32] | None = None) -> Problem:
    """Return the problem with the change made; `pairs`, the plan, is needed for a swap only.

    Raises:
        ChangeError: the change names a pair that is not allowed, not locked or not in the plan.
    """
    if change.kind == "assign":
        return _locked(problem, change.mentee, change.mentor)
    if change.kind == "swap":
        for mentee, mentor in swapped(change, pairs):
            problem = _locked(problem, mentee, mentor)
        return problem
    if change.kind == "forbid":
        return _without(problem, change.mentee, change.mentor)
    if change.kind == "free":
        return _unlocked(problem, change.mentee, change.mentor)
    if change.kind == "cap":
        caps = list(problem.caps)
        cap = caps[change.other]
        caps[change.other] = replace(cap, limit=_enough(cap.limit + change.amount, cap.least))
        return replace(problem, caps=tuple(caps))
    capacity = problem.capacity.copy()
    least = int(problem.least[change.mentor])
    capacity[change.mentor] = _enough(int(capacity[change.mentor]) + change.amount, least)
    return replace(problem, capacity=capacity)


def allow_pair(problem: Problem, mentee: int, mentor: int, *, fit: int) -> Problem:
    """Return the problem with one more pair that may be made; one that may be made already stays as it is.

    The pair ranks last among the mentee's choices, and both wish it as much as it fits.

    Args:
        problem: what was asked.
        mentee: position.
        mentor: position.
        fit: what the pair counts.
    """
    if problem.place(mentee, mentor) >= 0:
        return problem
    first, last = int(problem.starts[mentee]), int(problem.starts[mentee + 1])
    at = first + int(np.searchsorted(problem.partner[first:last], mentor))
    starts = problem.starts.copy()
    starts[mentee + 1 :] += 1
    wishes: dict[str, Any] = {
        name: np.insert(wish, at, wish.max(initial=1) if name == "rank" else fit)
        for name in WISHES
        if (wish := getattr(problem, name)) is not None
    }
    return replace(
        problem,
        starts=starts,
        partner=np.insert(problem.partner, at, mentor),
        fit=np.insert(problem.fit, at, fit),
        **wishes,
    )


def swapped(change: Change, pairs: NDArray[np.int32] | None) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the two pairs that a swap asks for.

    Raises:
        ChangeError: one of the two has no mentor to give.
    """
    plan = [] if pairs is None else pairs.tolist()
    if [change.other, change.mentor] not in plan:
        raise ChangeError(Sentence("change.swap_elsewhere"))
    own = [mentor for mentee, mentor in plan if mentee == change.mentee]
    if not own:
        raise ChangeError(Sentence("change.swap_nothing"))
    if change.mentor in own:
        raise ChangeError(Sentence("change.swap_same"))
    return (change.mentee, change.mentor), (change.other, own[0])


def totals(problem: Problem, pairs: NDArray[np.int32] | Sequence[tuple[int, int]]) -> Totals:
    """Return what a plan reaches; all its pairs must be allowed."""
    listed = np.asarray(pairs, dtype=np.int32).reshape(-1, 2)
    fit = problem.fit[problem.positions(listed)]
    return Totals(len(np.unique(listed[:, 0])), int(fit.min()) if len(fit) else 0, int(fit.sum(dtype=np.int64)))


def moves(problem: Problem, before: NDArray[np.int32], after: NDArray[np.int32]) -> tuple[Move, ...]:
    """Return who changes mentor from one plan to another, by mentee; both plans must be allowed by the problem."""
    old, new = set(map(tuple, before.tolist())), set(map(tuple, after.tolist()))
    lost: dict[int, list[int]] = {}
    won: dict[int, list[int]] = {}
    for mentee, mentor in sorted(old - new):
        lost.setdefault(mentee, []).append(mentor)
    for mentee, mentor in sorted(new - old):
        won.setdefault(mentee, []).append(mentor)
    found = []
    for mentee in sorted(lost.keys() | won.keys()):
        gone, come = lost.get(mentee, []), won.get(mentee, [])
        for at in range(max(len(gone), len(come))):
            source = gone[at] if at < len(gone) else -1
            target = come[at] if at < len(come) else -1
            found.append(Move(mentee, source, target, _fit(problem, mentee, source), _fit(problem, mentee, target)))
    return tuple(found)


def _fit(problem: Problem, mentee: int, mentor: int) -> int:
    """Return the fit of a pair, 0 for no mentor."""
    if mentor < 0:
        return 0
    return int(problem.fit[problem.place(mentee, mentor)])


def _enough(limit: int, least: int) -> int:
    if limit < 0:
        raise ChangeError(Sentence("change.too_few_places"))
    if limit < least:
        raise ChangeError(Sentence("change.least", {"n": least}))
    return limit


def _locked(problem: Problem, mentee: int, mentor: int) -> Problem:
    """Return the problem with a pair locked; with one place, it replaces the mentee's earlier lock."""
    if problem.place(mentee, mentor) < 0:
        raise ChangeError(Sentence("change.forbidden"))
    kept = [(int(i), int(j)) for i, j in problem.locked if (i, j) != (mentee, mentor)]
    own = [pair for pair in kept if pair[0] == mentee]
    if len(own) >= problem.wanted[mentee]:
        if problem.wanted[mentee] != 1:
            raise ChangeError(Sentence("change.all_locked"))
        kept = [pair for pair in kept if pair[0] != mentee]
    return replace(problem, locked=np.array(sorted([*kept, (mentee, mentor)]), dtype=np.int32).reshape(-1, 2))


def _unlocked(problem: Problem, mentee: int, mentor: int) -> Problem:
    """Return the problem with a lock taken away."""
    kept = [(int(i), int(j)) for i, j in problem.locked if (i, j) != (mentee, mentor)]
    if len(kept) == len(problem.locked):
        raise ChangeError(Sentence("change.not_locked"))
    return replace(problem, locked=np.array(kept, dtype=np.int32).reshape(-1, 2))


def _without(problem: Problem, mentee: int, mentor: int) -> Problem:
    """Return the problem without a pair."""
    at = problem.place(mentee, mentor)
    if at < 0:
        return problem
    if any((int(i), int(j)) == (mentee, mentor) for i, j in problem.locked):
        raise ChangeError(Sentence("change.locked"))
    starts = problem.starts.copy()
    starts[mentee + 1 :] -= 1
    wishes: dict[str, Any] = {
        name: np.delete(wish, at) for name in WISHES if (wish := getattr(problem, name)) is not None
    }
    return replace(
        problem, starts=starts, partner=np.delete(problem.partner, at), fit=np.delete(problem.fit, at), **wishes
    )
