"""The words of the command: every subcommand, flag and example. Loads nothing but argparse."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import NoReturn

from chiron.cli.exits import DONE, USAGE, Leave
from chiron.cli.values import assignment, day, seconds, whole, zone

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

Adder = Callable[[argparse.ArgumentParser], None]


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


def _two_sheets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "mentors", metavar="MENTORS", nargs="?", help="the mentors' sheet: .xlsx, .xls, .xlsb, .ods, .csv or .tsv"
    )
    parser.add_argument("mentees", metavar="MENTEES", nargs="?", help="the mentees' sheet")
    parser.add_argument(
        "further", metavar="SHEET", nargs="*", help="further sheets: a tier of a chain, a programme's mentees"
    )


def _chosen(group: "argparse._ArgumentGroup") -> None:
    for side in ("mentor", "mentee"):
        group.add_argument(
            f"--{side}",
            metavar="FIELD=HEADING",
            type=assignment,
            action="append",
            default=[],
            help=f"set one column of the {side}s' sheet, or none with FIELD=; may be repeated",
        )
    group.add_argument(
        "--week",
        metavar="DATE",
        type=day,
        help="times of the week are local; read them as clocks stand in this week, so that summer time counts "
        "(that in which the programme begins, else next week)",
    )
    group.add_argument(
        "--time-zone", metavar="NAME", type=zone, default="UTC", help="of people who give none: Europe/London (UTC)"
    )
    group.add_argument("--capacity", metavar="N", type=whole, help="mentees per mentor when no column says (1)")
    group.add_argument(
        "--role-column",
        metavar="HEADING",
        help="the column that says who is a mentor and who a mentee, where a sheet holds both; -: none does",
    )
    group.add_argument(
        "--nobody",
        metavar="FILE:ROW",
        action="append",
        default=[],
        help="what is not clear in the exclusions of this row means nobody of the other sheet; may be repeated; or all",
    )
    group.add_argument(
        "--answers", metavar="FILE", help="the same for cells of a file that check --save-check wrote, and you answered"
    )
    for side in ("mentor", "mentee"):
        group.add_argument(
            f"--{side}-sheet",
            metavar="NAME",
            help=f"the sheet of the {side}s' workbook (the visible one most like {side}s)",
        )
    group.add_argument("--encoding", metavar="NAME", help="letters of text files that are not UTF-8: cp1250, …")
    group.add_argument(
        "--twice",
        choices=("latest", "first", "fix"),
        default="latest",
        help="which row of somebody who answered twice counts; fix: none until it is mended (latest)",
    )


def _columns(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("columns and rules")
    group.add_argument(
        "--rules",
        metavar="FILE",
        action="append",
        help="what counts and how much: TOML, or a blueprint's name; twice for programmes that share mentors",
    )
    group.add_argument("--on", metavar="DAY", type=day, help="the day for which gates are decided, 2027-03-01 (today)")
    group.add_argument("--show-rules", action="store_true", help="print the rules in use, and stop")
    group.add_argument("--map", metavar="FILE", help="take the columns from this file (written by --save-map)")
    group.add_argument("--save-map", metavar="FILE", help="keep the columns in this file")
    _chosen(group)


def _judging(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--save-check", metavar="FILE", help="write the exclusions that are not clear to this file, to be answered"
    )
    parser.add_argument(
        "--plan", metavar="FILE", help="judge these pairs, whoever made them: broken rules, distance from the best"
    )
    _named_pairs(parser.add_argument_group("the plan that is judged"))


def _named_pairs(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--lock", metavar="A:B", action="append", default=[], help="this mentee and this mentor, surely")
    group.add_argument("--forbid", metavar="A:B", action="append", default=[], help="never these two")
    group.add_argument(
        "--allow", metavar="A:B", action="append", default=[], help="this pair may be made whatever a must rule says"
    )
    group.add_argument(
        "--pairs", metavar="FILE", help="the same from a sheet: mentee, mentor, and lock, forbid or allow"
    )


def _pairs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the plan")
    _named_pairs(group)
    group.add_argument(
        "--leaves", metavar="NAME", help="mend a chain, peers or circles after somebody has left, changing little else"
    )
    group.add_argument(
        "--aim",
        choices=("everyone", "worst-off", "total", "stable", "stable-mentors", "profile", "rank", "parity"),
        help="what the plan is best at (everyone: most people, then the worst-off, then the total)",
    )
    group.add_argument("--time-limit", metavar="60s", type=seconds, default=60, help="stop searching after this (60s)")
    group.add_argument("--seed", metavar="N", type=whole, default=0, help="the same seed gives the same plan (0)")
    group.add_argument(
        "--show-wishes", action="store_true", help="also plan without wishes about who the mentor is; list the changes"
    )
    group.add_argument("--strict", action="store_true", help="fail (3) if a row needs fixing")
    group.add_argument("--require-all", action="store_true", help="fail (5) if a mentee is not matched")
    group.add_argument("--require-best", action="store_true", help="fail (5) if the plan is not proved best")


def _writing(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "-o", "--out", metavar="PATH", help=".xlsx, .csv, .json, or - for pairs on stdout (matches.xlsx)"
    )
    group.add_argument("--force", action="store_true", help="write over a file that is there")
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing")


def _asking(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("asking")
    group.add_argument("-y", "--yes", action="store_true", help="accept the columns as guessed")
    group.add_argument("--no-input", action="store_true", help="never ask")


def _talking(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("talking")
    group.add_argument("--json", action="store_true", help="one JSON object on stdout")
    group.add_argument("-q", "--quiet", action="store_true", help="say less")
    group.add_argument("-v", "--verbose", action="store_true", help="say more")
    group.add_argument("--no-color", action="store_true", help="plain text")


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="what chiron match wrote: .xlsx or .json")
    parser.add_argument("name", metavar="NAME", help="name, e-mail or id of a mentee or mentor")


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "results", metavar="RESULT", nargs="+", help="two to four results, or the mentors' and the mentees' sheet"
    )
    group = parser.add_argument_group("two sheets")
    group.add_argument("--rules", metavar="FILE", help="what counts and how much, must-rules, caps (TOML)")
    group.add_argument("--map", metavar="FILE", help="take the columns from this file (written by match --save-map)")
    _chosen(group)
    group.add_argument("--time-limit", metavar="60s", type=seconds, default=60, help="for each aim (60s)")
    group.add_argument("--seed", metavar="N", type=whole, default=0, help="the same seed gives the same plans (0)")


def _fairness(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="what chiron match wrote: .xlsx or .json")
    parser.add_argument("--by", metavar="COL", help="the heading of the mentees' sheet that names the group")
    parser.add_argument(
        "--smallest", metavar="N", type=whole, default=10, help="hide groups of fewer people than this (10, at least 5)"
    )


TEMPLATES = ("pairs", "groups", "panel", "chain", "peers", "circles", "teams", "rounds", "shared")


def _template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shape", choices=TEMPLATES, default="pairs", help="what the rules make (pairs)")
    parser.add_argument("--out", metavar="DIR", default=".", help="the folder to write to (this one)")
    parser.add_argument("--force", action="store_true", help="write over files that are there")


def _blueprints(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show", "check"), help="all of them; one in words; is a file right?")
    parser.add_argument("name", metavar="ID", nargs="?", help="show, check: a name from the list, or a file")
    parser.add_argument("--toml", action="store_true", help="show: the file itself, to start your own from")


def _simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("track", metavar="TRACK", help="a programme of the gallery, or a blueprint file")
    parser.add_argument("--mentees", metavar="N", type=whole, default=60, help="how many mentees apply (60)")
    parser.add_argument("--mentors", metavar="N", type=whole, help="how many mentors (about as many as are needed)")
    parser.add_argument("--recruits", metavar="N", type=whole, default=3, help="recruits to look for at most (3)")
    parser.add_argument("--write", metavar="DIR", help="also write the made-up people as sheets that match again")
    parser.add_argument("--force", action="store_true", help="write over sheets that are there")
    parser.add_argument("--seed", metavar="N", type=whole, default=0, help="the same seed gives the same people (0)")


def _browser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=whole, default=None, help="the port (8765, or the next free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def _yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do it; without this, only say what would go")


def _anchor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anchor", metavar="FILE", help="compare with seals told elsewhere, such as saved mails")


def _retry_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--retry-jobs", action="store_true", help="let the jobs that failed too often try again")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stage", choices=("applying", "matching", "running", "finished"), default="matching", help="where to begin"
    )
    parser.add_argument("--keep", metavar="DIR", help="keep the demo in this folder")


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", help="the folder of the programme")


def _host(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this computer only)")
    parser.add_argument(
        "--processes", metavar="N", type=whole, help="web processes (1; more use more cores, and need the extra server)"
    )


def _email(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address of the person")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, without personal data")


WORDS: dict[str, tuple[str, str, tuple[Adder, ...]]] = {
    "match": (
        "Pair two spreadsheets. No server, no account; nothing leaves this computer.",
        """  chiron match mentors.xlsx mentees.xlsx
  chiron match mentors.csv mentees.csv --mentor places="How many?" -o plan.xlsx
  chiron match mentors.xlsx mentees.xlsx --rules rules.toml --lock "Ama Boateng:Jo Park"
  chiron match mentors.xlsx mentees.xlsx --no-input --json > plan.json
  chiron match people.xlsx --rules circles.toml
  chiron match attendings.xlsx residents.xlsx students.xlsx --rules chain.toml
