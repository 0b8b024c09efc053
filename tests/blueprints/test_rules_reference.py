"""Tests of docs/reference/rules.md: every kind and option is there, and every example gives what it states."""

import json
import re
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.rules_file import read_rules
from chiron.pairing.rules.scoring import Pool, Scoring
from chiron.pairing.rules.vocabulary import KINDS

PAGE = (Path(__file__).parents[2] / "docs/reference/rules.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0].strip(): part for part in PAGE.split("\n## ")[1:]}


def blocks(section):
    return re.findall(r"```toml\n(.*?)```", SECTIONS[section], re.DOTALL)


def examples():
    """Each rule block with the pairs that follow it."""
    for section in SECTIONS:
        found = blocks(section)
        for rules, pairs in pairwise(found):
            if "[[pairs]]" in pairs and "[[matching.rules]]" in rules:
                yield pytest.param(rules, tomllib.loads(pairs)["pairs"], id=section)


def value(answer):
    return tuple(answer) if isinstance(answer, list) else answer


def pool(side, pairs):
    names = sorted({name for pair in pairs for name in pair[side]})
    columns = {name: [value(pair[side].get(name)) for pair in pairs] for name in names}
    return Pool(tuple(f"{side}{at}" for at in range(len(pairs))), columns)


@pytest.mark.parametrize(("rules", "pairs"), list(examples()))
def test_example_gives_the_points_and_reason_that_it_states(rules, pairs):
    engine_rules = read_rules(rules, file="rules.md").engine_rules()

    scoring = Scoring(engine_rules, pool("mentee", pairs), pool("mentor", pairs))

    allowed, fit = scoring.block(0, len(pairs))
    for at, pair in enumerate(pairs):
        assert bool(allowed[at, at]) is pair.get("allowed", True)
        assert int(fit[at, at]) == pair.get("points", 0)
        if "reason" in pair:
            assert scoring.why(engine_rules[0], at, at) == pair["reason"]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_has_a_section_with_an_example_and_every_option(kind):
    assert any("[[pairs]]" in block for block in blocks(kind))
    for option, default in KINDS[kind].options.items():
        if option != "unknown":
            assert f"| `{option}` | `{json.dumps(default)}` |" in SECTIONS[kind]


def test_sections_are_the_kinds_in_the_order_of_the_vocabulary():
    assert list(SECTIONS)[2:] == list(KINDS)


def test_the_table_is_a_rules_file():
    matching = read_rules(blocks("The table")[0], file="rules.md")

    assert [rule.kind for rule in matching.rules] == ["coverage", "same"]


def group_examples():
    """Each [matching.groups] block with the sizes that follow it."""
    for rules, stated in pairwise(blocks("The table")):
        if "[groups]" in stated:
            yield pytest.param(rules, tomllib.loads(stated)["groups"])


@pytest.mark.parametrize(("rules", "stated"), list(group_examples()))
def test_groups_have_the_sizes_that_the_page_states(rules, stated):
    sides = {
        side: [
            Participant(f"{campus}{at}", f"{campus} {at}", side, {"campus": campus})
            for campus, count in stated[f"{side}s"].items()
            for at in range(count)
        ]
        for side in ("mentee", "mentor")
    }

    matching = read_rules(rules, file="rules.md")
    plan = make_plan(mentees=sides["mentee"], mentors=sides["mentor"], matching=matching)

    taken = Counter(sides["mentor"][mentor].id for _, mentor in plan.answer.pairs.tolist())
    found = {campus: [] for campus in stated["sizes"]}
    for one in sides["mentor"]:
        found[one.answers["campus"]].append(taken[one.id])
    assert {campus: sorted(sizes) for campus, sizes in found.items()} == stated["sizes"]
    assert plan.verdict.proved_best
