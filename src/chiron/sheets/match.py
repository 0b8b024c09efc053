"""The library's front door: spreadsheets in, a plan with reasons out, whatever its shape."""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.judge import judge_plan
from chiron.blueprints.plan.judged import Judged
from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.plan.made import MadePlan
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.person import Participant, Role
from chiron.pairing.model.answer import Aim
from chiron.sheets.entrants import Entrants, entrants_of, require_people
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import SheetError
from chiron.sheets.guesses import Chosen
from chiron.sheets.opened import Source, open_sheet, tables_of
from chiron.sheets.people.exclusions import MeansNobody, rows_of
from chiron.sheets.planning import record_of
from chiron.sheets.programmes import AskedProgramme, GivenRules, asked_of, readings
from chiron.sheets.result.explaining import NobodyError
from chiron.sheets.result.result import Result
from chiron.sheets.taken_in import take_in_all

Observer = Callable[[str, Any], bool]
"""Told the phase in words and the best plan so far, if there is one; False stops the search."""
NamePairs = Iterable[tuple[str, str]]


def match(  # noqa: PLR0913 -- the same choices as the command's flags
    *sheets: Source,
    mentors: Source | None = None,
    mentees: Source | None = None,
    rules: GivenRules | Sequence[GivenRules] | None = None,
    aim: Aim | None = None,
    seed: int = 0,
    locks: NamePairs = (),
    forbids: NamePairs = (),
    allows: NamePairs = (),
    capacity: int | None = None,
    week: dt.date | None = None,
    time_zone: str = "UTC",
    mentor_columns: Chosen | None = None,
    mentee_columns: Chosen | None = None,
    role_column: str | None = None,
    nobody: str | Iterable[str] | MeansNobody = (),
    leaves: str | None = None,
    on: dt.date | None = None,
    time_limit: int | None = 60,
    observer: Observer | None = None,
) -> Result:
    """Return the best plan for the people in spreadsheets, in the shape that the rules ask for.

    Args:
        sheets: the mentors' sheet, then the mentees'. One sheet with everybody for peers and circles; for a chain
            one sheet with everybody, or one a tier, the oldest first; for programmes that share their mentors the
            mentors' sheet and one of mentees, or one of mentees for each programme. Each is a path to .xlsx, .csv or
            .tsv, a list of dictionaries, or a data frame of any library.
        mentors: the mentors' sheet by name, together with `mentees` and instead of `sheets`.
        mentees: the mentees' sheet by name.
        rules: a rules file, the name of a blueprint, rules, or several of these for programmes that share their
            mentors; None: the built-in ones, without what no sheet has a column for.
        aim: "everyone" (most people, then the worst-off, then the total), "worst-off", "total", "stable",
            "stable-mentors", "profile", "rank" or "parity"; None: as the rules say. Shapes larger than pairs and
            groups know "everyone" and "total".
        seed: the same sheets and seed give the same plan.
        locks: (mentee, mentor) names, e-mails or ids that must be paired; pairs and groups only.
        forbids: (mentee, mentor) that may not be paired.
        allows: (mentee, mentor) that may be paired although a must rule forbids it; pairs and groups only.
        capacity: mentees per mentor where no column says.
        week: a day of the week whose clocks turn local times into UTC, so that summer time counts; None: that in which
            the programme of `rules` begins, else next week's.
        time_zone: that of people who give none: "Europe/London", "UTC+05:30".
        mentor_columns: headings by field for the mentors' sheet; the rest is guessed.
        mentee_columns: the same for the mentees' sheet.
        role_column: the heading of the column that says who is a mentor and who a mentee, where a sheet holds both;
            "-": no column says it.
        nobody: rows, as "mentees.xlsx:3", whose exclusions are not clear and mean nobody of the other sheet; or "all".
        leaves: somebody who leaves a chain, a plan of peers or circles: the plan is made with them, and then mended
            without them, with as few changes as can be.
        on: the day for which it is decided who may take part; None: no last day is looked at.
        time_limit: stop searching after so many seconds; the best plan so far is the result.
        observer: told each phase and the best plan so far; returning False stops the search.

    Raises:
        SheetError: a sheet cannot be read or used; the message says what to do.
        RulesError: the rules cannot be used.
        ConflictError: no plan can meet the locks and must rules together.
        PoseError: people and rules do not fit together.
    """
    chosen: dict[Role, Chosen] = {"mentor": mentor_columns or {}, "mentee": mentee_columns or {}}
    asked = asked_of(rules)
    given = _given(sheets, mentors, mentees)
    sides = sides_of(asked, len(given))
    opened = [open_sheet(sheet, side) for sheet, side in zip(given, sides, strict=True)]
    taken = take_in_all(asked, opened, chosen=chosen, week=week, time_zone=time_zone, role_column=role_column)
    if taken.missing:
        raise SheetError("\n".join(taken.missing))
    said = (
        nobody
        if isinstance(nobody, MeansNobody)
        else rows_of([nobody] if isinstance(nobody, str) else list(nobody), tables_of(opened))
    )
    entrants = entrants_of(taken, capacity=capacity, on=on, nobody=said)
    if entrants.doubts:
        raise SheetError("\n".join(entrants.doubts))
    if entrants.is_bulk:
        raise SheetError(
            "There are more people than a plan with all its pages can hold. Match them with the command chiron match, "
            "or with chiron.sheets.bulk_match."
        )
    return plan_entrants(
        entrants,
        aim=aim,
        seed=seed,
        locks=ids_of(entrants, locks),
        forbids=ids_of(entrants, forbids),
        allows=ids_of(entrants, allows),
        leaves=None if leaves is None else id_of(entrants, leaves),
        time_limit=time_limit,
        observer=observer,
    )


