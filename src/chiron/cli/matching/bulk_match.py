"""`chiron match` for tens of thousands: two text files, every pair looked at, pairs and points out."""

import json
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chiron.cli.exits import DONE, FALLS_SHORT, NEEDS_FIXING, USAGE, Leave
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.blueprints.schema.matching import Matching
    from chiron.cli.progress import Watch
    from chiron.sheets.bulk_match import Crowd, CrowdPlan

DEFAULT_OUT = "matches.csv"
MOST_NAMED = 20
NOT_HERE = ("lock", "forbid", "allow", "pairs", "map", "save_map", "show_wishes")


def match_crowd(arguments: Namespace, rules: "Matching | None") -> int:
    """Pair two long text files and write the pairs; return the exit code.

    Raises:
        Leave: the flags, the files or the rules cannot be used.
    """
    from chiron.cli.progress import watching

    talk = Talk.of(arguments)
    out = _target(arguments)
    talk.say(f"Reading {arguments.mentors} and {arguments.mentees} …")
    crowd = _crowd(arguments, talk, rules)
    start = time.monotonic()
    with watching(talk, "Working out pairs over every pair of people …") as watch:
        plan = _plan(crowd, arguments, watch)
    summary = summary_of(plan)
    proof = "proved best over all pairs" if summary["proved_best"] else "not proved best"
    talk.say(f"Worked out pairs: {proof} · {time.monotonic() - start:.1f} s")
    tell = talk.say if arguments.json or talk.quiet else talk.data
    tell("\n".join(_lines(summary)))
    if arguments.json:
        talk.data(json.dumps(summary, indent=2, ensure_ascii=False))
    if out is not None:
        _write(plan, out, arguments, talk)
    if arguments.require_all and summary["unmatched"]:
        talk.warn(f"{summary['unmatched']:,} mentees are not matched, and --require-all asks for everybody.")
        return FALLS_SHORT
    return DONE


def _target(arguments: Namespace) -> Path | None:
    """Return the file to write, or None; refuse before any work what would fail after it."""
    for name in NOT_HERE:
        if getattr(arguments, name):
            raise Leave(USAGE, f"--{name.replace('_', '-')} does not work for a pool of this size. Leave it out.")
    if arguments.dry_run or (arguments.out is None and arguments.json):
        return None
    out = Path(arguments.out or DEFAULT_OUT)
    if out.suffix.lower() not in {".csv", ".tsv"}:
        raise Leave(USAGE, "A plan of this size is written as .csv or .tsv: -o matches.csv")
    if out.exists() and not arguments.force:
        raise Leave(USAGE, f"{out} exists already. Choose another name with -o, or add --force to replace it.")
    if not out.absolute().parent.is_dir():
        raise Leave(USAGE, f"There is no folder {out.parent}. Make it first, or choose another with -o.")
    return out


def _crowd(arguments: Namespace, talk: Talk, rules: "Matching | None") -> "Crowd":
    """Read both files, and name the rows that need fixing."""
    from chiron.cli.matching.columns import chosen_columns, week_meant
    from chiron.pairing.rules.kind import RuleError
    from chiron.sheets.bulk_match import CrowdError, read_crowd
    from chiron.sheets.files.table import SheetError

    try:
        crowd = read_crowd(
            Path(arguments.mentors),
            Path(arguments.mentees),
            rules=rules,
            capacity=arguments.capacity,
            chosen=chosen_columns(arguments),
            week=week_meant(arguments),
        )
    except (SheetError, CrowdError, RuleError) as fault:
        raise Leave(USAGE, str(fault)) from fault
    people = crowd.people
    talk.say(f"Read {people['mentor'].rows:,} mentors and {people['mentee'].rows:,} mentees.")
    for note in crowd.notes:
        talk.say(f"  {note}")
    for problem in crowd.problems[:MOST_NAMED]:
        talk.warn(str(problem))
    if crowd.problems:
        more = len(crowd.problems) - MOST_NAMED
        talk.warn(f"… and {more:,} more." if more > 0 else "These rows were left out.")
        if arguments.strict:
            raise Leave(NEEDS_FIXING, "Nothing was matched, because of --strict. Fix these rows, then run it again.")
    return crowd


def _plan(crowd: "Crowd", arguments: Namespace, watch: "Watch") -> "CrowdPlan":
    """Return the plan; Ctrl+C ends the search between two of its phases."""
    from chiron.pairing.model.problem import ProblemError
    from chiron.sheets.bulk_match import CrowdError, plan_crowd

    def tell(phase: str) -> None:
        if not watch(phase, None):
            raise KeyboardInterrupt

    try:
        return plan_crowd(crowd, aim=arguments.aim, tell=tell)
    except (CrowdError, ProblemError) as fault:
        raise Leave(USAGE, str(fault)) from fault


def _write(plan: "CrowdPlan", out: Path, arguments: Namespace, talk: Talk) -> None:
    """Write the pairs."""
    from chiron.sheets.files.table import SheetError

    try:
        plan.write(out, force=arguments.force)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    talk.say(f"\nWrote {out}")


def summary_of(plan: "CrowdPlan") -> dict[str, Any]:
    """Return a plan in a few numbers, with the bound of each step over all pairs."""
    answer, wanted = plan.answer, len(plan.crowd.people["mentee"].ids)
    fits = answer.fits
    return {
        "aim": answer.aim,
        "matched": len(fits),
        "unmatched": wanted - len(fits),
        "lowest_fit": int(fits.min()) if len(fits) else None,
        "mean_fit": (2 * int(fits.sum()) + len(fits)) // (2 * len(fits)) if len(fits) else None,
        "proved_best": answer.proved_best,
        "method": answer.method,
        "pairs_of_people": wanted * len(plan.crowd.people["mentor"].ids),
        "pairs_looked_at_by_the_solver": answer.known,
        "rounds": answer.rounds,
        "steps": [{"name": step.name, "value": step.value, "bound": step.bound} for step in answer.steps],
    }


def _lines(summary: dict[str, Any]) -> list[str]:
    """Return the summary in words."""
    whole = summary["matched"] + summary["unmatched"]
    fits = f"   lowest fit {summary['lowest_fit']}   mean fit {summary['mean_fit']}" if summary["matched"] else ""
    return [f"  {summary['matched']:,} of {whole:,} mentees matched{fits}"]
