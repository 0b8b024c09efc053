"""From two checked pools to the record of a plan: pairs with reasons, who is left, other choices, figures."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.plan.pairs import PairsPlan, PlanRow
from chiron.blueprints.schema.rules_file import dump_rules
from chiron.pairing.explain import reasons as explain
from chiron.pairing.explain.runners_up import runners_up
from chiron.sheets.intake import Intake
from chiron.sheets.pools import Pools
from chiron.sheets.result.fairness import figures_by, groups_of
from chiron.sheets.result.plan_metrics import forgone_of
from chiron.sheets.result.record import (
    LeftOver,
    OtherChoice,
    PairMade,
    Part,
    Record,
    Settings,
    StepDone,
    Summary,
)
from chiron.version import VERSION

OTHERS = 2
MOST_TRIED = 20_000  # mentees times mentors; beyond it the trials would take longer than a second


def record_of(plan: PairsPlan, intake: Intake, pools: Pools, *, seed: int, time_limit: int | None) -> Record:
    """Return everything that is written about a plan.

    Args:
        plan: the plan.
        intake: the sheets and their columns.
        pools: the people.
        seed: as it was given.
        time_limit: seconds, or None.
    """
    pairs = tuple(pairs_of(plan))
    groups = groups_of(pools.checked["mentee"].table, pools.checked["mentee"].rows)
    headings = dict.fromkeys(heading for answers in groups.values() for heading in answers)
    return Record(
        inputs=intake.inputs(pools.used),
        settings=Settings(
            aim=plan.answer.aim,
            seed=seed,
            time_limit_s=time_limit,
            capacity=plan.matching.capacity,
            week=intake.week.isoformat() if intake.week is not None else "",
            rules=dump_rules(plan.matching),
            version=VERSION,
        ),
        summary=summary_of(plan, pairs),
        pairs=pairs,
        unmatched=tuple(left_over(plan)),
        problems=pools.problems,
        notes=pools.notes,
        columns=intake.columns(),
        fairness=tuple(figure for heading in headings for figure in figures_by(pairs, groups, heading)),
        groups=_without(groups, intake.sensitive_headings("mentee")),
        given_up=forgone_of(plan),
    )


def _without(groups: Mapping[str, Mapping[str, str]], hidden: Collection[str]) -> dict[str, dict[str, str]]:
    """Return each mentee's answers by which people can be grouped, without what says who somebody is."""
    return {
        identity: {heading: answer for heading, answer in answers.items() if heading not in hidden}
        for identity, answers in groups.items()
    }


def summary_of(plan: PairsPlan, pairs: Sequence[PairMade]) -> Summary:
    """Return a plan in a few numbers."""
    fits = [pair.fit for pair in pairs]
    matched = len({pair.mentee_id for pair in pairs})
    look_line = plan.matching.look_line()
    wanting = sum(1 for mentee in plan.mentees if mentee.wanted > 0)
    return Summary(
        matched=matched,
        unmatched=wanting - matched,
        lowest_fit=min(fits, default=None),
        mean_fit=(2 * sum(fits) + len(fits)) // (2 * len(fits)) if fits else None,
        proved_best=plan.verdict.proved_best,
        mentors_with_room=int((_room(plan) > 0).sum()),
        needs_look=sum(1 for pair in pairs if pair.fit < look_line or any(part.points < 0 for part in pair.parts)),
        stopped=plan.answer.stopped,
        steps=tuple(
            StepDone(_step_name(step.name, step.level), step.value, bound, step.value == bound)
            for step, bound in zip(plan.answer.steps, plan.verdict.bounds, strict=True)
        ),
    )


def _step_name(name: str, level: int | None) -> str:
    """Return what a step is about; the only tier needs no number."""
    return name if not level else f"{name} {level}"


def pairs_of(plan: PairsPlan) -> Iterator[PairMade]:
    """Yield the pairs with names, reasons and the next best mentors."""
    mentees = {person.id: person.name for person in plan.mentees}
    mentors = {person.id: person.name for person in plan.mentors}
    others = _next_best(plan)
    for row, found in zip(plan.rows(), others, strict=True):
        yield PairMade(
            mentee_id=row.mentee_id,
            mentor_id=row.mentor_id,
            mentee=mentees[row.mentee_id],
            mentor=mentors[row.mentor_id],
            fit=row.fit,
            parts=_parts(row),
            others=found,
        )


