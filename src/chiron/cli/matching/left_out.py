"""Rows that are left out, on the command line: how many were used, and the question before many are not."""

from argparse import Namespace

from chiron.blueprints.schema.person import ROLES
from chiron.cli.exits import NEEDS_FIXING, USAGE, Leave
from chiron.cli.talk import Talk
from chiron.sheets.intake import Intake
from chiron.sheets.pools import Pools, doubtful_exclusions

ASKED_FROM = 10  # one row in so many may be left out without a question


def rows_used(pools: Pools) -> str:
    """Return how many rows of each sheet were used: "35 of 46 rows used (mentors.xlsx), 11 left out"."""
    texts = []
    for side in reversed(ROLES):
        table, left_out = pools.checked[side].table, pools.left_out[side]
        text = (
            f"{pools.used[side]} of {len(table.rows)} {'row' if len(table.rows) == 1 else 'rows'} used ({table.file})"
        )
        texts.append(f"{text}, {left_out} left out" if left_out else text)
    return "; ".join(texts)


def require_understood_exclusions(intake: Intake, pools: Pools, talk: Talk) -> None:
    """Stop where a guessed column of exclusions would leave many out, unless somebody says that it is one.

    Raises:
        Leave: nobody can be asked, or the answer is no.
    """
    for doubt in doubtful_exclusions(intake, pools):
        if not talk.asks:
            raise Leave(USAGE, doubt)
        talk.warn(doubt)
        if not talk.ask("Is it such a column? [Y/n]"):
            raise Leave(USAGE, "Then take it away as shown above, and run the command again.")


def require_agreed_rows(pools: Pools, talk: Talk, arguments: Namespace) -> None:
    """Ask before more than a tenth of the rows of a sheet are left out, where somebody can answer.

    Raises:
        Leave: the answer is no.
    """
    many = [side for side in ROLES if pools.left_out[side] * ASKED_FROM > len(pools.checked[side].table.rows)]
    if not many or arguments.yes or not talk.asks:
        return
    if not talk.ask(f"{rows_used(pools)}. Go on without the rest? [Y/n]"):
        raise Leave(NEEDS_FIXING, "Nothing was matched. Fix the rows that are named above, then run it again.")