def _given(sheets: Sequence[Source], mentors: Source | None, mentees: Source | None) -> tuple[Source, ...]:
    """Return the sheets in their order, whether they were given by position or by name.

    Raises:
        SheetError: only one of two is named, or some are named and some are not.
    """
    if mentors is None and mentees is None:
        return tuple(sheets)
    if sheets or mentors is None or mentees is None:
        raise SheetError("Name both sheets, match(mentors=…, mentees=…), or give them in order, the mentors' first.")
    return mentors, mentees


def sides_of(asked: Sequence[AskedProgramme], sheets: int) -> list[Role]:
    """Return on which side each sheet stands, where several sheets of one file must be told apart.

    Raises:
        SheetError: the shape needs another number of sheets.
    """
    mentors = {one.mentors for one in readings(asked, sheets)} - {one.mentees for one in readings(asked, sheets)}
    return ["mentor" if number in mentors else "mentee" for number in range(sheets)]


def plan_entrants(  # noqa: PLR0913 -- as `match`
    entrants: Entrants,
    *,
    aim: Aim | None = None,
    seed: int = 0,
    locks: Sequence[tuple[str, str]] = (),
    forbids: Sequence[tuple[str, str]] = (),
    allows: Sequence[tuple[str, str]] = (),
    leaves: str | None = None,
    time_limit: int | None = 60,
    observer: Observer | None = None,
) -> Result:
    """Return the best plan for everybody who takes part; see `match`. Pairs and who leaves are ids here.

    Raises:
        SheetError: a side has nobody, or this shape cannot be mended.
        ConflictError: no plan can meet the locks and must rules together.
    """
    require_people(entrants)
    apart, watch = [*forbids, *_selves(entrants, locks)], until(time_limit, observer)
    if entrants.parts:
        # Programmes that share a plan load their methods only when they are asked for.
        from chiron.blueprints.plan.together import arrange_together  # noqa: PLC0415

        _require_no_locks(locks, allows)
        plan = arrange_together(
            entrants.parts, places=_places(entrants), aim=aim, seed=seed, apart=apart, observer=watch
        )
    else:
        plan = arrange(
            entrants.mentees,
            entrants.mentors,
            entrants.blueprint,
            aim=aim,
            seed=seed,
            locks=locks,
            apart=apart,
            exceptions=allows,
            observer=watch,
        )
    if leaves is not None:
        plan = _without(plan, leaves)
    return Result(record_of(plan, entrants, seed=seed, time_limit=time_limit), plan)


def judge_entrants(
    entrants: Entrants,
    pairs: NamePairs,
    labels: Sequence[str] = (),
    *,
    locks: Sequence[tuple[str, str]] = (),
    forbids: Sequence[tuple[str, str]] = (),
    allows: Sequence[tuple[str, str]] = (),
) -> Judged:
    """Return what is wrong with a plan that somebody made, and how far it is from the best.

    Args:
        entrants: who takes part, and by which rules.
        pairs: (mentee, mentor) names, e-mails or ids.
        labels: for each pair its slot, round or programme, where the shape tells them apart.
        locks: (mentee id, mentor id) pairs that every plan must hold.
        forbids: (mentee id, mentor id) pairs that no plan may hold.
        allows: (mentee id, mentor id) pairs that a plan may hold although a must rule forbids them.

    Raises:
        NobodyError: a name means nobody on its side, or two people.
        PoseError: the plan does not say the slot or the round of a pair.
        SheetError: programmes that share a plan know no locked or excepted pairs.
    """
    found, selves = ids_of(entrants, pairs), _selves(entrants, locks)
    if entrants.parts:
        # Programmes that share a plan load their methods only when they are asked for.
        from chiron.blueprints.plan.judge_shape import judge_run  # noqa: PLC0415
        from chiron.blueprints.plan.together import run_together  # noqa: PLC0415

        _require_no_locks(locks, allows)
        run = run_together(entrants.parts, places=_places(entrants), apart=[*forbids, *selves])
        return judge_run(run, found, labels)
    learners = entrants.mentees
    if isinstance(entrants.blueprint, Blueprint):
        learners = with_levels(learners, entrants.blueprint)
    return judge_plan(
        learners,
        entrants.mentors,
        entrants.matching,
        found,
        labels=labels,
        locks=locks,
        apart=forbids,
        exceptions=allows,
        selves=selves,
    )


