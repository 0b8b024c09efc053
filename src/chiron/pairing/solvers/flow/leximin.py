"""The worst-off person first, then the next, person by person: leximin by levels of fit.

After each level only the optimal face is kept: pairs that a best plan may contain, mentees and places that every
best plan fills (complementary slackness; Schrijver 2003, section 5.5). Levels at which nothing can be gained are
proved from the plan at hand, so a flow is solved only where the plan must change.
"""

from dataclasses import replace

import numpy as np

from chiron.pairing.model.problem import Longs
from chiron.pairing.solvers.flow.best import Proof
from chiron.pairing.solvers.flow.network import Network
from chiron.pairing.solvers.flow.objective import PairObjective, distinct, gains, plain, with_levels
from chiron.pairing.solvers.flow.run import FlowRun

STEEP = 8
"""How many levels ahead a flow looks, each counting RATIO times the next."""
RATIO = 4


class Face:
    """What all plans share that keep the values so far: how many mentors each mentee has, which nodes are full."""

    def __init__(self, net: Network) -> None:
        """Begin with nothing proved."""
        self.least = np.zeros(net.mentees, dtype=np.int64)
        self.filled = np.zeros(net.root, dtype=np.bool_)

    def objective(self, net: Network, table: Longs, size: int) -> PairObjective:
        """Return an objective by level of fit, with a bonus of this size for each place that must be filled."""
        on_path = np.zeros(net.root + 1, dtype=np.int64)
        for node in net.down:
            on_path[node] = on_path[net.parent[node]] + self.filled[node]
        mentors = slice(0, net.mentors)
        extra = on_path[net.parent[mentors]] + self.filled[mentors]
        places = np.arange(max(1, int(net.wanted.max(initial=1)))) < self.least[:, None]
        levels = places.astype(np.int64) * size
        return with_levels(replace(plain(net), extra=extra * size, table=table), net, levels)

    def holds(self, run: FlowRun, plan: Longs) -> bool:
        """Return True if a plan fills all that must be full."""
        net = run.net
        row = np.searchsorted(net.starts, plan, side="right") - 1
        load = net.loads(net.partner[plan])
        is_served = np.bincount(row, minlength=net.mentees) >= self.least
        return bool(is_served.all() and (load[:-1] >= net.limit)[self.filled].all())


def worst_off(run: FlowRun, proofs: list[Proof]) -> None:
    """Raise the fits of the free pairs, the lowest first, and prove each level; the total then follows.

    Args:
        run: with the plan that matches the most people.
        proofs: of the steps before.
    """
    face = Face(run.net)
    for proof in proofs:
        keep_face(run, face, proof, 0)
    run.enter("looking for the best for the worst-off")
    fits = np.union1d(distinct(run.net.fit), run.fixed_fits).astype(np.int64)
    fixed = set(np.searchsorted(fits, run.fixed_fits).tolist())
    levels = np.searchsorted(fits, run.net.fit).astype(np.int32)
    run.use(replace(run.net, fit=levels), run.candidates.place, run.plan)
    last = reached = -1
    _lift(run, face, last, len(fits))
    while left := {level for level in (*run.net.fit[run.plan].tolist(), *fixed) if level > last}:
        last = min(left)
        # A plan with a pair between two levels that occur is worse already.
        _shrink(run, (run.net.fit <= reached) | (run.net.fit >= last))
        proof, size = _prove(run, face, last, len(fits))
        run.tell(None)
        if last in fixed or (run.net.fit[run.plan] == last).any():
            certificate = run.certificate(proof.price, face=True, shift=face.filled * size)
            run.prove("people above", int(fits[last]), certificate)
            fixed.update(keep_face(run, face, proof, size))
            reached = last
    run.prove("total", None, run.certificate(np.zeros(run.net.root + 1, dtype=np.int64)))


def reach_of(net: Network) -> int:
    """Return more than the number of pairs that one chain of changes can touch."""
    return 2 * (min(net.mentees, net.mentors) + 3)