""",
        (_two_sheets, _columns, _pairs, _writing, _asking, _talking),
    ),
    "check": (
        "Read two spreadsheets, guess their columns, list what needs fixing; or judge a plan. Writes nothing.",
        """  chiron check mentors.xlsx mentees.xlsx
  chiron check mentors.xlsx mentees.xlsx --plan last-years-pairs.csv
  chiron check mentors.csv mentees.csv --mentee name="Participant"
""",
        (_two_sheets, _columns, _judging, _asking, _talking),
    ),
    "explain": (
        "Say why this pair, why somebody has no partner, and what would change it.",
        '  chiron explain matches.xlsx "Ama Boateng"\n',
        (_explain, _talking),
    ),
    "compare": (
        "Show two to four results side by side, and who changes mentor; or, for two sheets, one plan for each aim.",
        """  chiron compare matches.xlsx matches-total.xlsx
  chiron compare mentors.xlsx mentees.xlsx --rules rules.toml
""",
        (_compare, _asking, _talking),
    ),
    "fairness": (
        "Show differences between groups, with intervals; small groups are hidden.",
        '  chiron fairness matches.xlsx --by "Hospital"\n',
        (_fairness, _talking),
    ),
    "template": (
        "Write example sheets of made-up people and a rules file with comments. They match as they are.",
        """  chiron template --out example
  chiron template --shape circles
  chiron match example/mentors.xlsx example/mentees.xlsx --rules example/rules.toml
