"""The two places are near each other, or both are willing to meet online."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import Flags, asks, blank, holds_above_none
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Rule, Shares

EARTH = 6371  # km, mean radius
GRID = 1 << 23  # a step of the grid is less than 1 m; its square still fits float64 exactly
FARTHEST = 5000  # km; up to here the series below is exact to 10 m


@dataclass(frozen=True, slots=True, eq=False)
class PlaceColumns:
    """Two columns of places as points of a grid around the earth's centre.

    Whole coordinates and the basic operations of float64 give the same share on every processor.

    Attributes:
        left: float64 (3, n), whole numbers.
        right: float64 (3, m), whole numbers.
        known_left: (n,) who gave a place.
        known_right: (m,) who gave a place.
        remote_left: (n,) who is willing to meet online.
        remote_right: (m,) who is willing to meet online.
        km: where the share ends.
        remote_share: the share of two people who are both willing to meet online.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    known_left: Flags
    known_right: Flags
    remote_left: Flags
    remote_right: Flags
    km: int
    remote_share: int


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> PlaceColumns:
    """Put every place (latitude, longitude in degrees) on the grid.

    Raises:
        ValueError: a place is not on the earth.
    """
    wrong = next((p for p, _ in (*mentees, *mentors) if p and not (abs(p[0]) <= 90 and abs(p[1]) <= 180)), None)  # noqa: PLR2004 -- degrees
    if wrong:
        raise ValueError(f"{wrong} is not a latitude and a longitude")
    return PlaceColumns(
        left=_grid([place for place, _ in mentees]),
        right=_grid([place for place, _ in mentors]),
        known_left=np.fromiter((bool(place) for place, _ in mentees), np.bool_, len(mentees)),
        known_right=np.fromiter((bool(place) for place, _ in mentors), np.bool_, len(mentors)),
        remote_left=np.fromiter((bool(remote) for _, remote in mentees), np.bool_, len(mentees)),
        remote_right=np.fromiter((bool(remote) for _, remote in mentors), np.bool_, len(mentors)),
        km=options["km"],
        remote_share=options["remote_share"],
    )


def _grid(places: Sequence[Any]) -> NDArray[np.float64]:
    """Give whole coordinates (3, people); the centre of the earth where no place is given."""
    points: dict[Any, tuple[int, int, int]] = {}
    for place in dict.fromkeys(map(tuple, filter(None, places))):
        north, east = radians(place[0]), radians(place[1])
        points[place] = (
            round(GRID * cos(north) * cos(east)),
            round(GRID * cos(north) * sin(east)),
            round(GRID * sin(north)),
        )
    found = [points[tuple(place)] if place else (0, 0, 0) for place in places]
    return np.ascontiguousarray(np.array(found, dtype=np.float64).reshape(-1, 3).T)


def share_of_square(square: NDArray[np.float64], km: int) -> Shares:
    """Give the share of squared distances on the grid, which never rises with the square; uses up its argument."""
    # Half the chord over the radius is the sine of half the angle; the series of the arc sine gives the way along
    # the ground. Past FARTHEST it falls short, but there every share is none already.
    square /= 4.0 * GRID * GRID
    arc = square * (35 / 1152) + 5 / 112
    arc *= square
    arc += 3 / 40
    arc *= square
    arc += 1 / 6
    arc *= square
    arc += 1
    arc *= np.sqrt(square)
    arc *= 2 * EARTH
    is_near = arc <= km
    np.subtract(km, arc, out=arc)
    np.maximum(arc, 0, out=arc)
    arc *= FULL - 1
    arc /= km
    arc += 1
    share: Shares = arc.astype(np.int16)
    share *= is_near
    return share


def _at(places: PlaceColumns, rows: Any, columns: Any) -> Shares:
    square = (places.left[0][rows] - places.right[0][columns]) ** 2
    square += (places.left[1][rows] - places.right[1][columns]) ** 2
    square += (places.left[2][rows] - places.right[2][columns]) ** 2
    return _judged(places, square, rows, columns)


def _judged(places: PlaceColumns, square: NDArray[np.float64], rows: Any, columns: Any) -> Shares:
    """Turn squared distances into shares, and say who has given no place or meets online."""
    share = blank(share_of_square(square, places.km), places.known_left[rows], places.known_right[columns])
    online = places.remote_left[rows] & places.remote_right[columns]
    return np.maximum(share, np.where(online, np.int16(places.remote_share), np.int16(UNKNOWN)))


def shares(places: PlaceColumns, first: int, last: int) -> Shares:
    """Compare a block of mentees with all mentors.

    The square of a difference is the sum of both squares less twice the product; whole numbers below 2 ** 53 keep
    every sum exact, whatever its order.
    """
    left, right = places.left[:, first:last], places.right
    ones = np.ones((1, left.shape[1])), np.ones((1, right.shape[1]))
    near = np.concatenate([-2 * left, (left**2).sum(axis=0, keepdims=True), ones[0]])
    far = np.concatenate([right, ones[1], (right**2).sum(axis=0, keepdims=True)])
    return _judged(places, near.T @ far, (slice(first, last), None), (None, slice(None)))


def kilometers(places: PlaceColumns, mentee: int, mentor: int) -> int:
    """Give the way between two places along the ground, in whole kilometres."""
    square = float(((places.left[:, mentee] - places.right[:, mentor]) ** 2).sum())
    return round(2 * EARTH * asin(min(1.0, sqrt(square) / (2 * GRID))))


def reason(places: PlaceColumns, mentee: int, mentor: int) -> Sentence:
    """Say how far apart the two are, and whether both would meet online."""
    online = bool(places.remote_left[mentee] and places.remote_right[mentor])
    if not (places.known_left[mentee] and places.known_right[mentor]):
        return Sentence("distance.online" if online else "distance.unknown")
    apart = kilometers(places, mentee, mentor)
    ground = Sentence("distance.apart", {"km": apart}) if apart else Sentence("distance.close")
    return Sentence("distance.and_online", {"apart": ground}) if online else ground


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    online = ".online" if rule.options.get("remote_column") else ""
    return asks(f"distance{online}", rule, km=rule.options.get("km", 50))


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for a distance on the earth and a share."""
    if not 1 <= options["km"] <= FARTHEST:
        return f"km must be between 1 and {FARTHEST}"
    return "" if 1 <= options["remote_share"] <= FULL else f"remote_share must be between 1 and {FULL} thousandths"


KIND = Kind(
    name="distance",
    text="The two places are near each other, or both are willing to meet online.",
    mentee_type="place",
    mentor_type="place",
    options={"unknown": "pass", "km": 50, "remote_column": "", "remote_share": FULL},
    prepare=prepare,
    shares=shares,
    pairs=_at,
    holds=holds_above_none,
    reason=reason,
    explains=explains,
    complaint=complaint,
)
