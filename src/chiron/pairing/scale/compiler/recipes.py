"""How each kind of rule is laid out for its kernel where its answers are too many for one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.rules.encoding import Sets
from chiron.pairing.rules.kind import FULL, UNKNOWN, Shares
from chiron.pairing.rules.scoring import CompiledRule
from chiron.pairing.scale.compiler.great_circle import flags_of, thresholds
from chiron.pairing.scale.compiler.layout import Layout, fields
from chiron.pairing.scale.compiler.tables import points_by_class
from chiron.pairing.scale.kernels import compiled_rules

MOST_TALLIED = 255  # items of one mentee that a byte can count
WORTH_TALLYING = 40  # passes over a block from which looking at single mentors is quicker
ITEMS_FOR_A_ROW = 4  # rows of flags instead of one row of points
MOST_COUNTED = 15  # items that the counters of a must tell apart
UNSORTED = 1 << 16  # cells of a table from which its codes are not looked for: each share is its own
ANY_SHARE = np.arange(-1, FULL + 1, dtype=np.int16)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A rule in the flat arrays: its row of the table of steps, the share of each code, and how much work a lane is."""

    row: NDArray[np.int64]
    shares: Shares
    cost: int


def lay_table(layout: Layout, shares: Shares, left: NDArray[Any], right: NDArray[Any]) -> Laid:
    """Lay out a table of shares by number of answer of both sides."""
    known, codes = (ANY_SHARE, shares + 1) if shares.size > UNSORTED else np.unique(shares, return_inverse=True)
    row = fields(
        form=compiled_rules.TABLE,
        left=layout.index.add(left),
        right=layout.index.add(layout.placed(right)),
        cells=layout.codes.add(codes),
        width=shares.shape[1],
    )
    return Laid(row, known.astype(np.int16), 2)


