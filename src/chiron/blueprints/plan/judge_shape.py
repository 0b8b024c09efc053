"""A plan of a shape larger than pairs that somebody made, judged by the shape's own judge."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.plan.judged import Judged, Reached, called
from chiron.blueprints.plan.pairs import IdPairs
from chiron.blueprints.plan.shapes import ShapeRun
from chiron.blueprints.pose.pairs import PoseError
from chiron.pairing.measures.certificate import sorted_pairs, steps_of, value
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import violations as problem_violations
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers, Rounds
from chiron.pairing.shapes.model.typed_problems import ChainProblem
from chiron.pairing.shapes.rounds.judge import violations as round_violations

LABELLED = {"panel": "slot", "rounds": "round", "shared": "programme"}
"""Shapes in which a pair is not known without its slot, round or programme."""
NO_BOUND = 1 << 60
IN_GROUPS = frozenset({"circles", "teams"})


def judge_run(run: ShapeRun, pairs: IdPairs, labels: Sequence[str] = ()) -> Judged:
    """Return what is wrong with a plan of a shape, and how far it is from the best.

    Args:
        run: what the shape is asked; the best plan is found and proved here.
        pairs: (id of who is helped, id of who helps) of the plan.
        labels: for each pair its slot, round or programme, where the shape tells them apart.

    Raises:
        PoseError: the plan names somebody who is not there, or does not say the slot or the round of a pair.
    """
    best = run.solve()
    proved = run.judge(best).proved_best
    ties, groups = placed(run, pairs, labels)
    if isinstance(run.posed.problem, Rounds):
        return _judge_rounds(run, best, ties)
    values = _values(run, ties, groups, pairs)
    # The bounds are those of the best plan; here the judge looks at the rules alone.
    steps = tuple(ShapeStep(step.name, values[step.name], NO_BOUND) for step in best.steps)
    own = replace(best, ties=ties, groups=groups, steps=steps, open=_open(run, ties), method="by hand", stopped=None)
    named = replace(run, posed=replace(run.posed, problem=_with_names(run)))
    violations = named.judge(own).violations
    if violations:
        return Judged(tuple(dict.fromkeys(violations)), (), is_best=False)
    return _judged([(step.name, values[step.name], step.value) for step in best.steps], proved=proved)


def violations_of(run: ShapeRun, pairs: IdPairs, labels: Sequence[str] = ()) -> tuple[Sentence, ...]:
    """Return every rule that a plan of a shape breaks, by the shape's own judge; the best plan is not looked for.

    Args:
        run: what the shape is asked.
        pairs: (id of who is helped, id of who helps) of the plan.
        labels: for each pair its slot, round or programme, where the shape tells them apart.

    Raises:
        PoseError: the plan names somebody who is not there, or does not say the slot or the round of a pair.
    """
    ties, groups = placed(run, pairs, labels)
    run = _with_pairs_of(run, ties)
    named = replace(run, posed=replace(run.posed, problem=_with_names(run)))
    own = ShapeAnswer(run.posed.kind, ties, labels_of(run), (), "by hand", run.seed, groups, _open(run, ties))
    if isinstance(run.posed.problem, Rounds):
        met = sorted_pairs(np.ascontiguousarray(ties[:, :2]))
        found = (*round_violations(named.posed.problem, own), *problem_violations(named.posed.problem.problem(), met))
    else:
        # No steps are claimed, so a judge that looks for them says so once it finds no rule broken.
        found = tuple(one for one in named.judge(own).violations if one.code != "broken.steps")
    return tuple(dict.fromkeys(found))


def _with_pairs_of(run: ShapeRun, ties: NDArray[np.int32]) -> ShapeRun:
    """Return the question of one population with those of its allowed pairs that a plan has: no other can be broken."""
    problem = run.posed.problem
    if not isinstance(problem, Peers | Circles):
        return run
    people = len(problem.people)
    made = ties[:, 0].astype(np.int64) * people + ties[:, 1]
    keep = np.isin(problem.pairs[:, 0].astype(np.int64) * people + problem.pairs[:, 1], made)
    fewer = replace(problem, pairs=problem.pairs[keep], fit=problem.fit[keep])
    return replace(run, posed=replace(run.posed, problem=fewer))


def placed(
    run: ShapeRun, pairs: IdPairs, labels: Sequence[str] = ()
) -> tuple[NDArray[np.int32], tuple[tuple[int, ...], ...]]:
    """Return the ties of a plan by position, sorted, int32 (k, 3), and the groups that they make up.

    Raises:
        PoseError: the plan names somebody who is not there, or does not say the slot or the round of a pair.
    """
    ties = _ties(run, pairs, labels)
    groups = _groups(run, ties) if run.posed.kind in IN_GROUPS else ()
    if run.posed.kind == "circles":
        # Whoever sits in one circle meets everybody there, so the pairs follow from the members.
        inside = sorted((one, other) for group in groups for one in group for other in group if one < other)
        ties = np.array([(*pair, 0) for pair in inside], dtype=np.int32).reshape(-1, 3)
    return ties, groups


def labels_of(run: ShapeRun) -> tuple[str, ...]:
    """Return what the third column of an answer's ties counts."""
    problem = run.posed.problem
    if isinstance(problem, Rounds):
        return problem.labels
    if isinstance(problem, ChainProblem):
        return ("",) if problem.level is None else tuple(map(str, np.unique(problem.level).tolist()))
    return problem.slots.labels if hasattr(problem, "slots") else ("",)


