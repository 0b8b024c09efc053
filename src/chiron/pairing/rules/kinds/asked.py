"""The mentor is what the mentee asked for: a shared background, a language, a gender, a profession.

It counts only where the mentee asked. Where nobody of that kind is at hand, a documented ladder leads down: someone
of another background who met similar difficulties, then shared goals and values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    Sets,
    as_tuple,
    asks,
    blank,
    encode_sets,
    holds_above_none,
    plain,
)
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Rule, Shares

Person = tuple[Any, Any, Any, Any]  # wish or self-description, own description, experiences, values
# A ticked or empty box, as files write it. Where somebody describes themselves by one of these words, it is no box.
TICKED = frozenset({"true", "yes", "y", "1", "\N{CHECK MARK}", "\N{HEAVY CHECK MARK}", "checked", "ticked"})
UNTICKED = frozenset({"false", "no", "n", "0", "\N{BALLOT X}", "\N{HEAVY BALLOT X}", "unchecked", "unticked"})


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """The three rungs as lists of both sides, with the share of each rung after the first, and the texts."""

    wish: Sets
    experience: Sets
    value: Sets
    experience_share: int
    values_share: int
    wanted: Sequence[tuple[Any, ...]]
    described: Sequence[tuple[Any, ...]]


def prepare(mentees: Sequence[Person], mentors: Sequence[Person], options: Mapping[str, Any]) -> Wishes:
    """Read what each mentee asked for, and encode the three rungs."""
    described = [as_tuple(value) for value, *_ in mentors]
    words = {plain(word) for value in described for word in value}
    none = {plain(word) for word in options["no_wish"]} | (UNTICKED - words)
    alike = {plain(word) for word in options["like_me"]} | (TICKED - words)
    wanted = [_wanted(wish, own, none, alike) for wish, own, *_ in mentees]
    return Wishes(
        wish=encode_sets(wanted, described),
        experience=encode_sets([each[2] for each in mentees], [each[2] for each in mentors]),
        value=encode_sets([each[3] for each in mentees], [each[3] for each in mentors]),
        experience_share=options["experience_share"],
        values_share=options["values_share"],
        wanted=wanted,
        described=described,
    )


def _wanted(wish: Any, own: Any, none: set[str], alike: set[str]) -> tuple[Any, ...]:
    """Give what a mentee asked for; "same as me" and a ticked box stand for the mentee's own description."""
    if isinstance(wish, bool):
        return as_tuple(own) if wish else ()
    wanted: list[Any] = []
    for word in as_tuple(wish):
        if plain(word) in alike:
            wanted.extend(as_tuple(own))
        elif plain(word) not in none:
            wanted.append(word)
    return tuple(dict.fromkeys(wanted))


def _at(wishes: Wishes, rows: Any, columns: Any) -> Shares:
    share = np.where(wishes.value.common(rows, columns) > 0, np.int16(wishes.values_share), np.int16(0))
    share = np.where(wishes.experience.common(rows, columns) > 0, np.int16(wishes.experience_share), share)
    share = np.where(wishes.wish.common(rows, columns) > 0, np.int16(FULL), share)
    # Of somebody who has not described themselves nobody knows whether the wish is met: it stays open.
    return blank(share, wishes.wish.known_mentees[rows], wishes.wish.known_mentors[columns])


def shares(wishes: Wishes, first: int, last: int) -> Shares:
    """Judge a block of mentees, of whom often only a few have asked for anything."""
    asked = first + np.flatnonzero(wishes.wish.known_mentees[first:last])
    block = np.full((last - first, wishes.wish.mentors.shape[1]), UNKNOWN, dtype=np.int16)
    if len(asked):
        block[asked - first] = _at(wishes, (asked, None), (None, slice(None)))
    return block


def reason(wishes: Wishes, mentee: int, mentor: int) -> Sentence:
    """Name the wish and the rung that was used."""
    if not wishes.wish.known_mentees[mentee]:
        return Sentence("asked.nothing")
    wanted = tuple(map(str, wishes.wanted[mentee]))
    if not wishes.wish.known_mentors[mentor]:
        return Sentence("asked.mentor_silent", {"wanted": wanted})
    if met := wishes.wish.shared(mentee, mentor):
        code = "asked.met_of_several" if len(wanted) > 1 else "asked.met"
        return Sentence(code, {"wanted": wanted, "met": tuple(met)})
    if met := wishes.experience.shared(mentee, mentor):
        return Sentence("asked.like_experience", {"wanted": wanted, "met": tuple(met)})
    if met := wishes.value.shared(mentee, mentor):
        return Sentence("asked.like_values", {"wanted": wanted, "met": tuple(met)})
    return Sentence("asked.not_met", {"wanted": wanted, "said": tuple(map(str, wishes.described[mentor]))})


def discreet_reason(wishes: Wishes, mentee: int, mentor: int) -> Sentence:
    """Name the rung that was used, and nothing that either of the two said about who they are."""
    if not wishes.wish.known_mentees[mentee]:
        return Sentence("asked.nothing")
    if not wishes.wish.known_mentors[mentor]:
        return Sentence("asked.discreet.mentor_silent")
    if wishes.wish.shared(mentee, mentor):
        return Sentence("asked.discreet.met")
    if wishes.experience.shared(mentee, mentor):
        return Sentence("asked.discreet.like_experience")
    if wishes.value.shared(mentee, mentor):
        return Sentence("asked.discreet.like_values")
    return Sentence("asked.discreet.not_met")


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    rungs = [
        Sentence(code)
        for option, code in (
            ("experience_column", "asks.asked.experience"),
            ("values_column", "asks.asked.values"),
        )
        if rule.options.get(option)
    ]
    if not rungs:
        return asks("asked", rule)
    instead = rungs[0] if len(rungs) == 1 else Sentence("asks.asked.then", {"first": rungs[0], "then": rungs[1]})
    return asks("asked.instead", rule, instead=instead)


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for shares that fall down the ladder."""
    falls = FULL > options["experience_share"] > options["values_share"] > 0
    return "" if falls else f"experience_share must be under {FULL}, and values_share under it and over 0"


KIND = Kind(
    name="asked",
    text="The mentor is what the mentee asked for; it counts only where the mentee asked.",
    mentee_type="list",
    mentor_type="choice",
    options={
        "unknown": "pass",
        "own_column": "",
        "experience_column": "",
        "values_column": "",
        "experience_share": 600,
        "values_share": 300,
        "no_wish": ("no", "none", "any", "anyone", "no preference", "no wish"),
        "like_me": ("yes", "same", "same as me", "like me", "shared"),
        "may_be_must": False,
    },
    prepare=prepare,
    shares=shares,
    pairs=_at,
    holds=holds_above_none,
    reason=reason,
    discreet_reason=discreet_reason,
    explains=explains,
    wish=True,
    complaint=complaint,
)
