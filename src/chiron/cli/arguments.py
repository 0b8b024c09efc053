"""The words of the command: every subcommand, with the flags that its room adds. Loads nothing but argparse."""

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from chiron.cli.exits import DONE, USAGE, Leave
from chiron.cli.matching import flags as matching
from chiron.cli.site import flags as site
from chiron.cli.talk import CommandWords

SUMMARY = "Match mentors and mentees in healthcare, and run the whole programme."

FRONT = f"""{SUMMARY}

Examples
  chiron demo                                look around a whole programme of made-up people
  chiron match mentors.xlsx mentees.xlsx     pair your own two spreadsheets
  chiron explain matches.xlsx "Ama Boateng"  why this pair, and what would change it
  chiron template                            two example sheets and a rules file to start from

Two spreadsheets (no server, no account)
  match     MENTORS MENTEES    pair two spreadsheets
  check     MENTORS MENTEES    read, guess columns, list problems; writes nothing
  explain   RESULT NAME        why this pair, why unmatched, what would change it
  compare   RESULT RESULT…     two to four results side by side; two sheets: each aim
  fairness  RESULT --by COL    differences between groups, with intervals and hiding
  template  [--out DIR]        two example sheets and a rules file, with comments

Before anybody applies
  blueprints list|show|check   the programme models that come with Chiron, and your own
  simulate  TRACK              try a programme on made-up people: who waits, whom to recruit

A whole programme, in the browser
  demo                         made-up people; one link signs you in
  init      DIR                a folder for your own programme
  serve     DIR                start it
  doctor    DIR                check that everything it needs is there
  link      DIR EMAIL          a new one-time sign-in link
  erase     DIR EMAIL          take everything about a person away
  unlock    DIR EMAIL          remove a second step that somebody has lost

chiron COMMAND --help says more. Nothing you give it leaves this computer.
"""

# The usage line of the commands with so many flags that argparse would print six lines of them.
USAGES = {
    "match": "chiron match MENTORS MENTEES [flags]",
    "check": "chiron check MENTORS MENTEES [flags]",
}

COMMANDS = (
    "match",
    "check",
    "explain",
    "compare",
    "fairness",
    "template",
    "blueprints",
    "simulate",
    "demo",
    "init",
    "serve",
    "doctor",
    "link",
    "erase",
    "unlock",
)

_TOO_MANY = (
    'There is one word too many: "{word}". A pattern such as *.xlsx may stand for more files than this command takes. '
    "Name each file."
)

WORDS: dict[str, CommandWords] = {**matching.WORDS, **site.WORDS}


class Parser(argparse.ArgumentParser):
    """A parser whose help leads with examples, and which asks "did you mean" where a flag is unknown."""

    examples = ""

    def format_help(self) -> str:
        """Return the help: what the command does, examples, then every flag."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups, prefix="Usage: ")
        self._positionals.title, self._optionals.title = "words", "help"
        for group in sorted(self._action_groups, key=lambda group: group is self._optionals):
            formatter.start_section(group.title)
            formatter.add_arguments(group._group_actions)  # noqa: SLF001 -- argparse offers no other way to order its help
            formatter.end_section()
        return f"{self.description}\n\nExamples\n{self.examples.rstrip()}\n\n{formatter.format_help()}"

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Leave after the help was printed.

        Raises:
            Leave: always.
        """
        raise Leave(status, message or "")

    def error(self, message: str) -> NoReturn:
        """Leave with code 2, saying what is wrong and where help is.

        Raises:
            Leave: always.
        """
        unknown = re.search(r"unrecognized arguments: (.*)", message)
        if unknown:
            word = unknown[1].split()[0]
            if not word.startswith("-"):
                raise Leave(USAGE, f"{_TOO_MANY.format(word=word)}\nSee: {self.prog} --help")
            known = [option for action in self._actions for option in action.option_strings]
            near = get_close_matches(word.split("=")[0], known, n=1, cutoff=0.5)
            message = f"There is no {word} here." + (f" Did you mean {near[0]}?" if near else "")
        else:
            message = message[:1].upper() + message[1:] + "."
        raise Leave(USAGE, f"{message}\nSee: {self.prog} --help")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return the arguments of one command; `command` names it.

    Raises:
        Leave: help was asked for (code 0, and it was printed), or the words make no command (code 2).
    """
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(FRONT, end="", file=sys.stdout if argv else sys.stderr)
        raise Leave(DONE if argv else USAGE)
    if argv[0] in {"-V", "--version"}:
        from chiron.version import VERSION

        print(f"chiron {VERSION}")
        raise Leave(DONE)
    command = argv[0]
    if command not in COMMANDS:
        near = get_close_matches(command, COMMANDS, n=1, cutoff=0.5)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        raise Leave(USAGE, f'There is no command "{command}".{meant}\nSee: chiron --help')
    # Flags may stand between the files.
    arguments = parser_of(command).parse_intermixed_args(argv[1:])
    arguments.command = command
    return arguments


def parser_of(command: str) -> Parser:
    """Return the parser of one command."""
    description, examples, adders = WORDS[command]
    parser = Parser(
        prog=f"chiron {command}",
        description=description,
        formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=28, width=100),
        allow_abbrev=False,
    )
    parser.examples = examples
    parser.usage = USAGES.get(command)
    for add in adders:
        add(parser)
    return parser
