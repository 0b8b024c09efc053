"""`chiron match` and `chiron check`: sheets in, a plan or a list of what needs fixing out."""

import gc
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chiron.cli.exits import DONE, FALLS_SHORT, INTERRUPTED, NEEDS_FIXING, NO_PLAN, USAGE, Leave
from chiron.cli.matching.targets import require_free, require_no_input
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.blueprints.schema.person import Role
    from chiron.sheets.entrants import Entrants
    from chiron.sheets.opened import Opened
    from chiron.sheets.programmes import AskedProgramme
    from chiron.sheets.result.record import Summary
    from chiron.sheets.result.result import Result
    from chiron.sheets.taken_in import TakenIn

DEFAULT_OUT = "matches.xlsx"
ENDINGS = (".xlsx", ".csv", ".tsv", ".json")
MOST_NOTES = 6
MADE = {"panel": "panels", "chain": "the chain", "circles": "circles", "teams": "teams", "rounds": "rounds"}
"""What is worked out, where it is not pairs."""
WITHOUT_ROOM = frozenset({"peers", "circles", "teams"})


def match(arguments: Namespace) -> int:
    """Pair two spreadsheets and write the plan; return the exit code.

    Raises:
        Leave: the words, the files or the rules cannot be used.
    """
    # Rows and reasons are many small objects that live until the end: looking for cycles among them costs a tenth.
    gc.set_threshold(200_000, 50, 50)
    talk = Talk.of(arguments)
    if arguments.show_rules and arguments.mentors is None:
        return _show_rules(arguments, talk)
    out = None if arguments.show_rules else _target(arguments)
    taken = taken_in(arguments, talk)
    if arguments.show_rules and len(taken.asked) > 1:
        return _show_rules(arguments, talk)
    if arguments.show_rules:
        from chiron.blueprints.schema.rules_file import dump_rules

        talk.data(dump_rules(taken.intakes[0].matching).rstrip())
        return DONE
    from chiron.cli.matching.left_out import require_agreed_rows, rows_used

    entrants = checked(arguments, talk, taken)
    if arguments.strict and entrants.problems:
        raise Leave(NEEDS_FIXING, "Nothing was matched, because of --strict. Fix these rows, then run it again.")
    require_agreed_rows(entrants, talk, arguments)
    if entrants.is_bulk:
        from chiron.cli.matching.bulk_match import bulk_question, match_bulk

        question = bulk_question(arguments, entrants)
        # The sheets go before the search begins: at national size both do not fit into 1 GiB.
        del taken, entrants
        return match_bulk(arguments, talk, question)
    result, stopped, seconds = _plan(arguments, talk, entrants)
    if stopped:
        return _keep_partial(arguments, talk, result, out)
    _report(arguments, talk, result, seconds, out, rows=rows_used(entrants))
    if arguments.show_wishes:
        _show_wishes(arguments, talk, entrants, result)
    return _judge(arguments, talk, result)


def check(arguments: Namespace) -> int:
    """Read two spreadsheets and list what needs fixing; return the exit code.

    Raises:
        Leave: the words, the files or the rules cannot be used.
    """
    from chiron.cli.matching.left_out import rows_used

    talk = Talk.of(arguments)
    if arguments.show_rules and arguments.mentors is None:
        return _show_rules(arguments, talk)
    if arguments.plan is None and (arguments.lock or arguments.forbid or arguments.allow or arguments.pairs):
        raise Leave(
            USAGE, "Pairs that are locked, kept apart or allowed count for a plan that is judged: add --plan FILE."
        )
    taken = taken_in(arguments, talk)
    entrants = checked(arguments, talk, taken)
    if arguments.save_check is not None:
        from chiron.cli.matching.nobody import save_check

        count = save_check(entrants.problems, Path(arguments.save_check))
        what = "1 cell that is not clear" if count == 1 else f"{count} cells that are not clear"
        talk.say(
            f"Wrote {what} to {arguments.save_check}. Type nobody beside each that means nobody of the other sheet."
        )
    from chiron.sheets.entrants import nobody_of

    nobody = list(nobody_of(entrants))
    if arguments.plan is not None and not nobody:
        from chiron.cli.matching.judge import judge

        return judge(arguments, talk, entrants)
    for side in nobody:
        talk.warn(f"There is no {side} who can be used.")
    problems = entrants.problems
    if arguments.json:
        from chiron.sheets.result.record_json import check_to_json

        talk.data(check_to_json(taken.inputs(entrants.used), taken.columns(), problems, entrants.notes))
    else:
        people = f"{_people_text(entrants)} can be matched."
        found = f"{_rows_to_fix(entrants)}." if problems else "Nothing needs fixing."
        talk.say(f"{rows_used(entrants)}.")
        talk.data(f"{people} {found}" if problems or not nobody else people)
        if not problems and not nobody:
            talk.say(f"Next:  chiron match {' '.join(_sheets(arguments))}{_rules_words(arguments)}")
    return NEEDS_FIXING if problems or nobody else DONE


