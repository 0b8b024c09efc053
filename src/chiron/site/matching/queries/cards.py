"""Pairs as cards: who, the reasons as bars on one zero and one scale a page, what was missed, the total last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chiron.site.matching.models import PlanPair
from chiron.site.matching.rules import Origin, signed_points

WIDTH = 1000
"""Width of a bar's picture in its own units."""
REASONS_SHOWN = 4
"""How many of the weightiest plus points stand open on a card; smaller ones are one press away."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a fit: its sentence, its exact rule, its points, and its bar in units of `WIDTH`."""

    text: str
    rule: str
    meaning: str
    points: int
    most: int
    start: int
    length: int

    @property
    def is_plus(self) -> bool:
        """True if the part speaks for the pair."""
        return self.points > 0

    @property
    def signed(self) -> str:
        """The points with their sign, for people."""
        return signed_points(self.points)


@dataclass(frozen=True, slots=True)
class Card:
    """One pair as a coordinator reads it."""

    pair: PlanPair
    reasons: Sequence[Bar]
    smaller: Sequence[Bar]
    missed: Sequence[Bar]
    is_low: bool
    is_by_hand: bool
    is_locked: bool
    is_apart: bool

    @property
    def smaller_points(self) -> int:
        """What the smaller reasons give together."""
        return sum(bar.points for bar in self.smaller)


def cards_of(pairs: Sequence[PlanPair], meanings: Mapping[str, str], *, look_line: int) -> list[Card]:
    """Return the cards of the pairs on one page.

    Args:
        pairs: as `queries.plans.pairs_of` gives them, with `is_locked` and `is_apart`.
        meanings: what each rule means, by its name.
        look_line: the lowest fit that needs no look; see `queries.plans.look_line_of`.
    """
    points = [part["points"] for pair in pairs for part in pair.parts]
    plus, minus = max([1, *points]), max([0, *(-each for each in points)])
    return [_card(pair, meanings, look_line, plus, minus) for pair in pairs]


def bars_of(parts: Sequence[Mapping[str, Any]], meanings: Mapping[str, str]) -> list[Bar]:
    """Return the bars of one list of parts, on a scale of their own."""
    points = [part["points"] for part in parts]
    return [_bar(part, meanings, max([1, *points]), max([0, *(-each for each in points)])) for part in parts]


def _card(pair: PlanPair, meanings: Mapping[str, str], look_line: int, plus: int, minus: int) -> Card:
    bars = [_bar(part, meanings, plus, minus) for part in pair.parts]
    good = [bar for bar in bars if bar.points > 0]
    return Card(
        pair=pair,
        reasons=good[:REASONS_SHOWN],
        smaller=good[REASONS_SHOWN:],
        missed=[bar for bar in bars if bar.points <= 0],
        is_low=pair.fit < look_line,
        is_by_hand=pair.origin == Origin.HAND,
        is_locked=bool(getattr(pair, "is_locked", False)),
        is_apart=bool(getattr(pair, "is_apart", False)),
    )


def _bar(part: Mapping[str, Any], meanings: Mapping[str, str], plus: int, minus: int) -> Bar:
    points = part["points"]
    zero = WIDTH * minus // (plus + minus)
    length = WIDTH * abs(points) // (plus + minus)
    return Bar(
        text=part["text"],
        rule=part["rule"],
        meaning=meanings.get(part["rule"], ""),
        points=points,
        most=part["most"],
        start=zero if points >= 0 else zero - length,
        length=length,
    )
