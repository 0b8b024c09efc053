"""Draws the parts of the documentation that the code already knows: states, and who may open which page.

Run by `make docs`; a test fails where the committed pages are behind the code.
"""

import importlib
import os
import sys
import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
PERMISSIONS = ROOT / "src" / "chiron" / "site" / "permissions.toml"
ROLES = ("everyone", "person", "mentee", "mentor", "leader", "coordinator")
# Title, module and name of each table of transitions, in the order of the lifecycle.
TABLES = (
    ("Job", "shared.jobs.rules", "NEXT_STATES"),
    ("Message", "notices.rules", "NEXT_STATES"),
    ("Cohort", "programs.rules", "NEXT_STAGES"),
    ("Application", "applications.rules.application", "NEXT_STAGES"),
    ("Import", "applications.rules.imports", "NEXT_IMPORT_STATES"),
    ("Match run", "matching.rules", "NEXT_RUN_STATES"),
    ("Plan", "matching.rules", "NEXT_PLAN_STATES"),
    ("Match", "mentorships.rules", "NEXT_STATES"),
    ("Answer of one side to a match", "mentorships.rules", "NEXT_REPLIES"),
)


def word(state: object) -> str:
    """Return a state as people read it."""
    return str(state.value if isinstance(state, Enum) else state)


def states_page() -> str:
    """Return the page of all tables of transitions."""
    lines = [
        "# States",
        "",
        "Drawn from the tables in `rules` by `make docs`. A step that is not listed is refused.",
        "",
    ]
    for title, module, name in TABLES:
        table: Mapping[object, object] = getattr(importlib.import_module(f"chiron.site.{module}"), name)
        lines += [f"## {title}", "", "| From | May become |", "|---|---|"]
        for state, following in table.items():
            after = sorted(word(each) for each in following)  # type: ignore[attr-defined]
            lines.append(f"| {word(state)} | {', '.join(after) or 'nothing: it is final'} |")
        lines.append("")
    return "\n".join(lines)


def pages_page() -> str:
    """Return the page of every address and who may open it."""
    table = tomllib.loads(PERMISSIONS.read_text(encoding="utf-8"))
    lines = [
        "# Who may open which page",
        "",
        "Drawn from `permissions.toml` by `make docs`; a test asks each address as each kind of person.",
        "A visitor who may not is sent to sign in; everybody else who may not gets 404, as if nothing were there.",
        "R: may read. W: may send.",
        "",
        f"| Address | {' | '.join(ROLES)} |",
        f"|---|{'---|' * len(ROLES)}",
    ]
    for name, methods in table.items():
        cells = [
            "".join(mark for method, mark in (("get", "R"), ("post", "W")) if role in methods.get(method, []))
            for role in ROLES
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def pages() -> dict[Path, str]:
    """Return every drawn page by its place."""
    return {REFERENCE / "states.md": states_page(), REFERENCE / "pages.md": pages_page()}


def main() -> None:
    """Write the pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiron.site.settings")
    django.setup()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Drew {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
