"""Answers as arrays: lists as bits, words as numbers, small tables of shares, and the sentences made from them.

Every function that takes `rows` and `columns` works on a block and on single pairs alike: an index that gives
(rows, 1) and (1, m) makes a block, two index arrays of equal length make pairs.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.kind import FULL, UNKNOWN, Positions, Rule, Shares

Flags = NDArray[np.bool_]
At = Callable[[Any, Any, Any], Shares]
APOSTROPHES = str.maketrans("", "", "'\u2019\u2018\u201b\u02bc\u02bb\u02b9\u0060\u00b4\u2032\uff07")
TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx"})
WIDE = 4_000_000  # shares that a table may hold spread out over all mentors: 8 MB


def plain(value: Any) -> Any:
    """Fold case and spaces of a text, so that what people see as equal is equal; other values stay."""
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Give one answer or several as a tuple; no answer, an empty text and an empty list give an empty one."""
    if value is None or value == "":
        return ()
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)


def called(text: Any) -> str:
    """Fold a name or an id: case, accents, apostrophes, dots and titles do not count; "Roe, Ana" is "Ana Roe"."""
    plain = str(text)
    if not plain.isascii():
        plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
    last, comma, first = plain.translate(APOSTROPHES).casefold().partition(",")
    words = (f"{first} {last}" if comma else last).replace(".", " ").replace(",", " ").split()
    return " ".join(word for word in words if word not in TITLES) or " ".join(words)


def listed(words: Iterable[Any]) -> str:
    """Join words as people write them: "research, exams and teaching"."""
    texts = [str(word) for word in words]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def count_of(number: int, one: str, several: str) -> str:
    """Give a number with its noun: "1 hour", "6 hours"."""
    return f"{number} {one if number == 1 else several}"


def said(name: str) -> str:
    """Turn a column's name into words for a sentence."""
    return name.replace("_", " ")


def asks(what: str, rule: Rule, **values: Any) -> Sentence:
    """Return what a rule asks, whether it must or should hold, with the columns that it compares and its numbers."""
    named = {"mentee": said(rule.mentee), "mentor": said(rule.mentor), **values}
    return Sentence(f"asks.{what}.{'must' if rule.must else 'should'}", named)


def judge(share: Shares, met: Any, options: Mapping[str, Any]) -> Flags:
    """Judge a must: `met` where the share is known, else what the option `unknown` says."""
    passes: Flags = np.where(share == UNKNOWN, options["unknown"] != "forbid", met)
    return passes


