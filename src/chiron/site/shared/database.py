"""What both kinds of database do for us, each in its own way."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models import Field, JSONField, Model
from django.db.models.expressions import RawSQL

# PostgreSQL: serialization failure, deadlock, a lock that was not to be had in time.
BUSY_STATES: Final = frozenset({"40001", "40P01", "55P03"})
BUSY_CODES: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
SQLITE_MAIN_CODE: Final = 0xFF
# Values of these types go into any field but one of JSON as they are.
PLAIN: Final = frozenset({str, int, bool, type(None)})
MIGRATION_LOCK: Final = 0x436869726F6E  # "Chiron", so that no other program on the same server means the same lock


def is_busy(fault: BaseException | None) -> bool:
    """Return whether a fault says that others were using the same rows: nothing was written, and trying again helps."""
    while fault is not None:
        if getattr(fault, "sqlstate", None) in BUSY_STATES:
            return True
        if isinstance(fault, sqlite3.OperationalError):
            return getattr(fault, "sqlite_errorcode", 0) & SQLITE_MAIN_CODE in BUSY_CODES
        fault = fault.__cause__ if isinstance(fault, OperationalError) else None
    return False


def migrate() -> None:
    """Bring the tables to this version; a second server that starts in the same moment waits, and finds them there."""
    with migrating_alone():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def migrating_alone() -> Iterator[None]:
    """Hold the one right to change the tables of this database, however long that takes."""
    with ExitStack() as stack:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Neither waiting for the lock nor a long change of a table is a fault here, as it would be in a page.
                cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
                cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            # Ending the session gives the lock and the settings back, also where the migration broke the connection; a
            # pool would keep the session, and whoever starts next would wait for ever.
            stack.callback(connection.close_pool)  # type: ignore[attr-defined]  # of this vendor alone
            stack.callback(connection.close)
        else:
            stack.enter_context(_locked_folder(Path(connection.settings_dict["NAME"]).parent))
        yield


@contextmanager
def _locked_folder(folder: Path) -> Iterator[None]:
    """Hold a folder that one process at a time may hold."""
    try:
        import fcntl  # noqa: PLC0415 -- not on Windows, where one computer runs one site
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def reading_one_moment() -> Iterator[None]:
    """Read all that stands inside as it was at one moment, and keep nobody from writing meanwhile.

    Inside a transaction that is open already it is a part of that one.
    """
    if connection.in_atomic_block:
        yield
        return
    begin = "ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN {begin}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """Rows of one table as its database takes them, so that the transaction that adds them has nothing else to do."""

    table: str
    columns: tuple[str, ...]
    values: Sequence[tuple[Any, ...]]


def ready_rows(rows: Sequence[Model]) -> ReadyRows:
    """Return new rows of one table as `insert_ready` adds them.

    Args:
        rows: unsaved rows of one model, at least one, all values given; all with a key of `reserve_keys`, or none.
    """
    meta = type(rows[0])._meta  # noqa: SLF001 -- public in Django
    fields = [field for field in meta.local_concrete_fields if not field.primary_key or rows[0].pk is not None]
    for row in rows:
        # Rows that were saved only after this one named them have a key by now.
        row._prepare_related_fields_for_save("insert_rows")  # type: ignore[attr-defined]  # noqa: SLF001 -- as bulk_create does
    takers = [(field, _taker(field)) for field in fields]
    values = [tuple(take(field.pre_save(row, add=True)) for field, take in takers) for row in rows]
    return ReadyRows(meta.db_table, tuple(str(field.column) for field in fields), values)


def rows_alike(row: Model, names: Sequence[str], values: Iterable[Sequence[Any]]) -> ReadyRows:
    """Return new rows that differ from one another in a few columns only, as `insert_ready` adds them.

    What they have in common is turned into values of the database once, not once a row; no row becomes an object.

    Args:
        row: unsaved, with what all have in common; without a key, unless keys are among what differs.
        names: of the fields that differ, keys of other tables as Django writes them ("offer_id").
        values: one tuple a row, in the order of the names.
    """
    meta = type(row)._meta  # noqa: SLF001 -- public in Django
    row._prepare_related_fields_for_save("insert_rows")  # type: ignore[attr-defined]  # noqa: SLF001 -- as bulk_create does
    fields = [field for field in meta.local_concrete_fields if not field.primary_key or field.attname in names]
    common = [_taker(field)(field.pre_save(row, add=True)) for field in fields]
    places = {field.attname: at for at, field in enumerate(fields)}
    takers = [(places[name], _taker(fields[places[name]])) for name in names]
    made = []
    for each in values:
        ready = common.copy()
        for (at, take), value in zip(takers, each, strict=True):
            ready[at] = take(value)
        made.append(tuple(ready))
    return ReadyRows(meta.db_table, tuple(str(field.column) for field in fields), made)


def _taker(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """Return what turns the values of a field into those that the database takes; each that comes again, once."""
    known: dict[tuple[type, Any], Any] = {}
    is_plain = not isinstance(field, JSONField)

    def take(value: Any) -> Any:
        if is_plain and type(value) in PLAIN:
            return value
        if not isinstance(value, Enum | datetime):
            return field.get_db_prep_save(value, connection)
        if (type(value), value) not in known:
            known[type(value), value] = field.get_db_prep_save(value, connection)
        return known[type(value), value]

    return take


def insert_ready(ready: ReadyRows) -> None:
    """Add rows that were made ready.

    Raises:
        IntegrityError: a row breaks a constraint; then none is added.
    """
    quote = connection.ops.quote_name
    table, columns = quote(ready.table), ", ".join(quote(column) for column in ready.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for each in ready.values:
                    copy.write_row(each)
        else:
            places = ", ".join(["%s"] * len(ready.columns))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", ready.values)  # noqa: S608 -- our own names  # nosec B608


def insert_rows(rows: Sequence[Model]) -> None:
    """Add many new rows of one table as fast as the database takes them; keys that they do not have stay unknown.

    `bulk_create` gives the keys, and takes several times as long: it writes the statement anew for each batch, and on
    SQLite no batch holds more than 999 values.

    Args:
        rows: as `ready_rows` takes them; with none, nothing is added.

    Raises:
        IntegrityError: a row breaks a constraint; then none is added.
    """
    if rows:
        insert_ready(ready_rows(rows))


def keys_at_once(keys: Iterable[int]) -> RawSQL:
    """Return many keys as `filter(pk__in=...)` takes them: one value of a query, however many there are."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])


def reserve_keys(model: type[Model], number: int) -> list[int]:
    """Return keys in rising order that no other new row of a table will have; those that stay unused leave a gap."""
    table = model._meta.db_table  # noqa: SLF001 -- public in Django
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number]
            )
            return sorted(key for (key,) in cursor.fetchall())
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [number, table])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        [last] = cursor.fetchone()
        return list(range(last - number + 1, last + 1))
