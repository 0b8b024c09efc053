"""The evidence of a bound for one population: prices of people and of sets of people."""

from dataclasses import dataclass

from chiron.pairing.problem import Longs


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices from which anyone can recompute a bound on what pairs in one population can be worth.

    For any prices u ≥ 0 of people and z ≥ 0 of sets that together cover every pair (u_i + u_j + the prices of the
    sets around both reach what the pair counts), no plan is worth more than Σ u + Σ z · ⌊members / 2⌋, because a set
    holds no more pairs than half its members (Edmonds 1965). A pair that is not covered is paid for by one of its two.

    Attributes:
        people: int64 (n,), the prices of people.
        sets: price and members of each set.
        scale: how often this step counts, so that prices may be fractions of a unit.
        bonus: what each pair counts besides, because an earlier step fixed the number of pairs.
        floor: pairs with a lower fit are left out: for "lowest fit" the level that cannot be reached, for "total" the
            lowest fit that the step before fixed.
    """

    people: Longs
    sets: tuple[tuple[int, tuple[int, ...]], ...] = ()
    scale: int = 1
    bonus: int = 0
    floor: int | None = None
