"""Rooms that one can find one's way in: not too full, no two rooms that need each other, one meaning a name."""

import ast
from collections import Counter, defaultdict
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in SOURCE.rglob("*.py")
    if "migrations" not in path.parts
}
MOST = 15
REQUIRED_BY_DJANGO = {"Command", "Meta"}


def imports_of(name: str) -> set[str]:
    """Return the modules of ours that a module imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {one for one in found if one in MODULES and one != name}


IMPORTS = {name: imports_of(name) for name in MODULES}


def circle_in(arrows: dict[str, set[str]]) -> list[str]:
    """Return one circle of a graph, or an empty list."""
    state: dict[str, int] = {}
    trail: list[str] = []

    def visit(node: str) -> list[str]:
        state[node] = 1
        trail.append(node)
        for there in sorted(arrows.get(node, ())):
            if state.get(there) == 1:
                return [*trail[trail.index(there) :], there]
            if there not in state and (found := visit(there)):
                return found
        state[node] = 2
        trail.pop()
        return []

    for node in sorted(arrows):
        if node not in state and (found := visit(node)):
            return found
    return []


def test_no_room_holds_more_than_fifteen_modules():
    rooms = Counter(str(path.parent.relative_to(SOURCE)) for path in MODULES.values() if path.name != "__init__.py")

    assert {room: count for room, count in rooms.items() if count > MOST} == {}


def test_a_circle_is_found_where_there_is_one():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []


@pytest.mark.parametrize("package", ["pairing", "blueprints", "sheets", "site", "cli"])
def test_no_module_needs_one_that_needs_it(package):
    inside = {name for name in MODULES if name.startswith(f"chiron.{package}")}

    assert circle_in({name: IMPORTS[name] & inside for name in inside}) == []


@pytest.mark.parametrize("package", ["pairing", "blueprints", "sheets", "cli"])
def test_no_room_needs_one_that_needs_it(package):
    arrows: dict[str, set[str]] = defaultdict(set)
    for name in MODULES:
        if name.startswith(f"chiron.{package}."):
            for there in IMPORTS[name]:
                if there.startswith(f"chiron.{package}.") and there.split(".")[2] != name.split(".")[2]:
                    arrows[name.split(".")[2]].add(there.split(".")[2])

    assert circle_in(dict(arrows)) == []


def test_a_class_name_means_one_thing():
    places = defaultdict(list)
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name not in REQUIRED_BY_DJANGO:
                places[node.name].append(name)

    assert {name: where for name, where in places.items() if len(where) > 1} == {}