def _people_text(entrants: "Entrants") -> str:
    """Return how many people there are, in words."""
    from chiron.sheets.programmes import ONE_SHEET

    if entrants.shape in ONE_SHEET:
        number = len(entrants.mentees)
        return "1 person" if number == 1 else f"{number} people"
    return f"{_counted(len(entrants.mentors), 'mentor')} and {_counted(len(entrants.mentees), 'mentee')}"


def _rules_words(arguments: Namespace) -> str:
    """Return the rules that were given, as they are typed."""
    return "".join(f" --rules {one}" for one in arguments.rules or ())


def _sheets(arguments: Namespace) -> list[str]:
    """Return the sheets that were named, in order."""
    return [one for one in (arguments.mentors, arguments.mentees, *arguments.further) if one is not None]


def _counted(number: int, noun: str) -> str:
    """Return how many people there are, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show_rules(arguments: Namespace, talk: Talk) -> int:
    """Print the rules in use."""
    from chiron.blueprints.schema.defaults import default_matching
    from chiron.blueprints.schema.rules_file import dump_rules

    asked = _asked(arguments)
    for number, one in enumerate(asked):
        comment = "The built-in rules. A rule whose column no sheet has drops out." if one.matching is None else ""
        comment = one.name if len(asked) > 1 else comment
        text = dump_rules(one.matching or default_matching(), comment=comment).rstrip()
        talk.data(f"\n{text}" if number else text)
    return DONE


def _asked(arguments: Namespace) -> "tuple[AskedProgramme, ...]":
    """Return the rules or programmes that were given.

    Raises:
        Leave: they cannot be used (2).
    """
    from chiron.blueprints.schema.rules_file import RulesError
    from chiron.sheets.programmes import asked_of

    try:
        return asked_of(arguments.rules)
    except RulesError as fault:
        raise Leave(USAGE, str(fault)) from fault


def _target(arguments: Namespace) -> Path | None:
    """Return the file to write, or None; refuse before any work what would fail after it."""
    if arguments.out == "-" and arguments.json:
        raise Leave(USAGE, "Both -o - and --json write to stdout. Leave one of them out.")
    if arguments.dry_run or arguments.out == "-" or (arguments.out is None and arguments.json):
        return None
    out = Path(arguments.out or DEFAULT_OUT)
    if out.suffix.lower() not in ENDINGS:
        raise Leave(
            USAGE, f"I cannot write {out.name}: choose a name that ends in {', '.join(ENDINGS)}, or - for stdout."
        )
    require_free(out, arguments)
    return out


def taken_in(arguments: Namespace, talk: Talk) -> "TakenIn":
    """Read the sheets and settle their columns, asking where somebody can answer.

    Raises:
        Leave: the words, the files or the rules cannot be used (2).
    """
    paths = _sheets(arguments)
    if not paths:
        raise Leave(USAGE, f"Name two files, the mentors' first.\nSee: chiron {arguments.command} --help")
    if arguments.save_map is not None:
        require_no_input(Path(arguments.save_map), arguments, but="map")
    asked = _asked(arguments)
    talk.say(f"Reading {_listed(paths)} …")
    from chiron.cli.matching.columns import chosen_columns, chosen_files, save_map, table_of_columns
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.opened import open_sheet
    from chiron.sheets.taken_in import take_in_all

    chosen, files = chosen_columns(arguments), chosen_files(arguments)
    named = {"mentor": files.mentor_sheet, "mentee": files.mentee_sheet}
    try:
        sides = _sides(asked, len(paths))
        opened = [
            open_sheet(path, side, sheet=named[side], encoding=files.encoding)
            for path, side in zip(paths, sides, strict=True)
        ]
        talk.say(f"Read {_read_text(sides, opened)}.\n")
        taken = take_in_all(
            asked,
            opened,
            chosen=chosen,
            week=arguments.week,
            time_zone=arguments.time_zone,
            role_column=arguments.role_column,
        )
        for line in dict.fromkeys(line for intake in taken.intakes for line in table_of_columns(intake)):
            talk.say(line)
        if taken.missing:
            notes = [note for one in opened for note in one.table.notes]
            raise Leave(USAGE, "\n".join((*notes, *taken.missing)))
        if talk.asks and not arguments.yes and not taken.is_sure and not talk.ask("Right? [Y/n]"):
            raise Leave(USAGE, 'Say which column it is, for example: --mentor places="How many?"')
        if arguments.save_map is not None and not getattr(arguments, "dry_run", False):
            force = getattr(arguments, "force", False)
            save_map(taken.intakes[0], Path(arguments.save_map), files=files, force=force)
            talk.say(f"Kept the columns in {arguments.save_map}.")
    except SheetError as fault:
        see = f"\nSee: chiron {arguments.command} --help" if len(paths) == 1 else ""
        raise Leave(USAGE, f"{fault}{see}") from fault
    return taken


def _sides(asked: "Sequence[AskedProgramme]", sheets: int) -> "list[Role]":
    """Return on which side each sheet stands; say so where a pattern of the shell may have named too many."""
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.match import sides_of

    try:
        return sides_of(asked, sheets)
    except SheetError as fault:
        if sheets <= 2:  # noqa: PLR2004 -- nobody means fewer by a pattern
            raise
        raise SheetError(
            f"{sheets} files are named here. {fault} A pattern such as *.xlsx may stand for more files than you meant."
        ) from fault


def _listed(names: Sequence[str]) -> str:
    """Return names in a row, "and" before the last."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _read_text(sides: Sequence[str], opened: "Sequence[Opened]") -> str:
    """Return how many people were read, and from where."""
    is_two = list(sides) == ["mentor", "mentee"]
    return _listed(
        [
            f"{_counted(len(one.table.rows), side if is_two else 'row')} ({one.table.place})"
            for side, one in zip(sides, opened, strict=True)
        ]
    )


