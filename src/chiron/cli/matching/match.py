"""`chiron match` and `chiron check`: two sheets in, a plan or a list of what needs fixing out."""

import gc
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chiron.cli.exits import DONE, FALLS_SHORT, INTERRUPTED, NEEDS_FIXING, NO_PLAN, USAGE, Leave
from chiron.cli.matching.targets import require_free, require_no_input
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.blueprints.schema.matching import Matching
    from chiron.sheets.intake import Intake
    from chiron.sheets.pools import Pools
    from chiron.sheets.result.result import Result

DEFAULT_OUT = "matches.xlsx"
ENDINGS = (".xlsx", ".csv", ".tsv", ".json")
MOST_NOTES = 6


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
    out = _target(arguments)
    intake = taken_in(arguments, talk)
    if arguments.show_rules:
        from chiron.blueprints.schema.rules_file import dump_rules

        talk.data(dump_rules(intake.matching).rstrip())
        return DONE
    from chiron.cli.matching.left_out import require_agreed_rows, rows_used

    pools = checked_pools(arguments, talk, intake)
    if arguments.strict and pools.problems:
        raise Leave(NEEDS_FIXING, "Nothing was matched, because of --strict. Fix these rows, then run it again.")
    require_agreed_rows(pools, talk, arguments)
    if pools.is_bulk:
        from chiron.cli.matching.bulk_match import bulk_question, match_bulk

        question = bulk_question(arguments, intake, pools)
        # The sheets go before the search begins: at national size both do not fit into 1 GiB.
        del intake, pools
        return match_bulk(arguments, talk, question)
    result, stopped, seconds = _plan(arguments, talk, intake, pools)
    if stopped:
        return _keep_partial(arguments, talk, result, out)
    _report(arguments, talk, result, seconds, out, rows=rows_used(pools))
    if arguments.show_wishes:
        _show_wishes(arguments, talk, intake, pools, result)
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
    intake = taken_in(arguments, talk)
    pools = checked_pools(arguments, talk, intake)
    if arguments.save_check is not None:
        from chiron.cli.matching.nobody import save_check

        count = save_check(pools.problems, Path(arguments.save_check))
        what = "1 cell that is not clear" if count == 1 else f"{count} cells that are not clear"
        talk.say(
            f"Wrote {what} to {arguments.save_check}. Type nobody beside each that means nobody of the other sheet."
        )
    nobody = [side for side, people in (("mentor", pools.mentors), ("mentee", pools.mentees)) if not people]
    if arguments.plan is not None and not nobody:
        from chiron.cli.matching.judge import judge

        return judge(arguments, talk, pools)
    for side in nobody:
        talk.warn(f"There is no {side} who can be used.")
    if arguments.json:
        from chiron.sheets.result.record_json import check_to_json

        talk.data(check_to_json(intake.inputs(pools.used), intake.columns(), pools.problems, pools.notes))
    else:
        people = (
            f"{_counted(len(pools.mentors), 'mentor')} and {_counted(len(pools.mentees), 'mentee')} can be matched."
        )
        found = f"{_rows_to_fix(pools)}." if pools.problems else "Nothing needs fixing."
        talk.say(f"{rows_used(pools)}.")
        talk.data(f"{people} {found}" if pools.problems or not nobody else people)
        if not pools.problems and not nobody:
            talk.say(f"Next:  chiron match {arguments.mentors} {arguments.mentees}")
    return NEEDS_FIXING if pools.problems or nobody else DONE


