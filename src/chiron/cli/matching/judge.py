"""`chiron check MENTORS MENTEES --plan FILE`: a plan that somebody made, judged by the same rules as ours."""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from chiron.cli.exits import DONE, FALLS_SHORT, NEEDS_FIXING, USAGE, Leave
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.blueprints.plan.judged import Judged
    from chiron.sheets.entrants import Entrants


def judge(arguments: Namespace, talk: Talk, entrants: "Entrants") -> int:
    """Say what is wrong with a plan and how far from the best it is; return the exit code.

    Raises:
        Leave: the file holds no plan of these people (2).
    """
    from chiron.blueprints.pose.pairs import PoseError
    from chiron.cli.matching.columns import named_pairs
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.match import judge_entrants
    from chiron.sheets.result.explaining import NobodyError

    try:
        pairs, labels = _pairs(Path(arguments.plan))
        named = named_pairs(arguments, entrants)
        found = judge_entrants(
            entrants, pairs, labels, locks=named["lock"], forbids=named["forbid"], allows=named["allow"]
        )
    except (PoseError, NobodyError, SheetError) as fault:
        raise Leave(USAGE, str(fault.args[0])) from fault
    if arguments.json:
        table = {**asdict(found), "violations": [str(fault) for fault in found.violations]}
        talk.data(json.dumps(table, indent=2, ensure_ascii=False))
    else:
        talk.data("\n".join(_lines(found, len(pairs))))
    if found.violations:
        return NEEDS_FIXING
    return DONE if found.is_best else FALLS_SHORT


def _pairs(path: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the pairs and their labels in a result of ours, or in any sheet with the columns mentee and mentor."""
    from chiron.cli.matching.columns import read_plan
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.result.reread import NoResultError, RecordError, read_result

    try:
        record = read_result(path)
    except NoResultError as fault:
        if path.suffix.lower() == ".json":
            raise Leave(USAGE, str(fault)) from fault
    except RecordError as fault:
        raise Leave(USAGE, str(fault)) from fault
    except SheetError:
        pass  # the same file may still be read as a sheet, with a better word on what is wrong with it
    else:
        return [(pair.mentee_id, pair.mentor_id) for pair in record.pairs], [pair.label for pair in record.pairs]
    try:
        return read_plan(path)
    except SheetError as fault:
        raise Leave(
            USAGE, f'{fault}\nA plan is a sheet with the columns "mentee" and "mentor" and one pair a row.'
        ) from fault


def _counted(pairs: int) -> str:
    return "1 pair" if pairs == 1 else f"{pairs} pairs"


def _lines(found: "Judged", pairs: int) -> Iterator[str]:
    """Yield the judgement in words."""
    if found.violations:
        yield f"{_counted(pairs)}. The plan breaks rules:"
        yield from (f"  {fault}" for fault in found.violations)
        return
    yield f"{_counted(pairs)}. The plan breaks no rule."
    for one in found.reached:
        if one.value == one.best:
            yield f"  {one.name}: {one.value}, as good as any plan"
        else:
            proof = "proved: no plan exceeds it" if one.proved else "the best found"
            yield f"  {one.name}: {one.value}; the best plan reaches {one.best} ({proof})"
    if found.is_best:
        yield "No plan is better; proved."