def checked(arguments: Namespace, talk: Talk, taken: "TakenIn") -> "Entrants":
    """Check the sheets and say what was found."""
    from datetime import UTC, datetime

    from chiron.cli.matching.left_out import require_understood_exclusions
    from chiron.cli.matching.nobody import hints, nobody_meant
    from chiron.sheets.entrants import entrants_of
    from chiron.sheets.files.table import SheetError

    said = nobody_meant(arguments, taken.opened)
    on = getattr(arguments, "on", None) or datetime.now(tz=UTC).date()
    try:
        entrants = entrants_of(taken, capacity=arguments.capacity, on=on, twice=arguments.twice, nobody=said)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    shown = _notes_shown(entrants, everything=arguments.verbose)
    for note in shown:
        talk.say(f"  {note}")
    if hidden := len(entrants.notes) - len(shown):
        talk.say(f"  … and {_counted(hidden, 'more note')}; -v shows {'it' if hidden == 1 else 'them all'}.")
    if entrants.problems:
        talk.warn(f"{_rows_to_fix(entrants)}:")
        for one in entrants.problems:
            talk.warn(f"  {one.file} row {one.row}  {one.text}")
    for hint in hints(entrants.problems):
        talk.warn(hint)
    require_understood_exclusions(entrants, talk)
    return entrants


