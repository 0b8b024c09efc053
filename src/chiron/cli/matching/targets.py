"""Where results go: never over a file that a command reads, and never over another one unasked."""

from argparse import Namespace
from pathlib import Path

from chiron.cli.exits import USAGE, Leave

INPUTS = {
    "mentors": "the mentors' sheet",
    "mentees": "the mentees' sheet",
    "further": "one of the sheets",
    "rules": "the rules file",
    "map": "the map file",
    "pairs": "the sheet of locks and forbids",
    "answers": "the file with answers",
    "plan": "the plan",
}


def require_free(out: Path, arguments: Namespace) -> None:
    """Refuse a file to write that is there already, or that this command reads: that one with --force, too.

    Raises:
        Leave: the file may not be written, or its folder is not there (2).
    """
    require_no_input(out, arguments)
    if out.exists() and not arguments.force:
        raise Leave(USAGE, f"{out} exists already. Choose another name with -o, or add --force to replace it.")
    if not out.absolute().parent.is_dir():
        raise Leave(USAGE, f"There is no folder {out.parent}. Make it first, or choose another with -o.")


def require_no_input(out: Path, arguments: Namespace, *, but: str = "") -> None:
    """Refuse to write over a file that this command reads, by whatever name it is called.

    Args:
        out: the file to write.
        arguments: what the command reads.
        but: one of its inputs that may be replaced.

    Raises:
        Leave: the file is an input (2).
    """
    for name, what in INPUTS.items():
        said = getattr(arguments, name, None)
        given = said if isinstance(said, list) else [said]
        if name != but and any(isinstance(one, str) and _are_one_file(out, Path(one)) for one in given):
            raise Leave(USAGE, f"{out} is {what}, and would be lost. Choose another name.")


def _are_one_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same file, through links or otherwise spelt."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False
