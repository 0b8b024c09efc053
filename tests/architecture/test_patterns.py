"""No text freezes a worker: every regular expression answers on texts that are made to be slow for it (S23)."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from re import _parser as parser
from time import thread_time

import pytest

import chiron

SOURCE = Path(chiron.__file__).parent
LENGTH = 5_000
SECONDS = 0.05
TRIES = 5
ANCHORED = {"match", "fullmatch"}
CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


@dataclass(frozen=True)
class Pattern:
    """A regular expression of our code, and the methods by which the module where it stands asks it."""

    text: str
    asked: frozenset[str]

    @property
    def is_anchored(self) -> bool:
        """Whether it is asked at the beginning of a text only, and never looked for further on."""
        return bool(self.asked) and self.asked <= ANCHORED


@cache
def patterns() -> dict[str, Pattern]:
    """Return every regular expression that is written in our code, by where it first stands."""
    found: dict[str, Pattern] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for pattern, line in patterns_in(ast.parse(path.read_text())):
            if pattern not in found.values():
                found[f"{path.relative_to(SOURCE)}:{line}"] = pattern
    return found


def patterns_in(tree: ast.Module) -> Iterator[tuple[Pattern, int]]:
    """Yield the regular expressions of a module with the line of each."""
    asked, named = methods_in(tree), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named |= {id(inner): node.targets[0].id for inner in ast.walk(node.value)}
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
        if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:
            text = literal(node.args[0])
            if text is not None:
                own = asked.get(named.get(id(node), ""), set()) if node.func.attr == "compile" else {node.func.attr}
                yield Pattern(text, frozenset(own)), node.lineno


def methods_in(tree: ast.Module) -> dict[str, set[str]]:
    """Return by name what a module asks its private names for, also through the name that a loop gives to each.

    A public name may be asked for anything elsewhere.
    """
    asked: dict[str, set[str]] = {}
    stands_for: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Name):
            stands_for[getattr(node.target, "id", "")] = node.iter.id
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            asked.setdefault(node.value.id, set()).add(node.attr)
    for name, whole in stands_for.items():
        asked.setdefault(whole, set()).update(asked.get(name, set()))
    return {name: methods for name, methods in asked.items() if name.startswith("_")}


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


def seconds(pattern: Pattern, text: str) -> float:
    """Return the processor time that a pattern takes over a text, the best of some tries."""
    compiled, best = re.compile(pattern.text), float("inf")
    for _ in range(TRIES):
        begun = thread_time()
        if not pattern.is_anchored:
            for _found in compiled.finditer(text):
                pass
        compiled.match(text)
        compiled.fullmatch(text)
        best = min(best, thread_time() - begun)
        if best <= SECONDS:
            break
    return best


def test_our_patterns_are_found_with_how_they_are_asked():
    found = patterns()
    asked = {place.split(":")[0]: pattern for place, pattern in found.items()}

    assert len(found) > 60
    assert sum(pattern.is_anchored for pattern in found.values()) < len(found) / 2
    assert asked["sheets/result/reread.py"].asked == {"fullmatch"}


@pytest.mark.hostile
@pytest.mark.parametrize(("text", "letter", "length"), [(r"(a|aa)+$", "a", 28), (r"\s+/\s+|\s*\|\s*", " ", LENGTH)])
def test_a_pattern_with_nested_repeats_or_one_that_begins_anywhere_in_a_run_is_seen_to_be_slow(text, letter, length):
    assert seconds(Pattern(text, frozenset({"search"})), letter * length + "\x00") > SECONDS


@pytest.mark.hostile
@pytest.mark.parametrize("place", list(patterns()))
def test_no_text_freezes_a_worker(place):
    pattern = patterns()[place]

    slow = [text[:12] for text in hostile(pattern.text) if seconds(pattern, text) > SECONDS]

    assert slow == [], pattern.text
