"""`chiron template`: example sheets and rules for a shape, ready to match."""

from argparse import Namespace
from pathlib import Path

from chiron.cli.exits import DONE, USAGE, Leave
from chiron.cli.talk import Talk


def template(arguments: Namespace) -> int:
    """Write the example files and say what to type next.

    Raises:
        Leave: a file is there already (2).
    """
    talk = Talk.of(arguments)
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.invented import write_template

    folder = Path(arguments.out)
    try:
        sheets, rules = write_template(arguments.shape, folder, force=arguments.force)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    talk.data("\n".join(f"Wrote {folder / name}" for name in (*sheets, *rules)))
    named = " ".join([*(str(folder / name) for name in sheets), *(f"--rules {folder / name}" for name in rules)])
    talk.say(f"The people in them are made up.\nNext:  chiron match {named}")
    return DONE
