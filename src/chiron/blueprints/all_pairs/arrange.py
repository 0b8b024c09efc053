"""The best plan over all pairs of two large pools, said in the words of every plan: ties, who is left, the steps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from chiron.blueprints.all_pairs.options import options_of
from chiron.blueprints.all_pairs.question import AllPairsQuestion
from chiron.blueprints.plan.in_hand import KnownPairs
from chiron.blueprints.plan.made import StepMade, WhyLeft
from chiron.blueprints.plan.pairs import RefereeError, Tie, Ties
from chiron.blueprints.schema.matching import Matching
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import Verdict
from chiron.pairing.scale.national.answer import NationalAnswer
from chiron.pairing.scale.national.left_out import national_reasons
from chiron.pairing.scale.national.referee_all import referee_all
from chiron.pairing.scale.national.scan import Scan, ScannedPairs, compile_scan
from chiron.pairing.scale.national.solve import BestSoFar, Watch, national_plan

MOST_EXPLAINED = 200
"""Of so many people without a mentor it is worked out why; of the others it is said how many mentors fit."""
ROWS_A_BLOCK = 1_000
"""Between two blocks of rows the person who watches is told, and can stop."""


@dataclass(frozen=True, eq=False)
class AllPairsPlan:
    """A plan over all pairs in which the judge found no fault; its attributes are those of `MadePlan`."""

    question: AllPairsQuestion
    scan: Scan
    answer: NationalAnswer
    verdict: Verdict
    shape: str = "pairs"
    open: tuple[()] = ()
    open_fixes: Callable[[], tuple[Sentence, ...]] = field(default=tuple)

    @property
    def matching(self) -> Matching:
        """The rules."""
        return self.question.matching

    @property
    def method(self) -> str:
        """The name of the method."""
        return self.answer.method

    @property
    def stopped(self) -> str | None:
        """Why the search ended early, or None."""
        return self.answer.stopped

    @property
    def proved_best(self) -> bool:
        """Whether the judge recomputed every bound, and each is reached."""
        return self.verdict.proved_best

    @cached_property
    def pairs(self) -> Ints:
        """The plan with its locked pairs, by position: int32 (k, 2), sorted."""
        both = np.concatenate([self.answer.pairs, self._locked])
        return both[np.lexsort((both[:, 1], both[:, 0]))].astype(np.int32)

    @property
    def _locked(self) -> Ints:
        return np.array(self.question.locked, dtype=np.int32).reshape(-1, 2)

    @cached_property
    def _ties(self) -> Ties:
        question = self.question
        options = options_of(question, self.scan, self.answer)
        return Ties(question.mentees, question.mentors, question.matching, question.scoring, options)

    @property
    def ties(self) -> Iterable[Tie]:
        """The pairs in the order of the mentees, each with its fit and its reasons."""
        return self._ties.of(self.pairs)

    @property
    def choosers(self) -> int:
        """How many mentees made ranked choices of their own."""
        return self._ties.choosers

    @property
    def steps(self) -> tuple[StepMade, ...]:
        """The steps of the aim with the judge's bounds; locked pairs count in them as in every plan."""
        more = {"matched": len(self._locked), "total": int(self.question.scoring.parts(self._locked).sum())}
        made = []
        for step, bound in zip(self.answer.steps, self.verdict.bounds, strict=True):
            given = more.get(step.name, 0)
            is_stable = step.name == "blocking pairs"  # the judge counts these
            made.append(
                StepMade(
                    step.name, bound if is_stable else step.value + given, 0 if is_stable else bound + given, step.level
                )
            )
        return tuple(made)

    @cached_property
    def left(self) -> tuple[str, ...]:
        """Ids of the mentees without a mentor, in their order."""
        matched = set(self.pairs[:, 0].tolist())
        return tuple(one.id for place, one in enumerate(self.question.mentees) if place not in matched)

    def why_left(self, person: str) -> WhyLeft:
        """Return why a mentee has no mentor, and for the first ones what would change it."""
        return self._why[person]

    @cached_property
    def _why(self) -> Mapping[str, WhyLeft]:
        """Why those who are neither locked nor alone have nobody."""
        question = self.question
        out = np.setdiff1d(question.open, self.answer.pairs[:, 0]).astype(np.int32)
        counts = self.scan.count_allowed(out).tolist()
        found = {question.mentees[at].id: _shortly(count) for at, count in zip(out.tolist(), counts, strict=True)}
        asked = out[:MOST_EXPLAINED]
        if not len(asked):
            return found
        reasons = national_reasons(
            self.scan,
            question.scoring,
            self.answer,
            capacity=question.capacity,
            mentees=asked,
            is_best=self.proved_best,
        )
        explained = reasons.unmatched(
            asked.tolist(),
            mentee_names=[one.name for one in question.mentees],
            mentor_names=[one.name for one in question.mentors],
            apart=frozenset(question.apart),
        )
        return found | {
            question.mentees[at].id: WhyLeft(
                why.code,
                why.reason,
                tuple(fix.sentence for fix in why.fixes),
                changes=tuple(fix.values(reasons.problem) for fix in why.fixes),
            )
            for at, why in zip(asked.tolist(), explained, strict=True)
        }

    def known(self) -> KnownPairs:
        """Return the pairs that were looked at, with the locked ones."""
        answer, locked = self.answer, self._locked
        row = np.repeat(np.arange(len(self.question.mentees), dtype=np.int32), np.diff(answer.starts))
        row = np.concatenate([row, locked[:, 0]])
        partner = np.concatenate([answer.partner, locked[:, 1]])
        fit = np.concatenate([answer.fit, self.question.scoring.parts(locked).sum(axis=1)])
        order = np.lexsort((partner, row))
        return KnownPairs(_starts(row, len(self.question.mentees)), partner[order], fit[order].astype(np.int32))