def _wide(words: NDArray[Any]) -> NDArray[np.uint64]:
    """Give each person's words side by side, 64 bits each: from (w, people) to (people, w')."""
    raw = np.ascontiguousarray(words.T)
    size = -(-raw.shape[1] * raw.itemsize // 8) * 8
    padded = np.zeros((len(raw), size // raw.itemsize), dtype=raw.dtype)
    padded[:, : raw.shape[1]] = raw
    return padded.view(np.uint64)


def _lay_sets(layout: Layout, sets: Sets, counted: Shares, own: NDArray[Any]) -> Laid:
    """Lay out sets of which the share follows from the count: `counted` (classes, counts), `own` a mentee's class."""
    left, right = _wide(sets.mentees), _wide(sets.mentors)
    shares = np.unique(np.append(counted, UNKNOWN)).astype(np.int16)
    silent = np.searchsorted(shares, UNKNOWN)
    table = np.full((len(counted) + 1, counted.shape[1] + 1), silent)
    table[1:, 1:] = np.searchsorted(shares, counted)
    row = fields(
        form=compiled_rules.COUNT,
        left=layout.words.add(left),
        right=layout.words.add(layout.placed(right)),
        width=left.shape[1],
        cells=layout.codes.add(table),
        most=counted.shape[1] - 1,
        other=layout.index.add(np.where(sets.known_mentees, own + 1, 0)),
        known=layout.codes.add(layout.placed(sets.known_mentors)),
    )
    return Laid(row, shares, 2 if left.shape[1] == 1 else 4)


def _counted(compiled: CompiledRule) -> tuple[Shares, NDArray[Any]]:
    """Give the share of each count by class of mentee, int16 (classes, counts), and each mentee's class."""
    prepared = compiled.prepared
    if compiled.kind.name != "coverage":
        return prepared.steps[None, :], np.zeros(len(prepared.sets.size), dtype=np.int64)
    wanted, own = np.unique(prepared.enough, return_inverse=True)
    counts = np.arange(max(1, wanted.max(initial=1)) + 1)
    counted = np.minimum(counts[None, :], wanted[:, None]).astype(np.int64) * FULL // wanted[:, None]
    return counted.astype(np.int16), own.reshape(-1)


def _lay_count(compiled: CompiledRule, layout: Layout) -> Laid:
    return _lay_sets(layout, compiled.prepared.sets, *_counted(compiled))


def lay_planes(compiled: CompiledRule, layout: Layout) -> NDArray[np.int64] | None:
    """Lay out a must about a count of common items as maps of bits of the items; None where it does not follow from it.

    For each mentee a least count makes the must hold, or with `different` makes it fail.
    """
    if compiled.kind.name not in ("overlap", "hours", "coverage"):
        return None
    sets = compiled.prepared.sets
    counted, own = _counted(compiled)
    holds = compiled.judged(counted) != compiled.rule.different
    least = np.argmax(np.hstack([holds, np.ones((len(holds), 1), dtype=np.bool_)]), axis=1)
    if (np.diff(holds.astype(np.int8), axis=1) < 0).any() or least.max(initial=0) > MOST_COUNTED:
        return None
    mentees, items = np.nonzero(_unpacked(sets.mentees, len(sets.items)))
    offered = np.ascontiguousarray(_unpacked(sets.mentors, len(sets.items)).T)
    everybody = np.arange(layout.mentors)
    return fields(
        form=compiled_rules.PLANES,
        left=layout.index.add(items),
        extra=layout.index.add(np.searchsorted(mentees, np.arange(layout.mentees + 1))),
        cells=layout.add_bits(offered, everybody),
        width=layout.padded // 64,
        most=layout.index.add(least[own]),
        other=int(compiled.rule.different),
        codes=int(compiled.judged(np.array([UNKNOWN], dtype=np.int16))[0]),
        right=layout.index.add(sets.known_mentees),
        known=layout.add_bits(np.stack([np.zeros_like(sets.known_mentors), sets.known_mentors]), everybody),
    )


def lay_tally(compiled: CompiledRule, layout: Layout, room: int) -> tuple[NDArray[np.int64], NDArray[np.int32]] | None:
    """Lay out points by count of common items as a row of flags for each item; give the points of each count too.

    None where it would be slow or large, or where nothing in common gives points: then silence would give them too.
    """
    if compiled.kind.name not in ("overlap", "hours", "coverage"):
        return None
    sets = compiled.prepared.sets
    counted, own = _counted(compiled)
    shares, codes = np.unique(counted, return_inverse=True)
    points, classes = points_by_class(compiled, shares.astype(np.int16))
    together = own * len(points) + (0 if classes is None else classes)
    kinds, number = np.unique(together, return_inverse=True)
    table = points[kinds[:, None] % len(points), codes.reshape(counted.shape)[kinds // len(points)]]
    mentees, items = np.nonzero(_unpacked(sets.mentees, len(sets.items)))
    lengths = np.bincount(mentees, minlength=layout.mentees)
    work = len(items) / max(1, layout.mentees) + 4 * (counted.shape[1] - 1)
    large = len(sets.items) > ITEMS_FOR_A_ROW * room or lengths.max(initial=0) > MOST_TALLIED
    if table[:, 0].any() or work > WORTH_TALLYING or large:
        return None
    row = fields(
        form=compiled_rules.TALLY,
        left=layout.index.add(items),
        extra=layout.index.add(np.concatenate([[0], np.cumsum(lengths)])),
        cells=layout.flags.add(layout.placed(_unpacked(sets.mentors, len(sets.items))).T),
        width=layout.padded,
        most=counted.shape[1] - 1,
        points=layout.points.add(table),
        class_=layout.index.add(number.reshape(-1)),
    )
    return row, table


def _unpacked(words: NDArray[Any], items: int) -> NDArray[np.bool_]:
    """Spread each person's words (w, people) out over the items, bool (people, items)."""
    raw = np.ascontiguousarray(words.T).astype(words.dtype.newbyteorder("<"))
    return np.unpackbits(raw.view(np.uint8), axis=1, bitorder="little", count=items).astype(np.bool_)


def _lay_wishes(compiled: CompiledRule, layout: Layout) -> Laid:
    wishes = compiled.prepared
    rungs = [wishes.wish, wishes.experience, wishes.value]
    left, right = [_wide(each.mentees) for each in rungs], [_wide(each.mentors) for each in rungs]
    met = np.arange(16)
    share = np.where(met & 1, wishes.values_share, 0)
    share = np.where(met & 2, wishes.experience_share, share)
    share = np.where(met & 4, FULL, share)
    share = np.where((met & 8) == 0, UNKNOWN, share)
    shares, codes = np.unique(np.stack([np.full(16, UNKNOWN), share]), return_inverse=True)
    row = fields(
        form=compiled_rules.WISHES,
        left=layout.words.add(np.hstack(left)),
        right=layout.words.add(layout.placed(np.hstack(right))),
        width=sum(each.shape[1] for each in left),
        most=left[0].shape[1],
        other=left[1].shape[1],
        cells=layout.codes.add(codes),
        extra=layout.index.add(wishes.wish.known_mentees),
        known=layout.codes.add(layout.placed(wishes.wish.known_mentors)),
    )
    return Laid(row, shares.astype(np.int16), 4)


def _lay_near(compiled: CompiledRule, layout: Layout) -> Laid:
    numbers = compiled.prepared
    near = compiled.kind.name == "near"
    row = fields(
        form=compiled_rules.NEAR if near else compiled_rules.OFFERED,
        left=layout.floats.add(np.where(numbers.known_left, numbers.left, np.nan)),
        right=layout.floats.add(layout.placed(np.where(numbers.known_right, numbers.right, np.nan))),
        cells=layout.floats.add([numbers.full, numbers.most]),
    )
    return Laid(row, ANY_SHARE, 4)


def _lay_ground(compiled: CompiledRule, layout: Layout) -> Laid:
    places = compiled.prepared
    left, right = flags_of(places)
    row = fields(
        form=compiled_rules.GROUND,
        left=layout.floats.add(places.left.T),
        right=layout.floats.add(layout.placed(np.ascontiguousarray(places.right.T))),
        cells=layout.floats.add(thresholds(places.km)),
        most=places.km,
        other=places.remote_share,
        extra=layout.index.add(left),
        known=layout.codes.add(layout.placed(right)),
    )
    return Laid(row, ANY_SHARE, 6)


def _lay_text(compiled: CompiledRule, layout: Layout) -> Laid:
    texts = compiled.prepared
    lengths = [len(words) for words, _ in texts.left]
    own = np.zeros((sum(lengths), 2), dtype=np.uint32)
    if len(own):
        own[:, 0] = np.concatenate([words for words, _ in texts.left])
        own[:, 1] = np.concatenate([weights for _, weights in texts.left])
    word, mentor = np.nonzero(texts.right)
    weight = texts.right[word, mentor]
    place = layout.place[mentor].astype(np.int64)
    order = np.lexsort((place, word))
    blocks = layout.padded // compiled_rules.BLOCK
    at = word[order].astype(np.int64) * blocks + place[order] // compiled_rules.BLOCK
    starts = np.searchsorted(at, np.arange(len(texts.right) * blocks + 1))
    row = fields(
        form=compiled_rules.WORDS,
        left=layout.index.add(own),
        extra=layout.index.add(np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])),
        right=layout.index.add(np.stack([place[order] % compiled_rules.BLOCK, weight[order]], axis=1)),
        other=layout.index.add(starts),
        width=blocks,
        most=texts.enough,
        cells=layout.codes.add(texts.known_left),
        known=layout.codes.add(layout.placed(texts.known_right)),
    )
    return Laid(row, ANY_SHARE, 20)


RECIPES: Mapping[str, Callable[[CompiledRule, Layout], Laid]] = {
    "overlap": _lay_count,
    "hours": _lay_count,
    "coverage": _lay_count,
    "asked": _lay_wishes,
    "near": _lay_near,
    "commitment": _lay_near,
    "distance": _lay_ground,
    "text": _lay_text,
}
"""Kinds with a kernel of their own; ladder, related and score always have a table, the rest are lists."""