""",
        (_template, _talking),
    ),
    "blueprints": (
        "List, show and check programme models: for whom, who may take part, what makes a pair.",
        """  chiron blueprints list
  chiron blueprints show pre-cornell-different-field
  chiron blueprints show nurs-rutgers-groups --toml > ours.toml
  chiron blueprints check ours.toml
""",
        (_blueprints, _talking),
    ),
    "simulate": (
        "Try a programme on made-up people: who gets a mentor, who waits, and whom to recruit.",
        """  chiron simulate nurs-pennstate-alumni --mentees 80 --mentors 50 --seed 1
  chiron simulate our-programme.toml --json
""",
        (_simulate, _talking),
    ),
    "demo": (
        "Look around a whole programme of made-up people. One link signs you in.",
        "  chiron demo\n  chiron demo --stage applying --keep ./demo\n",
        (_demo, _browser, _talking),
    ),
    "init": ("Make a folder for your own programme.", "  chiron init ./our-programme\n", (_folder, _talking)),
    "serve": (
        "Start the site in a folder that chiron init made.",
        "  chiron serve ./our-programme\n  chiron serve ./our-programme --processes 2\n",
        (_folder, _host, _browser, _talking),
    ),
    "doctor": (
        "Check that everything a site needs is there; each red line carries its fix.",
        "  chiron doctor ./our-programme\n",
        (_folder, _anchor, _retry_jobs, _talking),
    ),
    "link": (
        "Print a new one-time sign-in link.",
        "  chiron link ./our-programme you@example.org\n",
        (_folder, _email, _talking),
    ),
    "erase": (
        "Erase a person who asks for it: what they wrote, what was written to them, and their name everywhere.",
        "  chiron erase ./our-programme them@example.org\n  chiron erase ./our-programme them@example.org --yes\n",
        (_folder, _email, _yes, _talking),
    ),
    "unlock": (
        "Remove the passkeys and recovery codes of somebody who has lost them, and sign them out everywhere.",
        "  chiron unlock ./our-programme them@example.org\n  chiron unlock ./our-programme them@example.org --yes\n",
        (_folder, _email, _yes, _talking),
    ),
}
