"""From people and rules to a plan with its proof and its reasons: what sheets and site both call."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.plan.leeway import leeway_of
from chiron.blueprints.pose.pairs import Posed, PoseError, answer_of, posed
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.explain import reasons as explain
from chiron.pairing.explain.conflict import Demands, conflict
from chiron.pairing.explain.reasons import Unmatched
from chiron.pairing.explain.trials import Trials
from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import AimError, Ints, Problem, QuotaError
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import Verdict, verdict
from chiron.pairing.rules.scoring import Reason, Scoring
from chiron.pairing.solve import solve
from chiron.pairing.solvers.deferred.ties import everyone_stable

Observer = Callable[[str, Answer | None], bool]
IdPairs = Sequence[tuple[str, str]]

LOCKS_OPEN = Sentence("conflict.locks_open")

TWO_SIDED = frozenset({"pairs", "groups"})
"""The shapes that are pairs of a mentee and a mentor; the others are arranged, see `arrange`."""


class ConflictError(ValueError):
    """No plan can meet everything that must hold.

    Attributes:
        statements: the smallest set of demands that cannot hold together.
    """

    def __init__(self, statements: Sequence[Sentence]) -> None:
        """Keep the demands, and say them."""
        self.statements = tuple(statements)
        super().__init__("No plan can meet these together:\n" + "\n".join(f"  {line}" for line in statements))


class UndecidedError(ConflictError):
    """No plan was found that meets everything that must hold, and whether there is one was not decided."""

    def __init__(self, statements: Sequence[Sentence]) -> None:
        """Keep the demands, and say them."""
        super().__init__(statements)
        self.args = ("No plan that meets these together was found:\n" + "\n".join(f"  {line}" for line in statements),)


class RefereeError(RuntimeError):
    """The solver's plan breaks a rule: a fault of ours, never of the people or the rules."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two people who belong together: who is helped, who helps, as what, how well it fits, and why.

    Attributes:
        mentee_id: who is helped; among peers the one whose id comes first.
        mentor_id: who helps.
        label: the slot, the link of a chain, the round, the circle, the team or the programme; empty where there is
            nothing to tell apart.
        fit: whole points; among peers those of both views together.
        reasons: what speaks for it and against it; the points add up to the fit.
        standing: the mentor's place in the mentee's own list of choices or, where nobody made any, among the best fits
            of this mentee, 1 first; 0 where the mentor is in neither.
        only_option: "mentee" or "mentor" where the rules allow that one nobody else.
        bent: names of the must rules that forbid the pair, and were bent for it.
    """

    mentee_id: str
    mentor_id: str
    label: str
    fit: int
    reasons: tuple[Reason, ...]
    standing: int = 0
    only_option: str = ""
    bent: tuple[str, ...] = ()

    @property
    def weightiest_first(self) -> tuple[Reason, ...]:
        """Return the reasons, the most points first; the order of the rules decides between equals."""
        return tuple(sorted(self.reasons, key=lambda reason: -reason.points))


class Options(Protocol):
    """What is said of a pair beside all pairs that the rules allow."""

    def standing(self, mentee: int, mentor: int) -> int:
        """Return a mentor's place among a mentee's best fits, 1 first; 0 where the rules do not allow the pair."""

    def only_option(self, mentee: int, mentor: int) -> str:
        """Return "mentee" or "mentor" where the rules allow that one nobody else; empty where they do."""


@dataclass(frozen=True, eq=False)
class ListedOptions:
    """The options of a problem in which every allowed pair is listed."""

    problem: Problem

    @cached_property
    def _popularity(self) -> Ints:
        """How many mentees the rules allow each mentor."""
        return np.bincount(self.problem.partner, minlength=len(self.problem.mentors)).astype(np.int32)

    def standing(self, mentee: int, mentor: int) -> int:
        """Return a mentor's place among a mentee's best fits, 1 first; 0 where the rules do not allow the pair."""
        problem = self.problem
        place = problem.place(mentee, mentor)
        fits = problem.fit[problem.starts[mentee] : problem.starts[mentee + 1]]
        return int((fits > problem.fit[place]).sum()) + 1 if place >= 0 else 0

    def only_option(self, mentee: int, mentor: int) -> str:
        """Return "mentee" or "mentor" where the rules allow that one nobody else; empty where they do."""
        if int(self.problem.starts[mentee + 1] - self.problem.starts[mentee]) == 1:
            return "mentee"
        return "mentor" if int(self._popularity[mentor]) == 1 else ""


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """What is said about pairs of a problem: see `Tie`."""

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    options: Options

    def of(self, pairs: NDArray[np.int32]) -> Iterator[Tie]:
        """Yield what is said about pairs int32 (k, 2) by position, in their order; they need not be allowed."""
        fits = self.scoring.parts(pairs).sum(axis=1).tolist()
        bent = (~self.scoring.allowed(pairs)).tolist() if len(pairs) else []
        ranking = self.ranking
        found = zip(pairs.tolist(), fits, self.scoring.reasons_of(pairs), bent, strict=True)
        for (i, j), fit, reasons, is_bent in found:
            rules = self.scoring.forbidding(i, j) if is_bent or (i, j) in self.scoring.exceptions else ()
            yield Tie(
                mentee_id=self.mentees[i].id,
                mentor_id=self.mentors[j].id,
                label="",
                fit=fit,
                reasons=reasons,
                standing=self.options.standing(i, j) if ranking is None else self._choice(i, j, ranking),
                only_option=self.options.only_option(i, j),
                bent=tuple(rule.name for rule in rules),
            )

    @property
    def ranking(self) -> str | None:
        """The field of the mentees' own ranked choices, or None where nobody made any."""
        fields = [rule.mentee_field for rule in self.matching.rules if rule.kind == "ranked"]
        return next((field for field in fields if any(answer_of(one, field) for one in self.mentees)), None)

    @property
    def choosers(self) -> int:
        """How many mentees made ranked choices of their own."""
        ranking = self.ranking
        return 0 if ranking is None else sum(bool(answer_of(one, ranking)) for one in self.mentees)

    def _choice(self, i: int, j: int, ranking: str) -> int:
        """Return a mentor's place in the mentee's own list, 0 where the list does not have the mentor."""
        known = {str(answer_of(self.mentors[j], name)).casefold() for name in ("id", "name", "email")}
        listed = answer_of(self.mentees[i], ranking) or ()
        return next((place for place, name in enumerate(listed, 1) if str(name).casefold() in known), 0)


