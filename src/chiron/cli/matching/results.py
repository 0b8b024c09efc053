"""`chiron explain`, `compare` and `fairness`: what a written result says."""

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from chiron.cli.exits import DONE, USAGE, Leave
from chiron.cli.talk import Talk, aligned
from chiron.sheets.files.table import SheetError
from chiron.sheets.result.comparing import CompareError, Comparison
from chiron.sheets.result.comparing import compare as compare_records
from chiron.sheets.result.explaining import Explanation, NobodyError
from chiron.sheets.result.explaining import explain as explain_person
from chiron.sheets.result.fairness import fairness as fairness_by
from chiron.sheets.result.fairness import headings_of, sentence_of
from chiron.sheets.result.figures import NOTE
from chiron.sheets.result.hiding import ThresholdError
from chiron.sheets.result.record import SCHEMA_VERSION, GroupFigure, PairMade, Record
from chiron.sheets.result.reread import NoResultError, RecordError, read_result

MOST_MOVERS = 20


def explain(arguments: Namespace) -> int:
    """Say why somebody has this partner or none; return the exit code.

    Raises:
        Leave: the file or the name cannot be used (2).
    """
    talk = Talk.of(arguments)
    record = _read(arguments.result)
    try:
        found = explain_person(record, arguments.name)
    except NobodyError as fault:
        raise Leave(USAGE, str(fault.args[0])) from fault
    talk.data(_json(_explained(found)) if arguments.json else "\n".join(found.lines()))
    return DONE


def _explained(found: Explanation) -> dict[str, object]:
    """Return an explanation with the keys that a result has."""
    return {
        "id": found.id,
        "name": found.name,
        "side": found.side,
        "pairs": [_pair(pair) for pair in found.pairs],
        "unmatched": None if found.left is None else asdict(found.left),
    }


def _pair(pair: PairMade) -> dict[str, object]:
    table = asdict(pair)
    table["score"] = table.pop("fit")
    return table


def compare(arguments: Namespace) -> int:
    """Show results side by side, or one plan for each aim over two sheets; return the exit code.

    Raises:
        Leave: the files cannot be read or compared (2), or no plan is possible (4).
    """
    talk = Talk.of(arguments)
    if len(arguments.results) == 2 and not any(_may_be_result(path) for path in arguments.results):  # noqa: PLR2004 -- two sheets
        from chiron.cli.matching.frontier import compare_aims

        return compare_aims(arguments, talk)
    records = [_read(path) for path in arguments.results]
    try:
        found = compare_records(records, [Path(path).name for path in arguments.results])
    except CompareError as fault:
        raise Leave(USAGE, str(fault)) from fault
    talk.data(_json(asdict(found)) if arguments.json else "\n".join(_beside(found, every=arguments.verbose)))
    return DONE


def _may_be_result(path: str) -> bool:
    """Return False if a file is there and plainly holds something else."""
    try:
        read_result(path)
    except RecordError as fault:
        return not isinstance(fault, NoResultError)
    except SheetError:
        return not Path(path).is_file()
    return True


def _beside(found: Comparison, *, every: bool) -> Iterator[str]:
    """Yield the measures as a table, then who changes mentor, the sentence last."""
    rows = [("", *found.names), *((measure.name, *measure.values) for measure in found.measures)]
    yield from aligned(rows)
    shown = found.movers if every else found.movers[:MOST_MOVERS]
    if shown:
        yield ""
        yield from aligned(
            [("", *found.names), *((mover.mentee, *_places(mover.mentors, mover.fits)) for mover in shown)]
        )
    if len(shown) < len(found.movers):
        yield f"… and {len(found.movers) - len(shown)} more; -v shows them all."
    yield ""
    yield found.sentence


def _places(mentors: Sequence[str], fits: Sequence[int | None]) -> Iterator[str]:
    for mentor, fit in zip(mentors, fits, strict=True):
        yield f"{mentor} ({fit})" if fit is not None else "nobody"


def fairness(arguments: Namespace) -> int:
    """Show who has a mentor and the mean fit by group, small groups hidden; return the exit code.

    Raises:
        Leave: the file or the heading cannot be used (2).
    """
    talk = Talk.of(arguments)
    record = _read(arguments.result)
    if arguments.by is None:
        listed = ", ".join(f'"{heading}"' for heading in headings_of(record)) or "no heading of this result"
        raise Leave(USAGE, f"Say what to group by: --by HEADING. Groups can be made by: {listed}.")
    try:
        found = fairness_by(record, arguments.by, smallest=arguments.smallest)
    except (SheetError, ThresholdError) as fault:
        raise Leave(USAGE, str(fault)) from fault
    if arguments.json:
        talk.data(_json({"fairness": [asdict(group) for group in found], "sentence": sentence_of(found)}))
    else:
        talk.data("\n".join(_groups(found)))
    return DONE


def _groups(found: Sequence[GroupFigure]) -> Iterator[str]:
    """Yield the figures as a table, with what [c] means, and whether a difference can be told at all."""
    matched, fit = ("matched", "mean fit (95 % interval)") if any(group.share for group in found) else ("", "mean fit")
    rows = [(found[0].by if found else "", "people", matched, "beside everyone", fit, "beside everyone")]
    rows += [
        (
            group.group,
            "[c]" if group.n is None else str(group.n),
            group.share,
            group.share_verdict,
            group.text,
            group.verdict,
        )
        for group in found
    ]
    yield from aligned(rows)
    if any(group.hidden for group in found):
        yield NOTE
    yield ""
    yield f"{sentence_of(found)}."


def _read(path: str) -> Record:
    """Return the result in a file."""
    try:
        return read_result(path)
    except (SheetError, RecordError) as fault:
        raise Leave(USAGE, str(fault)) from fault


def _json(table: dict[str, object]) -> str:
    return json.dumps({"schema_version": SCHEMA_VERSION, **table}, ensure_ascii=False, indent=1)
