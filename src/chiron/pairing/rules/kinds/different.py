"""The two answers differ: another department, another site, another profession."""

from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import asks, by_block, holds_above_none
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Rule, Shares
from chiron.pairing.rules.kinds.same import KIND as SAME
from chiron.pairing.rules.kinds.same import prepare


def _at(answers: Any, rows: Any, columns: Any) -> Shares:
    share = SAME.pairs(answers, rows, columns)
    return np.where(share == UNKNOWN, share, np.int16(FULL) - share)


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks("different", rule)


KIND = Kind(
    name="different",
    text="The two gave different answers.",
    mentee_type="choice",
    mentor_type="choice",
    options=SAME.options,
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds_above_none,
    reason=SAME.reason,
    explains=explains,
)
