"""The chain of events: it grows with the acts, and cannot be changed unseen."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from chiron.site.audit.models import ChainHead, Event
from chiron.site.audit.operations import Happening, record, record_each, record_many, seal_heads
from chiron.site.audit.queries import events_in_scope, verify_chain
from chiron.site.audit.rules import ALLOW_CHANGES
from factories import make_person

pytestmark = pytest.mark.django_db


def tamper(sql: str) -> None:
    """Do what somebody with full rights on the database could do."""
    with connection.cursor() as cursor:
        for statement in (*ALLOW_CHANGES[connection.vendor], sql):
            cursor.execute(statement)


@pytest.fixture
def sealed(events, now, seal_keys):
    seal = seal_heads(now=now)
    connection.check_constraints()  # PostgreSQL empties no table whose foreign keys wait to be checked
    return seal


@pytest.fixture
def events(now):
    person = make_person()
    for number in range(5):
        record(
            "tests.done", subject=person, by=person, now=now + timedelta(minutes=number), scope="cohort:7",
            details={"count": number},
        )  # fmt: skip
    return list(events_in_scope("cohort:7"))


def test_record_keeps_ids_and_no_names(now):
    person = make_person("Ama Boateng (made up)")

    event = record("tests.done", subject=person, by=person, now=now, scope="cohort:7", details={"count": 2})

    assert (event.subject_type, event.subject_id, event.by_id) == ("people.person", person.pk, person.pk)
    assert "Ama" not in str(list(Event.objects.values_list()))


def test_record_in_an_act_that_is_undone_leaves_no_event(now):
    before = Event.objects.count()

    with transaction.atomic():
        record("tests.done", subject=None, by=None, now=now)
        transaction.set_rollback(True)

    assert (Event.objects.count(), verify_chain()) == (before, ())


def test_record_each_adds_an_event_for_each_thing_in_as_many_queries_as_for_one(now, django_assert_num_queries):
    people = [make_person() for _ in range(30)]
    record("tests.begun", subject=None, by=None, now=now, scope="cohort:7")

    with transaction.atomic(), django_assert_num_queries(3):
        record_each("tests.done", subjects=people, by=people[0], now=now, scope="cohort:7")

    assert [event.subject_id for event in events_in_scope("cohort:7")[:30]] == [one.pk for one in reversed(people)]
    assert verify_chain() == ()


def test_record_many_adds_events_of_several_kinds_with_their_details_in_order(now, django_assert_max_num_queries):
    people = [make_person(), make_person()]
    happenings = [Happening("tests.one", people[0], {"n": 1}), Happening("tests.two", people[1])] * 600

    with transaction.atomic(), django_assert_max_num_queries(40):
        record_many(happenings, by=None, now=now, scope="cohort:7")

    latest = list(events_in_scope("cohort:7")[:2])
    assert [(one.kind, one.subject_id, one.details) for one in latest] == [
        ("tests.two", people[1].pk, {}),
        ("tests.one", people[0].pk, {"n": 1}),
    ]
    assert (Event.objects.filter(scope="cohort:7").count(), verify_chain()) == (1200, ())


def test_record_each_of_nothing_adds_nothing(now):
    before = Event.objects.count()

    record_each("tests.done", subjects=[], by=None, now=now)

    assert Event.objects.count() == before


def test_events_are_found_by_place_newest_first(events):
    assert [event.details["count"] for event in events] == [4, 3, 2, 1, 0]


def test_verify_chain_finds_nothing_in_a_whole_chain(events):
    assert verify_chain() == ()


REFUSED = [
    f"{act} {table}{rest}"
    for table in ("audit_event", "audit_seal", "audit_sealedhead")
    for act, rest in (("UPDATE", " SET number = 9"), ("DELETE FROM", ""))
]
REFUSED_BY_SQLITE = [
    "UPDATE OR REPLACE audit_event SET number = 1",
    "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
    (
        "REPLACE INTO audit_event (scope, number, kind, subject_type, at, details, previous_hash, hash) "
        "SELECT scope, number, 'x', subject_type, at, details, previous_hash, hash FROM audit_event"
    ),
    "INSERT OR REPLACE INTO audit_seal SELECT * FROM audit_seal",
    "INSERT OR REPLACE INTO audit_sealedhead SELECT * FROM audit_sealedhead",
]
REFUSED_BY_POSTGRES = [
    "TRUNCATE audit_event",
    "TRUNCATE audit_seal, audit_sealedhead",
    "TRUNCATE audit_sealedhead",
    "INSERT INTO audit_event SELECT * FROM audit_event ON CONFLICT (id) DO UPDATE SET kind = 'x'",
]


@pytest.mark.parametrize(
    "statement",
    REFUSED + (REFUSED_BY_SQLITE if connection.vendor == "sqlite" else REFUSED_BY_POSTGRES),
)
def test_database_refuses_to_change_events_and_seals(events, sealed, statement):
    before = list(Event.objects.order_by("pk").values_list())

    with pytest.raises(DatabaseError, match="audit events are never"), transaction.atomic(), connection.cursor() as at:
        at.execute(statement)

    assert list(Event.objects.order_by("pk").values_list()) == before
    assert verify_chain() == ()


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE audit_event SET kind = 'tests.undone' WHERE number = 3", "Event 3 of cohort:7 was changed."),
        ("UPDATE audit_event SET by_id = 99 WHERE number = 3", "Event 3 of cohort:7 was changed."),
        ("DELETE FROM audit_event WHERE number = 3", "Event 3 of cohort:7 is missing."),
        ("DELETE FROM audit_event WHERE number = 5", "The chain of cohort:7 ends at event 4, not where it should."),
        ("UPDATE audit_event SET number = number + 100 WHERE number = 3", "Event 3 of cohort:7 is missing."),
        ("DELETE FROM audit_chainhead WHERE scope = ''", "The chain of the site ends at event 1, not where it should."),
        (
            "UPDATE audit_event SET scope = 'cohort:8', number = 1 WHERE number = 5",
            "The chain of cohort:8 ends at event 1, not where it should.",
        ),
    ],
)
def test_verify_chain_finds_what_was_changed_behind_its_back(events, sql, fault):
    tamper(sql)

    assert fault in verify_chain()


def test_verify_chain_finds_that_all_events_are_gone(events):
    tamper("DELETE FROM audit_event")

    assert verify_chain() == (
        "The chain of the site ends at event 0, not where it should.",
        "The chain of cohort:7 ends at event 0, not where it should.",
    )


def test_each_scope_has_a_chain_of_its_own(now):
    for number in range(3):
        for scope in ("cohort:1", "cohort:2"):
            record("tests.done", subject=None, by=None, now=now, scope=scope, details={"n": number})

    numbers = Event.objects.filter(scope__startswith="cohort").order_by("pk").values_list("scope", "number")
    assert list(numbers) == [(f"cohort:{scope}", number) for number in (1, 2, 3) for scope in (1, 2)]
    assert dict(ChainHead.objects.values_list("scope", "number")) == {"cohort:1": 3, "cohort:2": 3}
