"""The engine's answer as a draft of rows: each pair with the parts of its fit, each person left out with the fixes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.plan.leeway import leeway_of
from chiron.blueprints.plan.pairs import ConflictError, RefereeError, make_plan
from chiron.blueprints.pose.pairs import PoseError, answer_of
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.explain import reasons as explain
from chiron.pairing.explain.trials import Trials
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Problem
from chiron.pairing.proof.referee import Verdict
from chiron.pairing.rules.kind import RuleError
from chiron.pairing.rules.scoring import Scoring
from chiron.site.matching.bridge.frozen import forbidden_in, matching_in, mentees_in, mentors_in, pairs_in, unclear_in

Tell = Callable[[str, Mapping[str, int]], bool]


class RunFailedError(Exception):
    """The run has no plan to give.

    Attributes:
        code: "conflict", "fault" or "input".
        lines: sentences for the coordinator.
    """

    def __init__(self, code: str, lines: Sequence[str]) -> None:
        """Keep the code and the sentences."""
        super().__init__(code)
        self.code = code
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class DraftPair:
    """One pair by the keys of the two applications; the other values are those of `models.PlanPair`."""

    mentee: int
    mentor: int
    place: int
    fit: int
    parts: tuple[dict[str, Any], ...]
    standing: int
    only_option: str
    bent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLeftOut:
    """One mentee without a mentor by the key of the application; the other values are those of `PlanUnmatched`."""

    application: int
    code: str
    why: str
    fixes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a plan's rows will say."""

    pairs: tuple[DraftPair, ...]
    left_out: tuple[DraftLeftOut, ...]
    choosers: int
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a run asks, in the engine's words: people, rules, scoring and problem.

    `apart` are positions of the pairs that are kept apart, `opens` the fewest members of groups that may stay closed,
    `unclear` why people are left out whose exclusion is not clear, by id.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    problem: Problem
    apart: frozenset[tuple[int, int]] = frozenset()
    opens: tuple[int, ...] = ()
    unclear: Mapping[str, str] = field(default_factory=dict)


def answer_frozen(frozen: Mapping[str, Any], *, seed: int, tell: Tell) -> Draft:
    """Return the best plan for a frozen input; the referee has found no fault in it.

    Args:
        frozen: as `frozen.freeze` gave it.
        seed: breaks ties.
        tell: told what is being done and the best plan so far; returns False to stop and keep that plan.

    Raises:
        RunFailedError: no plan meets every rule, the people and the rules do not fit together, or the referee objects.
    """
    tell("reading", {})
    mentees, mentors, matching = mentees_in(frozen), mentors_in(frozen), matching_in(frozen)

    def observe(phase: str, best: Answer | None) -> bool:
        return tell(_phase(phase), {} if best is None else _totals(best))

    tell("scoring", {})
    try:
        made = make_plan(
            mentees=mentees,
            mentors=mentors,
            matching=matching,
            seed=seed,
            locks=pairs_in(frozen, "locks"),
            apart=forbidden_in(frozen),
            exceptions=pairs_in(frozen, "bends"),
            observer=observe,
        )
    except ConflictError as conflict:
        raise RunFailedError("conflict", conflict.statements) from conflict
    except (PoseError, RuleError) as fault:
        raise RunFailedError("input", [str(fault)]) from fault
    except RefereeError as fault:
        raise RunFailedError("fault", [str(fault)]) from fault
    tell("writing", {})
    question = Question(
        made.mentees,
        made.mentors,
        matching,
        made.scoring,
        made.problem,
        apart=made.apart,
        opens=made.opens,
        unclear=unclear_in(frozen),
    )
    return Draft(
        pairs=pairs_drafted(question, made.answer, bent=_bent(question)),
        left_out=left_out_of(question, made.answer),
        choosers=_choosers(question),
        answer=answer_words(made.answer, made.verdict),
    )


def pairs_drafted(
    question: Question,
    answer: Answer,
    *,
    only: Collection[tuple[int, int]] | None = None,
    bent: Mapping[tuple[int, int], tuple[str, ...]] | None = None,
) -> tuple[DraftPair, ...]:
    """Return the rows for a plan's pairs.

    Args:
        question: what was asked.
        answer: the pairs.
        only: keys of the pairs that are wanted; None for all.
        bent: names of the must rules bent for a pair, by keys of mentee and mentor.
    """
    ranking = _ranking(question)
    popularity = np.bincount(question.problem.partner, minlength=len(question.mentors))
    pairs = []
    places: dict[int, int] = {}
    for i, j in answer.pairs.tolist():
        places[i] = places.get(i, 0) + 1
        key = (int(question.mentees[i].id), int(question.mentors[j].id))
        if only is not None and key not in only:
            continue
        parts = parts_of(question, i, j)
        pairs.append(
            DraftPair(
                mentee=key[0],
                mentor=key[1],
                place=places[i],
                fit=sum(part["points"] for part in parts),
                parts=parts,
                standing=_standing(question, i, j, ranking),
                only_option=_only_option(question.problem, popularity, i, j),
                bent=(bent or {}).get(key, ()),
            )
        )
    return tuple(pairs)


