import re
import shlex
from pathlib import Path

import openpyxl
import pytest

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


SHAPE_PAGES = {
    "make-groups.md": "Groups",
    "make-panels.md": "Pairs",
    "make-chains.md": "Pairs",
    "pair-peers.md": "Pairs",
    "make-circles.md": "Groups",
    "make-teams.md": "Groups",
    "plan-speed-rounds.md": "Pairs",
    "share-mentors.md": "Open places",
}


@pytest.mark.parametrize("page", SHAPE_PAGES)
def test_every_command_of_a_page_about_a_shape_runs(page, tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "how-to" / page).read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]

    told = {line: run(*shlex.split(line)[1:]) for line in lines}

    assert {line: code for line, (code, _, _) in told.items() if code} == {}
    assert " → " in next(out for line, (_, out, _) in told.items() if line.startswith("chiron explain"))
    assert "The plan breaks no rule." in next(out for line, (_, out, _) in told.items() if "--plan" in line)
    assert SHAPE_PAGES[page] in openpyxl.load_workbook("matches.xlsx").sheetnames


def test_every_flag_of_match_is_in_the_reference():
    page = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    flags = {option for action in parser_of("match")._actions for option in action.option_strings} - {"-h", "--help"}

    known = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", page))
    assert flags - known <= {"--quiet", "--verbose"}
    assert all(f"`chiron {command}" in page or f"`{command} " in page for command in COMMANDS)
