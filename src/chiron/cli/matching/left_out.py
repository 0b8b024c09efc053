"""Rows that are left out, on the command line: how many were used, and the question before many are not."""

from argparse import Namespace

from chiron.cli.exits import NEEDS_FIXING, USAGE, Leave
from chiron.cli.talk import Talk
from chiron.sheets.entrants import Entrants

ASKED_FROM = 10  # one row in so many may be left out without a question


def rows_used(entrants: Entrants) -> str:
    """Return how many rows of each sheet were used: "35 of 46 rows used (mentors.xlsx), 11 left out"."""
    texts = []
    for opened, used in zip(entrants.taken.sheets, entrants.used, strict=True):
        table = opened.table
        left_out = len(table.rows) - used
        text = f"{used} of {len(table.rows)} {'row' if len(table.rows) == 1 else 'rows'} used ({table.file})"
        texts.append(f"{text}, {left_out} left out" if left_out else text)
    return "; ".join(texts)


def require_understood_exclusions(entrants: Entrants, talk: Talk) -> None:
    """Stop where a guessed column of exclusions would leave many out, unless somebody says that it is one.

    Raises:
        Leave: nobody can be asked, or the answer is no.
    """
    for doubt in entrants.doubts:
        if not talk.asks:
            raise Leave(USAGE, doubt)
        talk.warn(doubt)
        if not talk.ask("Is it such a column? [Y/n]"):
            raise Leave(USAGE, "Then take it away as shown above, and run the command again.")


def require_agreed_rows(entrants: Entrants, talk: Talk, arguments: Namespace) -> None:
    """Ask before more than a tenth of the rows of a sheet are left out, where somebody can answer.

    Raises:
        Leave: the answer is no.
    """
    sheets = zip(entrants.taken.sheets, entrants.used, strict=True)
    many = [used for one, used in sheets if (len(one.table.rows) - used) * ASKED_FROM > len(one.table.rows)]
    if not many or arguments.yes or not talk.asks:
        return
    if not talk.ask(f"{rows_used(entrants)}. Go on without the rest? [Y/n]"):
        raise Leave(NEEDS_FIXING, "Nothing was matched. Fix the rows that are named above, then run it again.")
