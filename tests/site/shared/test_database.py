"""What the database does for us: many rows at once, one migration at a time, and a busy moment that passes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.urls import reverse

from chiron.site.audit.models import Event
from chiron.site.notices.models import Notice
from chiron.site.people.models import Person
from chiron.site.shared.database import insert_rows, is_busy
from factories import NOW, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def notice_to(person: Person, number: int) -> Notice:
    return Notice(
        to=person, kind="tests.told", subject=f"Zażółć {number}", body='Tab\t, line\n, "quotes", \\N and %s',
        scope="cohort:7", state="draft", written_at=NOW, written_by=None, send_after=NOW if number % 2 else None,
    )  # fmt: skip


def test_insert_rows_adds_exactly_what_bulk_create_adds():
    person = make_person()
    insert_rows([notice_to(person, number) for number in range(600)])
    fast = list(Notice.objects.order_by("pk").values_list())
    Notice.objects.all().delete()
    Notice.objects.bulk_create([notice_to(person, number) for number in range(600)])

    assert [row[1:] for row in fast] == [row[1:] for row in Notice.objects.order_by("pk").values_list()]


def test_insert_rows_adds_all_or_nothing():
    event = {"scope": "x", "kind": "x", "at": NOW, "previous_hash": "", "hash": ""}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([Event(number=number % 5, **event) for number in range(9)])

    assert not Event.objects.filter(scope="x").exists()
    insert_rows([])


# Two servers that start in the same moment ----------------------------------------------------------------------------

START = "import os; from chiron.cli.site.commands import prepare_database; prepare_database(); print('up')"


@pytest.fixture
def empty_database(tmp_path) -> Iterator[str]:
    """Return the address of an empty database, of the kind that is tested."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    is_at, name = connection.settings_dict, f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield f"postgresql://{is_at['USER']}@{is_at['HOST']}:{is_at['PORT']}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def test_three_servers_start_at_once_on_an_empty_database(empty_database, tmp_path):
    environment = {
        **os.environ, "CHIRON_DATABASE_URL": empty_database, "CHIRON_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "chiron.site.settings",
    }  # fmt: skip
    words = [sys.executable, "-c", START]
    servers = [subprocess.Popen(words, env=environment, stdout=-1, stderr=-1, text=True) for _ in range(3)]
    ended = [(*server.communicate(timeout=300), server.returncode) for server in servers]

    assert [(out, code) for out, _err, code in ended] == [("up\n", 0)] * 3, [err[-800:] for _out, err, _code in ended]


HOLD_AND_LET_GO = """
import django
django.setup()
from django.db import connection
from chiron.site.shared.database import MIGRATION_LOCK, migrating_alone
with migrating_alone():
    pass
import psycopg
is_at = connection.settings_dict
with psycopg.connect(dbname=is_at["NAME"], user=is_at["USER"], host=is_at["HOST"], port=is_at["PORT"]) as other:
    [is_free] = other.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK]).fetchone()
with connection.cursor() as cursor:
    cursor.execute("SHOW lock_timeout")
    print(is_free, *cursor.fetchone())
"""


@pytest.mark.postgres
@pytest.mark.parametrize("processes", [1, 2])
def test_whoever_has_changed_the_tables_lets_the_next_one_and_its_pool_keeps_nothing_of_it(tmp_path, processes):
    is_at = connection.settings_dict
    environment = {
        **os.environ, "CHIRON_DIR": str(tmp_path), "CHIRON_PROCESSES": str(processes),
        "CHIRON_DATABASE_URL": f"postgresql://{is_at['USER']}@{is_at['HOST']}:{is_at['PORT']}/{is_at['NAME']}",
        "DJANGO_SETTINGS_MODULE": "chiron.site.settings",
    }  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-c", HOLD_AND_LET_GO], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.returncode) == ("True 3s\n", 0), done.stderr[-800:]


# A busy moment --------------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let this connection wait for others a tenth of a second only, so that the tests take no longer."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 100")
    yield
    connection.close()


@contextmanager
def somebody_else_writing(person: Person, seconds: float) -> Iterator[None]:
    """Hold what a change of a person needs, from another connection, for some time at most."""
    holds, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).update(name=person.name)
            holds.set()
            enough.wait(seconds)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    holds.wait(30)
    yield
    enough.set()
    other.join()


def rename(client, person: Person):
    """Send the form in which somebody corrects their own name."""
    facts = {"name": "Ada New (made up)", "language": "en-gb", "time_zone": "Europe/London"}
    return client.post(reverse("people:my_data"), facts, headers={"referer": "http://testserver/me/"})


def test_act_that_meets_a_busy_database_is_done_once_it_is_free(impatient, signed_in):
    person = make_person()
    client = signed_in(person)
    with somebody_else_writing(person, 0.35):
        answer = rename(client, person)

    person.refresh_from_db()
    assert (answer.status_code, person.name) == (302, "Ada New (made up)")
    assert Event.objects.filter(kind="person.corrected").count() == 1


def test_act_that_meets_a_database_that_stays_busy_ends_in_a_page_that_says_so(impatient, signed_in):
    person = make_person()
    client = signed_in(person)
    with somebody_else_writing(person, 30):
        answer = rename(client, person)

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Try again" in page
    assert "http://testserver/me/" in page
    assert Person.objects.get(pk=person.pk).name == person.name
    assert rename(client, person).status_code == 302


@pytest.mark.postgres
def test_two_that_wait_for_each_other_are_told_apart_from_a_fault():
    people = [make_person(), make_person()]
    both = threading.Barrier(2)
    found = []

    def change(order: list[Person]) -> None:
        try:
            with transaction.atomic():
                for place, person in enumerate(order):
                    Person.objects.filter(pk=person.pk).update(name="x")
                    if place == 0:
                        both.wait(10)
        except OperationalError as fault:
            found.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(order,)) for order in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [is_busy(fault) for fault in found] == [True]


def test_fault_of_another_kind_is_not_busy():
    with pytest.raises(DatabaseError) as fault, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert not is_busy(fault.value)
    assert not is_busy(ValueError())
