"""What a rule asks is a code with values; its English stands in the one table."""

import pytest

from chiron.pairing.model.english import ENGLISH
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.vocabulary import KINDS

OPTIONS = (
    {},
    {"least": 2, "most": 2, "full": 3, "prefer": "small", "by": "mentor", "of": "mentor", "remote_column": "remote"},
    {"least": 1, "most": 4, "prefer": "large", "experience_column": "met", "values_column": "values"},
)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_it_asks_by_a_code_with_the_columns_and_numbers_beside_it(name):
    rules = [
        Rule("R", name, mentee, "offered", must=must, different=different, options=options)
        for mentee in ("wanted", "offered", "hours")
        for must in (True, False)
        for different in (True, False)
        for options in OPTIONS
    ]

    asked = [KINDS[name].explains(rule) for rule in rules]

    assert {one.code for one in asked} <= ENGLISH.keys()
    assert [one.values["mentee"] for one in asked] == [rule.mentee for rule in rules]
    assert [(" must " in f" {one} ", "should" in str(one)) for one in asked if one.code.endswith(".must")] == [
        (True, False)
    ] * (len(rules) // 2)
