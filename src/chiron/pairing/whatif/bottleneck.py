"""The lowest fit of a changed plan: lower it where that matches more people, raise it where nobody is lost.

A plan that is best among the pairs from some fit on stays best while pairs are opened or closed one mentee at a time:
the mentee leaves the plan, the pairs change, and the mentee comes back by a shortest path.
"""

import numpy as np

from chiron.pairing.model.problem import Longs
from chiron.pairing.whatif.residual import NEVER, Residual

MOST_REOPENED = 60
"""With more mentees whose best pair was closed, solving again from the start is quicker."""


class Bottleneck:
    """A plan of the aim `everyone` while one change is made to it.

    Attributes:
        net: the plan, best among the pairs from `level` on.
        full: int64 (p,), what each pair counts where none is closed.
        level: the lowest fit of a pair that is open.
        locked: the locked pairs.
        banned: places of pairs that are not allowed any more.
    """

    def __init__(self, net: Residual, full: Longs) -> None:
        """Take the level from the plan."""
        self.net, self.full = net, full
        self.locked = {(int(mentee), int(mentor)) for mentee, mentor in net.problem.locked}
        self.banned: set[int] = set()
        tiers, self.tier_at = np.unique(net.problem.tier, return_inverse=True)
        self.tiers: list[int] = tiers.tolist()
        self.level = self._lowest(net)

    def _lowest(self, net: Residual) -> int:
        """Return the lowest fit of the free pairs, or more than any where there are none."""
        pairs = net.pairs()
        problem = net.problem
        if not pairs:
            return int(problem.fit.max(initial=0)) + 1
        return int(problem.fit[problem.positions(np.array(pairs, dtype=np.int32))].min())

    def counts(self, net: Residual | None = None) -> tuple[int, ...]:
        """Return how many pairs each tier has, first tier first."""
        held = np.fromiter(map(len, (self.net if net is None else net).holds), np.int64, len(self.tier_at))
        np.add.at(held, [mentee for mentee, _ in self.locked], 1)
        return tuple(int(held[self.tier_at == at].sum()) for at in range(len(self.tiers)))

    def mend(self, before: tuple[int, ...], *, may_gain: bool, may_rise: bool) -> bool:
        """Bring the level to where the aim wants it; False if that needs a new search.

        Args:
            before: the counts before the change.
            may_gain: the change could let more people be matched than before.
            may_rise: the change could raise the level without losing anybody.
        """
        if not self.net.pairs():
            return False
        counts = self.counts()
        if may_gain or counts != before:
            while (level := self._widest()) is not None:
                # With several tiers a way for one more person need not be for the right one.
                if level >= self.level or len(self.tiers) > 1 or not self._lower(level):
                    return False
                may_rise = False
            if len(self.tiers) > 1 and (self.net.spare > 0).any():
                return False
        if may_rise or counts != before:
            self._rise()
        return True

    def _rise(self) -> None:
        """Raise the level as far as nobody is lost, in growing steps, then smaller ones."""
        levels = _distinct(self.net.problem.fit)
        counts = self.counts()
        good = int(np.searchsorted(levels, self._lowest(self.net)))
        bad, step = len(levels), 1
        while good + 1 < bad:
            probe = min(good + step, bad - 1)
            net = self._raised(int(levels[probe]), counts)
            if net is None:
                bad = probe
                step = max(1, (bad - good) // 2)
            else:
                self.net = net
                good = int(np.searchsorted(levels, self._lowest(net)))
                step *= 2

    def _raised(self, level: int, counts: tuple[int, ...]) -> Residual | None:
        """Return the best plan with every free pair at this fit or above, None if the counts cannot be kept."""
        problem = self.net.problem
        held = np.array(self.net.pairs(), dtype=np.int32).reshape(-1, 2)
        places = problem.positions(held)
        low = np.flatnonzero(problem.fit[places] < level)
        if not self._may_raise(held[low[:1]], level):
            return None
        net = self.net.copied()
        kept = net.weight[places[low]]
        net.weight[problem.fit < level] = NEVER
        net.weight[places[low]] = kept
        for at in low.tolist():
            mentee, mentor = int(held[at, 0]), int(held[at, 1])
            if mentor not in net.holds[mentee]:
                net.weight[places[at]] = NEVER
                continue
            net.weight[places[at]] = NEVER
            net.drop(mentee, mentor)
            path = net.from_mentee(mentee, to=mentor)
            if path is None:
                return None
            net.move_along(path)
            if self.counts(net) < counts:
                return None
        return net

    def _may_raise(self, low: np.ndarray, level: int) -> bool:
        """Return False if one low pair alone cannot be given up without losing somebody."""
        if not len(low):
            return True
        mentee, mentor = low[0].tolist()
        start = np.union1d(np.flatnonzero(self.net.spare > 0), [mentee])
        return self._has_way(self.net, start, level, target=mentor)

    def _lower(self, level: int) -> bool:
        """Open the pairs from a lower fit on and make the plan best again; False if too many mentees are concerned."""
        net, problem = self.net, self.net.problem
        opened = np.flatnonzero((problem.fit >= level) & (net.weight == NEVER))
        shut = {net.place(mentee, mentor) for mentee, mentor in self.locked} | self.banned
        opened = opened[~np.isin(opened, list(shut))]
        row = np.searchsorted(problem.starts, opened, side="right") - 1
        gain = self.full[opened] - net.price[problem.partner[opened]]
        violating = np.unique(row[gain > net.profits()[row]])
        if len(violating) > MOST_REOPENED:
            return False
        quiet = ~np.isin(row, violating)
        net.weight[opened[quiet]] = self.full[opened[quiet]]
        if not all(self._reopen(mentee, opened[row == mentee]) for mentee in violating.tolist()):
            return False
        self.level = level
        return True

    def _reopen(self, mentee: int, places: Longs) -> bool:
        """Open some pairs of one mentee, who leaves and comes back for that; False if a least number forbids it."""
        net = self.net
        units = int(net.spare[mentee]) + len(net.holds[mentee])
        for _ in range(units):
            path = net.to_mentee(net.root, mentee)
            if path is None:
                return False
            net.move_along(path)
            net.spare[mentee] -= 1
        net.weight[places] = self.full[places]
        for _ in range(units):
            path = net.from_mentee(mentee, to=net.root)
            if path is None:
                raise AssertionError("a mentee could not come back")
            net.spare[mentee] += 1
            net.move_along(path)
        return True

    def _widest(self) -> int | None:
        """Return the highest fit that a way to match one more person can keep to, None if there is no way."""
        net = self.net
        waiting = np.flatnonzero(net.spare > 0)
        levels = _distinct(net.problem.fit)
        low, high = 0, int(np.searchsorted(levels, self.level))
        if not len(levels) or not self._has_way(net, waiting, int(levels[0])):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self._has_way(net, waiting, int(levels[middle])):
                low = middle
            else:
                high = middle
        return int(levels[low])

    def _has_way(self, net: Residual, start: Longs, level: int, target: int = -1) -> bool:
        """Return True if one of these mentees can reach the root (or a target) by pairs from a fit on."""
        seen = np.zeros(net.root + 1, dtype=np.bool_)
        asked = np.zeros(len(net.holds), dtype=np.bool_)
        shut = [net.place(mentee, mentor) for mentee, mentor in self.locked] + list(self.banned)
        ask = start
        while len(ask):
            asked[ask] = True
            new = self._next_nodes(net, ask, level, shut)
            new = new[~seen[new]]
            seen[new] = True
            found = new.tolist()
            while found:
                node = found.pop()
                if node in (net.root, target):
                    return True
                for other in self._tree_arcs(net, node):
                    if not seen[other]:
                        seen[other] = True
                        found.append(other)
            holders = np.flatnonzero(seen[: len(net.held)])
            ask = np.array([one for at in holders.tolist() for one in net.held[at] if not asked[one]], dtype=np.int64)
            ask = np.unique(ask)
        return False

    def _next_nodes(self, net: Residual, mentees: Longs, level: int, shut: list[int]) -> Longs:
        """Return the mentors whom some of these mentees could have by pairs from a fit on."""
        starts = net.problem.starts
        at = np.concatenate([np.arange(starts[one], starts[one + 1]) for one in mentees.tolist()])
        able = net.problem.fit[at] >= level
        held = [net.place(one, other) for one in net.holds_many(mentees) for other in net.holds[one]]
        if shut or held:
            able &= ~np.isin(at, [*shut, *held])
        marked = np.zeros(len(net.held), dtype=np.bool_)
        marked[net.partner[at[able]]] = True
        return np.flatnonzero(marked)

    def _tree_arcs(self, net: Residual, node: int) -> list[int]:
        """Return the nodes that a node can pass one too many on to, without a mentee moving."""
        heads = []
        if net.load[node] < net.limit[node]:
            heads.append(int(net.parent[node]))
        if node >= len(net.held):
            children = net.children[node - len(net.held)]
            heads.extend(children[net.can_give(children)].tolist())
        return heads


def _distinct(fit: np.ndarray) -> Longs:
    """Return the distinct fits, ascending."""
    low, high = int(fit.min(initial=0)), int(fit.max(initial=0))
    if high - low < 1 << 20:
        return np.flatnonzero(np.bincount(fit - low)) + low
    return np.unique(fit).astype(np.int64)