def _open(run: ShapeRun, ties: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the places that a plan leaves open, as the shape's judge expects them: int32 (k, 2)."""
    problem = run.posed.problem
    filled = {(one, label) for one, _, label in ties.tolist()}
    if isinstance(problem, ChainProblem):
        link = np.unique(problem.level, return_inverse=True)[1] if problem.level is not None else problem.capacity * 0
        places = [(one, int(link[one])) for one in np.flatnonzero(problem.seeking).tolist()]
    else:
        asked = np.argwhere(problem.slots.asked).tolist() if hasattr(problem, "slots") else []
        places = [(one, kind) for one, kind in asked]
    return np.array([one for one in places if one not in filled], dtype=np.int32).reshape(-1, 2)


def _judged(steps: Sequence[tuple[str, int, int]], *, proved: bool) -> Judged:
    """Return a judgement from (step, value, best value), as far as the plan equals the best one and one step on."""
    reached = []
    for name, own, best in steps:
        reached.append(Reached(name, own, best, proved))
        if own != best:
            break
    is_same = len(reached) == len(steps) and all(one.value == one.best for one in reached)
    return Judged((), tuple(reached), is_best=is_same and proved)


def _judge_rounds(run: ShapeRun, best: ShapeAnswer, ties: NDArray[np.int32]) -> Judged:
    """Return what is wrong with rounds; who meets whom is a problem of the engine, and is judged as such."""
    named: Rounds = _with_names(run)
    meetings, pairs = named.problem(), sorted_pairs(np.ascontiguousarray(ties[:, :2]))
    violations = (*round_violations(named, replace(best, ties=ties)), *problem_violations(meetings, pairs))
    if violations:
        return Judged(tuple(dict.fromkeys(violations)), (), is_best=False)
    names = [name for name, _ in steps_of(meetings, pairs, "total" if run.aim == "total" else "everyone")]
    levels = [level for _, level in steps_of(meetings, pairs, "total" if run.aim == "total" else "everyone")]
    own = {name: value(meetings, pairs, name, level) for name, level in zip(names, levels, strict=True)}
    steps = [(step.name, own.get(step.name, 0), step.value) for step in best.steps]
    return _judged(steps, proved=run.judge(best).proved_best)


def _ties(run: ShapeRun, pairs: IdPairs, labels: Sequence[str]) -> NDArray[np.int32]:
    """Return the ties of a plan by position, sorted: int32 (k, 3)."""
    posed, all_labels = run.posed, labels_of(run)
    at = [{one: place for place, one in enumerate(ids)} for ids in (posed.helped, posed.helpers)]
    known = {posed.called(label).casefold(): place for place, label in enumerate(all_labels)}
    found = []
    for number, (one, other) in enumerate(pairs):
        for who, places in ((one, at[0]), (other, at[1])):
            if who not in places:
                raise PoseError(f'The plan names "{who}" whom the sheets do not have.')
        first, second = at[0][one], at[1][other]
        label = 0
        if posed.kind in LABELLED:
            said = labels[number] if number < len(labels) else ""
            if said.casefold() not in known:
                what, choices = LABELLED[posed.kind], ", ".join(map(posed.called, all_labels))
                raise PoseError(
                    f'The plan does not say which {what} the pair "{one}" and "{other}" is for. '
                    f"Add a third column with one of: {choices}."
                )
            label = known[said.casefold()]
        elif posed.kind == "chain":
            label = all_labels.index(str(int(posed.problem.level[first])))
        if posed.kind in {"peers", "circles"} and first > second:
            first, second = second, first
        found.append((first, second, label))
    return np.array(sorted(found), dtype=np.int32).reshape(-1, 3)


def _groups(run: ShapeRun, ties: NDArray[np.int32]) -> tuple[tuple[int, ...], ...]:
    """Return who is in one circle or team: whoever the ties hold together."""
    shift = 0 if run.posed.kind == "circles" else len(run.posed.helped)
    group: dict[int, set[int]] = {}
    for one, other in ((int(tie[0]), int(tie[1]) + shift) for tie in ties):
        joined = group.get(one, {one}) | group.get(other, {other})
        for member in joined:
            group[member] = joined
    return tuple(sorted({tuple(sorted(members)) for members in group.values()}))


def _values(
    run: ShapeRun, ties: NDArray[np.int32], groups: tuple[tuple[int, ...], ...], pairs: IdPairs
) -> dict[str, int]:
    """Return what a plan reaches in each step that an aim may have, by the step's name."""
    posed = run.posed
    fits = [sum(part.points for part in why) for why in posed.reasons(ties)]
    people = {"peers": 2 * len(ties), "circles": sum(map(len, groups)), "teams": sum(map(len, groups))}
    return {
        "matched": people.get(posed.kind, len(ties)),
        "mentees": len({one for one, _ in pairs}),
        "slots": len(ties),
        "lowest fit": min(fits, default=0),
        "total": sum(fits),
    }


def _with_names(run: ShapeRun) -> Any:
    """Return the question with people called by name, so that a judge's words need no translation."""
    problem, names = run.posed.problem, called([*run.mentors, *run.mentees])

    def named(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(names[one] for one in ids)

    if hasattr(problem, "people"):
        return replace(problem, people=named(problem.people))
    if hasattr(problem, "slots"):
        slots = replace(problem.slots, mentees=named(problem.slots.mentees), mentors=named(problem.slots.mentors))
        return replace(problem, slots=slots)
    return replace(problem, mentees=named(problem.mentees), mentors=named(problem.mentors))
