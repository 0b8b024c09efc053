"""Every fix of random programmes is made through the public door, and helps whom it names: FIXES=1000 for a thousand.

Each fix is a matching of its own, so that most of a hundred programmes are tried at night.
"""

import os

import pytest

from chiron import match
from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.rules_file import read_rules
from repeats import first_of
from sheets.apply_fix import with_steps
from sheets.programmes import Programme, programme

PROGRAMMES = int(os.environ.get("FIXES", "100"))
BLOCK = 25

SCORED = """
[matching.fields.mark]
type = "number"
side = "mentee"
headings = ["Mark"]
[[matching.rules]]
name = "Interview"
kind = "score"
mentee = "mark"
mentor = "id"
points = 10
"""


def planned(asked: Programme):
    """Return the rules and the first plan of a programme, None where no plan can be."""
    rules = read_rules(asked.rules)
    try:
        return rules, match(
            asked.mentors,
            asked.mentees,
            rules=rules,
            aim=asked.aim,
            seed=asked.seed,
            locks=asked.locks,
            forbids=asked.forbids,
        )
    except (ConflictError, PoseError):
        return rules, None


def violations_of(number: int) -> tuple[list[str], int]:
    """Return the fixes of a programme that do not do what they say, and how many there are in all."""
    asked = programme(number)
    rules, first = planned(asked)
    violations: list[str] = []
    count = 0
    if first is None:
        return violations, count
    places = {
        mentor.id: int(first.plan.pairs.problem.capacity[at]) or mentor.capacity or 0
        for at, mentor in enumerate(first.plan.mentors)
    }
    before = {pair.mentee_id for pair in first.pairs}
    for left in first.unmatched:
        for text, fix in zip(left.fixes, left.changes, strict=True):
            count += 1
            mentors, choices = with_steps(asked, rules, fix, places)
            after = {pair.mentee_id for pair in match(mentors, asked.mentees, **choices).pairs}
            if left.id not in fix["helps"] or not after.issuperset(fix["helps"]) or len(after) <= len(before):
                violations.append(f"programme {number}, {asked.aim}, {left.id}: {text}")
    return violations, count


@first_of("block", range(PROGRAMMES // BLOCK), daily=1)
def test_every_fix_helps_whom_it_names(block):
    found = [violations_of(number) for number in range(block * BLOCK, block * BLOCK + BLOCK)]

    assert [fault for violations, _ in found for fault in violations] == []
    assert sum(count for _, count in found) > BLOCK


def scored(marks, *, aim, places=1):
    mentees = [{"Id": f"e{at}", "Name": name, "Mark": mark} for at, (name, mark) in enumerate(marks)]
    mentors = [{"Id": "m1", "Name": "Mo One", "Places": places}]
    return match(mentors, mentees, rules=read_rules(f"[matching]\n{SCORED}"), aim=aim)


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_a_place_that_another_would_get_is_not_said_to_fix_it(aim):
    found = scored([("Ann Lee", 10), ("Bob Roe", 7), ("Cid Fox", 5)], aim=aim)

    fixes = {left.name: left.fixes for left in found.unmatched}

    assert fixes["Bob Roe"] == ("1 more place with Mo One would fix it.",)
    assert fixes["Cid Fox"] == ("2 more places with Mo One would fix it, and help Bob Roe, too.",)


def test_a_place_of_which_the_total_gains_nothing_is_fixed_as_said():
    found = scored([("Ann Lee", 10), ("Bob Roe", 0)], aim="total")

    (left,) = found.unmatched
    wider = scored([("Ann Lee", 10), ("Bob Roe", 0)], aim="total", places=2)

    is_matched = "Bob Roe" in {pair.mentee for pair in wider.pairs}
    assert ("1 more place with Mo One would fix it." in left.fixes) is is_matched
    assert left.fixes


def test_a_pair_that_a_rule_forbids_is_allowed_for_this_pair_alone():
    rules = read_rules('[[matching.rules]]\nname = "Same site"\nkind = "same"\nfield = "site"\nmust = true\n')
    mentors = [{"Id": "m1", "Name": "Mo One", "Site": "North", "Places": 2}]
    mentees = [{"Id": "e1", "Name": "Ann Lee", "Site": "South"}, {"Id": "e2", "Name": "Bob Roe", "Site": "South"}]

    found = match(mentors, mentees, rules=rules, allows=[("Bob Roe", "Mo One")])

    assert [(pair.mentee, pair.mentor) for pair in found.pairs] == [("Bob Roe", "Mo One")]
