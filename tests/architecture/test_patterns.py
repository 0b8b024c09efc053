"""No text freezes a worker: every regular expression answers on texts that are made to be slow for it (S23)."""

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from re import _parser as parser
from time import perf_counter

import pytest

import chiron

SOURCE = Path(chiron.__file__).parent
LENGTH = 5_000
SECONDS = 0.05
TRIES = 5
SHORT = 500
# These look for something anywhere in the text of a cell, or of a rules file, and go on from each letter of a long run: the
# time grows with the square of its length. They run where a sheet is read, on texts that are far shorter.
GROW = ("blueprints/schema/toml_lines.py", "sheets/")
CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


@cache
def patterns() -> dict[str, str]:
    """Return every regular expression that is written in our code, by where it first stands."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:
                text = literal(node.args[0])
                if text is not None and text not in found.values():
                    found[f"{path.relative_to(SOURCE)}:{node.lineno}"] = text
    return found


def literal(node: ast.expr) -> str | None:
    """Return the text of a literal; of an f-string, with an apostrophe in place of what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "'" for part in node.values]
        return "".join(map(str, parts))
    return None


def letters_of(pattern: str) -> list[str]:
    """Return letters that a pattern names, and one of each kind that it may mean."""
    named: list[str] = []

    def walk(parts) -> None:
        for op, value in parts:
            if op is parser.LITERAL:
                named.append(chr(value))
            elif op is parser.RANGE:
                named.append(chr(value[0]))
            elif isinstance(value, list | tuple | parser.SubPattern):
                inner = value if op is not parser.BRANCH else [one for branch in value[1] for one in branch]
                walk([one for one in flat(inner) if isinstance(one, tuple) and len(one) == 2])

    walk(parser.parse(pattern))
    return list(dict.fromkeys([*named, "a", "0", " ", ".", "\n"]))[:24]


def flat(value):
    """Yield the parts of a parsed pattern, however deep they stand."""
    if isinstance(value, parser.SubPattern):
        yield from value
    elif isinstance(value, list | tuple):
        for one in value:
            if isinstance(one, tuple) and len(one) == 2 and not isinstance(one[0], int):
                yield one
            elif isinstance(one, list | tuple | parser.SubPattern):
                yield from flat(one)


def hostile(pattern: str, length: int = LENGTH) -> list[str]:
    """Return texts that make a pattern with nested or neighbouring repeats slow: one letter, two letters, no end."""
    letters = letters_of(pattern)
    one = [letter * length + "\x00" for letter in letters]
    two = [(a + b) * (length // 2) + "\x00" for a, b in pairwise(letters)]
    return [*one, *two, "".join(letters) * (length // max(len(letters), 1)) + "\x00"]


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Return how long a pattern takes over a text, the best of some tries: who else uses the machine is no fault."""
    best = float("inf")
    for _ in range(TRIES):
        begun = perf_counter()
        for _found in pattern.finditer(text):
            pass
        pattern.fullmatch(text)
        best = min(best, perf_counter() - begun)
        if best <= SECONDS:
            break
    return best


def test_our_patterns_are_found():
    assert len(patterns()) > 60


@pytest.mark.hostile
def test_a_pattern_with_nested_repeats_is_seen_to_be_slow():
    assert seconds(re.compile(r"(a|aa)+$"), "a" * 28 + "\x00") > SECONDS


@pytest.mark.hostile
@pytest.mark.parametrize("place", [place for place in patterns() if not place.startswith(GROW)])
def test_no_text_freezes_a_worker(place):
    pattern = re.compile(patterns()[place])

    slow = [text[:12] for text in hostile(pattern.pattern) if seconds(pattern, text) > SECONDS]

    assert slow == [], pattern.pattern


@pytest.mark.hostile
@pytest.mark.parametrize("place", [place for place in patterns() if place.startswith(GROW)])
def test_patterns_that_are_known_to_be_slow_grow_no_faster_than_the_square(place):
    """A pattern with nested repeats would take for ever at this length; the square of it takes some hundredths."""
    pattern = re.compile(patterns()[place])

    slow = [text[:12] for text in hostile(pattern.pattern, SHORT) if seconds(pattern, text) > SECONDS]

    assert slow == [], pattern.pattern
