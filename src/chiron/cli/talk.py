"""How the command talks: chat and progress to stderr, data to stdout, plain wherever nobody watches."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

CommandWords = tuple[str, str, tuple[Callable[[ArgumentParser], None], ...]]
"""What a command does, its examples, and what adds its flags."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What may be said, and how.

    Attributes:
        quiet: only data and faults.
        verbose: everything.
        color: colours and moving progress; never off a terminal, with NO_COLOR or --no-color.
        asks: questions may be asked: somebody sits at a terminal.
    """

    quiet: bool = False
    verbose: bool = False
    color: bool = False
    asks: bool = False

    @classmethod
    def of(cls, arguments: Namespace) -> "Talk":
        """Return how to talk under these flags."""
        plain = arguments.no_color or os.environ.get("NO_COLOR", "") != "" or os.environ.get("TERM") == "dumb"
        silent = arguments.quiet or (getattr(arguments, "json", False) and not arguments.verbose)
        return cls(
            quiet=silent,
            verbose=arguments.verbose,
            color=sys.stderr.isatty() and not plain,
            asks=sys.stdin.isatty() and sys.stderr.isatty() and not getattr(arguments, "no_input", False),
        )

    def say(self, text: str) -> None:
        """Say something to whoever watches."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def detail(self, text: str) -> None:
        """Say something that only --verbose wants to know."""
        if self.verbose:
            print(text, file=sys.stderr, flush=True)

    def warn(self, text: str) -> None:
        """Say something that must be read, even if all else is quiet."""
        print(text, file=sys.stderr, flush=True)

    def data(self, text: str) -> None:
        """Give what the next program reads."""
        print(text, file=sys.stdout, flush=True)

    def ask(self, question: str) -> bool:
        """Return whether somebody answers yes; Enter is yes."""
        print(question, end=" ", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().casefold() in {"", "y", "yes"}


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with their columns under each other."""
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, wide, strict=True)).rstrip()


def add_talking(parser: ArgumentParser) -> None:
    """Add the flags about how much is said."""
    group = parser.add_argument_group("talking")
    group.add_argument("--json", action="store_true", help="one JSON object on stdout")
    group.add_argument("-q", "--quiet", action="store_true", help="say less")
    group.add_argument("-v", "--verbose", action="store_true", help="say more")
    group.add_argument("--no-color", action="store_true", help="plain text")
