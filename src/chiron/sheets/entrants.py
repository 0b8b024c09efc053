"""Who takes part: the people of one sheet or of several, read as the shape needs them, with all that was found."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chiron.blueprints.plan.eligibility import eligible
from chiron.blueprints.plan.pairs import TWO_SIDED
from chiron.blueprints.plan.together import SharedProgram
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import ROLES, Participant, Role
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import SheetError
from chiron.sheets.intake import keeping_apart
from chiron.sheets.people.both_sides import DualRole, dual_roles_of
from chiron.sheets.people.diagnostics import Checked, Diagnostic
from chiron.sheets.people.exclusions import NOTHING_SAID, MeansNobody
from chiron.sheets.people.reading import Twice
from chiron.sheets.pools import Pools, check_pools, doubtful_exclusions
from chiron.sheets.programmes import (
    ENROLMENT,
    ONE_SHEET,
    AskedProgramme,
    filled_in,
)
from chiron.sheets.result.fairness import groups_of
from chiron.sheets.taken_in import TakenIn

NO_TIER = "no_tier"


@dataclass(frozen=True, slots=True)
class Entrants:
    """Everybody who takes part, ready to be matched.

    Attributes:
        taken: the sheets and their columns.
        mentees: who asks for a mentor; in one population everybody.
        mentors: who mentors; empty in one population.
        matching: the rules; of programmes that share a plan those of the first.
        parts: the programmes that share a plan, each with its people; empty otherwise.
        selves: (mentee id, mentor id) of people who stand on both sides, with whether that is sure.
        problems: what needs fixing.
        notes: guesses and defaults that were used, and who may not take part, in words.
        exclusion_notes: of the notes, those on whom the sheets keep apart: nobody may miss one of them.
        groups: for each mentee's id, the answers by heading that people can be grouped by.
        hidden: headings that say who somebody is.
        used: how many rows of each sheet were used.
        doubts: what to ask about columns that were only guessed to say whom somebody must not be paired with.
        pools: what the check of each two sheets found; of a single reading with those only who take part.
    """

    taken: TakenIn
    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    parts: tuple[SharedProgram, ...]
    selves: tuple[tuple[str, str, bool], ...]
    problems: tuple[Diagnostic, ...]
    notes: tuple[str, ...]
    exclusion_notes: frozenset[str]
    groups: Mapping[str, Mapping[str, str]]
    hidden: frozenset[str]
    used: tuple[int, ...]
    doubts: tuple[str, ...]
    pools: tuple[Pools, ...]

    @property
    def is_bulk(self) -> bool:
        """Whether there are more people or pairs than can be listed: then the exact scan matches them."""
        return self.shape in {"pairs", "groups"} and self.pools[0].is_bulk

    @property
    def shape(self) -> str:
        """The shape of the plan."""
        return self.taken.shape

    @property
    def blueprint(self) -> Blueprint | Matching:
        """The blueprint with the rules as the sheets speak of them, or the rules alone."""
        found = self.taken.asked[0].blueprint
        return self.matching if found is None else found.model_copy(update={"matching": self.matching})


def entrants_of(
    taken: TakenIn,
    *,
    capacity: int | None = None,
    on: dt.date | None = None,
    twice: Twice = "latest",
    nobody: MeansNobody = NOTHING_SAID,
) -> Entrants:
    """Return everybody who takes part, and everything in the sheets that needs fixing or was guessed.

    Args:
        taken: the sheets with their columns.
        capacity: mentees per mentor where no answer says; None: as the rules say.
        on: the day for which gates are decided; None: no last day is looked at.
        twice: which row of somebody who answered twice counts.
        nobody: cells of exclusions that mean nobody.
    """
    can_lock = taken.shape in TWO_SIDED
    pools = tuple(
        check_pools(intake, capacity=capacity, twice=twice, nobody=nobody, can_lock=can_lock)
        for intake in taken.intakes
    )
    problems: list[Diagnostic] = list(dict.fromkeys(one for pool in pools for one in pool.problems))
    notes: list[str] = list(dict.fromkeys(note for pool in pools for note in pool.notes))
    mentees, mentors = _people(taken, pools, problems)
    matching = _matching(taken, pools, capacity)
    parts: tuple[SharedProgram, ...] = ()
    if taken.shape == "shared":
        parts = tuple(_part(taken, pools, number, capacity) for number in range(len(taken.asked)))
        parts = tuple(_admitted_part(part, taken, on, notes) for part in parts)
        mentees, mentors = _members(parts, mentees, "mentees"), _members(parts, mentors, "mentors")
    elif taken.asked[0].blueprint is not None:
        blueprint = taken.asked[0].blueprint
        mentees = _admitted(mentees, blueprint, taken, on, notes)
        mentors = _admitted(mentors, blueprint, taken, on, notes)
        if len(pools) == 1:
            pools = (_with_people(pools[0], mentees, mentors),)
    is_bulk = pools[0].is_bulk and taken.shape in {"pairs", "groups"}
    # Large pools look for people on both sides themselves, and have no pages of groups.
    selves: Iterable[DualRole] = ()
    if not is_bulk and taken.shape not in {*ONE_SHEET, "chain"}:
        is_own = mentees is pools[0].mentees and mentors is pools[0].mentors
        selves = pools[0].dual_roles() if is_own else dual_roles_of(mentees, mentors)
    groups: dict[str, dict[str, str]] = {}
    for pool in () if is_bulk else pools:
        groups |= groups_of(pool.checked["mentee"].table, pool.checked["mentee"].rows)
    known = {person.id for person in mentees}
    return Entrants(
        taken=taken,
        mentees=mentees,
        mentors=mentors,
        matching=matching,
        parts=parts,
        selves=tuple((one.mentee, one.mentor, one.is_sure) for one in selves),
        problems=tuple(problems),
        notes=tuple(dict.fromkeys(notes)),
        exclusion_notes=frozenset(note for pool in pools for note in pool.exclusion_notes),
        groups={identity: answers for identity, answers in groups.items() if identity in known},
        used=tuple(_used(taken, pools, problems)),
        doubts=tuple(
            dict.fromkeys(
                doubt
                for intake, pool in zip(taken.intakes, pools, strict=True)
                for doubt in doubtful_exclusions(intake, pool)
            )
        ),
        pools=pools,
        hidden=frozenset(heading for intake in taken.intakes for heading in intake.sensitive_headings("mentee")),
    )


def _with_people(pools: Pools, mentees: tuple[Participant, ...], mentors: tuple[Participant, ...]) -> Pools:
    """Return pools with these people."""
    checked = pools.checked
    both: dict[Role, Checked] = {
        "mentee": replace(checked["mentee"], people=mentees),
        "mentor": replace(checked["mentor"], people=mentors),
    }
    return replace(pools, checked=both, selves=None)


def _used(taken: TakenIn, pools: Sequence[Pools], problems: Sequence[Diagnostic]) -> Iterator[int]:
    """Yield how many rows of each sheet were used; a sheet may be read more than once."""
    for number, opened in enumerate(taken.sheets):
        left_out = max(
            pool.left_out[side]
            for reading, pool in zip(taken.readings, pools, strict=True)
            for side in ROLES
            if number == (reading.mentors if side == "mentor" else reading.mentees)
        )
        table = opened.table
        on_no_tier = [
            one for one in problems if one.code == NO_TIER and (one.file, one.sheet) == (table.file, table.sheet)
        ]
        yield len(table.rows) - left_out - len(on_no_tier)


def _matching(taken: TakenIn, pools: Sequence[Pools], capacity: int | None) -> Matching:
    """Return the rules as the sheets speak of them."""
    if taken.shape == "shared" or taken.readings[0].tiers is not None:
        given = keeping_apart(taken.asked[0].matching or pools[0].matching, taken.intakes)
        return given if capacity is None else given.model_copy(update={"capacity": capacity})
    found, blueprint = pools[0].matching, taken.asked[0].blueprint
    if blueprint is None or not (filled := filled_in(blueprint)):
        return found
    # Rules that read a level need no column, and stand where they stood.
    there = {rule.name for rule in found.rules}
    rules = blueprint.matching.rules
    kept = tuple(rule for rule in rules if rule.name in there or filled & set(rule.fields_of("mentee")))
    return keeping_apart(found.model_copy(update={"rules": kept}), taken.intakes)


def _people(
    taken: TakenIn, pools: Sequence[Pools], problems: list[Diagnostic]
) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Return who asks and who mentors, each person once."""
    first = taken.readings[0]
    if first.tiers is not None:
        return _of_tier_sheets(taken, pools)
    if first.mentors == first.mentees:
        everybody = _merged(pools[0])
        return (everybody, ()) if taken.shape in ONE_SHEET else _by_tier(everybody, pools[0], problems)
    if len(pools) > 1:
        mentees = {person.id: person for pool in pools for person in pool.mentees}
        return tuple(mentees.values()), pools[0].mentors
    return pools[0].mentees, pools[0].mentors


