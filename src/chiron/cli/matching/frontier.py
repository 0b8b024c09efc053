"""`chiron compare MENTORS MENTEES`: one plan for each aim over two sheets, in one table."""

import json
from argparse import Namespace

from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.pose.pairs import PoseError
from chiron.cli.exits import DONE, NO_PLAN, USAGE, Leave
from chiron.cli.matching.match import checked, taken_in
from chiron.cli.progress import watching
from chiron.cli.talk import Talk, aligned
from chiron.pairing.rules.kind import RuleError
from chiron.sheets.files.table import SheetError
from chiron.sheets.frontier import frontier, sentence_of, table_of
from chiron.sheets.result.record import SCHEMA_VERSION


def compare_aims(arguments: Namespace, talk: Talk) -> int:
    """Show one plan for each aim; return the exit code.

    Raises:
        Leave: the sheets or the rules cannot be used (2), or no plan can meet the must rules together (4).
    """
    arguments.mentors, arguments.mentees = arguments.results
    arguments.further, arguments.save_map = [], None
    arguments.rules = None if arguments.rules is None else [arguments.rules]
    entrants = checked(arguments, talk, taken_in(arguments, talk))
    try:
        with watching(talk, "Working out one plan for each aim …") as watch:
            found = frontier(entrants, seed=arguments.seed, time_limit=arguments.time_limit, observer=watch)
    except ConflictError as fault:
        raise Leave(NO_PLAN, str(fault)) from fault
    except (SheetError, PoseError, RuleError) as fault:
        raise Leave(USAGE, str(fault.args[0])) from fault
    if arguments.json:
        talk.data(json.dumps({"schema_version": SCHEMA_VERSION, **found.to_dict()}, ensure_ascii=False, indent=1))
        return DONE
    for row in aligned(list(table_of(found))):
        talk.data(row)
    talk.data("")
    talk.data(sentence_of(found.outcomes))
    for text in found.left_out:
        talk.data(f"Without {text}")
    return DONE
