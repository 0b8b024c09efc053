"""Ask one kind about one mentee and one mentor."""

from typing import NamedTuple

import numpy as np

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.vocabulary import KINDS, options_of


class Said(NamedTuple):
    """What a kind says of a pair."""

    share: int
    holds: bool
    reason: str


def ask(kind, mentee, mentor, **options):
    filled = options_of(Rule("R", kind, "a", "b", options=options))
    word = KINDS[kind]
    prepared = word.prepare([mentee], [mentor], filled)
    block = word.shares(prepared, 0, 1)
    assert (block.shape, block.dtype) == ((1, 1), np.int16)
    return Said(int(block[0, 0]), bool(word.holds(block, filled)[0, 0]), str(word.reason(prepared, 0, 0)))


def explain(kind, **fields):
    return str(KINDS[kind].explains(Rule("R", kind, "goals_wanted", "skills", **fields)))
