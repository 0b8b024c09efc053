"""The words of the commands on spreadsheets and programme models: every flag and example."""

import argparse

from chiron.cli.talk import CommandWords, add_talking
from chiron.cli.values import assignment, day, seconds, whole, zone


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


WORDS: dict[str, CommandWords] = {
    "match": (
        "Pair two spreadsheets. No server, no account; nothing leaves this computer.",
        """  chiron match mentors.xlsx mentees.xlsx
  chiron match mentors.csv mentees.csv --mentor places="How many?" -o plan.xlsx
  chiron match mentors.xlsx mentees.xlsx --rules rules.toml --lock "Ama Boateng:Jo Park"
  chiron match mentors.xlsx mentees.xlsx --no-input --json > plan.json
  chiron match people.xlsx --rules circles.toml
  chiron match attendings.xlsx residents.xlsx students.xlsx --rules chain.toml
""",
        (_two_sheets, _columns, _pairs, _writing, _asking, add_talking),
    ),
    "check": (
        "Read two spreadsheets, guess their columns, list what needs fixing; or judge a plan. Writes nothing.",
        """  chiron check mentors.xlsx mentees.xlsx
  chiron check mentors.xlsx mentees.xlsx --plan last-years-pairs.csv
  chiron check mentors.csv mentees.csv --mentee name="Participant"
""",
        (_two_sheets, _columns, _judging, _asking, add_talking),
    ),
    "explain": (
        "Say why this pair, why somebody has no partner, and what would change it.",
        '  chiron explain matches.xlsx "Ama Boateng"\n',
        (_explain, add_talking),
    ),
    "compare": (
        "Show two to four results side by side, and who changes mentor; or, for two sheets, one plan for each aim.",
        """  chiron compare matches.xlsx matches-total.xlsx
  chiron compare mentors.xlsx mentees.xlsx --rules rules.toml
""",
        (_compare, _asking, add_talking),
    ),
    "fairness": (
        "Show differences between groups, with intervals; small groups are hidden.",
        '  chiron fairness matches.xlsx --by "Hospital"\n',
        (_fairness, add_talking),
    ),
    "template": (
        "Write example sheets of made-up people and a rules file with comments. They match as they are.",
        """  chiron template --out example
  chiron template --shape circles
  chiron match example/mentors.xlsx example/mentees.xlsx --rules example/rules.toml
""",
        (_template, add_talking),
    ),
    "blueprints": (
        "List, show and check programme models: for whom, who may take part, what makes a pair.",
        """  chiron blueprints list
  chiron blueprints show pre-cornell-different-field
  chiron blueprints show nurs-rutgers-groups --toml > ours.toml
  chiron blueprints check ours.toml
""",
        (_blueprints, add_talking),
    ),
    "simulate": (
        "Try a programme on made-up people: who gets a mentor, who waits, and whom to recruit.",
        """  chiron simulate nurs-pennstate-alumni --mentees 80 --mentors 50 --seed 1
  chiron simulate our-programme.toml --json
""",
        (_simulate, add_talking),
    ),
}
"""What each command does, its examples, and what adds its flags."""
