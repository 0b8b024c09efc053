"""From two checked pools to the record of a plan: pairs with reasons, who is left, other choices, figures."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.plan.made import ONE_POPULATION, MadePlan
from chiron.blueprints.plan.pairs import PairsPlan, Tie
from chiron.blueprints.plan.waitlist import waitlist
from chiron.blueprints.schema.rules_file import dump_rules
from chiron.pairing.explain import reasons as explain
from chiron.pairing.explain.runners_up import runners_up
from chiron.sheets.entrants import Entrants
from chiron.sheets.result.fairness import figures_by
from chiron.sheets.result.plan_metrics import forgone_of
from chiron.sheets.result.record import (
    GroupMember,
    InLine,
    LeftOver,
    OtherChoice,
    PairMade,
    Part,
    PlaceOpen,
    Record,
    Settings,
    StepDone,
    Summary,
)
from chiron.version import VERSION

OTHERS = 2
MOST_TRIED = 20_000  # mentees times mentors; beyond it the trials would take longer than a second


def record_of(plan: MadePlan, entrants: Entrants, *, seed: int, time_limit: int | None) -> Record:
    """Return everything that is written about a plan.

    Args:
        plan: the plan.
        entrants: the sheets and the people.
        seed: as it was given.
        time_limit: seconds, or None.
    """
    pairs = tuple(pairs_of(plan))
    groups = entrants.groups
    figures = figures_by(pairs, groups, is_one_population=plan.shape in ONE_POPULATION)
    return Record(
        inputs=entrants.taken.inputs(entrants.used),
        settings=Settings(
            aim=plan.aim,
            seed=seed,
            time_limit_s=time_limit,
            capacity=plan.matching.capacity,
            rules=rules_text(entrants),
            week=entrants.taken.week(),
            version=VERSION,
        ),
        summary=summary_of(plan, pairs),
        pairs=pairs,
        unmatched=tuple(left_over(plan)),
        problems=entrants.problems,
        notes=entrants.notes,
        columns=entrants.taken.columns(),
        fairness=tuple(figure for by_group in figures.values() for figure in by_group),
        groups=_without(groups, entrants.hidden),
        given_up=None if plan.pairs is None else forgone_of(plan.pairs),
        shape=plan.shape,
        open_places=tuple(_open_places(plan)),
        open_fixes=tuple(map(str, plan.open_fixes())),
        members=tuple(_members(plan)),
        waitlist=() if plan.pairs is None or not plan.left else tuple(_waiting(plan, plan.pairs)),
    )


def rules_text(entrants: Entrants) -> str:
    """Return the rules in use as TOML; of programmes that share a plan, one after the other."""
    if not entrants.parts:
        return dump_rules(entrants.matching)
    return "\n".join(f"# {part.title}\n{dump_rules(part.matching)}" for part in entrants.parts)


def _without(groups: Mapping[str, Mapping[str, str]], hidden: Collection[str]) -> dict[str, dict[str, str]]:
    """Return each mentee's answers by which people can be grouped, without what says who somebody is."""
    return {
        identity: {heading: answer for heading, answer in answers.items() if heading not in hidden}
        for identity, answers in groups.items()
    }


def summary_of(plan: MadePlan, pairs: Sequence[PairMade]) -> Summary:
    """Return a plan in a few numbers."""
    fits = [pair.fit for pair in pairs]
    look_line = plan.matching.look_line() * (2 if plan.shape in ONE_POPULATION else 1)
    return Summary(
        matched=len(plan.matched()),
        unmatched=len(plan.left),
        lowest_fit=min(fits, default=None),
        mean_fit=(2 * sum(fits) + len(fits)) // (2 * len(fits)) if fits else None,
        proved_best=plan.proved_best,
        mentors_with_room=sum(1 for room in plan.room.values() if room > 0),
        needs_look=sum(1 for pair in pairs if pair.fit < look_line or any(part.points < 0 for part in pair.parts)),
        stopped=plan.stopped,
        steps=tuple(
            StepDone(_step_name(step.name, step.level), step.value, step.bound, step.proved_best) for step in plan.steps
        ),
    )


def _step_name(name: str, level: int | None) -> str:
    """Return what a step is about; the only tier needs no number."""
    return name if not level else f"{name} {level}"


def pairs_of(plan: MadePlan) -> Iterator[PairMade]:
    """Yield the pairs with names, reasons and, for pairs and groups, the next best mentors."""
    mentees, mentors = plan.mentee_names, plan.mentor_names
    others: Iterable[tuple[OtherChoice, ...]] = repeat(()) if plan.pairs is None else _next_best(plan.pairs)
    for tie, found in zip(plan.ties, others, strict=False):
        yield PairMade(
            mentee_id=tie.mentee_id,
            mentor_id=tie.mentor_id,
            mentee=mentees[tie.mentee_id],
            mentor=mentors[tie.mentor_id],
            fit=tie.fit,
            parts=_parts(tie),
            others=found,
            label=tie.label,
        )


def _parts(tie: Tie) -> tuple[Part, ...]:
    """Return the reasons of a pair, the weightiest first."""
    return tuple(Part(reason.rule, reason.points, reason.text) for reason in tie.weightiest_first)


def _open_places(plan: MadePlan) -> Iterator[PlaceOpen]:
    """Yield the places that nobody fills."""
    names = plan.mentee_names
    for place in plan.open:
        yield PlaceOpen(place.person_id, names[place.person_id], place.label, str(place.reason))


def _members(plan: MadePlan) -> Iterator[GroupMember]:
    """Yield who is in which group, mentors first."""
    for group in plan.groups:
        for side, ids, names in (
            ("mentor", group.mentors, plan.mentor_names),
            ("person" if plan.shape in ONE_POPULATION else "mentee", group.mentees, plan.mentee_names),
        ):
            yield from (GroupMember(group.name, identity, names[identity], side) for identity in ids)


def _waiting(plan: MadePlan, pairs: PairsPlan) -> Iterator[InLine]:
    """Yield who waits, in their order."""
    mentees, mentors = plan.mentee_names, plan.mentor_names
    for one in waitlist(pairs):
        mentor = mentors.get(one.mentor_id, "")
        name = mentees[one.mentee_id]
        yield InLine(one.rank, one.mentee_id, name, one.mentor_id, mentor, one.fit, str(one.reason))


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
        text = str(explain.effect_on_others(other.effect, mentee=mentee, mentee_names=names))
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


def left_over(plan: MadePlan) -> Iterator[LeftOver]:
    """Yield who has no partner: mentees with why and what would change it, then mentors with nobody."""
    first, mentees, mentors = "mentee", plan.mentee_names, plan.mentor_names
    if plan.shape in ONE_POPULATION:
        first = "person"
    for identity, why in plan.unmatched():
        fixes, changes = tuple(map(str, why.fixes)), tuple(map(dict, why.changes))
        yield LeftOver(identity, mentees[identity], first, (str(why.reason),), fixes, changes)
    for identity in plan.idle:
        yield LeftOver(identity, mentors[identity], "mentor", (str(plan.why_idle(identity).reason),))