def _notes_shown(entrants: "Entrants", *, everything: bool) -> list[str]:
    """Return the first notes, and beside these every one on whom the sheets keep apart."""
    others = [note for note in entrants.notes if note not in entrants.exclusion_notes]
    hidden = frozenset(() if everything else others[MOST_NOTES:])
    return [note for note in entrants.notes if note not in hidden]


def _rows_to_fix(entrants: "Entrants") -> str:
    """Return how many rows need fixing, and how many problems they have where that is another number."""
    rows, problems = len({(one.file, one.sheet, one.row) for one in entrants.problems}), len(entrants.problems)
    text = "1 row needs fixing" if rows == 1 else f"{rows} rows need fixing"
    return text if rows == problems else f"{text} ({problems} problems)"


def _plan(arguments: Namespace, talk: Talk, entrants: "Entrants") -> "tuple[Result, bool, float]":
    """Return the plan, whether Ctrl+C ended the search, and how long it took."""
    from chiron.blueprints.plan.pairs import ConflictError
    from chiron.blueprints.pose.pairs import PoseError
    from chiron.cli.matching.columns import named_pairs
    from chiron.cli.progress import watching
    from chiron.pairing.rules.kind import RuleError
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.match import id_of, plan_entrants
    from chiron.sheets.result.explaining import NobodyError

    start = time.monotonic()
    try:
        named = named_pairs(arguments, entrants)
        with watching(talk, f"Working out {MADE.get(entrants.shape, 'pairs')} …") as watch:
            result = plan_entrants(
                entrants,
                aim=arguments.aim,
                seed=arguments.seed,
                locks=named["lock"],
                forbids=named["forbid"],
                allows=named["allow"],
                leaves=None if arguments.leaves is None else id_of(entrants, arguments.leaves),
                time_limit=arguments.time_limit,
                observer=watch,
            )
    except ConflictError as fault:
        raise Leave(NO_PLAN, str(fault)) from fault
    except (SheetError, NobodyError, PoseError, RuleError) as fault:
        raise Leave(USAGE, str(fault.args[0])) from fault
    return result, watch.is_interrupted, time.monotonic() - start


def _show_wishes(arguments: Namespace, talk: Talk, entrants: "Entrants", result: "Result") -> None:
    """Plan again without the mentees' wishes about who the mentor is, and list who changes mentor."""
    from dataclasses import replace

    from chiron.blueprints.plan.wishes import wishes, without_wishes
    from chiron.sheets.result.comparing import compare as compare_records

    asked = wishes(entrants.matching)
    if not asked:
        talk.data("\nNo rule counts a wish about who the mentor is.")
        return
    plain, _, _ = _plan(arguments, talk, replace(entrants, matching=without_wishes(entrants.matching)))
    found = compare_records([result.record, plain.record], ["with the wishes", "without them"])
    names = ", ".join(rule.name for rule in asked)
    talk.data(f"\nWishes about who the mentor is ({names}), with them and without: {found.sentence}")
    for mover in found.movers:
        with_them, without = (name or "nobody" for name in mover.mentors)
        talk.data(f"  {mover.mentee}: {with_them} with the wishes, {without} without")


