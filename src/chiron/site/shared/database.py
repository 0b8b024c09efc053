"""What both kinds of database do alike for us, each in its own way."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


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
