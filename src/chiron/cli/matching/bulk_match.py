"""`chiron match` for tens of thousands: every pair of people looked at, pairs and points out."""

import json
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chiron.cli.exits import DONE, FALLS_SHORT, USAGE, Leave
from chiron.cli.matching.targets import require_free
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.cli.progress import Watch
    from chiron.sheets.bulk_match import BulkPlan, BulkQuestion
    from chiron.sheets.entrants import Entrants

DEFAULT_OUT = "matches.csv"
NOT_HERE = ("lock", "show_wishes")


def match_bulk(arguments: Namespace, talk: Talk, question: "BulkQuestion") -> int:
    """Pair two large pools and write the pairs; return the exit code.

    Raises:
        Leave: the pools or the rules cannot be used.
    """
    from chiron.cli.progress import watching

    out = bulk_target(arguments)
    _give_back_memory()
    start = time.monotonic()
    with watching(talk, "Working out pairs over every pair of people …") as watch:
        plan = _plan(question, arguments, watch)
    summary = summary_of(plan)
    proof = "proved best over all pairs" if summary["proved_best"] else "not proved best"
    talk.say(f"Worked out pairs: {proof} · {time.monotonic() - start:.1f} s")
    tell = talk.say if arguments.json or talk.quiet else talk.data
    tell("\n".join(_lines(summary)))
    if arguments.json:
        talk.data(json.dumps(summary, indent=2, ensure_ascii=False))
    if out is not None:
        _write(plan, out, arguments, talk)
    elif arguments.dry_run:
        talk.say("Nothing was written, because of --dry-run.")
    if arguments.require_all and summary["unmatched"]:
        talk.warn(f"{summary['unmatched']:,} mentees are not matched, and --require-all asks for everybody.")
        return FALLS_SHORT
    return DONE


def bulk_target(arguments: Namespace) -> Path | None:
    """Return the file to write, or None; refuse before any work what would fail after it.

    Raises:
        Leave: a flag does not work for large pools, or the file cannot be written.
    """
    for name in NOT_HERE:
        if getattr(arguments, name):
            raise Leave(USAGE, f"--{name.replace('_', '-')} does not work for a pool of this size. Leave it out.")
    if arguments.dry_run or (arguments.out is None and arguments.json):
        return None
    out = Path(arguments.out or DEFAULT_OUT)
    if out.suffix.lower() not in {".csv", ".tsv"}:
        raise Leave(USAGE, "A plan of this size is written as .csv or .tsv: -o matches.csv")
    require_free(out, arguments)
    return out


def bulk_question(arguments: Namespace, entrants: "Entrants") -> "BulkQuestion":
    """Return large pools as the scan takes them.

    Raises:
        Leave: a flag does not work here, a side has nobody, or the rules ask for what large pools cannot have.
    """
    from chiron.cli.matching.columns import named_pairs
    from chiron.pairing.rules.kind import RuleError
    from chiron.sheets.bulk_match import BulkError, pose_bulk
    from chiron.sheets.entrants import require_people
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.result.explaining import NobodyError

    bulk_target(arguments)
    try:
        require_people(entrants)
        named = named_pairs(arguments, entrants)
        if named["lock"]:
            raise Leave(USAGE, "Locked pairs do not work for a pool of this size. Leave them out.")
        return pose_bulk(entrants.pools[0], forbids=named["forbid"], allows=named["allow"], seed=arguments.seed)
    except (SheetError, NobodyError, BulkError, RuleError) as fault:
        raise Leave(USAGE, str(fault.args[0])) from fault


def _give_back_memory() -> None:
    """Let go of what was remembered about cells, and give freed memory back to the system where that can be asked for.

    A hundred thousand rows leave freed memory between what stays, and the search needs it as whole pieces.
    """
    import ctypes
    import gc

    from chiron.sheets.cells.values import is_nothing
    from chiron.sheets.files.headings import normal

    normal.cache_clear()
    is_nothing.cache_clear()
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)  # where the C library is glibc
    except (AttributeError, OSError, TypeError):
        return


def _plan(question: "BulkQuestion", arguments: Namespace, watch: "Watch") -> "BulkPlan":
    """Return the plan; Ctrl+C ends the search between two of its phases."""
    from chiron.pairing.model.problem import ProblemError
    from chiron.sheets.bulk_match import BulkError, plan_bulk

    def tell(phase: str) -> None:
        if not watch(phase, None):
            raise KeyboardInterrupt

    try:
        return plan_bulk(question, aim=arguments.aim, tell=tell)
    except (BulkError, ProblemError) as fault:
        raise Leave(USAGE, str(fault)) from fault


def _write(plan: "BulkPlan", out: Path, arguments: Namespace, talk: Talk) -> None:
    """Write the pairs."""
    from chiron.sheets.files.table import SheetError

    try:
        plan.write(out, force=arguments.force)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    talk.say(f"\nWrote {out}")


def summary_of(plan: "BulkPlan") -> dict[str, Any]:
    """Return a plan in a few numbers, with the judge's bound of each step over all pairs."""
    answer, wanted = plan.answer, len(plan.question.mentees)
    fits = answer.fits
    return {
        "aim": answer.aim,
        "matched": len(fits),
        "unmatched": wanted - len(fits),
        "lowest_fit": int(fits.min()) if len(fits) else None,
        "mean_fit": (2 * int(fits.sum()) + len(fits)) // (2 * len(fits)) if len(fits) else None,
        "proved_best": plan.verdict.proved_best,
        "method": answer.method,
        "pairs_of_people": wanted * len(plan.question.mentors),
        "pairs_looked_at_by_the_solver": answer.known,
        "rounds": answer.rounds,
        "steps": [
            {"name": step.name, "value": step.value, "bound": bound}
            for step, bound in zip(answer.steps, plan.verdict.bounds, strict=True)
        ],
    }


def _lines(summary: dict[str, Any]) -> list[str]:
    """Return the summary in words."""
    whole = summary["matched"] + summary["unmatched"]
    fits = f"   lowest fit {summary['lowest_fit']}   mean fit {summary['mean_fit']}" if summary["matched"] else ""
    return [f"  {summary['matched']:,} of {whole:,} mentees matched{fits}"]
