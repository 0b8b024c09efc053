"""The evidence for a step of a panel, a chain, shared programmes or loads: prices, case by case."""

from dataclasses import dataclass

from chiron.pairing.model.problem import Longs


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices of the limits of one kind.

    Attributes:
        kind: what is priced, in the words of the shape: "mentor", "cap", "place", "pair", "mark", …
        at: int64 (k,), which limits of that kind; every other limit of the kind costs nothing.
        price: int64 (k,), none negative, in units of 1 / `Evidence.scale`.
        members: only for limits that the kind does not fix by itself (circles of people): who is in each.
    """

    kind: str
    at: Longs
    price: Longs
    members: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One case: what is decided in it, and prices that bound what a plan can reach in it.

    Attributes:
        decided: variables with True (taken) or False (left), in the order of the questions. A variable is the place
            of a tie in the input's list, or beyond the last tie the mark of a person.
        prices: of the limits, kind by kind.
        weights: how much one unit of each earlier step counts, none negative; may be shorter than the list of steps.
    """

    decided: tuple[tuple[int, bool], ...]
    prices: tuple[Prices, ...]
    weights: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Cases that leave nothing out, with the unit of their prices.

    For any prices, none negative, no plan of a case that keeps the earlier values z exceeds

        Σ limit·price + Σ over choices of the best of (scale·coefficient + Σ λ·earlier coefficient − prices) − Σ λ·z,

    divided by the scale and rounded down (Lagrangian duality; Geoffrion 1974). The bound of the step is the largest
    bound of its cases; the cases form a tree of yes-or-no questions, so that every plan falls into one of them.
    """

    scale: int
    cases: tuple[Case, ...]