def holds_above_none(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where there is any share at all."""
    return judge(share, share > 0, options)


def known(values: Sequence[Any]) -> Flags:
    """Flag the people who answered (n,): neither nothing, nor an empty text, nor an empty list."""
    return np.fromiter((value is not None and value not in ("", (), []) for value in values), np.bool_, len(values))


def blank(share: Shares, left: Flags, right: Flags) -> Shares:
    """Put UNKNOWN where either side has not answered."""
    if left.all() and right.all():
        return share
    return np.where(left & right, share, np.int16(UNKNOWN))


def by_block(at: At) -> Callable[[Any, int, int], Shares]:
    """Make the block form of a kind from its form for any index."""

    def shares(prepared: Any, first: int, last: int) -> Shares:
        return at(prepared, (slice(first, last), None), (None, slice(None)))

    return shares


def numbers_of(*sides: Sequence[Any]) -> tuple[NDArray[np.int32], ...]:
    """Number the distinct values of all sides together; equal values get equal numbers, in order of appearance."""
    numbers = _Numbers()
    return tuple(np.fromiter(map(numbers.__getitem__, side), np.int32, len(side)) for side in sides)


class _Numbers(dict[Any, int]):
    """The number of each distinct value as it was written; a value is folded once, however many people gave it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[Any, int] = {}

    def __missing__(self, value: Any) -> int:
        number = self[value] = self.seen.setdefault(plain(value), len(self.seen))
        return number


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """The lists of both sides as bit words over the items that occur on both sides.

    Attributes:
        mentees: (w, n) unsigned words.
        mentors: (w, m) unsigned words.
        size: int32 (n,), how many different items a mentee has, common or not.
        known_mentees: (n,) who answered.
        known_mentors: (m,) who answered.
        items: the common items as first written, in the order of their bits.
    """

    mentees: NDArray[Any]
    mentors: NDArray[Any]
    size: NDArray[np.int32]
    known_mentees: Flags
    known_mentors: Flags
    items: tuple[Any, ...]

    def common(self, rows: Any, columns: Any) -> NDArray[Any]:
        """Count the common items; unsigned, in the shape of the two indexes together."""
        count: NDArray[Any] = np.bitwise_count(self.mentees[0][rows] & self.mentors[0][columns])
        if len(self.mentees) > 1:
            count = count.astype(np.uint16)
        for left, right in zip(self.mentees[1:], self.mentors[1:], strict=True):
            count += np.bitwise_count(left[rows] & right[columns])
        return count

    def shared(self, mentee: int, mentor: int) -> tuple[Any, ...]:
        """List the common items of one pair, in alphabetical order."""
        both = self.mentees[:, mentee] & self.mentors[:, mentor]
        width = both.dtype.itemsize * 8
        left = sum(word << (width * at) for at, word in enumerate(both.tolist()))
        found = []
        while left:
            found.append(self.items[(left & -left).bit_length() - 1])
            left &= left - 1
        return tuple(found)


def encode_sets(mentees: Sequence[Any], mentors: Sequence[Any]) -> Sets:
    """Encode two columns of lists; an empty list counts as no answer."""
    left, left_words = _items(mentees)
    right, right_words = _items(mentors)
    both = sorted(set(left_words) & set(right_words), key=str)
    place = {item: bit for bit, item in enumerate(both)}
    return Sets(
        mentees=pack_bits([[place[x] for x in items if x in place] for items in left], len(both)),
        mentors=pack_bits([[place[x] for x in items if x in place] for items in right], len(both)),
        size=np.fromiter((len(items) for items in left), np.int32, len(left)),
        known_mentees=np.fromiter((bool(items) for items in left), np.bool_, len(left)),
        known_mentors=np.fromiter((bool(items) for items in right), np.bool_, len(right)),
        items=tuple(right_words[item] for item in both),
    )


def _items(values: Sequence[Any]) -> tuple[list[frozenset[Any]], dict[Any, Any]]:
    """Fold each list to a set of plain items, and remember how each item was first written."""
    words: dict[Any, Any] = {}
    folded: dict[Any, Any] = {}
    nothing: frozenset[Any] = frozenset()
    lists = []
    for value in values:
        given = as_tuple(value)
        for item in given:
            if item not in folded:
                key = folded[item] = plain(item)
                words.setdefault(key, item)
        lists.append(frozenset([folded[item] for item in given]) if given else nothing)
    return lists, words


def pack_bits(bits: Sequence[Sequence[int]], width: int) -> NDArray[Any]:
    """Pack bit positions of each person, all under `width`, into unsigned words; see `pack_flags`."""
    people = np.repeat(np.arange(len(bits)), [len(positions) for positions in bits])
    flags = np.zeros((len(bits), width), dtype=np.bool_)
    flags[people, np.fromiter(chain.from_iterable(bits), np.int64, len(people))] = True
    return pack_flags(flags)


def pack_flags(flags: Flags) -> NDArray[Any]:
    """Pack flags (people, width) into unsigned words (w, people), the least that hold `width` bits."""
    width = flags.shape[1]
    word = np.dtype(next((kind for kind in ("<u1", "<u2", "<u4") if width <= np.dtype(kind).itemsize * 8), "<u8"))
    words = max(1, -(-width // (word.itemsize * 8)))
    full = np.zeros((len(flags), words * word.itemsize), dtype=np.uint8)
    full[:, : -(-width // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return np.ascontiguousarray(full.view(word).T.astype(word.newbyteorder("=")))


@dataclass(frozen=True, slots=True, eq=False)
class ShareTable:
    """Shares by distinct answer: (distinct mentee answers, distinct mentor answers), and who gave which.

    Attributes:
        shares: int16 (a, b).
        row: int32 (n,), a mentee's answer.
        column: int32 (m,), a mentor's answer.
        wide: int16 (a, m), the shares spread out over all mentors, or None where that would be large.
    """

    shares: Shares
    row: NDArray[np.int32]
    column: NDArray[np.int32]
    wide: Shares | None

    @classmethod
    def of(cls, shares: Shares, row: NDArray[np.int32], column: NDArray[np.int32]) -> "ShareTable":
        """Make a table, spread out where that is small."""
        wide = shares[:, column] if shares.shape[0] * len(column) <= WIDE else None
        return cls(shares, row, column, wide)


def table_block(table: ShareTable, first: int, last: int) -> Shares:
    """Look up a block of mentees against all mentors."""
    if table.wide is not None:
        return table.wide[table.row[first:last]]
    return table.shares[table.row[first:last]][:, table.column]


def table_pairs(table: ShareTable, mentees: Positions, mentors: Positions) -> Shares:
    """Look up single pairs."""
    return table.shares[table.row[mentees], table.column[mentors]]


@dataclass(frozen=True, slots=True, eq=False)
class SparseShares:
    """Shares that differ from one value in few places.

    Attributes:
        rest: int16 (n, 1) or (1, m) or (1, 1), the share of a pair that is not listed.
        found: share by (mentee, mentor).
        starts: int64 (n + 1,) into the two arrays below.
        mentors: int32 (k,), positions of mentors, by mentee.
        shares: int16 (k,).
        count: mentors.
    """

    rest: Shares
    found: Mapping[tuple[int, int], int]
    starts: NDArray[np.int64]
    mentors: NDArray[np.int32]
    shares: Shares
    count: int

    @classmethod
    def of(cls, found: Mapping[tuple[int, int], int], rest: Shares, size: tuple[int, int]) -> "SparseShares":
        """Index the listed pairs by mentee; `size` is (mentees, mentors)."""
        keys = sorted(found)
        starts = np.searchsorted(np.array([i for i, _ in keys], dtype=np.int64), np.arange(size[0] + 1))
        mentors = np.array([j for _, j in keys], dtype=np.int32)
        return cls(rest, found, starts, mentors, np.array([found[key] for key in keys], dtype=np.int16), size[1])

    def rest_at(self, mentee: int, mentor: int) -> int:
        """Give the share of a pair that is not listed."""
        rows, columns = self.rest.shape
        return int(self.rest[mentee if rows > 1 else 0, mentor if columns > 1 else 0])


def sparse_block(sparse: SparseShares, first: int, last: int) -> Shares:
    """Spread a block of mentees out over all mentors."""
    rest = sparse.rest[first:last] if len(sparse.rest) > 1 else sparse.rest
    block = np.empty((last - first, sparse.count), dtype=np.int16)
    block[:] = rest
    begin, end = sparse.starts[first], sparse.starts[last]
    rows = np.repeat(np.arange(last - first), np.diff(sparse.starts[first : last + 1]))
    block[rows, sparse.mentors[begin:end]] = sparse.shares[begin:end]
    return block


def sparse_pairs(sparse: SparseShares, mentees: Positions, mentors: Positions) -> Shares:
    """Look up single pairs."""
    pairs = zip(mentees.tolist(), mentors.tolist(), strict=True)
    return np.fromiter((sparse.found.get(p, sparse.rest_at(*p)) for p in pairs), np.int16, len(mentees))


def steps_to(full: int, dtype: Any = np.int16) -> NDArray[Any]:
    """Give the share of 0, 1, … `full` things when `full` of them are enough (full + 1,)."""
    return (np.arange(full + 1, dtype=np.int64) * FULL // full).astype(dtype)