def arrange_all_pairs(question: AllPairsQuestion, *, watch: Watch) -> AllPairsPlan:
    """Return the best plan over all pairs, judged over all pairs.

    Args:
        question: the people and the rules.
        watch: told each phase and the best plan so far; returning False stops the search, and keeps that plan.

    Raises:
        ScaleError: a rule has no compiled form, or the numbers are too large.
        RefereeError: the judge found a fault in the plan: a fault of ours.
    """
    watch("scoring", None)
    scan = compile_scan(question.scoring, apart=question.apart)
    found = national_plan(
        _OpenRows(scan, question.open, watch), capacity=question.capacity, aim=question.matching.aim, watch=watch
    )
    answer = _among_all(found, question.open, scan.mentees)
    reached = BestSoFar(len(answer.fits), int(answer.fits.min(initial=0)), int(answer.fits.sum()))
    watch("judging", reached)
    verdict = referee_all(
        question.scoring,
        answer,
        capacity=question.capacity,
        forbidden=question.apart,
        program=scan.program,
        mentees=question.open,
        told=lambda: watch("judging", reached),
    )
    if verdict.violations:
        raise RefereeError("The plan breaks a rule: " + "; ".join(map(str, verdict.violations)))
    return AllPairsPlan(question, scan, answer, verdict)


def _among_all(answer: NationalAnswer, rows: Ints, mentees: int) -> NationalAnswer:
    """Return an answer about some mentees by their positions among all."""
    pairs = np.stack([rows[answer.pairs[:, 0]], answer.pairs[:, 1]], axis=1).astype(np.int32)
    return replace(answer, pairs=pairs, starts=_starts(np.repeat(rows, np.diff(answer.starts)), mentees))


def _starts(row: Ints, mentees: int) -> Longs:
    """Return where each mentee's pairs begin in a list by mentee."""
    return np.concatenate([[0], np.cumsum(np.bincount(row, minlength=mentees))]).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _OpenRows:
    """The scan of some mentees, by their position among these; it tells between blocks of rows that it is at work."""

    scan: Scan
    open: Ints
    watch: Watch

    @property
    def mentees(self) -> int:
        """How many mentees there are."""
        return len(self.open)

    @property
    def mentors(self) -> int:
        """How many mentors there are."""
        return self.scan.mentors

    def best(self, rows: Ints | None = None, *, prices: Longs | None = None, keep: int = 40) -> ScannedPairs:
        """List for each row the pairs with the highest fit less price, as `Scan.best`."""
        asked = np.arange(len(self.open), dtype=np.int32) if rows is None else rows
        found = self.scan.best(self.open[asked], prices=prices, keep=keep, blocks=self._blocks, height=ROWS_A_BLOCK)
        return replace(found, rows=asked)

    def _blocks(self, run: Callable[[Ints], ScannedPairs], blocks: Iterable[Ints]) -> Sequence[ScannedPairs]:
        found = []
        for block in blocks:
            found.append(run(block))
            self.watch("scoring", None)
        return found


def _shortly(allowed: int) -> WhyLeft:
    """Return what can be said at once of a mentee without a mentor."""
    if not allowed:
        return WhyLeft("nobody_fits", Sentence("why.all_ruled_out"))
    return WhyLeft("left_out", Sentence("why.not_worked_out", {"n": allowed}))
