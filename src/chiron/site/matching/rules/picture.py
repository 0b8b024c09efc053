"""A plan as a picture: where its ribbons between two groups lie, in the units of a drawing 320 wide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

WIDTH = 320
MOST_GROUPS = 10
"""More groups than this cannot be told apart; the smallest are drawn as one."""
_LEFT, _RIGHT, _THICK, _GAP, _SPAN = 28, 292, 8, 10, 300


@dataclass(frozen=True, slots=True)
class Block:
    """All people of one group on one side: its letter, where it stands, how many pairs it has."""

    letter: str
    group: str
    x: int
    y: float
    height: float
    number: int

    @property
    def letter_x(self) -> int:
        """Where its letter stands: outside of the block."""
        return self.x - 14 if self.x == _LEFT - _THICK else self.x + _THICK + 14

    @property
    def middle(self) -> float:
        """The height at which its letter stands."""
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The pairs between a group of mentees and a group of mentors: their number and the shape that shows it."""

    mentees: str
    mentors: str
    number: int
    path: str

    @property
    def is_within(self) -> bool:
        """True where both are the same group."""
        return self.mentees == self.mentors


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of who mentors whom: mentees on the left, mentors on the right, in the same order."""

    mentees: Sequence[Block]
    mentors: Sequence[Block]
    ribbons: Sequence[Ribbon]
    height: int


def drawn(pairs: Mapping[tuple[str, str], int], *, others: str) -> Picture:
    """Return the picture of some pairs; its ribbons show their numbers exactly, whatever is drawn as one.

    Args:
        pairs: how many pairs there are between each group of mentees and each group of mentors.
        others: the name of the small groups that are drawn as one.
    """
    sizes = Counter[str]()
    for (mentee, mentor), number in pairs.items():
        sizes[mentee] += number
        sizes[mentor] += number
    ranked = sorted(sizes, key=lambda group: (-sizes[group], group))
    named = ranked if len(ranked) <= MOST_GROUPS else ranked[: MOST_GROUPS - 1]
    merged = Counter[tuple[str, str]]()
    for (mentee, mentor), number in pairs.items():
        merged[mentee if mentee in named else others, mentor if mentor in named else others] += number
    order = [*named, *([others] if len(named) < len(ranked) else [])]
    unit = _SPAN / max(1, merged.total())
    left, right = (
        _blocks([sum(n for pair, n in merged.items() if pair[side] == group) for group in order], order, x, unit)
        for side, x in ((0, _LEFT - _THICK), (1, _RIGHT))
    )
    height = max((block.y + block.height for block in (*left, *right)), default=0) + _GAP
    return Picture(left, right, _ribbons(merged, order, left, right, unit=unit), round(height))


def _blocks(numbers: Sequence[int], order: Sequence[str], x: int, unit: float) -> list[Block]:
    found, y = [], float(_GAP)
    for letter, group, number in zip(ascii_uppercase, order, numbers, strict=False):
        found.append(Block(letter, group, x, round(y, 1), round(number * unit, 1), number))
        y += max(number * unit, _THICK * 2) + _GAP
    return found


def _ribbons(
    pairs: Mapping[tuple[str, str], int],
    order: Sequence[str],
    mentees: Sequence[Block],
    mentors: Sequence[Block],
    *,
    unit: float,
) -> list[Ribbon]:
    left = {block.group: block.y for block in mentees}
    right = {block.group: block.y for block in mentors}
    found = []
    for one in order:
        for other in order:
            number = pairs.get((one, other), 0)
            if number:
                found.append(Ribbon(one, other, number, _path(left[one], right[other], number * unit)))
                left[one] += number * unit
                right[other] += number * unit
    return found


def _path(left: float, right: float, thick: float) -> str:
    """Return the outline of a ribbon as SVG writes paths: from the left to the right, down, and back."""
    middle = WIDTH // 2
    return (
        f"M{_LEFT} {left:.1f}C{middle} {left:.1f} {middle} {right:.1f} {_RIGHT} {right:.1f}"
        f"V{right + thick:.1f}C{middle} {right + thick:.1f} {middle} {left + thick:.1f} {_LEFT} {left + thick:.1f}Z"
    )
