"""What a change of a plan does to its other people and to the whole, in one form and the same words in any shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.matching.rules import signed_points

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class PersonMove:
    """What becomes of one place: whose it is, and whom or what group it had and gets.

    Attributes:
        person: the id of whoever has the place.
        name: what people call them.
        before, after: names; empty for nobody.
        fit_before, fit_after: the fit with whom they have; None with nobody.
        label: which place it is, where they have several.
    """

    person: str
    name: str
    before: str
    after: str
    fit_before: int | None
    fit_after: int | None
    label: str = ""


def totals_words(*, matched: int, lowest_before: int, lowest: int) -> tuple[str, str]:
    """Return in words how many more or fewer people are matched, and what becomes of the lowest fit."""
    low = (
        _("lowest fit still %d") % lowest
        if lowest == lowest_before
        else _("lowest fit %(before)d → %(after)d") % {"before": lowest_before, "after": lowest}
    )
    if not matched:
        return _("same number matched"), low
    number = abs(matched)
    if matched > 0:
        return ngettext("%d more matched", "%d more matched", number) % number, low
    return ngettext("%d fewer matched", "%d fewer matched", number) % number, low


def total_words(before: int, after: int) -> str:
    """Return by how many points the sum of all fits changes."""
    return signed_points(after - before)


def moves_words(
    moves: Sequence[PersonMove], *, many: Callable[[int], str], one: Callable[[PersonMove], str]
) -> list[str]:
    """Return who else moves: how many, the first of them, and how many more there are.

    Args:
        moves: all others who move.
        many: says how many that is.
        one: says what becomes of one of them.
    """
    if not moves:
        return [_("Nobody else moves.")]
    more = len(moves) - MOST_NAMED
    named = [one(move) for move in moves[:MOST_NAMED]]
    return [many(len(moves)), *named, *([ngettext("And %d more.", "And %d more.", more) % more] if more > 0 else [])]
