"""What the documentation says of the code is true: drawn pages are current, links lead somewhere, words are explained."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from chiron.cli.arguments import COMMANDS, parser_of
from chiron.pairing.rules.vocabulary import KINDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def drawn_pages() -> dict[Path, str]:
    """Return the pages that `make docs` would write."""
    spec = importlib.util.spec_from_file_location("drawn_docs", ROOT / "tools" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["drawn_docs"] = module
    spec.loader.exec_module(module)
    return module.pages()


def test_drawn_pages_are_current():
    behind = [path.name for path, text in drawn_pages().items() if path.read_text() != text]

    assert behind == [], "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    dead = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]

    assert dead == []


def test_every_kind_of_rule_is_documented():
    text = (ROOT / "docs" / "reference" / "rules.md").read_text()

    assert [name for name in KINDS if f"`{name}`" not in text and f"## {name}" not in text] == []


def test_every_command_is_documented():
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text()

    assert [name for name in COMMANDS if f"chiron {name}" not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_is_documented(command):
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    flags = {option for action in parser_of(command)._actions for option in action.option_strings if option[:2] == "--"}

    assert sorted(flag for flag in flags - {"--help"} if flag not in text) == []


def test_every_decision_is_listed():
    listed = (ROOT / "docs" / "adr" / "README.md").read_text()

    assert [page.name for page in (ROOT / "docs" / "adr").glob("0*.md") if page.name not in listed] == []


def test_walks_of_the_architecture_name_modules_that_are_there():
    walks = (ROOT / "ARCHITECTURE.md").read_text().split("## 9. Three walks")[1]
    files = {str(path.relative_to(ROOT / "src" / "chiron")) for path in (ROOT / "src" / "chiron").rglob("*.py")}

    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", walks))

    assert len(named) > 20
    assert [name for name in named if not any(file == name or file.endswith(f"/{name}") for file in files)] == []
