"""A module is small enough to read in one sitting, says what it holds, and has a name that explains itself."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = [path for path in (ROOT / "src" / "chiron").rglob("*.py") if "migrations" not in path.parts]
LONGEST = 500
SAYS_NOTHING = {"utils", "util", "common", "manager", "managers", "handler", "handlers", "data", "misc", "helpers"}


def test_no_module_is_longer_than_one_sitting():
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]
        if (lines := len(path.read_text().splitlines())) > (LONGEST if path in MODULES else 2 * LONGEST)
    }

    assert too_long == {}


def test_every_module_says_what_it_holds():
    silent = [str(path.relative_to(ROOT)) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing():
    assert [str(path) for path in MODULES if path.stem in SAYS_NOTHING] == []
