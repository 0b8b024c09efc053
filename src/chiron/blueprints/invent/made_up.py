"""What made-up people are made of: names with their origins, and ways to draw from a stock."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random
from string import ascii_uppercase
from typing import Any


@cache
def stock() -> Mapping[str, Any]:
    """Return what made-up people are made of."""
    return tomllib.loads(files("chiron.blueprints.invent").joinpath("made_up.toml").read_text(encoding="utf-8"))


def names_of_people(count: int, chance: Random) -> list[tuple[str, Mapping[str, Any]]]:
    """Return names with the origin of each: different ones, if there are enough; one not Latin, one of 60 letters."""
    origins = stock()["origins"]
    special = [stock()["names"]["not_latin"], stock()["names"]["long"]]
    seen: set[str] = set(special)
    names: list[tuple[str, Mapping[str, Any]]] = []
    while len(names) < count:
        origin = drawn(origins, chance)
        given, family = chance.choice(origin["given"]), chance.choice(origin["family"])
        name = f"{given} {family}"
        if name in seen:
            name = f"{given} {chance.choice(ascii_uppercase)}. {family}"
        if name in seen:
            name = f"{given} {chance.choice(ascii_uppercase)}. {chance.choice(ascii_uppercase)}. {family}"
        seen.add(name)
        names.append((name, origin))
    # Both stand among the mentees, who come last.
    for place, name in zip((count - 3, count - 8), special, strict=True):
        if place >= 0:
            names[place] = (name, names[place][1])
    return names


def drawn(options: Sequence[Mapping[str, Any]], chance: Random) -> Mapping[str, Any]:
    """Return one of several tables, as often as its share says."""
    return chance.choices(options, weights=[option["share"] for option in options])[0]


def some(options: Sequence[str], fewest: int, most: int, chance: Random) -> tuple[str, ...]:
    """Return a few different options in their order."""
    count = min(chance.randint(fewest, most), len(options))
    chosen = set(chance.sample(range(len(options)), count))
    return tuple(option for place, option in enumerate(options) if place in chosen)
