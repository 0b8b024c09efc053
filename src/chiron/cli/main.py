"""The command `chiron`: reads the words, loads the one command asked for, and answers with its exit code."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from types import TracebackType

from chiron.cli.arguments import parse
from chiron.cli.exits import DONE, INTERRUPTED, Leave


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the words after `chiron`; those of this process if None, and then an unexpected fault ends the process
            with code 1, a log and two sentences instead of a stack trace.
    """
    # Looking for plugins of a library reads the names of all packages that are installed, and there is none of ours.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    words = sys.argv[1:] if argv is None else list(argv)
    if argv is None:
        sys.excepthook = _say_fault
    try:
        arguments = parse(words)
        return _command(arguments.command)(arguments)
    except Leave as end:
        if end.message:
            print(end.message, file=sys.stderr)
        return end.code
    except KeyboardInterrupt:
        print("Stopped. Nothing was written.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us (head, less) has seen enough; nothing more may be flushed into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


MODULES = {
    "match": "matching.match",
    "check": "matching.match",
    "explain": "matching.results",
    "compare": "matching.results",
    "fairness": "matching.results",
    "template": "matching.template",
    "blueprints": "matching.blueprints",
    "simulate": "matching.simulate",
    "demo": "site.commands",
    "init": "site.commands",
    "serve": "site.commands",
    "doctor": "site.commands",
    "link": "site.commands",
    "erase": "site.commands",
    "unlock": "site.commands",
}


def _command(name: str) -> Callable[[Namespace], int]:
    """Return the function of a command, loading only its module."""
    function: Callable[[Namespace], int] = getattr(import_module(f"chiron.cli.{MODULES[name]}"), name)
    return function


def _say_fault(_kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
    """Log a fault that nobody expected, and say so; Python then ends the process with code 1."""
    from chiron.cli.fault import report_fault

    report_fault(fault, verbose=bool({"-v", "--verbose"} & set(sys.argv)))