def _parts(row: PlanRow) -> tuple[Part, ...]:
    """Return the reasons of a pair, the weightiest first; their order breaks ties."""
    ordered = sorted(row.reasons, key=lambda reason: -reason.points)
    return tuple(Part(reason.rule, reason.points, reason.text) for reason in ordered)


def _room(plan: PairsPlan) -> NDArray[np.int64]:
    """Return how many more mentees each mentor could take, int64 (m,), nested caps included."""
    problem = plan.problem
    taken = np.bincount(plan.answer.pairs[:, 1], minlength=len(problem.mentors)).astype(np.int64)
    room = problem.capacity.astype(np.int64) - taken
    for cap in problem.caps:
        members = list(cap.mentors)
        room[members] = np.minimum(room[members], cap.limit - int(taken[members].sum()))
    return np.asarray(np.maximum(room, 0), dtype=np.int64)


def _next_best(plan: PairsPlan) -> Iterator[tuple[OtherChoice, ...]]:
    """Yield, for each pair, the best other mentors of the mentee, and what each would cost everybody else.

    In large pools, and where groups are evened out, that would take long: only whether the mentor has room is told.
    """
    # A plan with even groups has no quick way to change one thing: each trial would be a search of its own.
    if len(plan.mentees) * len(plan.mentors) <= MOST_TRIED and plan.answer.aim != "parity":
        names = [person.name for person in plan.mentees]
        for mentee, _ in plan.answer.pairs.tolist():
            yield tuple(_tried(plan, mentee, names))
        return
    yield from _by_fit(plan)


def _tried(plan: PairsPlan, mentee: int, names: Sequence[str]) -> Iterator[OtherChoice]:
    """Yield the next best mentors, each with its effect on everybody, worked out."""
    for other in explain.alternatives(plan.problem, plan.answer, mentee, most=OTHERS):
        person = plan.mentors[other.mentor]
        text = explain.effect_text(other.effect, mentee=mentee, mentee_names=names)
        yield OtherChoice(person.id, person.name, other.fit, text)


def _by_fit(plan: PairsPlan) -> Iterator[tuple[OtherChoice, ...]]:
    """Yield, for each pair, the best other mentors by fit, and whether they have room."""
    problem, room = plan.problem, _room(plan)
    mentees, places = runners_up(problem, plan.answer.pairs, OTHERS)
    found = dict(zip(mentees.tolist(), places.tolist(), strict=True))
    owns = problem.fit[problem.positions(plan.answer.pairs)].tolist()
    fits, mentors = _looked_up(problem.fit, places), _looked_up(problem.partner, places)
    for mentee, own in zip(plan.answer.pairs[:, 0].tolist(), owns, strict=True):
        yield tuple(
            _other(plan, mentors[place], fits[place], own, has_room=bool(room[mentors[place]] > 0))
            for place in found[mentee]
            if place >= 0
        )


def _looked_up(values: NDArray[np.int32], places: NDArray[np.int64]) -> dict[int, int]:
    """Return the values at some places, by place."""
    flat = places[places >= 0]
    return dict(zip(flat.tolist(), values[flat].tolist(), strict=True))


def _other(plan: PairsPlan, mentor: int, fit: int, own: int, *, has_room: bool) -> OtherChoice:
    """Return one other choice in words."""
    person = plan.mentors[mentor]
    gain = f"{abs(fit - own)} {'more' if fit > own else 'less'}" if fit != own else "the same fit"
    text = f"has room; {gain}" if has_room else f"full; {gain}"
    return OtherChoice(person.id, person.name, fit, text)


def left_over(plan: PairsPlan) -> Iterator[LeftOver]:
    """Yield who has no partner: mentees with why and what would change it, then mentors with nobody."""
    mentees = {one.id: one.name for one in plan.mentees}
    for identity, why in plan.unmatched():
        yield LeftOver(
            identity,
            mentees[identity],
            "mentee",
            (str(why.reason),),
            tuple(fix.text for fix in why.fixes),
            tuple(fix.values(plan.problem) for fix in why.fixes),
        )
    busy = set(plan.answer.pairs[:, 1].tolist())
    for place, mentor in enumerate(plan.mentors):
        if place not in busy:
            why = plan.why_unused(place)
            yield LeftOver(mentor.id, mentor.name, "mentor", (why.text,))