@dataclass(frozen=True, slots=True, eq=False)
class PairsPlan:
    """A plan that the referee found no fault in, with everything that explains it.

    `opens` are the fewest members of groups that may stay closed, empty where all are open; `problem` then has no place
    where a group is closed, and the bounds of `verdict` are over all choices of open groups.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    problem: Problem
    answer: Answer
    verdict: Verdict
    apart: frozenset[tuple[int, int]] = frozenset()
    opens: tuple[int, ...] = ()

    def rows(self) -> Iterator[Tie]:
        """Yield the pairs in the order of the mentees, each with its fit and its reasons."""
        yield from self._ties().of(self.answer.pairs)

    @property
    def choosers(self) -> int:
        """How many mentees made ranked choices of their own."""
        return self._ties().choosers

    def _ties(self) -> Ties:
        """Return what can be said about the pairs."""
        return Ties(self.mentees, self.mentors, self.matching, self.scoring, ListedOptions(self.problem))

    def why_unmatched(self, mentee_id: str) -> Unmatched:
        """Return why a mentee has no mentor, and the fixes, cheapest first, each proved.

        Raises:
            KeyError: no mentee has this id.
        """
        return self._why(self._mentee(mentee_id), self._names())

    def priority_of(self, mentee_id: str) -> Sentence | None:
        """Return what the programme's priority means for a mentee; None where there is none.

        Raises:
            KeyError: no mentee has this id.
        """
        priority = self.matching.priority
        if priority is None:
            return None
        tier = int(self.problem.tier[self._mentee(mentee_id)])
        words = ", then ".join(one if isinstance(one, str) else " or ".join(one) for one in priority.first)
        field = self.matching.spec(priority.by).label or priority.by.replace("_", " ")
        code = "priority.after" if tier == len(priority.first) else "priority.at"
        return Sentence(code, {"place": tier + 1, "field": field.lower(), "answers": words})

    def _names(self) -> tuple[list[str], list[str]]:
        """Return what people call the mentees and the mentors."""
        return [one.name for one in self.mentees], [one.name for one in self.mentors]

    def _why(self, place: int, names: tuple[list[str], list[str]]) -> Unmatched:
        """Return why the mentee at a place has no mentor."""
        return explain.unmatched(
            self.problem,
            self.scoring,
            self.answer,
            place,
            mentee_names=names[0],
            mentor_names=names[1],
            apart=self.apart,
            trials=_trials(self),
        )

    def why_unused(self, mentor: int) -> Unmatched:
        """Return why the mentor at a position has free places."""
        opens = self.opens[mentor] if self.opens else 0
        names = self._names()[1]
        return explain.unused(self.problem, self.scoring, self.answer, mentor, mentor_names=names, opens=opens)

    def _mentee(self, mentee_id: str) -> int:
        """Return the position of a mentee."""
        return {one.id: place for place, one in enumerate(self.mentees)}[mentee_id]


@lru_cache(maxsize=1)
def _trials(plan: PairsPlan) -> Trials:
    """Return the trials of a plan; the last ones are kept, because a plan is explained person by person."""
    leeway = leeway_of(plan.matching, plan.mentors, plan.problem, plan.opens)
    return Trials(plan.problem, plan.scoring, plan.answer, leeway=leeway)


def make_plan(  # noqa: PLR0913 -- each is one thing that people may ask for
    *,
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    aim: Aim | None = None,
    seed: int = 0,
    locks: IdPairs = (),
    apart: IdPairs = (),
    exceptions: IdPairs = (),
    observer: Observer | None = None,
    start: Answer | None = None,
) -> PairsPlan:
    """Return the best plan for these people under these rules, judged by the referee.

    Args:
        mentees: who needs a mentor, in the order in which ties are broken.
        mentors: who has places.
        matching: the rules.
        aim: another aim than that of the rules.
        seed: the same seed gives the same plan.
        locks: (mentee id, mentor id) pairs that the plan must hold.
        apart: (mentee id, mentor id) pairs that it may not hold.
        exceptions: (mentee id, mentor id) pairs that it may hold although a must rule forbids them.
        observer: told each phase and the best plan so far; returning False stops the search.
        start: an earlier answer to the same problem, to begin from.

    Raises:
        ConflictError: no plan can meet the locks, the must rules and `everyone` together, or (UndecidedError) none
            was found that does.
        PoseError: people and rules do not fit together, or not with the aim.
        RuleError: a rule cannot be used on these columns.
        RefereeError: the plan breaks a rule.
    """
    if matching.shape.kind not in TWO_SIDED:
        raise PoseError(f'These rules are for the shape "{matching.shape.kind}", which is not made of pairs alone.')
    question = posed(mentees, mentors, matching, locks=locks, apart=apart, exceptions=exceptions)
    _refuse_conflict(question, mentees, mentors, everyone=False, minima=False)
    try:
        if question.opens:
            problem, answer, judged = _with_open_groups(question, aim or matching.aim, seed, observer)
        else:
            problem = question.problem
            answer = solve(problem, aim=aim or matching.aim, seed=seed, observer=observer, start=start)
            judged = verdict(problem, answer)
    except AimError as fault:
        raise PoseError(str(fault)) from fault
    except QuotaError as fault:
        _refuse_conflict(question, mentees, mentors, everyone=False, minima=True)
        raise ConflictError([_opens_with(question), LOCKS_OPEN]) from fault
    if matching.everyone and answer.stopped is None:
        _require_everyone(question, answer, mentees, mentors)
    if judged.violations:
        raise RefereeError("The plan breaks a rule: " + "; ".join(map(str, judged.violations)))
    return PairsPlan(
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        matching=matching,
        scoring=question.scoring,
        problem=problem,
        answer=answer,
        verdict=judged,
        apart=frozenset(question.apart),
        opens=question.opens,
    )


def _with_open_groups(
    question: Posed, aim: Aim, seed: int, observer: Observer | None
) -> tuple[Problem, Answer, Verdict]:
    """Return the problem with the best choice of open groups, its plan, and what the judge says of both.

    Raises:
        PoseError: the aim does not go together with groups that may stay closed.
        QuotaError: no choice gives a plan.
    """
    # Few plans may leave groups closed, and their solver loads another library.
    from chiron.pairing.shapes.open_groups import solve as open_groups  # noqa: PLC0415
    from chiron.pairing.shapes.open_groups.judge import verdict as judge_of_groups  # noqa: PLC0415
    from chiron.pairing.shapes.open_groups.problem import OpenGroups  # noqa: PLC0415

    if aim not in open_groups.AIMS:
        raise PoseError(f'Groups that may stay closed need aim = "everyone" or "total", not "{aim}".')
    groups = OpenGroups(question.problem, question.opens)
    found = open_groups.solve(groups, aim=aim, seed=seed, observer=observer)
    judged = judge_of_groups(groups, found)
    answer = replace(found.answer, stopped=found.stopped)
    return found.problem, answer, Verdict(judged.violations, judged.bounds, judged.proved_best)


def _require_everyone(
    question: Posed, answer: Answer, mentees: Sequence[Participant], mentors: Sequence[Participant]
) -> None:
    """Refuse a plan that leaves a mentee out.

    Raises:
        ConflictError: somebody is left out.
        UndecidedError: somebody is left out, and perhaps need not be.
    """
    left = set(np.flatnonzero(question.problem.wanted).tolist()) - set(answer.pairs[:, 0].tolist())
    if not left:
        return
    without = Sentence("conflict.everyone", {"names": tuple(mentees[place].name for place in sorted(left))})
    if question.opens:
        raise ConflictError([without, _opens_with(question)])
    _refuse_conflict(question, mentees, mentors, everyone=True, minima=True)
    # Some plan leaves nobody out, so the aim is to blame: only a stable plan puts anything before people.
    known = everyone_stable(question.problem, answer.seed, mentees_first=answer.aim == "stable")
    code = "conflict.no_stable_plan" if known.is_decided else "conflict.stable_undecided"
    refusal = ConflictError if known.is_decided else UndecidedError
    raise refusal([without, Sentence(code)])


def _opens_with(question: Posed) -> Sentence:
    """Return with how many members a group opens."""
    return Sentence("conflict.opens_with", {"n": max(question.opens)})


def _refuse_conflict(
    question: Posed, mentees: Sequence[Participant], mentors: Sequence[Participant], *, everyone: bool, minima: bool
) -> None:
    """Refuse what no plan can meet: locked pairs, with `minima` least numbers, with `everyone` that nobody is left out.

    Raises:
        ConflictError: with the smallest set of demands that cannot hold together.
    """
    problem = question.problem
    caps = problem.caps if minima else tuple(replace(cap, least=0) for cap in problem.caps)
    demands = Demands(
        scoring=question.scoring,
        capacity=problem.capacity.tolist(),
        wanted=problem.wanted.tolist(),
        caps=caps,
        least=problem.least.tolist() if minima else (),
        locked=question.locked,
        forbidden=question.apart,
        everyone=everyone,
    )
    found = conflict(
        demands,
        mentee_names=[person.name for person in mentees],
        mentor_names=[person.name for person in mentors],
    )
    if found:
        raise ConflictError(found)
