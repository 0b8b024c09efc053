"""The library's front door: two spreadsheets in, a plan with reasons out."""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Role
from chiron.pairing.model.answer import Aim, Answer
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import SheetError
from chiron.sheets.intake import Chosen, Intake, Source, open_sheet, take_in
from chiron.sheets.people.both_sides import selves_of
from chiron.sheets.people.exclusions import MeansNobody, rows_of
from chiron.sheets.planning import record_of
from chiron.sheets.pools import Pools, check_pools, doubtful_exclusions
from chiron.sheets.result.explaining import NobodyError
from chiron.sheets.result.result import Result

Observer = Callable[[str, Answer | None], bool]
NamePairs = Iterable[tuple[str, str]]


def match(  # noqa: PLR0913 -- the same choices as the command's flags
    mentors: Source,
    mentees: Source,
    *,
    rules: str | Path | Matching | None = None,
    aim: Aim | None = None,
    seed: int = 0,
    locks: NamePairs = (),
    forbids: NamePairs = (),
    allows: NamePairs = (),
    capacity: int | None = None,
    week: dt.date | None = None,
    mentor_columns: Chosen | None = None,
    mentee_columns: Chosen | None = None,
    role_column: str | None = None,
    nobody: str | Iterable[str] | MeansNobody = (),
    time_limit: int | None = 60,
    observer: Observer | None = None,
) -> Result:
    """Return the best plan for the people in two spreadsheets.

    Args:
        mentors: a path to .xlsx, .csv or .tsv, a list of dictionaries, or a data frame.
        mentees: the same for mentees.
        rules: a rules file, or rules; None: the built-in ones, without what no sheet has a column for.
        aim: "everyone" (most people, then the worst-off, then the total), "worst-off", "total", "stable",
            "stable-mentors", "profile", "rank" or "parity"; None: as the rules say.
        seed: the same sheets and seed give the same plan.
        locks: (mentee, mentor) names, e-mails or ids that must be paired.
        forbids: (mentee, mentor) that may not be paired.
        allows: (mentee, mentor) that may be paired although a must rule forbids it.
        capacity: mentees per mentor where no column says.
        week: a day of the week whose clocks turn local times into UTC, so that summer time counts; None: that in which
            the programme of `rules` begins, else next week's.
        mentor_columns: headings by field for the mentors' sheet; the rest is guessed.
        mentee_columns: the same for the mentees' sheet.
        role_column: the heading of the column that says who is a mentor and who a mentee, where a sheet holds both;
            "-": no column says it.
        nobody: rows, as "mentees.xlsx:3", whose exclusions are not clear and mean nobody of the other sheet; or "all".
        time_limit: stop searching after so many seconds; the best plan so far is the result.
        observer: told each phase and the best plan so far; returning False stops the search.

    Raises:
        SheetError: a sheet cannot be read or used; the message says what to do.
        RulesError: the rules cannot be used.
        ConflictError: no plan can meet the locks and must rules together.
    """
    chosen: dict[Role, Chosen] = {"mentor": mentor_columns or {}, "mentee": mentee_columns or {}}
    given = rules if isinstance(rules, Matching) or rules is None else _rules_in(rules)
    if week is None and isinstance(rules, str | Path):
        week = _start_in(rules)
    intake = take_in(
        open_sheet(mentors, "mentor"),
        open_sheet(mentees, "mentee"),
        rules=given,
        chosen=chosen,
        week=week,
        role_column=role_column,
    )
    if intake.missing:
        raise SheetError("\n".join(intake.missing))
    said = nobody if isinstance(nobody, MeansNobody) else rows_of([nobody] if isinstance(nobody, str) else nobody)
    pools = check_pools(intake, capacity=capacity, nobody=said)
    if doubts := doubtful_exclusions(intake, pools):
        raise SheetError("\n".join(doubts))
    if pools.is_bulk:
        raise SheetError(
            "There are more people than a plan with all its pages can hold. Match them with the command chiron match, "
            "or with chiron.sheets.bulk_match."
        )
    return plan_pools(
        intake,
        pools,
        aim=aim,
        seed=seed,
        locks=ids_of(pools, locks),
        forbids=ids_of(pools, forbids),
        allows=ids_of(pools, allows),
        time_limit=time_limit,
        observer=observer,
    )


