"""People who stand on both sheets."""

import pytest

from chiron.blueprints.schema.person import Participant, Role
from chiron.sheets.people.both_sides import dual_role_notes, dual_roles_of


def person(name: str, side: Role, email: str = "", *also: str) -> Participant:
    return Participant(f"{side} {name}", name, side, {"email": email} if email else {}, also=also)


@pytest.mark.parametrize("name", ["Ana Brook", "BROOK, Ana", "Dr. Ana Brook", "Ána Brook", "Prof Ana Brook"])
def test_somebody_on_both_sheets_is_found_however_the_name_is_written(name: str):
    found = list(dual_roles_of([person("Ana Brook", "mentee")], [person(name, "mentor"), person("Bo Li", "mentor")]))

    assert [(one.mentee, one.mentor, one.is_sure) for one in found] == [("mentee Ana Brook", f"mentor {name}", True)]


def test_a_preferred_name_is_the_same_person():
    mentee, mentor = person("Liz Marsh", "mentee", "", "Elizabeth Marsh"), person("Elizabeth Marsh", "mentor")

    assert [one.mentor for one in dual_roles_of([mentee], [mentor])] == ["mentor Elizabeth Marsh"]


def test_an_address_finds_somebody_whatever_the_name():
    mentee, mentor = person("Ana Brook", "mentee", "ana@x.test"), person("A. B.", "mentor", "ANA@x.test ")

    assert [one.is_sure for one in dual_roles_of([mentee], [mentor])] == [True]


def test_two_addresses_leave_doubt_and_say_so():
    mentee, mentor = person("Ana Brook", "mentee", "ana@x.test"), person("Ana Brook", "mentor", "a@y.test")
    found = list(dual_roles_of([mentee], [mentor]))

    assert [one.is_sure for one in found] == [False]
    took = "Ana Brook is on both sheets with two e-mails. I took that for one person, and keep the two apart. "
    assert "".join(dual_role_notes(found, can_lock=True)) == (
        f'{took}To pair them all the same: --lock "mentee Ana Brook:mentor Ana Brook"'
    )
    assert "".join(dual_role_notes(found, can_lock=False)) == (
        f"{took}If they are two people who may be paired, add a middle name or initial on one of the sheets."
    )


def test_others_are_nobody_on_both_sheets():
    assert list(dual_roles_of([person("Ana Brook", "mentee")], [person("Anna Brook", "mentor")])) == []
