"""Plain functions that make made-up people and things for tests; each takes only what the test cares about."""

from datetime import UTC, datetime
from itertools import count

from chiron.site.people.models import Person
from chiron.site.people.operations import add_person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NUMBERS = count(1)


def make_person(name: str = "", *, email: str = "", is_staff: bool = False) -> Person:
    """Make a person with an account; the name says that it is made up."""
    number = next(NUMBERS)
    name = name or f"Person {number} (made up)"
    return add_person(email=email or f"person{number}@example.org", name=name, by=None, now=NOW, is_staff=is_staff)