def _report(arguments: Namespace, talk: Talk, result: "Result", seconds: float, out: Path | None, *, rows: str) -> None:
    """Say how the plan is, and write it."""
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.result.record_pages import pages_of
    from chiron.sheets.result.write import pairs_text

    summary = result.summary
    proof = "proved best" if summary.proved_best else f"not proved best ({_gap_text(summary)})"
    talk.say(f"Worked out {MADE.get(result.record.shape, 'pairs')}: {proof} · {seconds:.1f} s")
    tell = talk.say if arguments.json or arguments.out == "-" else _data_unless_quiet(talk)
    tell("\n".join([*summary_lines(result), f"  {rows}"]))
    if arguments.json:
        talk.data(result.to_json())
    if arguments.out == "-":
        sys.stdout.write(pairs_text(result.record).removeprefix("\ufeff").replace("\r\n", "\n"))
    if out is not None:
        try:
            result.write(out, force=arguments.force)
        except SheetError as fault:
            raise Leave(USAGE, str(fault)) from fault
        pages = f"   {' · '.join(page.name for page in pages_of(result.record))}" if out.suffix == ".xlsx" else ""
        talk.say(f"\nWrote {out}{pages}")
        if out.suffix.lower() in {".xlsx", ".json"} and result.pairs:
            talk.say(f'Next:  chiron explain {out} "{result.pairs[0].mentee}"')
    elif arguments.dry_run:
        talk.say("Nothing was written, because of --dry-run.")


def _gap_text(summary: "Summary") -> str:
    """Return why a plan is not proved best: the search was ended, or a bound is not reached."""
    open_step = next((step for step in summary.steps if not step.proved_best), None)
    if summary.stopped or open_step is None:
        return summary.stopped or "the search ended early"
    return f"{open_step.aim} {open_step.value}, and no plan exceeds {open_step.bound}"


def _data_unless_quiet(talk: Talk) -> Callable[[str], None]:
    """Return where the summary goes: to stdout, or nowhere with --quiet."""
    return talk.say if talk.quiet else talk.data


def summary_lines(result: "Result") -> list[str]:
    """Return a plan in two lines."""
    summary, record = result.summary, result.record
    whole, words = summary.matched + summary.unmatched, record.words
    people = "people" if words.is_one_population else "mentees"
    fits = f"   lowest fit {summary.lowest_fit}   mean fit {summary.mean_fit}" if summary.matched else ""
    room = "" if record.shape in WITHOUT_ROOM else f"   mentors with room {summary.mentors_with_room}"
    groups = len({member.group for member in record.members})
    made = f"   {_counted(groups, words.label.lower() or 'group')}" if groups else ""
    who = {"people": "person"}.get(people, "mentee") if whole == 1 else people
    lines = [f"  {summary.matched} of {whole} {who} matched{made}{fits}{room}"]
    look = []
    if summary.needs_look:
        look.append(_counted(summary.needs_look, "pair"))
    if summary.unmatched:
        who = {"people": "person"}.get(people, "mentee") if summary.unmatched == 1 else people
        look.append(f"{summary.unmatched} {who} not matched")
    if record.open_places:
        look.append(f"{_counted(len(record.open_places), 'place')} that nobody fills")
    return [*lines, f"  Needs a look: {', '.join(look)}"] if look else lines


def _keep_partial(arguments: Namespace, talk: Talk, result: "Result", out: Path | None) -> int:
    """Write what Ctrl+C left beside the file that was asked for."""
    if not result.pairs or arguments.dry_run:
        talk.warn("Stopped before there was a plan. Nothing was written.")
        return INTERRUPTED
    wanted = out or Path(DEFAULT_OUT)
    kept = wanted.with_name(f"{wanted.name}.partial")
    beside = wanted.with_name(f".{wanted.stem}.partial{wanted.suffix}")
    result.write(beside, force=True)
    beside.replace(kept)
    count = _counted(len(result.pairs), "pair")
    talk.warn(f"{count}, not proved best. Kept as {kept}. Rename it to {wanted.name} to open it.")
    return INTERRUPTED


def _judge(arguments: Namespace, talk: Talk, result: "Result") -> int:
    """Return whether the plan is what --require-… asks for."""
    summary = result.summary
    if arguments.require_all and summary.unmatched:
        count = f"{summary.unmatched} {'mentee is' if summary.unmatched == 1 else 'mentees are'}"
        talk.warn(f"{count} not matched, and --require-all asks for everybody.")
        return FALLS_SHORT
    if arguments.require_best and not summary.proved_best:
        talk.warn("The plan is not proved best, and --require-best asks for that. Give it longer: --time-limit 5m")
        return FALLS_SHORT
    return DONE
