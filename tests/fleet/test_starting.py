"""Several servers that start at once on an empty database: one makes the tables, all come up (F2)."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from chiron.site.people.models import Person
from fleet.servers import server, status_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def empty_database():
    """Make a database beside the test database, and give its address."""
    import psycopg  # noqa: PLC0415 -- only where PostgreSQL is

    there = connection.settings_dict
    name, home = f"{there['NAME']}_fleet", f"host={there['HOST']} user={there['USER']} dbname=postgres"
    with psycopg.connect(home, autocommit=True) as database:
        database.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        database.execute(f'CREATE DATABASE "{name}"')
    address = f"postgresql://{there['USER']}@{there['HOST']}/{name}"
    yield address, f"host={there['HOST']} user={there['USER']} dbname={name}"
    with psycopg.connect(home, autocommit=True) as database:
        database.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_three_servers_that_start_at_once_all_come_up(empty_database, fresh_site, tmp_path):
    import psycopg  # noqa: PLC0415 -- only where PostgreSQL is

    address, words = empty_database
    folder = shutil.copytree(fresh_site, tmp_path / "site")

    def start(kind: tuple[str, ...]) -> int:
        with server(folder, *kind, CHIRON_DATABASE_URL=address) as (_process, port):
            return status_of(port, "/help/")

    with ThreadPoolExecutor() as pool:
        statuses = list(pool.map(start, [(), (), ("--processes", "2")]))

    assert statuses == [200, 200, 200]
    with psycopg.connect(words) as database:
        assert database.execute(f"SELECT count(*) FROM {Person._meta.db_table}").fetchone() == (1,)
