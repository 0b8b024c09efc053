"""Draws the parts of the documentation that the code already knows: states, and who may open which page.

Run by `make docs`; a test fails where the committed pages are behind the code.
"""

import importlib
import inspect
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
    ("Offer", "matching.rules", "NEXT_OFFER_STATES"),
    ("Answer of one member to an offer", "matching.rules", "NEXT_REPLIES"),
    ("Match", "mentorships.rules", "NEXT_MATCH_STATES"),
)


# Title, module and names of what a program calls.
LIBRARY = (
    ("Match", "chiron.sheets.match", ("match",)),
    (
        "The result",
        "chiron.sheets.result.result",
        (
            "Result",
            "Result.read",
            "Result.pairs",
            "Result.unmatched",
            "Result.summary",
            "Result.problems",
            "Result.notes",
            "Result.columns",
            "Result.explain",
            "Result.compare",
            "Result.fairness",
            "Result.write",
            "Result.to_json",
        ),
    ),
    (
        "What it holds",
        "chiron.sheets.result.record",
        ("Record", "Summary", "PairMade", "Part", "OtherChoice", "LeftOver", "PlaceOpen", "GroupMember", "InLine"),
    ),
    ("The plan behind it", "chiron.blueprints.plan.made", ("MadePlan", "Tie", "WhyLeft", "OpenPlace", "GroupMade")),
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


def library_page() -> str:
    """Return the page of the library, from the docstrings of what a program calls."""
    lines = [
        "# Library",
        "",
        "Drawn from the docstrings by `make docs`. What the command does, in a program:",
        "",
        "```python",
        "from chiron import match",
        "",
        'result = match("mentors.xlsx", "mentees.xlsx")',
        'circles = match("people.xlsx", rules="circles.toml")',
        "```",
        "",
    ]
    for title, module, names in LIBRARY:
        home = importlib.import_module(module)
        lines += [f"## {title}", ""]
        for name in names:
            owner, _, method = name.partition(".")
            found = getattr(home, owner)
            found = getattr(found, method) if method else found
            found = found.fget if isinstance(found, property) else found
            is_call = inspect.isroutine(found)
            lines += [f"### `{name}{_signature(found) if is_call and not name[0].isupper() else ''}`", ""]
            lines += [f"`from {module} import {owner}`" if not method else "", ""] if not method else []
            lines += ["```text", inspect.getdoc(found) or "", "```", ""]
    return "\n".join(lines)


def _signature(found: object) -> str:
    """Return what a function is called with, names only."""
    parts = []
    for name, each in inspect.signature(found).parameters.items():  # type: ignore[arg-type]
        mark = "*" if each.kind is inspect.Parameter.VAR_POSITIONAL else ""
        parts.append(f"{mark}{name}")
    return f"({', '.join(parts)})"


def pages() -> dict[Path, str]:
    """Return every drawn page by its place."""
    return {
        REFERENCE / "states.md": states_page(),
        REFERENCE / "pages.md": pages_page(),
        REFERENCE / "library.md": library_page(),
    }


def main() -> None:
    """Write the pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiron.site.settings")
    django.setup()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Drew {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
