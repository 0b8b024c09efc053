"""Tests of docs/reference/rules.md: every kind and option is there, and every example gives what it states."""

import json
import re
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.rules_file import read_rules
from chiron.pairing.rules.scoring import Pool, Scoring
from chiron.pairing.rules.vocabulary import KINDS
from chiron.pairing.scale.national.scan import compile_scan

PAGE = (Path(__file__).parents[2] / "docs/reference/rules.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0].strip(): part for part in PAGE.split("\n## ")[1:]}


def blocks(section):
    return re.findall(r"```toml\n(.*?)```", SECTIONS[section], re.DOTALL)


def examples():
    """Each rule block with the pairs that follow it."""
    for section in SECTIONS:
        found = blocks(section)
        for rules, pairs in pairwise(found):
            if "[[matching.rules]]" in rules and "pairs" in (stated := tomllib.loads(pairs)):
                name = tomllib.loads(rules)["matching"]["rules"][0]["name"]
                yield pytest.param(rules, stated["pairs"], id=f"{section}: {name}")


def value(answer):
    return tuple(answer) if isinstance(answer, list) else answer


def pool(side, pairs):
    names = sorted({name for pair in pairs for both in ("mentee", "mentor") for name in pair[both]})
    columns = {name: [value(pair[side].get(name)) for pair in pairs] for name in names}
    return Pool(tuple(f"{side}{at}" for at in range(len(pairs))), columns)


@pytest.mark.parametrize(("rules", "pairs"), list(examples()))
def test_example_gives_the_points_and_reason_that_it_states(rules, pairs):
    engine_rules = read_rules(rules, file="rules.md").engine_rules()

    scoring = Scoring(engine_rules, pool("mentee", pairs), pool("mentor", pairs))

    allowed, fit = scoring.block(0, len(pairs))
    for at, pair in enumerate(pairs):
        assert "allowed" in pair or "points" in pair
        assert bool(allowed[at, at]) is pair.get("allowed", True), pair
        assert int(fit[at, at]) == pair.get("points", 0), pair
        if "reason" in pair:
            assert str(scoring.why(engine_rules[0], at, at)) == pair["reason"]
    same, points = compile_scan(scoring).whole(np.arange(len(pairs), dtype=np.int32))
    assert np.array_equal(same, allowed)
    assert np.array_equal(points, np.where(allowed, fit, 0))


@pytest.mark.parametrize("kind", KINDS)
def test_kind_has_a_section_with_an_example_and_every_option(kind):
    stated = [tomllib.loads(block) for block in blocks(kind)]
    pairs = [pair for block in stated for pair in block.get("pairs", ())]
    rules = [rule for block in stated for rule in block.get("matching", {}).get("rules", ())]
    assert {pair["allowed"] for pair in pairs if "allowed" in pair} == {True, False}
    assert len({pair["points"] for pair in pairs if "points" in pair}) > 1
    assert any(rule.get("missed") for rule in rules)
    assert any(rule.get("must") for rule in rules)
    assert any(rule.get("different") for rule in rules) is KINDS[kind].signed
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


def plan_examples():
    """Each block of rules with the plan that follows it."""
    for rules, stated in pairwise(blocks("The table")):
        if "[plan]" in stated:
            yield pytest.param(rules, tomllib.loads(stated)["plan"])


def people_in(stated, side):
    """The people of one side of a stated plan: `places` and `wanted` are theirs, anything else an answer."""
    found = []
    for at, answers in enumerate(stated[f"{side}s"]):
        said = {name: value for name, value in answers.items() if name not in ("places", "wanted")}
        places, wanted = answers.get("places"), answers.get("wanted", 1)
        found.append(Participant(f"{side}{at}", f"{side} {at}", side, said, capacity=places, wanted=wanted))
    return found


@pytest.mark.parametrize(("rules", "stated"), list(plan_examples()))
def test_plans_are_what_the_page_states(rules, stated):
    mentees, mentors = people_in(stated, "mentee"), people_in(stated, "mentor")
    matching = read_rules(rules, file="rules.md")

    if "refused" in stated:
        with pytest.raises(PoseError, match=re.escape(stated["refused"])):
            make_plan(mentees=mentees, mentors=mentors, matching=matching)
        return
    plan = make_plan(mentees=mentees, mentors=mentors, matching=matching)

    pairs = plan.answer.pairs.tolist()
    taken = [sum(mentor == at for _, mentor in pairs) for at in range(len(mentors))]
    assert taken == stated.get("taken", taken)
    each = [sum(mentee == at for mentee, _ in pairs) for at in range(len(mentees))]
    assert each == stated.get("mentors_of_each", each)
    for name, counts in stated.get("taken_by", {}).items():
        found = Counter(mentors[mentor].answers[name] for _, mentor in pairs)
        assert found == counts
