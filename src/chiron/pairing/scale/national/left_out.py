"""The problem that explains a plan over all pairs: every pair of the people asked about, some of everybody else's."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import Ints, Longs, Problem
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.scale.kernels.machine import kernel
from chiron.pairing.scale.national.answer import NationalAnswer
from chiron.pairing.scale.national.pool import merged
from chiron.pairing.scale.national.scan import Scan
from chiron.pairing.scale.national.why import Reasons

KEPT = 16
"""Pairs of each mentee who is not asked about: ways to a free place are looked for among them."""


def national_reasons(
    scan: Scan,
    scoring: Scoring,
    answer: NationalAnswer,
    *,
    capacity: NDArray[np.integer],
    mentees: Ints,
    is_best: bool,
) -> Reasons:
    """Return what explains a plan over all pairs to some of its mentees.

    A fix that is found is one, for the ways that it opens are pairs that the rules allow; but as ways lead through the
    best pairs of the others only, a fix may be missed.

    Args:
        scan: the rules over both pools.
        scoring: the same rules in their plain form.
        answer: the plan, with the pairs that were looked at.
        capacity: int (m,), how many mentees each mentor takes.
        mentees: int32 (r,), who will be asked about.
        is_best: `referee_all` found the plan proved best.
    """
    own = np.full(scan.mentees, -1, dtype=np.int32)
    own[answer.pairs[:, 0]] = answer.pairs[:, 1]
    starts, partner, fit = best_of_rows(answer.starts, answer.partner, answer.fit, own, KEPT)
    allowed, fits = scan.whole(mentees)
    row, column = np.nonzero(allowed)
    begin = np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]).astype(np.int64)
    starts, partner, fit = merged(
        starts, partner, fit, mentees, begin, column.astype(np.int32), fits[row, column].astype(np.int32)
    )
    return Reasons(_problem(scoring, (starts, partner, fit), capacity), scoring, _plain(answer), is_best=is_best)


def _problem(scoring: Scoring, pairs: tuple[Longs, Ints, Ints], capacity: NDArray[np.integer]) -> Problem:
    """Return the pairs as a problem of one mentor a mentee."""
    starts, partner, fit = pairs
    people = len(scoring.mentees.ids)
    return Problem(
        mentees=scoring.mentees.ids,
        mentors=scoring.mentors.ids,
        starts=starts,
        partner=partner,
        fit=fit,
        capacity=np.asarray(capacity, dtype=np.int32),
        wanted=np.ones(people, dtype=np.int32),
        tier=np.zeros(people, dtype=np.int32),
    )


def _plain(answer: NationalAnswer) -> Answer:
    """Return a plan over all pairs as explanations take it."""
    return Answer(pairs=answer.pairs, steps=answer.steps, aim=cast("Aim", answer.aim), method=answer.method, seed=0)


@kernel
def best_of_rows(starts: Longs, partner: Ints, fit: Ints, own: Ints, keep: int) -> tuple[Longs, Ints, Ints]:
    """Return compressed rows cut to the pairs with the highest fit, and the row's own pair, in their order."""
    n = len(starts) - 1
    new_starts = np.zeros(n + 1, np.int64)
    new_partner = np.empty(min(len(partner), n * (keep + 1)), np.int32)
    new_fit = np.empty(len(new_partner), np.int32)
    size = 0
    for i in range(n):
        first, last = starts[i], starts[i + 1]
        line = np.int64(-(1 << 40))
        if last - first > keep:
            line = np.int64(np.sort(fit[first:last])[last - first - keep])
        above = 0
        for at in range(first, last):
            above += fit[at] > line
        ties = keep - above
        for at in range(first, last):
            if fit[at] > line or partner[at] == own[i]:
                taken = True
            else:
                taken = fit[at] == line and ties > 0
                ties -= fit[at] == line
            if taken:
                new_partner[size], new_fit[size] = partner[at], fit[at]
                size += 1
        new_starts[i + 1] = size
    return new_starts, new_partner[:size].copy(), new_fit[:size].copy()
