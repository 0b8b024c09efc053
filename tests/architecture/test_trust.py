"""The page about trust names tests that are there, and every promise that it has to name."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "trust.md").read_text()
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = {
    row[0]: row
    for line in PAGE.splitlines()
    if (row := [cell.strip() for cell in line.strip("|").split("|")])[0][1:].isdigit()
}
PROMISES = [
    *(f"T{number}" for number in (*range(1, 10), 11, 12, *range(18, 26))),
    *(f"S{number}" for number in (*range(1, 6), *range(8, 14), *range(15, 19), 23, 24, 27)),
    "+1",
]


@cache
def named_in(file: str) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_has_a_line():
    assert list(ROWS) == PROMISES


@pytest.mark.parametrize("promise", PROMISES)
def test_every_test_that_is_named_is_there(promise):
    _number, _words, state, shown, missing = ROWS[promise]
    named = TEST.findall(shown)

    assert [f"{file}::{name}" for file, name in named if name not in named_in(file)] == []
    assert state in {"met", "partly", "not met"}
    assert (state == "not met") == (not named)
    assert state == "met" or missing