def _merged(pools: Pools) -> tuple[Participant, ...]:
    """Return the people of a sheet that was read for both sides, with the answers of both."""
    as_mentor = {person.id: person for person in pools.mentors}
    return tuple(
        replace(
            person,
            answers={**as_mentor[person.id].answers, **person.answers},
            capacity=as_mentor[person.id].capacity,
        )
        for person in pools.mentees
        if person.id in as_mentor
    )


def _by_tier(
    everybody: Sequence[Participant], pools: Pools, problems: list[Diagnostic]
) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Return who asks and who mentors in a chain of one sheet; whoever stands on no tier is named and left out."""
    shape = pools.matching.shape
    steps, by = [normal(tier) for tier in shape.tiers], shape.by or ""
    checked = pools.checked["mentee"]
    mentees, mentors = [], []
    for person in everybody:
        tier = normal(str(person.answers.get(by) or ""))
        if tier not in steps:
            heading = checked.headings.get(by, by)
            said = str(person.answers.get(by) or "")
            what = f'is "{said}", which is no tier' if said else "is empty"
            text = f'"{heading}" {what}. Type one of: {", ".join(shape.tiers)}.'
            table = checked.table
            problems.append(
                Diagnostic(table.file, table.sheet, checked.rows[person.id], heading, NO_TIER, text, left_out=True)
            )
            continue
        if tier != steps[-1]:
            mentees.append(replace(person, side="mentee"))
        if tier != steps[0]:
            mentors.append(replace(person, side="mentor"))
    return tuple(mentees), tuple(mentors)


def _of_tier_sheets(taken: TakenIn, pools: Sequence[Pools]) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Return who asks and who mentors in a chain of one sheet a tier.

    Raises:
        SheetError: somebody stands on two tiers.
    """
    by = (taken.asked[0].matching or Matching()).shape.by or ""
    mentees: dict[str, Participant] = {}
    mentors: dict[str, Participant] = {}
    tier_of: dict[str, str] = {}
    for reading, pool in zip(taken.readings, pools, strict=True):
        young, old = reading.tiers or ("", "")
        for people, tier, into in ((pool.mentees, young, mentees), (pool.mentors, old, mentors)):
            for person in people:
                if tier_of.setdefault(person.id, tier) != tier:
                    raise SheetError(
                        f"{person.name} ({person.id}) stands on two sheets, as {tier_of[person.id]} and as {tier}. "
                        "Leave one of the rows out, or add e-mails or ids that tell two people apart."
                    )
                into[person.id] = replace(person, answers={**person.answers, by: tier})
    # Whoever is read on both sides has the answers of both, as in a chain of one sheet.
    for identity in mentees.keys() & mentors.keys():
        one, other = mentees[identity], mentors[identity]
        mentees[identity] = replace(one, answers={**other.answers, **one.answers})
        mentors[identity] = replace(other, answers={**one.answers, **other.answers})
    return tuple(mentees.values()), tuple(mentors.values())


