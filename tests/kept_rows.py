"""Rows that many tests begin with are made once, by what makes them on the site, and put back as they were afterwards.

A test that begins with a cohort of people would else spend more time on making them than on what it shows. Whatever was
made first in an empty database is kept, table by table, with what was returned; the next test that asks for the same, of
an empty database too, gets the same rows with the same keys. Where the database is not empty everything is made anew.
"""

import pickle
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from chiron.site.audit.models import Event
from chiron.site.people.models import Person

Rows = dict[tuple[str, str], list[tuple[Any, ...]]]
KEPT: dict[str, tuple[Rows, bytes]] = {}
"""By what was asked for its rows, by table and columns, and what was returned."""


def made_once(asked: object, make: Callable[[], Any]) -> Any:
    """Return what `make` returns, and leave in the database what it writes.

    Args:
        asked: what `make` depends on; two that read the same make the same.
        make: makes rows in the database; what it returns can be pickled.
    """
    if Person.objects.exists() or Event.objects.exists():
        return make()
    key = f"{make.__qualname__} {asked!r}"
    if key not in KEPT:
        before, made = all_rows(), make()
        after = {table: [row for row in rows if row not in before.get(table, ())] for table, rows in all_rows().items()}
        KEPT[key] = {table: rows for table, rows in after.items() if rows}, pickle.dumps(made)
    else:
        put_back(KEPT[key][0])
    return pickle.loads(KEPT[key][1])  # a copy the first time, too: no test depends on which came first


def all_rows() -> Rows:
    """Return every row of every table that has any."""
    quote, found = connection.ops.quote_name, {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = quote(model._meta.db_table)
            columns = ", ".join(quote(field.column) for field in model._meta.local_concrete_fields)
            cursor.execute(f"SELECT {columns} FROM {table}")
            if rows := cursor.fetchall():
                found[table, columns] = rows
    return found


def put_back(rows: Rows) -> None:
    """Add rows as they were; what they name may come after them."""
    with transaction.atomic(), connection.cursor() as cursor:
        for (table, columns), values in rows.items():
            places = ", ".join(["%s"] * len(values[0]))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)
