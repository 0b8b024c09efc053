"""The evidence of a bound for one population: prices of people and of sets of people."""

from dataclasses import dataclass

from chiron.pairing.model.problem import Longs


@dataclass(frozen=True, slots=True, eq=False)
class OddSetPrices:
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


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Prices of people, u ≥ 0: no group that is still possible counts more than its members' prices together.

    Where an earlier step fixed how many people have a group, each member and each group may count something besides;
    so many people, and the fewest groups that hold them, take it off the bound again.

    Attributes:
        people: int64 (n,).
        member: what each member counts besides; below zero is possible.
        group: what each group counts besides, at least 0.
    """

    people: Longs
    member: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Two cases that cover every plan: two people sit in one group, or they do not (Ryan and Foster 1981).

    With one person twice: the person has a group, or has none. Somebody who surely has a group may have a price below
    zero in the cases that follow.
    """

    one: int
    other: int
    together: "Branch | Leaf"
    apart: "Branch | Leaf"


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The evidence of a bound on groups, case by case; the judge looks at every possible group.

    Attributes:
        tree: the cases; the bound is the largest of theirs.
        scale: how often this step counts, so that prices may be fractions of a unit.
    """

    tree: Branch | Leaf
    scale: int


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The evidence of a bound on groups of any number: each pair inside a group is bounded like a meeting.

    A person has at most so many companions of a kind, so for any prices u ≥ 0 the value of all groups is at most
    Σ companions · u + Σ over pairs of max(0, scale · fit − u_i − u_j), for each two kinds, divided by scale.

    Attributes:
        prices: for each two kinds (first, second), first ≤ second: int64 (n,), zero for people of other kinds.
        scale: how often a fit counts beside the prices.
    """

    prices: tuple[tuple[int, int, Longs], ...]
    scale: int = 2
