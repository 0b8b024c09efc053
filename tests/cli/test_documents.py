import re
import shlex
from pathlib import Path

from chiron.cli.arguments import COMMANDS, parser_of

DOCS = Path(__file__).parents[2] / "docs"


def test_every_command_of_the_tutorial_runs(folder, run):
    page = (DOCS / "tutorial" / "match-two-spreadsheets.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]

    told = {line: run(*shlex.split(line)[1:]) for line in lines if line.startswith("chiron ")}

    assert len(told) == 9
    assert {code for code, _, _ in told.values()} == {0}
    pair, left = (out for line, (_, out, _) in told.items() if line.startswith("chiron explain"))
    assert " → " in pair
    assert "has no mentor" in left


def test_every_flag_of_match_is_in_the_reference():
    page = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    flags = {option for action in parser_of("match")._actions for option in action.option_strings} - {"-h", "--help"}

    known = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", page))
    assert flags - known <= {"--quiet", "--verbose"}
    assert all(f"`chiron {command}" in page or f"`{command} " in page for command in COMMANDS)
