"""How much of a choice the people of a plan had among all pairs: read off the scan for the pairs of that plan alone."""

from dataclasses import dataclass

import numpy as np

from chiron.blueprints.all_pairs.question import AllPairsQuestion
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.national.answer import NationalAnswer
from chiron.pairing.scale.national.scan import Scan
from chiron.pairing.scale.national.solve import KEEP

FEW = 3
"""Of whom so many pairs are known, it is not the only one, even without a mentor who stays alone."""
LISTED = 64
"""So many better mentors of a mentee are listed; whoever has more is counted in a whole row."""
ROWS = 64
ASKED_FIRST = 256
"""So many mentees are asked first whether the rules allow a mentor somebody else: nearly always they do."""


@dataclass(frozen=True, eq=False)
class KnownOptions:
    """The options of the pairs of one plan by (mentee, mentor), as `blueprints.plan.pairs.Options`."""

    standings: dict[tuple[int, int], int]
    only: dict[tuple[int, int], str]

    def standing(self, mentee: int, mentor: int) -> int:
        """Return a mentor's place among a mentee's best fits, 1 first; 0 where the rules do not allow the pair."""
        return self.standings.get((mentee, mentor), 0)

    def only_option(self, mentee: int, mentor: int) -> str:
        """Return "mentee" or "mentor" where the rules allow that one nobody else; empty where they do."""
        return self.only.get((mentee, mentor), "")


def options_of(question: AllPairsQuestion, scan: Scan, answer: NationalAnswer) -> KnownOptions:
    """Return the options of the pairs of a plan, and of the locked ones."""
    standings: dict[tuple[int, int], int] = {}
    only: dict[tuple[int, int], str] = {}
    pairs, fits = answer.pairs, answer.fits
    better, allowed = _better_in(question, scan, answer), _allowed_in(scan, answer)
    for mentor in sorted(question.alone[1]):
        may, worth = _whole_column(question, pairs[:, 0], mentor)
        allowed -= may
        better -= may & (worth > fits)
    seen = np.bincount(answer.partner, minlength=scan.mentors)
    for at, (mentee, mentor) in enumerate(pairs.tolist()):
        standings[mentee, mentor] = int(better[at]) + 1
        if allowed[at] == 1:
            only[mentee, mentor] = "mentee"
        elif seen[mentor] <= 1 and _is_only_one(question, (mentee, mentor)):
            only[mentee, mentor] = "mentor"
    for pair in question.locked:
        may, worth = _whole_row(question, pair[0])
        if may[pair[1]]:
            standings[pair] = int((worth[may] > worth[pair[1]]).sum()) + 1
            if int(may.sum()) == 1:
                only[pair] = "mentee"
            elif _is_only_one(question, pair):
                only[pair] = "mentor"
    return KnownOptions(standings, only)


def _better_in(question: AllPairsQuestion, scan: Scan, answer: NationalAnswer) -> Longs:
    """Return how many mentors the rules allow each mentee of a plan with more fit than the own one: int64 (k,).

    A mentee's best pairs are known, so whoever knows of fewer better ones than that knows them all; not where mentors
    have no place, for they were not asked about.
    """
    row = np.repeat(np.arange(scan.mentees), np.diff(answer.starts))
    own = np.full(scan.mentees, np.iinfo(np.int32).max, dtype=np.int64)
    own[answer.pairs[:, 0]] = answer.fits
    better = np.bincount(row[answer.fit > own[row]], minlength=scan.mentees)[answer.pairs[:, 0]].astype(np.int64)
    unsure = np.flatnonzero(better >= KEEP) if question.capacity.all() else np.arange(len(better))
    better[unsure] = better_than(scan, answer.pairs[unsure, 0], answer.fits[unsure])
    return better


def _allowed_in(scan: Scan, answer: NationalAnswer) -> Longs:
    """Return how many mentors the rules allow each mentee of a plan; of whom several are known, no more is counted."""
    mentees = answer.pairs[:, 0]
    allowed = np.diff(answer.starts)[mentees].astype(np.int64)
    unsure = np.flatnonzero(allowed < FEW)
    allowed[unsure] = scan.count_allowed(mentees[unsure])
    return allowed


def better_than(scan: Scan, rows: Ints, fits: Ints) -> Longs:
    """Return how many mentors the rules allow each of these mentees with more fit than this: int64 (r,)."""
    found = scan.above(rows, prices=None, profit=fits.astype(np.int64), most=LISTED)
    count = np.diff(found.starts)
    # Whatever is not listed and has more fit shows in the cutoff.
    long = np.flatnonzero((count >= LISTED) & (found.cutoff > fits))
    for first in range(0, len(long), ROWS):
        some = long[first : first + ROWS]
        may, worth = scan.whole(rows[some])
        count[some] = (may & (worth > fits[some][:, None])).sum(axis=1)
    return count.astype(np.int64)


def _whole_column(question: AllPairsQuestion, mentees: Ints, mentor: int) -> tuple[np.ndarray, Longs]:
    """Return which of some mentees the rules allow one mentor, and the fits: bool (r,), int64 (r,)."""
    some = np.stack([mentees, np.full_like(mentees, mentor)], axis=1)
    apart = {one for one, other in question.apart if other == mentor}
    may = question.scoring.allowed(some) & np.array([one not in apart for one in mentees.tolist()], dtype=np.bool_)
    return may, question.scoring.parts(some).sum(axis=1)


def _whole_row(question: AllPairsQuestion, mentee: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whom the rules allow a mentee who is locked, and the fits: bool (m,), int32 (m,)."""
    may, worth = (part[0] for part in question.scoring.block(mentee, mentee + 1))
    free = [question.may_pair(mentee, mentor) for mentor in range(len(question.mentors))]
    return may & np.array(free, dtype=np.bool_), worth


def _is_only_one(question: AllPairsQuestion, pair: tuple[int, int]) -> bool:
    """Return whether the rules allow a mentor nobody but the mentee of this pair."""
    mentee, mentor = pair
    free = [one for one in range(len(question.mentees)) if one != mentee and question.may_pair(one, mentor)]
    others = np.array(free, dtype=np.int32)
    for some in (others[:ASKED_FIRST], others[ASKED_FIRST:]):
        if question.scoring.allowed(np.stack([some, np.full_like(some, mentor)], axis=1)).any():
            return False
    return True
