"""`chiron template`: two example sheets and a rules file, ready to match."""

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
    from chiron.sheets.example import write_example
    from chiron.sheets.files.table import SheetError

    folder = Path(arguments.out)
    try:
        names = write_example(folder, force=arguments.force)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    places = [str(folder / name) for name in names]
    talk.data("\n".join(f"Wrote {place}" for place in places))
    mentors, mentees, rules = places
    talk.say(f"The people in them are made up.\nNext:  chiron match {mentors} {mentees} --rules {rules}")
    return DONE