def _prove(run: FlowRun, face: Face, level: int, levels: int) -> tuple[Proof, int]:
    """Find the fewest pairs at or below a level; return the proof and the size of the bonus in it."""
    size = reach_of(run.net)
    objective = face.objective(run.net, (np.arange(levels) > level).astype(np.int64), size)
    proof = run.best(objective, run.plan)
    if not np.array_equal(proof.plan, run.plan):
        run.keep(proof.plan)
        reached = int((run.net.fit[run.plan] > level).sum())
        _lift(run, face, level, levels)
        if int((run.net.fit[run.plan] > level).sum()) < reached:
            run.keep(proof.plan)
        proof = run.best(objective, run.plan)
    return proof, size


def _lift(run: FlowRun, face: Face, level: int, levels: int) -> None:
    """Look for a plan on the face that is good at the next levels too; it needs no proof."""
    ahead = np.clip(STEEP - (np.arange(levels) - level - 1), 0, STEEP)
    table = np.cumsum(np.where(np.arange(levels) > level, RATIO**ahead, 0))
    top = int(table[-1]) if levels else 0
    size = 4 * top
    while size <= 16 * top * reach_of(run.net):
        plan = run.best(face.objective(run.net, table, size), None).plan
        if face.holds(run, plan):
            run.keep(plan)
            return
        size *= 8


def keep_face(run: FlowRun, face: Face, proof: Proof, size: int) -> list[int]:
    """Leave in the network only what plans with all values so far may contain; return the levels of pairs now fixed."""
    net, profit = run.net, proof.profit
    gain = gains(net, proof.objective, proof.price)
    row = np.repeat(np.arange(net.mentees), np.diff(net.starts))
    stays = gain >= profit[row]
    sure = stays & (gain > profit[row]) & (net.wanted[row] > 1)
    own = proof.price[:-1] - proof.price[net.parent] - face.filled * size
    # A mentor of a mentee who gains is counted in every best plan, one who loses in none.
    place = np.arange(max(1, int(net.wanted.max(initial=1))))
    places = place < net.wanted[:, None]
    left = np.broadcast_to(profit[:, None], places.shape)
    if (steep := proof.objective.steep) is not None:
        nth = place + (net.had - proof.had)[:, None]
        left = left + np.take_along_axis(steep, np.minimum(nth, steep.shape[1] - 1), axis=1)
    face.least = np.maximum(face.least, (places & (left > 0)).sum(axis=1))
    # A seat with a price below 0 is taken only where a least number asks for it.
    run.net = replace(
        net,
        limit=np.where((own < 0) & ~face.filled, net.least, net.limit),
        wanted=(places & (left >= 0)).sum(axis=1),
    )
    face.filled |= own > 0
    pairs = np.flatnonzero(sure)
    found: list[int] = net.fit[pairs].tolist()
    _hold(run, face, pairs)
    _shrink(run, stays & ~sure)
    return found


def _hold(run: FlowRun, face: Face, pairs: Longs) -> None:
    """Make these pairs part of every plan, and take up their places."""
    net = run.net
    run.fix(pairs)
    limit, least = net.limit.copy(), net.least.copy()
    held = np.bincount(np.searchsorted(net.starts, pairs, side="right") - 1, minlength=net.mentees)
    face.least = np.maximum(face.least - held, 0)
    node = net.partner[pairs].astype(np.int64)
    while len(node):
        np.subtract.at(limit, node, 1)
        np.subtract.at(least, node, 1)
        node = net.parent[node]
        node = node[node != net.root]
    run.net = replace(net, wanted=net.wanted - held, had=net.had + held, limit=limit, least=np.maximum(least, 0))


def _shrink(run: FlowRun, stays: np.ndarray) -> None:
    """Keep only some pairs of the network, in the candidates and in the plan too."""
    net, known = run.net, run.candidates.place
    place = np.cumsum(stays) - 1
    smaller = replace(
        net,
        starts=np.concatenate([[0], np.cumsum(stays)])[net.starts],
        partner=net.partner[stays],
        fit=net.fit[stays],
    )
    run.use(smaller, place[known[stays[known]]], place[run.plan[stays[run.plan]]])
