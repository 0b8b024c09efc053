"""The judge of speed rounds: nobody in two places at once, and the bounds of who meets whom by the referee."""

from collections import Counter

import numpy as np

from chiron.pairing.model.answer import Aim, Answer, Certificate, Step
from chiron.pairing.model.counts import counting_steps, mentors_counted, people_counted
from chiron.pairing.model.problem import Problem
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import verdict as verdict_of_problem
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.gathering_problems import Rounds


def verdict(problem: Rounds, answer: ShapeAnswer) -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best."""
    meetings = problem.problem()
    broken = violations(problem, answer)
    plan = _plan(meetings, answer)
    found = verdict_of_problem(meetings, plan)
    broken.extend(found.violations)
    if not broken:
        broken.extend(_boasts(meetings, answer))
    return ShapeVerdict(tuple(broken), found.bounds, proved_best=found.proved_best and not broken)


def violations(problem: Rounds, answer: ShapeAnswer) -> list[Sentence]:
    """Return who has too many meetings in one round, and rounds that do not exist."""
    found: list[Sentence] = []
    mentees, mentors = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for mentee, mentor, turn in answer.ties.tolist():
        if not 0 <= turn < len(problem.labels):
            found.append(Sentence("broken.rounds.unknown", {"one": mentee, "other": mentor}))
            continue
        if 0 <= mentee < len(problem.mentees) and 0 <= mentor < len(problem.mentors):
            mentees[mentee, turn] += 1
            mentors[mentor, turn] += 1
    for (mentee, turn), count in sorted(mentees.items()):
        if count > 1:
            values = {"person": problem.mentees[mentee], "n": count, "round": problem.labels[turn], "most": 1}
            found.append(Sentence("broken.rounds.mentee", values))
    for (mentor, turn), count in sorted(mentors.items()):
        if count > problem.at_once[mentor]:
            most = int(problem.at_once[mentor])
            values = {"person": problem.mentors[mentor], "n": count, "round": problem.labels[turn], "most": most}
            found.append(Sentence("broken.rounds.mentor", values))
    return found


def _plan(meetings: Problem, answer: ShapeAnswer) -> Answer:
    """Return the plan of who meets whom, as the referee reads it; a step without a certificate proves nothing."""
    aim: Aim = "total" if answer.steps and answer.steps[0].name == "total" else "everyone"
    blank = Certificate(
        prices=np.zeros(len(meetings.mentors), dtype=np.int64), cap_prices=np.zeros(len(meetings.caps), dtype=np.int64)
    )
    steps = tuple(
        Step(
            name=step.name,
            value=step.value,
            bound=step.bound,
            certificate=step.evidence if isinstance(step.evidence, Certificate) else blank,
            level=0 if mentors_counted(step.name) else None,
        )
        for step in answer.steps
    )
    return Answer(
        pairs=np.ascontiguousarray(answer.ties[:, :2]),
        steps=steps,
        aim=aim,
        method=answer.method,
        seed=answer.seed,
        stopped=answer.stopped,
    )


def _boasts(meetings: Problem, answer: ShapeAnswer) -> list[Sentence]:
    """Return the steps whose value the plan does not reach."""
    made = meetings.positions(answer.ties[:, :2])
    free = np.setdiff1d(made, meetings.positions(meetings.locked))
    fits = meetings.fit.astype(np.int64)
    values = {"total": int(fits[made].sum()), "lowest fit": int(fits[free].min(initial=1 << 31))}
    values |= {
        name: people_counted(meetings, answer.ties[:, :2], name, tier) for name, tier in counting_steps(meetings)
    }
    return [
        Sentence("broken.not_reached", {"step": step.name, "said": step.value})
        for step in answer.steps
        if values.get(step.name) != step.value
    ]
