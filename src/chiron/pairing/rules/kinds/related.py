"""The two fields of health are the same or close: knee trauma is nearer to sports medicine than to the ear."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    Flags,
    ShareTable,
    as_tuple,
    asks,
    judge,
    plain,
    said,
    table_block,
    table_pairs,
)
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Positions, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The share of every two answers, the answers as tuples of codes, and what people call the codes."""

    table: ShareTable
    mentees: Sequence[tuple[str, ...]]
    mentors: Sequence[tuple[str, ...]]
    closeness: Mapping[tuple[str, str], int]
    names: Mapping[str, str]


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Fields:
    """Work out the closeness of every two answers; of several fields of one person, the closest counts."""
    left = [tuple(dict.fromkeys(plain(code) for code in as_tuple(value))) for value in mentees]
    right = [tuple(dict.fromkeys(plain(code) for code in as_tuple(value))) for value in mentors]
    codes = sorted({code for value in (*left, *right) for code in value})
    place = {code: at for at, code in enumerate(codes)}
    close = np.zeros((len(codes), len(codes)), dtype=np.int16)
    for one, other, share in _both_ways(options["related"]):
        if one in place and other in place:
            close[place[one], place[other]] = share
    np.fill_diagonal(close, FULL)
    rows, row = _distinct(left)
    columns, column = _distinct(right)
    shares = np.full((len(rows), len(columns)), UNKNOWN, dtype=np.int16)
    nearest = np.array(
        [close[[place[code] for code in value]].max(axis=0, initial=0) for value in rows], dtype=np.int16
    ).reshape(len(rows), len(codes))
    answered = np.array([bool(value) for value in rows], dtype=np.bool_)
    for at, value in enumerate(columns):
        if value:
            shares[answered, at] = nearest[answered][:, [place[code] for code in value]].max(axis=1)
    closeness = {(a, b): int(close[place[a], place[b]]) for a in codes for b in codes}
    names = {plain(code): name for code, name in options["names"].items()}
    return Fields(ShareTable.of(shares, row, column), left, right, closeness, names)


def _both_ways(related: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str, int]]:
    """Yield every closeness by the plain names of two fields; one written in one direction holds in the other too."""
    written = {(plain(one), plain(other)): share for one, others in related.items() for other, share in others.items()}
    for (one, other), share in written.items():
        yield one, other, share
        if (other, one) not in written:
            yield other, one, share


def _distinct(values: Sequence[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], Any]:
    """Give the distinct answers, and each person's position among them, int32."""
    seen: dict[tuple[str, ...], int] = {}
    places = np.fromiter((seen.setdefault(value, len(seen)) for value in values), np.int32, len(values))
    return list(seen), places


def shares(fields: Fields, first: int, last: int) -> Shares:
    """Look up a block."""
    return table_block(fields.table, first, last)


def pairs(fields: Fields, mentees: Positions, mentors: Positions) -> Shares:
    """Look up single pairs."""
    return table_pairs(fields.table, mentees, mentors)


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where the closeness is at least `least` thousandths."""
    return judge(share, share >= options["least"], options)


def reason(fields: Fields, mentee: int, mentor: int) -> Sentence:
    """Name the closest two fields."""
    left, right = fields.mentees[mentee], fields.mentors[mentor]
    if not (left and right):
        return Sentence("related.unknown")
    called = {code: fields.names.get(code, said(code).replace("-", " ")) for code in (*left, *right)}
    same = [called[code] for code in left if code in right]
    if same:
        return Sentence("related.same", {"fields": tuple(same)})
    share, one, other = max(
        ((fields.closeness[one, other], one, other) for one in left for other in right), key=lambda found: found[0]
    )
    code = "related.close" if share else "related.far"
    return Sentence(code, {"mentee": called[one], "mentor": called[other]})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks("related.different" if rule.different else "related", rule)


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for thousandths."""
    if not 1 <= options["least"] <= FULL:
        return f"least must be between 1 and {FULL} thousandths"
    numbers = [share for others in options["related"].values() for share in others.values()]
    wrong = any(type(share) is not int or not 0 <= share <= FULL for share in numbers)
    return f"related must hold whole numbers from 0 to {FULL}" if wrong else ""


KIND = Kind(
    name="related",
    text="The two fields of health are the same or close.",
    mentee_type="field",
    mentor_type="field",
    options={"unknown": "pass", "least": 500, "related": {}, "names": {}},
    prepare=prepare,
    shares=shares,
    pairs=pairs,
    holds=holds,
    reason=reason,
    explains=explains,
    signed=True,
    complaint=complaint,
)
