"""A plan as a choice of variables under limits: what shapes that are no plain network are turned into."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs, ProblemError
from chiron.pairing.shapes.model.evidence import Case, Prices

SCALE = 27_720
"""Prices are whole multiples of 1 / SCALE, which every denominator up to 12 divides."""
NEVER = -(1 << 61)
SAFE = 1 << 60
"""Coefficients beyond this, times SCALE and the number of choices, could overflow."""

Decided = tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Limits of one kind: in each row the sum of amount·variable is at most the limit.

    Attributes:
        kind: the kind, as in `Prices`.
        at: int64 (k,), which limits of the kind these are.
        limit: int64 (k,).
        row: int64 (e,), the row of each entry, counted from 0 here.
        variable: int64 (e,).
        amount: int64 (e,).
        members: as in `Prices`.
    """

    kind: str
    at: Longs
    limit: Longs
    row: Longs
    variable: Longs
    amount: Longs
    members: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """One step of an aim: a name and what each variable counts, int64 (v,), or None for the lowest fit."""

    name: str
    coefficients: Longs | None


def no_cuts(values: NDArray[np.float64]) -> list[Rows]:
    """Return no further limits: all of them are known from the start."""
    del values
    return []


@dataclass(frozen=True, slots=True, eq=False)
class IntegerProgram:
    """Variables, of which at most one in each block is taken, and limits over them.

    Attributes:
        block: int64 (v,), counted from 0; every block has a variable.
        rank: int64 (v,), the order of the lottery, which the order of the input cannot change.
        fit: int64 (t,): the first t variables are ties, the others marks, which have no fit.
        rows: the limits known from the start.
        separate: given values between 0 and 1 of all variables, further limits that they break, each a `Rows` of one.
    """

    block: Longs
    rank: Longs
    fit: Longs
    rows: tuple[Rows, ...]
    separate: Callable[[NDArray[np.float64]], list[Rows]] = field(default=no_cuts)

    @property
    def variables(self) -> int:
        """Return the number of variables."""
        return len(self.block)

    @property
    def ties(self) -> int:
        """Return the number of ties."""
        return len(self.fit)


class Ledger:
    """What a program's variables gain at prices, in whole numbers; knows the earlier steps and which ties are open."""

    def __init__(self, program: IntegerProgram) -> None:
        """Begin with every tie open and no step kept."""
        self.program = program
        self.open = np.ones(program.variables, dtype=np.bool_)
        self.kept: list[tuple[Longs, int]] = []
        self.rows: list[Rows] = list(program.rows)
        self._known: set[tuple[str, int, tuple[tuple[int, ...], ...]]] = set()
        self._by_block = np.argsort(program.block, kind="stable")
        self._begin = np.flatnonzero(np.diff(program.block[self._by_block], prepend=-1))

    def add(self, cuts: Sequence[Rows]) -> bool:
        """Add further limits, each a `Rows` of one; False if all were known."""
        before = len(self.rows)
        for cut in cuts:
            key = (cut.kind, int(cut.at[0]), cut.members)
            if key not in self._known:
                self._known.add(key)
                self.rows.append(cut)
        return len(self.rows) > before

    def gains(self, coefficients: Longs, scale: int, prices: Sequence[Longs], weights: Sequence[int]) -> Longs:
        """Return what each variable gains: its coefficient and weighted earlier steps less prices; NEVER if closed."""
        gain = coefficients * scale
        for (counted, _), weight in zip(self.kept, weights, strict=False):
            if weight:
                gain += counted * weight
        for rows, price in zip(self.rows, prices, strict=False):
            if price.any():
                np.subtract.at(gain, rows.variable, price[rows.row] * rows.amount)
        gain[~self.open] = NEVER
        return gain

    def most(self, gain: Longs, prices: Sequence[Longs], weights: Sequence[int], decided: Decided = ()) -> int:
        """Return the most that choices can gain, with what the limits cost, less what the earlier steps are given."""
        most = 0
        for rows, price in zip(self.rows, prices, strict=False):
            most += sum((rows.limit[price != 0] * price[price != 0]).tolist())
        for (_, given), weight in zip(self.kept, weights, strict=False):
            most -= weight * given
        if decided:
            gain = gain.copy()
            for variable, is_taken in decided:
                if is_taken:
                    most += int(gain[variable])
                    gain[self.program.block == self.program.block[variable]] = NEVER
                else:
                    gain[variable] = NEVER
        chosen: list[int] = np.maximum(self.best(gain), 0).tolist()
        return most + sum(chosen)

    def best(self, gain: Longs) -> Longs:
        """Return the highest gain in each block: int64 (blocks,)."""
        if not len(gain):
            return np.empty(0, dtype=np.int64)
        return np.asarray(np.maximum.reduceat(gain[self._by_block], self._begin), dtype=np.int64)

    def trivial_bound(self, coefficients: Longs) -> int:
        """Return the bound that needs no prices: the best variable of each block."""
        return self.most(self.gains(coefficients, 1, (), ()), (), ())

    def check(self, coefficients: Longs) -> None:
        """Refuse numbers whose sums could overflow.

        Raises:
            ProblemError: the numbers are too large for exact arithmetic.
        """
        if int(np.abs(coefficients).max(initial=0)) * SCALE * 4 * max(1, len(self._begin)) > SAFE:
            raise ProblemError("fit: the numbers are too large for exact arithmetic")

    def case(self, prices: Sequence[Longs], weights: Sequence[int], decided: Decided = ()) -> Case:
        """Return prices and weights as evidence, without what costs nothing."""
        found: Mapping[str, list[tuple[int, int, tuple[int, ...]]]] = {}
        named = dict(found)
        for rows, price in zip(self.rows, prices, strict=False):
            own = named.setdefault(rows.kind, [])
            own += [
                (int(rows.at[at]), int(price[at]), rows.members[at] if rows.members else ())
                for at in np.flatnonzero(price)
            ]
        return Case(
            decided=decided,
            prices=tuple(
                Prices(
                    kind=kind,
                    at=np.array([at for at, _, _ in sorted(own)], dtype=np.int64),
                    price=np.array([price for _, price, _ in sorted(own)], dtype=np.int64),
                    members=tuple(members for _, _, members in sorted(own)) if any(own[0][2:]) else (),
                )
                for kind, own in sorted(named.items())
                if own
            ),
            weights=tuple(int(weight) for weight in weights),
        )
