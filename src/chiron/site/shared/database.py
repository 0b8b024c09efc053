"""What both kinds of database do for us, each in its own way."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import Model

# PostgreSQL: serialization failure, deadlock, a lock that was not to be had in time.
BUSY_STATES: Final = frozenset({"40001", "40P01", "55P03"})
BUSY_CODES: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
SQLITE_MAIN_CODE: Final = 0xFF
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
            # Closing gives the lock and the settings back, also where the migration broke the connection.
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


def insert_rows(rows: Sequence[Model]) -> None:
    """Add many new rows of one table as fast as the database takes them; their keys stay unknown.

    `bulk_create` gives the keys, and takes several times as long: it writes the statement anew for each batch, and on
    SQLite no batch holds more than 999 values.

    Args:
        rows: unsaved rows of one model, without a key, all values given.

    Raises:
        IntegrityError: a row breaks a constraint; then none is added.
    """
    if not rows:
        return
    meta = type(rows[0])._meta  # noqa: SLF001 -- public in Django
    fields = [field for field in meta.local_concrete_fields if not field.primary_key]
    for row in rows:
        # Rows that were saved only after this one named them have a key by now.
        row._prepare_related_fields_for_save("insert_rows")  # type: ignore[attr-defined]  # noqa: SLF001 -- as bulk_create does
    quote = connection.ops.quote_name
    table, columns = quote(meta.db_table), ", ".join(quote(str(field.column)) for field in fields)
    values = [
        tuple(field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields) for row in rows
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for each in values:
                    copy.write_row(each)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608 -- our own names  # nosec B608
