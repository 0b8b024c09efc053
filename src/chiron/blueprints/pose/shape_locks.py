"""Two people who must stay together, written into the question of a shape so that its method and judge keep to it.

A locked tie of a panel or a chain has a place of its own: one place of the mentor that nobody else can take. Peers who
are locked may be paired with nobody else. In circles and teams each locked tie counts more than all the rest can gain.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.pose.shape_question import PosedShape
from chiron.pairing.model.problem import TOP_FIT, Cap, Ints, Longs
from chiron.pairing.rules.scoring import Reason
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers, Rounds, Teams
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import ChainProblem, LoadsProblem, PanelProblem

Pairs = Sequence[tuple[int, int]]
"""Locked ties by position of who is helped and who helps."""
OWN = "\N{NO-BREAK SPACE}locked"


class LockError(PoseError):
    """Two people cannot be kept together.

    Attributes:
        pair: their ids.
    """

    def __init__(self, pair: tuple[str, str]) -> None:
        """Keep the ids; who says it in words knows the names."""
        self.pair = pair
        super().__init__(f'"{pair[0]}" and "{pair[1]}" are locked together, and the rules or their places forbid it.')


def with_locks(posed: PosedShape, locks: Sequence[tuple[str, str]]) -> PosedShape:
    """Return the question with every locked tie in it.

    Args:
        posed: the question.
        locks: ids of who is helped and who helps; among peers in either order.

    Raises:
        LockError: the two may not be tied, or a place of theirs is locked for somebody else.
    """
    helped = {one: at for at, one in enumerate(posed.helped)}
    helpers = {one: at for at, one in enumerate(posed.helpers)}
    pairs = []
    for one, other in dict.fromkeys(locks):
        if one not in helped or other not in helpers:
            raise LockError((one, other))
        pairs.append((helped[one], helpers[other]))
    if not pairs:
        return posed
    return replace(_WRITTEN[type(posed.problem)](posed, pairs), locks=tuple(dict.fromkeys(locks)))


def _in_slots(posed: PosedShape, pairs: Pairs) -> PosedShape:
    """Return a panel with a place of its own for each locked tie."""
    problem: PanelProblem | LoadsProblem = posed.problem
    slots, mentors = problem.slots, len(problem.slots.mentors)
    rows = _rows_for(posed, slots, pairs)
    row, keep = slots.rows(), np.ones(len(slots.partner), dtype=np.bool_)
    for (mentee, mentor), own in zip(pairs, rows, strict=True):
        keep &= (row != own) & ~((row // slots.kinds == mentee) & (slots.partner == mentor))
    kinds = [own % slots.kinds for own in rows]
    added = [slots.place(one, kind, other) for (one, other), kind in zip(pairs, kinds, strict=True)]
    starts, partner, fit = _rows_with(
        slots.asked.size,
        np.concatenate([row[keep], rows]),
        np.concatenate([slots.partner[keep], mentors + np.arange(len(pairs))]),
        np.concatenate([slots.fit[keep], slots.fit[added]]),
    )
    wider = replace(
        slots,
        mentors=(*slots.mentors, *_own_names(slots.mentors, pairs)),
        starts=starts,
        partner=partner,
        fit=fit,
    )
    caps = _wider(problem.caps, pairs, mentors)
    if isinstance(problem, LoadsProblem):
        units = [int(problem.units[kind]) for kind in kinds]
        budget = _without(posed, problem.budget, pairs, units)
        return _with_own(posed, replace(problem, slots=wider, budget=budget, caps=caps), pairs)
    capacity = _without(posed, problem.capacity, pairs, [1] * len(pairs))
    return _with_own(posed, replace(problem, slots=wider, capacity=capacity, caps=caps), pairs)


def _rows_for(posed: PosedShape, slots: Slots, pairs: Pairs) -> list[int]:
    """Return the place that each locked tie fills: the first that its mentor may fill and no earlier lock has."""
    rows: list[int] = []
    for mentee, mentor in pairs:
        kinds = [kind for kind in range(slots.kinds) if slots.place(mentee, kind, mentor) >= 0]
        free = [row for row in (mentee * slots.kinds + kind for kind in kinds) if row not in rows]
        if not free:
            raise LockError(_ids(posed, (mentee, mentor)))
        rows.append(free[0])
    return rows


def _in_chain(posed: PosedShape, pairs: Pairs) -> PosedShape:
    """Return a chain with a place of its own for each locked tie."""
    problem: ChainProblem = posed.problem
    people = len(problem.people)
    plain = np.repeat(np.arange(people), np.diff(problem.starts))
    if len({mentee for mentee, _ in pairs}) < len(pairs):
        raise LockError(_ids(posed, pairs[-1]))
    places = []
    for pair in pairs:
        found = np.flatnonzero((plain == pair[0]) & (problem.partner == pair[1]))
        if not len(found):
            raise LockError(_ids(posed, pair))
        places.append(int(found[0]))
    keep = ~np.isin(plain, [mentee for mentee, _ in pairs])
    starts, partner, fit = _rows_with(
        people + len(pairs),
        np.concatenate([plain[keep], [mentee for mentee, _ in pairs]]),
        np.concatenate([problem.partner[keep], people + np.arange(len(pairs))]),
        np.concatenate([problem.fit[keep], problem.fit[places]]),
    )
    changed = replace(
        problem,
        people=(*problem.people, *_own_names(problem.people, pairs)),
        seeking=np.concatenate([problem.seeking, np.zeros(len(pairs), dtype=np.bool_)]),
        capacity=_without(posed, problem.capacity, pairs, [1] * len(pairs)),
        starts=starts,
        partner=partner,
        fit=fit,
        level=None if problem.level is None else np.concatenate([problem.level, problem.level[[m for _, m in pairs]]]),
        caps=_wider(problem.caps, pairs, people),
    )
    whole = _with_own(posed, changed, pairs)
    return replace(whole, helped=whole.helpers)


def _in_peers(posed: PosedShape, pairs: Pairs) -> PosedShape:
    """Return peers of whom those who are locked may be paired with each other only."""
    problem: Peers = posed.problem
    locked = {tuple(sorted(pair)) for pair in pairs}
    people = [one for pair in locked for one in pair]
    allowed = {tuple(pair) for pair in problem.pairs.tolist()}
    for pair in pairs:
        if tuple(sorted(pair)) not in allowed or people.count(pair[0]) + people.count(pair[1]) > len(pair):
            raise LockError(_ids(posed, pair))
    touched = np.isin(problem.pairs, people).any(axis=1)
    own = np.array([tuple(pair) in locked for pair in problem.pairs.tolist()], dtype=np.bool_)
    keep = ~touched | own
    return replace(posed, problem=replace(problem, pairs=problem.pairs[keep], fit=problem.fit[keep]))


def _in_circles(posed: PosedShape, pairs: Pairs) -> PosedShape:
    """Return circles in which each locked tie counts more than all the rest."""
    problem: Circles = posed.problem
    locked = {tuple(sorted(pair)) for pair in pairs}
    own = np.array([tuple(pair) in locked for pair in problem.pairs.tolist()], dtype=np.bool_)
    if int(own.sum()) < len(locked):
        allowed = {tuple(pair) for pair in problem.pairs.tolist()}
        raise LockError(_ids(posed, next(pair for pair in pairs if tuple(sorted(pair)) not in allowed)))
    extra = _extra(problem.fit, len(problem.people) * problem.most)
    return replace(posed, problem=replace(problem, fit=problem.fit + np.where(own, extra, 0)), extra=extra)


def _in_teams(posed: PosedShape, pairs: Pairs) -> PosedShape:
    """Return teams in which each locked tie counts more than all the rest."""
    problem: Teams = posed.problem
    fit = np.array(problem.fit)
    extra = _extra(fit, fit.size)
    for pair in dict.fromkeys(pairs):
        if not problem.allowed[pair]:
            raise LockError(_ids(posed, pair))
        fit[pair] += extra
    return replace(posed, problem=replace(problem, fit=fit), extra=extra)


def _in_rounds(posed: PosedShape, pairs: Pairs) -> PosedShape:
    """Return rounds in which those who are locked meet; in which round is free."""
    problem: Rounds = posed.problem
    plain = problem.problem()
    for pair in pairs:
        if plain.place(*pair) < 0:
            raise LockError(_ids(posed, pair))
    for places, most in ((0, plain.wanted), (1, plain.capacity)):
        counts = np.bincount([pair[places] for pair in pairs], minlength=len(most))
        if (counts > most).any():
            at = int(np.flatnonzero(counts > most)[0])
            raise LockError(_ids(posed, next(pair for pair in pairs if pair[places] == at)))
    return replace(posed, problem=replace(problem, locked=np.array(sorted(pairs), dtype=np.int32)))


_WRITTEN: dict[type, Callable[[PosedShape, Pairs], PosedShape]] = {
    PanelProblem: _in_slots,
    LoadsProblem: _in_slots,
    ChainProblem: _in_chain,
    Peers: _in_peers,
    Circles: _in_circles,
    Teams: _in_teams,
    Rounds: _in_rounds,
}


def _extra(fit: Ints, most: int) -> int:
    """Return points above everything that other people can gain together, as far as numbers allow."""
    spread = int(np.abs(fit).max(initial=0)) + 1
    return min(spread * (most + 1), TOP_FIT // 2)


def _ids(posed: PosedShape, pair: tuple[int, int]) -> tuple[str, str]:
    return posed.helped[pair[0]], posed.helpers[pair[1]]


def _own_names(names: Sequence[str], pairs: Pairs) -> tuple[str, ...]:
    """Return identifiers of the places of locked ties; none of them is anybody's."""
    return tuple(f"{names[mentor]}{OWN} {number}" for number, (_, mentor) in enumerate(pairs))