def _part(taken: TakenIn, pools: Sequence[Pools], number: int, capacity: int | None) -> SharedProgram:
    """Return one of several programmes with its people: those who say so, or everybody where nobody says."""
    asked = taken.asked[number]
    has_own = taken.readings[0].programme is not None
    pool = pools[number] if has_own else pools[0]
    intakes = taken.intakes[number : number + 1] if has_own else taken.intakes
    matching = keeping_apart(asked.matching or pool.matching, intakes)
    if capacity is not None:
        matching = matching.model_copy(update={"capacity": capacity})
    blueprint = matching if asked.blueprint is None else asked.blueprint.model_copy(update={"matching": matching})
    mentees = pool.mentees if has_own else _enrolled(pool.mentees, asked)
    return SharedProgram(blueprint, mentees, _enrolled(pools[0].mentors, asked), name=asked.name)


def _enrolled(people: Sequence[Participant], asked: AskedProgramme) -> tuple[Participant, ...]:
    """Return who takes part in a programme."""
    called = {normal(asked.name)}
    if asked.blueprint is not None:
        called |= {normal(asked.blueprint.programme.id), normal(asked.blueprint.programme.title)}
    return tuple(
        person
        for person in people
        if person.answers.get(ENROLMENT) is None or called & {normal(str(one)) for one in person.answers[ENROLMENT]}
    )


