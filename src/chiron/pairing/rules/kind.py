"""The vocabulary of rules: one module a kind, each with its text for people.

A kind answers one question of a mentee and a mentor with a *share*: a whole number of thousandths, 0 to 1000, or
`UNKNOWN` where an answer is missing. A rule turns shares into points, or into a must.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence

FULL = 1000
UNKNOWN = -1
Shares = NDArray[np.int16]
Positions = NDArray[np.int32]


class RuleError(ValueError):
    """A rule cannot be used; the message names the rule, what is wrong and what to write instead."""


def no_complaint(_options: Mapping[str, Any]) -> str:
    """Accept any options of the right types."""
    return ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a programme: what is compared, and what that counts.

    Attributes:
        name: what people call it; unique within a rule set.
        kind: a key of `KINDS`.
        mentee: the mentee's column that is compared.
        mentor: the mentor's column that it is compared with.
        points: whole points for a full share; may be negative.
        missed: whole points for a share of zero; usually 0, negative where missing it should show.
        must: a hard rule: a pair for which it does not hold is never made; it gives no points.
        different: count the opposite: a full share becomes none, and none becomes full.
        importance: the mentee's column with 0 to 5 for this rule, or None.
        voice: whose wish the points express: "both", "mentee" or "mentor"; only stable plans tell them apart.
        discreet: reasons name no answers, since what is compared says who somebody is.
        options: the kind's own settings; a name that the kind does not know is an error.
    """

    name: str
    kind: str
    mentee: str
    mentor: str
    points: int = 0
    missed: int = 0
    must: bool = False
    different: bool = False
    importance: str | None = None
    voice: str = "both"
    discreet: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A word in the vocabulary of rules.

    Attributes:
        name: the word.
        text: one sentence for people: what it compares and when it is met.
        mentee_type: type of the mentee's column (see `blueprints.schema`).
        mentor_type: type of the mentor's column.
        options: known settings and their defaults; a default's type is the type that is asked for. A name that ends
            in `_column` names one more column: `prepare` then gets tuples (value, extra, …) in the order of these.
        prepare: (mentee values, mentor values, options) -> whatever `shares` needs, encoded once.
        shares: (prepared, first mentee, mentee after the last) -> int16 (rows, m), 0 to 1000 or UNKNOWN.
        holds: (share, options) -> bool, elementwise: is a must met; unknown is judged by the option `unknown`.
        reason: (prepared, mentee position, mentor position) -> one plain sentence without a name or pronoun guessed.
        discreet_reason: the same without any answer, for rules about who somebody is; by default how well it is met.
        explains: what the rule asks with its options, as a code and values; see `encoding.asks`.
        pairs: (prepared, mentee positions (k,), mentor positions (k,)) -> int16 (k,): the same shares, one a pair.
        signed: True if `different` makes sense for it.
        wish: True if a share of none is worth a sentence, because the mentee asked for something.
        one_sided: True if the column may exist on one side only.
        complaint: options -> what is wrong with them beyond their types, or an empty text.
        for_points: options that say how points grow and mean nothing in a must, where they keep their defaults.
    """

    name: str
    text: str
    mentee_type: str
    mentor_type: str
    options: Mapping[str, Any]
    prepare: Callable[[Sequence[Any], Sequence[Any], Mapping[str, Any]], Any]
    shares: Callable[[Any, int, int], Shares]
    holds: Callable[[Shares, Mapping[str, Any]], NDArray[np.bool_]]
    reason: Callable[[Any, int, int], Sentence]
    explains: Callable[[Rule], Sentence]
    pairs: Callable[[Any, Positions, Positions], Shares]
    signed: bool = False
    wish: bool = False
    one_sided: bool = False
    complaint: Callable[[Mapping[str, Any]], str] = no_complaint
    for_points: tuple[str, ...] = ()
    discreet_reason: Callable[[Any, int, int], Sentence] | None = None

    def said_of(self, prepared: Any, mentee: int, mentor: int, *, discreet: bool) -> Sentence:
        """Return one plain sentence on what a rule sees in a pair.

        Args:
            prepared: as `prepare` gave it.
            mentee: position of the mentee.
            mentor: position of the mentor.
            discreet: name no answers.
        """
        if not discreet:
            return self.reason(prepared, mentee, mentor)
        if self.discreet_reason is not None:
            return self.discreet_reason(prepared, mentee, mentor)
        share = int(self.pairs(prepared, np.array([mentee], np.int32), np.array([mentor], np.int32))[0])
        if share == UNKNOWN:
            return Sentence("pair.silent")
        return Sentence("pair.met" if share == FULL else "pair.met_in_part" if share > 0 else "pair.not_met")
