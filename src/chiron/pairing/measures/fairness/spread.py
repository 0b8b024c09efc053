"""How evenly a good is shared: Theil's index, Gini and Jain, the load of mentors, and places in a directory."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEAVY = 1.2


@dataclass(frozen=True, slots=True)
class Theil:
    """Theil's T, split into what lies within groups and between them; total = within + between."""

    total: float
    within: float
    between: float


@dataclass(frozen=True, slots=True)
class Load:
    """How the mentors' places are used; a value is None where nothing can be divided by.

    Attributes:
        active: pairs held.
        capacity: places.
        utilization: active / capacity.
        gini: concentration of pairs over mentors, 0 where all hold the same.
        jain: Jain's index, 1 where all hold the same.
    """

    active: int
    capacity: int
    utilization: float | None
    gini: float | None
    jain: float | None


def theil(groups: Mapping[str, Sequence[float]]) -> Theil | None:
    """Return Theil's T of a benefit over groups of people; None where nobody has any.

    Raises:
        ValueError: a benefit is negative.
    """
    everyone = [value for values in groups.values() for value in values]
    if any(value < 0 for value in everyone):
        raise ValueError("A benefit cannot be negative.")
    if not everyone or math.fsum(everyone) == 0:
        return None
    middle = math.fsum(everyone) / len(everyone)
    within = between = 0.0
    for values in groups.values():
        amount = math.fsum(values)
        if amount == 0:
            continue
        share, own = amount / (len(everyone) * middle), amount / len(values)
        within += share * _theil(values, own)
        between += share * math.log(own / middle)
    return Theil(_theil(everyone, middle), within, between)


def _theil(values: Sequence[float], middle: float) -> float:
    """Return Theil's T of values with this mean, which is above 0."""
    return math.fsum(value / middle * math.log(value / middle) for value in values if value > 0) / len(values)


def gini(values: Sequence[float]) -> float | None:
    """Return Gini's coefficient; None where the sum is 0. Sorted first, so that pairs need not be formed."""
    n, amount = len(values), math.fsum(values)
    if n == 0 or amount == 0:
        return None
    return math.fsum((2 * k - n + 1) * value for k, value in enumerate(sorted(values))) / (n * amount)


def jain(values: Sequence[float]) -> float | None:
    """Return Jain's index of evenness, 1/n to 1; None where the sum is 0."""
    squares = math.fsum(value * value for value in values)
    return math.fsum(values) ** 2 / (len(values) * squares) if squares else None


def load(active: Sequence[int], capacity: Sequence[int]) -> Load:
    """Return how the mentors' places are used; both sequences have one number a mentor."""
    held, places = sum(active), sum(capacity)
    return Load(held, places, held / places if places else None, gini(active), jain(active))


def burden(hours: Mapping[str, float], capacity: Mapping[str, float]) -> dict[str, float | None]:
    """Return each mentor group's share of mentee-hours over its share of capacity-hours.

    Above `HEAVY` the group carries more than its share; None where it has no capacity or there are no hours.
    """
    worked, offered = math.fsum(hours.values()), math.fsum(capacity.values())
    return {
        name: (hours[name] / worked) / (capacity[name] / offered) if worked and capacity[name] else None
        for name in hours
    }


def exposure(positions: Mapping[str, Sequence[int]]) -> dict[str, float | None]:
    """Return each group's mean exposure in a directory over the mean of all; 1 is an equal share.

    `positions` holds each member's place in the list, from 1; position j counts 1 / log2(1 + j).
    """
    weights = {name: [1 / math.log2(1 + place) for place in places] for name, places in positions.items()}
    everyone = [weight for those in weights.values() for weight in those]
    if not everyone:
        return dict.fromkeys(positions, None)
    share = math.fsum(everyone) / len(everyone)
    return {name: math.fsum(those) / len(those) / share if those else None for name, those in weights.items()}