def _selves(entrants: Entrants, locks: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those who stand on both sheets; who are only alike may be paired by a lock."""
    held = set(locks)
    return [(one, other) for one, other, sure in entrants.selves if sure or (one, other) not in held]


def _require_no_locks(locks: Sequence[tuple[str, str]], allows: Sequence[tuple[str, str]]) -> None:
    if locks or allows:
        raise SheetError("Programmes that share a plan know no locked or excepted pairs. Leave them out.")


def _places(entrants: Entrants) -> dict[str, int]:
    """Return how many mentees each mentor takes over all programmes, where the sheet says so."""
    return {one.id: one.capacity for one in entrants.mentors if one.capacity is not None}


def _without(plan: MadePlan, leaves: str) -> MadePlan:
    """Return a plan after somebody left.

    Raises:
        SheetError: this shape cannot be mended.
    """
    if plan.without is None:
        raise SheetError(
            f'Only a chain, peers and circles are mended when somebody leaves, not the shape "{plan.shape}". '
            "Delete the row, and lock the pairs that are to stay."
        )
    return plan.without(leaves)


def until(time_limit: int | None, observer: Observer | None) -> Observer:
    """Return an observer that also stops the search after so many seconds."""
    end = None if time_limit is None else time.monotonic() + time_limit

    def watch(phase: str, best: Any) -> bool:
        goes_on = observer is None or observer(phase, best)
        return goes_on and (end is None or time.monotonic() < end)

    return watch


def ids_of(entrants: Entrants, pairs: NamePairs) -> list[tuple[str, str]]:
    """Return (mentee id, mentor id) for pairs of names, e-mails or ids; a pair may stand the other way round.

    Raises:
        NobodyError: a name means nobody on its side, or two people.
    """
    sides = _sides(entrants) if pairs else []
    found = []
    for one, other in pairs:
        straight = one_of(sides[0], one), one_of(sides[1], other)
        turned = one_of(sides[0], other), one_of(sides[1], one)
        if None not in straight:
            found.append((str(straight[0]), str(straight[1])))
        elif None not in turned:
            found.append((str(turned[0]), str(turned[1])))
        else:
            raise NobodyError(_who_is_unknown(sides, one, other))
    return found


def id_of(entrants: Entrants, name: str) -> str:
    """Return the id of the one person who is called so, on whichever side.

    Raises:
        NobodyError: a name means nobody, or two people.
    """
    sides = _sides(entrants)
    ids = dict.fromkeys(identity for side in sides for identity in side.get(normal(name), []))
    if len(ids) != 1:
        raise NobodyError(_who_is_unknown(sides, name, name))
    return next(iter(ids))


def one_of(called: dict[str, list[str]], name: str) -> str | None:
    """Return the id of the one person who is called so, or None."""
    ids = called.get(normal(name), [])
    return ids[0] if len(ids) == 1 else None


def _sides(entrants: Entrants) -> list[dict[str, list[str]]]:
    """Return the ids of both sides by everything that people are called; one population stands on both."""
    return [_called(entrants.mentees), _called(entrants.mentors or entrants.mentees)]


def _called(people: Sequence[Participant]) -> dict[str, list[str]]:
    """Return the ids of one side by everything that people are called."""
    called: dict[str, list[str]] = {}
    for person in people:
        texts = (person.id, person.name, str(person.answers.get("email") or ""), *person.also)
        for text in set(map(normal, texts)) - {""}:
            called.setdefault(text, []).append(person.id)
    return called


def _who_is_unknown(sides: Sequence[dict[str, list[str]]], one: str, other: str) -> str:
    """Return in words who of a pair is not known."""
    for name in (one, other):
        ids = list(dict.fromkeys(identity for side in sides for identity in side.get(normal(name), [])))
        if not ids:
            return f'Nobody on either sheet is called "{name}". Type the name as it stands there, or the id.'
        if len(ids) > 1:
            return f'{len(ids)} people are called "{name}". Give the id instead: {", ".join(ids)}.'
    return f'"{one}" and "{other}" are on the same side. A pair is one mentee and one mentor.'