def _members(parts: Sequence[SharedProgram], people: Sequence[Participant], side: str) -> tuple[Participant, ...]:
    """Return who is in one of the programmes, in the order of the sheets."""
    inside = {person.id for part in parts for person in getattr(part, side)}
    return tuple(person for person in people if person.id in inside)


def _admitted_part(part: SharedProgram, taken: TakenIn, on: dt.date | None, notes: list[str]) -> SharedProgram:
    """Return a programme with those who may take part."""
    if not isinstance(part.blueprint, Blueprint):
        return part
    mentees, mentors = (_admitted(people, part.blueprint, taken, on, notes) for people in (part.mentees, part.mentors))
    return replace(part, mentees=mentees, mentors=mentors)


def _admitted(
    people: Sequence[Participant], blueprint: Blueprint, taken: TakenIn, on: dt.date | None, notes: list[str]
) -> tuple[Participant, ...]:
    """Return who may take part by the gates whose answers the sheets have; the others are named with the reason."""
    there = {name for intake in taken.intakes for side in ROLES for name in intake.guesses[side].columns}
    there |= {"id", "name"}
    gates = tuple(gate for gate in blueprint.programme.gates if {gate.field, *gate.among} <= there)
    unread = [gate for gate in blueprint.programme.gates if gate not in gates]
    notes += [f"Not looked at, for want of a column: {gate.says}" for gate in unread]
    programme = blueprint.programme.model_copy(update={"gates": gates})
    judged = blueprint.model_copy(update={"programme": programme})
    kept = []
    for person in people:
        decision = eligible(person, judged, on=on)
        if decision.eligible:
            kept.append(person)
        else:
            notes.append(f"{person.name} ({person.side}) may not take part: {' '.join(decision.reasons)}")
    return tuple(kept)


def require_people(entrants: Entrants) -> None:
    """Refuse people of whom one side is empty.

    Raises:
        SheetError: a side has nobody.
    """
    for side in nobody_of(entrants):
        reading = entrants.taken.readings[0]
        table = entrants.taken.opened[reading.mentors if side == "mentor" else reading.mentees].table
        raise SheetError(f"{table.file} has no {side} who can be used. Fix the rows that are named above, or the file.")


def nobody_of(entrants: Entrants) -> Iterator[str]:
    """Yield the sides on which there is nobody."""
    if not entrants.mentees:
        yield "person" if entrants.shape in ONE_SHEET else "mentee"
    if not entrants.mentors and entrants.shape not in ONE_SHEET:
        yield "mentor"