def _counted(number: int, noun: str) -> str:
    """Return how many people there are, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show_rules(arguments: Namespace, talk: Talk) -> int:
    """Print the rules in use."""
    from chiron.blueprints.schema.defaults import default_matching
    from chiron.blueprints.schema.rules_file import dump_rules

    rules = _rules(arguments)
    comment = "The built-in rules. A rule whose column no sheet has drops out." if rules is None else ""
    talk.data(dump_rules(rules or default_matching(), comment=comment).rstrip())
    return DONE


def _rules(arguments: Namespace) -> "Matching | None":
    """Return the rules that were given, or None."""
    from chiron.blueprints.schema.blueprint_file import load_matching
    from chiron.blueprints.schema.rules_file import RulesError

    if arguments.rules is None:
        return None
    try:
        return load_matching(arguments.rules)
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


def taken_in(arguments: Namespace, talk: Talk) -> "Intake":
    """Read both sheets and settle their columns, asking where somebody can answer."""
    if arguments.mentors is None or arguments.mentees is None:
        raise Leave(USAGE, f"Name two files, the mentors' first.\nSee: chiron {arguments.command} --help")
    talk.say(f"Reading {arguments.mentors} and {arguments.mentees} …")
    from chiron.cli.matching.columns import chosen_columns, chosen_files, save_map, table_of_columns, week_meant
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.intake import open_sheet, take_in

    if arguments.save_map is not None:
        require_no_input(Path(arguments.save_map), arguments, but="map")
    rules, chosen, files = _rules(arguments), chosen_columns(arguments), chosen_files(arguments)
    try:
        mentors = open_sheet(arguments.mentors, "mentor", sheet=files.mentor_sheet, encoding=files.encoding)
        mentees = open_sheet(arguments.mentees, "mentee", sheet=files.mentee_sheet, encoding=files.encoding)
        read = [
            f"{_counted(len(one.table.rows), side)} ({one.table.place})"
            for one, side in ((mentors, "mentor"), (mentees, "mentee"))
        ]
        talk.say(f"Read {' and '.join(read)}.\n")
        intake = take_in(
            mentors,
            mentees,
            rules=rules,
            chosen=chosen,
            week=week_meant(arguments),
            role_column=arguments.role_column,
        )
        for line in table_of_columns(intake):
            talk.say(line)
        if intake.missing:
            notes = [note for one in (mentors, mentees) for note in one.table.notes]
            raise Leave(USAGE, "\n".join((*notes, *intake.missing)))
        if talk.asks and not arguments.yes and not intake.is_sure and not talk.ask("Right? [Y/n]"):
            raise Leave(USAGE, 'Say which column it is, for example: --mentor places="How many?"')
        if arguments.save_map is not None and not getattr(arguments, "dry_run", False):
            save_map(intake, Path(arguments.save_map), files=files, force=getattr(arguments, "force", False))
            talk.say(f"Kept the columns in {arguments.save_map}.")
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    return intake


def checked_pools(arguments: Namespace, talk: Talk, intake: "Intake") -> "Pools":
    """Check both sheets and say what was found."""
    from chiron.cli.matching.left_out import require_understood_exclusions
    from chiron.cli.matching.nobody import hints, nobody_meant
    from chiron.sheets.pools import check_pools

    said = nobody_meant(arguments, intake)
    pools = check_pools(intake, capacity=arguments.capacity, twice=arguments.twice, nobody=said)
    notes = pools.notes if arguments.verbose else pools.notes[:MOST_NOTES]
    for note in notes:
        talk.say(f"  {note}")
    if len(notes) < len(pools.notes):
        talk.say(f"  … and {len(pools.notes) - len(notes)} more notes; -v shows them all.")
    if pools.problems:
        talk.warn(f"{_rows_to_fix(pools)}:")
        for one in pools.problems:
            talk.warn(f"  {one.file} row {one.row}  {one.text}")
    for hint in hints(pools.problems):
        talk.warn(hint)
    require_understood_exclusions(intake, pools, talk)
    return pools


def _rows_to_fix(pools: "Pools") -> str:
    """Return how many rows need fixing, and how many problems they have where that is another number."""
    rows, problems = len({(one.file, one.sheet, one.row) for one in pools.problems}), len(pools.problems)
    text = "1 row needs fixing" if rows == 1 else f"{rows} rows need fixing"
    return text if rows == problems else f"{text} ({problems} problems)"


def _plan(arguments: Namespace, talk: Talk, intake: "Intake", pools: "Pools") -> "tuple[Result, bool, float]":
    """Return the plan, whether Ctrl+C ended the search, and how long it took."""
    from chiron.blueprints.plan.pairs import ConflictError
    from chiron.blueprints.pose.pairs import PoseError
    from chiron.cli.matching.columns import named_pairs
    from chiron.cli.progress import watching
    from chiron.pairing.rules.kind import RuleError
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.match import plan_pools
    from chiron.sheets.result.explaining import NobodyError

    start = time.monotonic()
    try:
        named = named_pairs(arguments, pools)
        with watching(talk, "Working out pairs …") as watch:
            result = plan_pools(
                intake,
                pools,
                aim=arguments.aim,
                seed=arguments.seed,
                locks=named["lock"],
                forbids=named["forbid"],
                allows=named["allow"],
                time_limit=arguments.time_limit,
                observer=watch,
            )
    except ConflictError as fault:
        raise Leave(NO_PLAN, str(fault)) from fault
    except (SheetError, NobodyError, PoseError, RuleError) as fault:
        raise Leave(USAGE, str(fault.args[0])) from fault
    return result, watch.is_interrupted, time.monotonic() - start


def _show_wishes(arguments: Namespace, talk: Talk, intake: "Intake", pools: "Pools", result: "Result") -> None:
    """Plan again without the mentees' wishes about who the mentor is, and list who changes mentor."""
    from dataclasses import replace

    from chiron.blueprints.plan.wishes import wishes, without_wishes
    from chiron.sheets.result.comparing import compare as compare_records

    asked = wishes(pools.matching)
    if not asked:
        talk.data("\nNo rule counts a wish about who the mentor is.")
        return
    plain, _, _ = _plan(arguments, talk, intake, replace(pools, matching=without_wishes(pools.matching)))
    found = compare_records([result.record, plain.record], ["with the wishes", "without them"])
    names = ", ".join(rule.name for rule in asked)
    talk.data(f"\nWishes about who the mentor is ({names}), with them and without: {found.sentence}")
    for mover in found.movers:
        with_them, without = (name or "nobody" for name in mover.mentors)
        talk.data(f"  {mover.mentee}: {with_them} with the wishes, {without} without")


