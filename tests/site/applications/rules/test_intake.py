"""The values of an application are judged by the limits of the tables that keep them."""

import pytest

from chiron.site.applications.rules.intake import (
    LONGEST_ADDRESS,
    LONGEST_SITE,
    MOST_PLACES,
    faults_of,
)
from chiron.site.organizations.models import Site
from chiron.site.people.models import Person
from chiron.site.people.rules import LONGEST_NAME

GOOD = {"email": "ama@example.org", "name": "Ama Boateng", "capacity": 2, "wanted": 1}


def test_limits_are_those_of_the_tables():
    lengths = [
        model._meta.get_field(name).max_length for model, name in ((Person, "name"), (Person, "email"), (Site, "name"))
    ]

    assert lengths == [LONGEST_NAME, LONGEST_ADDRESS, LONGEST_SITE]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"capacity": None, "wanted": None}, []),
        ({"capacity": 0, "wanted": MOST_PLACES}, []),
        ({"capacity": MOST_PLACES + 1, "wanted": 0}, ["places", "wanted"]),
        ({"capacity": -1, "wanted": MOST_PLACES + 1}, ["places", "wanted"]),
        ({"name": "x" * LONGEST_NAME, "site": "x" * LONGEST_SITE}, []),
        ({"name": "x" * (LONGEST_NAME + 1), "site": "x" * (LONGEST_SITE + 1)}, ["name", "site"]),
        ({"name": "e\u0301" * LONGEST_NAME}, []),
        ({"name": "?!"}, ["name"]),
        ({"name": "Ama \u202eetaoB"}, ["name"]),
        ({"name": "Am\ufffd"}, ["name"]),
        ({"email": ""}, ["email"]),
        ({"email": "\uff41ma@example.org"}, []),
        ({"email": "\u00e9@example.org"}, ["email"]),
        ({"email": f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org"}, ["email"]),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_named_with_its_field(changes: dict[str, object], fields: list[str]):
    assert [fault.field for fault in faults_of(**(GOOD | changes))] == fields