def _rows_with(size: int, row: Longs, partner: Longs, fit: Longs) -> tuple[Longs, Ints, Ints]:
    """Return ties as compressed rows."""
    order = np.lexsort((partner, row))
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=size))]).astype(np.int64)
    return starts, partner[order].astype(np.int32), fit[order].astype(np.int32)


def _without(posed: PosedShape, capacity: Ints, pairs: Pairs, units: Sequence[int]) -> Ints:
    """Return what mentors can give beside their locked ties, and those at the end."""
    left = np.array(capacity, dtype=np.int64)
    for pair, cost in zip(pairs, units, strict=True):
        left[pair[1]] -= cost
        if left[pair[1]] < 0:
            raise LockError(_ids(posed, pair))
    return np.concatenate([left, units]).astype(np.int32)


def _wider(caps: Sequence[Cap], pairs: Pairs, size: int) -> tuple[Cap, ...]:
    """Return limits that hold the places of locked ties too."""
    return tuple(
        replace(cap, mentors=(*cap.mentors, *(size + at for at, pair in enumerate(pairs) if pair[1] in cap.mentors)))
        for cap in caps
    )


def _with_own(posed: PosedShape, problem: PanelProblem | LoadsProblem | ChainProblem, pairs: Pairs) -> PosedShape:
    """Return the question whose helpers also have the places of locked ties, each of which is its mentor."""
    size, own = len(posed.helpers), [mentor for _, mentor in pairs]
    real = np.concatenate([np.arange(size), own]).astype(np.int32)

    def reasons(ties: Ints) -> list[tuple[Reason, ...]]:
        plain = np.array(ties)
        plain[:, 1] = real[plain[:, 1]]
        return posed.reasons(plain)

    return replace(
        posed, problem=problem, helpers=(*posed.helpers, *(posed.helpers[at] for at in own)), reasons=reasons
    )