def parts_of(question: Question, i: int, j: int) -> tuple[dict[str, Any], ...]:
    """Return the parts of a pair's fit, the weightiest first; their points add up to it."""
    rules = {rule.name: rule for rule in question.matching.rules}
    parts = []
    for reason in question.scoring.reasons(i, j):
        rule = rules[reason.rule]
        parts.append(
            {
                "rule": reason.rule,
                "kind": reason.kind,
                "points": reason.points,
                "most": max(rule.points, rule.missed),
                "text": reason.text,
                "positive": reason.points > 0,
                "private": question.matching.is_private(rule),
            }
        )
    return tuple(sorted(parts, key=lambda part: -part["points"]))


def left_out_of(question: Question, answer: Answer) -> tuple[DraftLeftOut, ...]:
    """Return why each mentee without a mentor has none, and what would fix it, proved by the engine."""
    mentee_names = [person.name for person in question.mentees]
    mentor_names = [person.name for person in question.mentors]
    matched = set(answer.pairs[:, 0].tolist())
    leeway = leeway_of(question.matching, question.mentors, question.problem, question.opens)
    trials = Trials(question.problem, question.scoring, answer, leeway=leeway)
    left_out = []
    for i, person in enumerate(question.mentees):
        if i in matched:
            continue
        if person.id in question.unclear:
            left_out.append(DraftLeftOut(int(person.id), "unclear_exclusion", question.unclear[person.id], ()))
            continue
        found = explain.unmatched(
            question.problem,
            question.scoring,
            answer,
            i,
            mentee_names=mentee_names,
            mentor_names=mentor_names,
            apart=question.apart,
            trials=trials,
        )
        fixes = tuple(
            {"text": fix.text, "gain": fix.gain, "proved": fix.proved, **fix.values(question.problem)}
            for fix in found.fixes
        )
        left_out.append(DraftLeftOut(application=int(person.id), code=found.code, why=found.text, fixes=fixes))
    return tuple(left_out)


def _bent(question: Question) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the names of the must rules that are bent, by keys of mentee and mentor."""
    scoring = question.scoring
    bent = {
        (int(question.mentees[i].id), int(question.mentors[j].id)): tuple(r.name for r in scoring.forbidding(i, j))
        for i, j in sorted(scoring.exceptions)
    }
    return {key: rules for key, rules in bent.items() if rules}


def _choosers(question: Question) -> int:
    """Return how many mentees made ranked choices of their own."""
    ranking = _ranking(question)
    return sum(bool(answer_of(person, ranking)) for person in question.mentees) if ranking is not None else 0


def _ranking(question: Question) -> str | None:
    """Return the field of the mentees' own ranked choices, or None where nobody made any."""
    fields = [rule.mentee_field for rule in question.matching.rules if rule.kind == "ranked"]
    asked = [field for field in fields if any(answer_of(person, field) for person in question.mentees)]
    return asked[0] if asked else None


def _phase(phase: str) -> str:
    """Return the key under which people read a phase of the engine."""
    return "judging" if phase == "judging" else "solving"


def _totals(answer: Answer) -> dict[str, int]:
    """Return the matched, lowest and total of the best plan so far, as far as its steps say."""
    totals = {"matched": len(set(answer.pairs[:, 0].tolist()))}
    for step in answer.steps:
        if step.name in {"lowest fit", "total"}:
            totals[step.name.split()[0]] = step.value
            totals[f"{step.name.split()[0]}_bound"] = step.bound
    return totals


def answer_words(answer: Answer, verdict: Verdict) -> dict[str, Any]:
    """Return what is kept of an answer beside its pairs: the proof's summary, with the judge's bounds, not its own."""
    return {
        "method": answer.method,
        "stopped": answer.stopped,
        "proved_best": verdict.proved_best,
        "steps": [
            {
                "name": step.name,
                "level": step.level,
                "value": step.value,
                "bound": bound,
                "proved_best": step.value == bound,
            }
            for step, bound in zip(answer.steps, verdict.bounds, strict=True)
        ],
    }


def _row(problem: Problem, i: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the mentors whom a mentee may have, ascending, and their fits."""
    here = slice(int(problem.starts[i]), int(problem.starts[i + 1]))
    return problem.partner[here], problem.fit[here]


def _standing(question: Question, i: int, j: int, ranking: str | None) -> int:
    """Return the mentor's place in the mentee's own list, or among the best fits; 0: not in it."""
    if ranking is not None:
        mentor = question.mentors[j]
        called = {str(answer_of(mentor, name)).casefold() for name in ("id", "name", "email")}
        listed = answer_of(question.mentees[i], ranking) or ()
        return next((place for place, name in enumerate(listed, 1) if str(name).casefold() in called), 0)
    partners, fits = _row(question.problem, i)
    mine = fits[partners == j]
    return int((fits > mine[0]).sum()) + 1 if len(mine) else 0


def _only_option(problem: Problem, popularity: NDArray[np.int64], i: int, j: int) -> str:
    """Return whom a pair is the only possible one for."""
    if int(problem.starts[i + 1] - problem.starts[i]) == 1:
        return "mentee"
    return "mentor" if popularity[j] == 1 else ""