def _start_in(source: str | Path) -> dt.date | None:
    """Return the next day on which the programme in a file begins, if the file says when."""
    from chiron.blueprints.schema.blueprint_file import next_start  # noqa: PLC0415 -- slow to load, and seldom needed

    return next_start(source, after=dt.datetime.now(tz=dt.UTC).date())


def _rules_in(source: str | Path) -> Matching:
    """Return the rules in a file, or those of a blueprint by its name."""
    from chiron.blueprints.schema.blueprint_file import load_matching  # noqa: PLC0415 -- slow to load, and seldom needed

    return load_matching(source)


def plan_pools(  # noqa: PLR0913 -- as `match`
    intake: Intake,
    pools: Pools,
    *,
    aim: Aim | None = None,
    seed: int = 0,
    locks: Sequence[tuple[str, str]] = (),
    forbids: Sequence[tuple[str, str]] = (),
    allows: Sequence[tuple[str, str]] = (),
    time_limit: int | None = 60,
    observer: Observer | None = None,
) -> Result:
    """Return the best plan for checked pools; see `match`. Locks, forbids and allows are ids here.

    Raises:
        SheetError: a side has nobody.
        ConflictError: no plan can meet the locks and must rules together.
    """
    require_people(intake, pools)
    held = set(locks)
    selves = [
        (one.mentee, one.mentor)
        for one in selves_of(pools.mentees, pools.mentors)
        if one.is_sure or (one.mentee, one.mentor) not in held
    ]
    plan = make_plan(
        mentees=pools.mentees,
        mentors=pools.mentors,
        matching=pools.matching,
        aim=aim,
        seed=seed,
        locks=locks,
        apart=[*forbids, *selves],
        exceptions=allows,
        observer=until(time_limit, observer),
    )
    return Result(record_of(plan, intake, pools, seed=seed, time_limit=time_limit), plan)


def require_people(intake: Intake, pools: Pools) -> None:
    """Refuse pools of which one is empty.

    Raises:
        SheetError: a side has nobody.
    """
    for people, side in ((pools.mentors, "mentor"), (pools.mentees, "mentee")):
        if not people:
            table = intake.opened["mentor" if side == "mentor" else "mentee"].table
            raise SheetError(
                f"{table.file} has no {side} who can be used. Fix the rows that are named above, or the file."
            )


def until(time_limit: int | None, observer: Observer | None) -> Observer:
    """Return an observer that also stops the search after so many seconds."""
    end = None if time_limit is None else time.monotonic() + time_limit

    def watch(phase: str, best: Answer | None) -> bool:
        goes_on = observer is None or observer(phase, best)
        return goes_on and (end is None or time.monotonic() < end)

    return watch


def ids_of(pools: Pools, pairs: NamePairs) -> list[tuple[str, str]]:
    """Return (mentee id, mentor id) for pairs of names, e-mails or ids; a pair may stand the other way round.

    Raises:
        NobodyError: a name means nobody on its side, or two people.
    """
    sides = [_called(pools, "mentee"), _called(pools, "mentor")]
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


def one_of(called: dict[str, list[str]], name: str) -> str | None:
    """Return the id of the one person who is called so, or None."""
    ids = called.get(normal(name), [])
    return ids[0] if len(ids) == 1 else None


def _called(pools: Pools, side: str) -> dict[str, list[str]]:
    """Return the ids of one side by everything that people are called."""
    called: dict[str, list[str]] = {}
    for person in pools.mentees if side == "mentee" else pools.mentors:
        for text in {normal(person.id), normal(person.name), normal(str(person.answers.get("email") or ""))} - {""}:
            called.setdefault(text, []).append(person.id)
    return called


def _who_is_unknown(sides: Sequence[dict[str, list[str]]], one: str, other: str) -> str:
    """Return in words who of a pair is not known."""
    for name in (one, other):
        ids = [identity for side in sides for identity in side.get(normal(name), [])]
        if not ids:
            return f'Nobody on either sheet is called "{name}". Type the name as it stands there, or the id.'
        if len(ids) > 1:
            return f'{len(ids)} people are called "{name}". Give the id instead: {", ".join(ids)}.'
    return f'"{one}" and "{other}" are on the same side. A pair is one mentee and one mentor.'
