"""The free part of a problem as a network: locked pairs taken out, people ranked by a seeded lottery."""

from dataclasses import dataclass

import numpy as np

from chiron.pairing.model.counts import step_of_each
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, LocksError, Longs, Problem, QuotaError, cap_parents


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """What is left to decide once the locked pairs stand.

    Nodes are the mentors (0 … m−1), then the caps (m … m+c−1), then the root (m+c).

    Attributes:
        starts, partner, fit: the pairs that are free, as in `Problem`.
        row: int32 (p,), the mentee of each free pair; empty until `rows` asks for it.
        wanted: int64 (n,), how many mentors each mentee may still have.
        had: int64 (n,), how many mentors each mentee has already, by pairs that are fixed.
        step: int64 (n, W), the position of the counting step in which the k-th mentor of each mentee counts, the fixed
            ones included; −1 for none (see `counts.step_of_each`).
        limit: int64 (m+c,), what each mentor and cap may still take.
        least: int64 (m+c,), what each mentor and cap must still take.
        parent: int64 (m+c,), the node above each mentor and cap.
        down: nodes of caps, each before the caps that it holds.
        mentee_rank, mentor_rank: int64, the order of the seeded lottery, which the order of the input cannot change.
    """

    starts: Longs
    partner: Ints
    fit: Ints
    wanted: Longs
    had: Longs
    step: Longs
    limit: Longs
    least: Longs
    parent: Longs
    down: tuple[int, ...]
    mentee_rank: Longs
    mentor_rank: Longs

    @property
    def mentees(self) -> int:
        """Return the number of mentees."""
        return len(self.wanted)

    @property
    def mentors(self) -> int:
        """Return the number of mentors."""
        return len(self.mentor_rank)

    @property
    def steps(self) -> int:
        """Return the number of counting steps."""
        return int(self.step.max(initial=-1)) + 1

    @property
    def root(self) -> int:
        """Return the node of the root."""
        return len(self.limit)

    @property
    def has_least(self) -> bool:
        """True if some mentor or cap must still take somebody."""
        return bool(self.least.any())

    def by_level(self, weights: Longs) -> Longs:
        """Return what each free mentor of a mentee counts if each counting step has a weight.

        int64 (n, K), K the most free mentors that anybody may have, 0 beyond those of a mentee.

        Args:
            weights: int64 (number of counting steps,).
        """
        table = np.append(weights, 0)[self.step]
        free = int(self.wanted.max(initial=1))
        if table.shape[1] == 1 and free <= 1 and not self.had.any():
            return table
        at = self.had[:, None] + np.arange(max(1, free))
        known = np.take_along_axis(table, np.minimum(at, table.shape[1] - 1), axis=1)
        return np.where((at < table.shape[1]) & (np.arange(max(1, free)) < self.wanted[:, None]), known, 0)

    def counts(self, plan: Longs) -> Longs:
        """Return how many free pairs of a plan, given as places, count in each counting step: int64 (steps,)."""
        row = np.searchsorted(self.starts, plan, side="right") - 1
        if self.step.shape[1] == 1:
            return np.bincount(self.step[row, 0], minlength=self.steps)
        # Places ascend, so the pairs of a mentee stand together.
        nth = np.arange(len(row)) - np.searchsorted(row, row) + self.had[row]
        return np.bincount(self.step[row, nth], minlength=self.steps)

    def loads(self, columns: Longs | Ints) -> Longs:
        """Return how many of the pairs with these mentors each node has, the root too: int64 (m+c+1,)."""
        load = np.zeros(self.root + 1, dtype=np.int64)
        load[: self.mentors] = np.bincount(columns, minlength=self.mentors)
        np.add.at(load, self.parent[: self.mentors], load[: self.mentors])
        for node in reversed(self.down):
            load[self.parent[node]] += load[node]
        return load

    def shortage(self, plan: Longs) -> Longs:
        """Return how many pairs each node lacks of its least in a plan, given as places: int64 (m+c,)."""
        lacking: Longs = np.maximum(self.least - self.loads(self.partner[plan])[:-1], 0)
        return lacking

    def is_needed(self) -> np.ndarray:
        """Return for each mentor whether the mentor or a cap that holds the mentor has a least: bool (m,)."""
        needed = np.append(self.least > 0, [False])
        for node in (*self.down, *range(self.mentors)):
            needed[node] |= needed[self.parent[node]]
        return needed[: self.mentors]


def network(problem: Problem, seed: int) -> Network:
    """Return the network of the problem.

    Raises:
        LocksError: the locked pairs alone break a capacity, a cap or what a mentee may have.
        QuotaError: a least number of pairs is plainly out of reach.
    """
    mentors, caps = len(problem.mentors), len(problem.caps)
    innermost, above = cap_parents(problem.caps, mentors)
    root = mentors + caps
    parent = np.concatenate([innermost, above])
    parent = np.where(parent < 0, root, parent + mentors)
    limit = np.concatenate([problem.capacity, np.array([cap.limit for cap in problem.caps])]).astype(np.int64)
    least = np.concatenate([problem.least, np.array([cap.least for cap in problem.caps])]).astype(np.int64)
    wanted = problem.wanted.astype(np.int64)
    starts, partner, fit = problem.starts, problem.partner, problem.fit
    if len(problem.locked):
        wanted -= np.bincount(problem.locked[:, 0], minlength=len(wanted))
        used = np.zeros_like(limit)
        used[:mentors] = np.bincount(problem.locked[:, 1], minlength=mentors)
        for at, cap in enumerate(problem.caps):
            used[mentors + at] = used[list(cap.mentors)].sum()
        limit -= used
        least = np.maximum(least - used, 0)
        if wanted.min() < 0 or limit.min() < 0:
            raise LocksError("locked: the locked pairs exceed a capacity, a cap or what a mentee may have")
        places = problem.positions(problem.locked)
        gone = np.bincount(problem.locked[:, 0], minlength=len(wanted))
        starts = starts - np.concatenate([[0], np.cumsum(gone)])
        partner, fit = np.delete(partner, places), np.delete(fit, places)
    # Nothing is gained from places beyond the pairs that could fill them, and small numbers keep the solver quick.
    limit = np.minimum(limit, len(partner))
    if (least > limit).any():
        names = [*problem.mentors, *(cap.name for cap in problem.caps)]
        raise QuotaError(f"least: {names[int((least > limit).argmax())]} cannot have the least number of pairs")
    down = sorted(range(caps), key=lambda at: (-len(problem.caps[at].mentors), at))
    return Network(
        starts=starts,
        partner=partner,
        fit=fit,
        wanted=wanted,
        had=problem.wanted - wanted,
        step=step_of_each(problem),
        limit=limit,
        least=least,
        parent=parent,
        down=tuple(mentors + at for at in down),
        mentee_rank=lottery(problem.mentees, seed, "mentee"),
        mentor_rank=lottery(problem.mentors, seed, "mentor"),
    )