def _report(arguments: Namespace, talk: Talk, result: "Result", seconds: float, out: Path | None, *, rows: str) -> None:
    """Say how the plan is, and write it."""
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.result.write import pairs_text

    summary = result.summary
    proof = "proved best" if summary.proved_best else f"not proved best ({summary.stopped or 'the search ended early'})"
    talk.say(f"Worked out pairs: {proof} · {seconds:.1f} s")
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
        pages = "   Pairs · Why · Not matched · Other choices · Fairness · Settings" if out.suffix == ".xlsx" else ""
        talk.say(f"\nWrote {out}{pages}")
        if out.suffix.lower() in {".xlsx", ".json"} and result.pairs:
            talk.say(f'Next:  chiron explain {out} "{result.pairs[0].mentee}"')
    elif arguments.dry_run:
        talk.say("Nothing was written, because of --dry-run.")


def _data_unless_quiet(talk: Talk) -> Callable[[str], None]:
    """Return where the summary goes: to stdout, or nowhere with --quiet."""
    return talk.say if talk.quiet else talk.data


def summary_lines(result: "Result") -> list[str]:
    """Return a plan in two lines."""
    summary = result.summary
    whole = summary.matched + summary.unmatched
    fits = f"   lowest fit {summary.lowest_fit}   mean fit {summary.mean_fit}" if summary.matched else ""
    matched = f"{summary.matched} of {_counted(whole, 'mentee')} matched"
    lines = [f"  {matched}{fits}   mentors with room {summary.mentors_with_room}"]
    look = []
    if summary.needs_look:
        look.append(f"{summary.needs_look} {'pair' if summary.needs_look == 1 else 'pairs'}")
    if summary.unmatched:
        look.append(f"{summary.unmatched} {'mentee' if summary.unmatched == 1 else 'mentees'} not matched")
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
