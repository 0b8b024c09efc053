"""Runs too large to list every pair: the same people, rules and holds, over all pairs (extra `scale`)."""

import io
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from chiron.blueprints.all_pairs.question import all_pairs_question, takes_all_pairs
from chiron.blueprints.plan.in_hand import KnownPairs
from chiron.blueprints.schema.matching import Matching
from chiron.site.matching.bridge.frozen import apart_in, mentees_in, mentors_in, pairs_in, unclear_in
from chiron.site.matching.models import Plan, RunPairs

if TYPE_CHECKING:
    from chiron.blueprints.all_pairs.arrange import AllPairsPlan
    from chiron.pairing.scale.national.solve import BestSoFar

Tell = Callable[[str, Mapping[str, int]], bool]
MOST_PAIRS_LISTED = 3_000_000
"""With more pairs of a mentee and a mentor they are not listed, where nothing is asked that needs the list."""
PHASES = {"scoring": "scoring", "judging": "judging"}


def is_large(frozen: Mapping[str, Any], matching: Matching) -> bool:
    """Return whether a run is answered over all pairs: too many to list, and nothing asked that needs the list."""
    if len(frozen["mentees"]) * len(frozen["mentors"]) <= MOST_PAIRS_LISTED or find_spec("numba") is None:
        return False
    return takes_all_pairs(mentees_in(frozen), matching)


def large_plan(frozen: Mapping[str, Any], matching: Matching, *, tell: Tell) -> "AllPairsPlan":
    """Return the best plan of a frozen input over all pairs; the judge has found no fault in it.

    Raises:
        ConflictError: no plan can hold the locked pairs.
        RuleError: a rule cannot be used on these people.
        RefereeError: the judge objects.
    """
    # Compiled kernels take a second to load, and are not installed everywhere.
    from chiron.blueprints.all_pairs.arrange import arrange_all_pairs  # noqa: PLC0415

    question = all_pairs_question(
        mentees_in(frozen),
        mentors_in(frozen),
        matching,
        locks=pairs_in(frozen, "locks"),
        apart=apart_in(frozen),
        exceptions=pairs_in(frozen, "bends"),
        alone=unclear_in(frozen),
    )

    def watch(phase: str, reached: "BestSoFar | None") -> bool:
        return tell(PHASES.get(phase, "solving"), {} if reached is None else {"matched": reached.matched})

    return arrange_all_pairs(question, watch=watch)


def packed(made: "AllPairsPlan") -> bytes:
    """Return the pairs that a plan over all pairs looked at as one file of arrays."""
    known, file = made.known(), io.BytesIO()
    np.savez_compressed(file, starts=known.starts, partner=known.partner, fit=known.fit)
    return file.getvalue()


def known_pairs_of(plan: Plan, frozen: Mapping[str, Any]) -> KnownPairs | None:
    """Return the pairs that a plan's run looked at, judged by the digest of its input; None where all were listed."""
    found = RunPairs.objects.filter(run=plan.run_id, digest=digest_of(frozen)).first()
    if found is None:
        return None
    with np.load(io.BytesIO(bytes(found.content)), allow_pickle=False) as arrays:
        return KnownPairs(arrays["starts"], arrays["partner"], arrays["fit"])


def digest_of(frozen: Mapping[str, Any]) -> str:
    """Return a text that differs where people or rules of a frozen input do: their order gives the pairs a meaning."""
    ids = [[row["id"] for row in frozen[side]] for side in ("mentees", "mentors")]
    return sha256(repr((ids, frozen["matching"])).encode()).hexdigest()
