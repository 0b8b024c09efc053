"""A plan has a revision that the database itself draws anew whenever one of its rows is written."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("matching_planpair", "matching_planunmatched")
WRITES = {"insert": ("NEW",), "update": ("NEW", "OLD"), "delete": ("OLD",)}
DRAWN = "hashtextextended(gen_random_uuid()::text, 0)"


def sqlite() -> list[str]:
    """Return the triggers of SQLite: one a row, because it knows no others."""
    return [
        f"CREATE TRIGGER {table}_revision_{write} AFTER {write.upper()} ON {table} BEGIN "
        + f"UPDATE matching_plan SET revision = random() WHERE id IN ({', '.join(f'{row}.plan_id' for row in rows)}); END"
        for table in TABLES
        for write, rows in WRITES.items()
    ]


def postgresql() -> list[str]:
    """Return the triggers of PostgreSQL: one a statement, however many rows it writes; each plan is locked in turn."""
    told = {"insert": "written", "update": "written", "delete": "gone"}
    named = {
        "insert": "REFERENCING NEW TABLE AS written",
        "update": "REFERENCING NEW TABLE AS written OLD TABLE AS gone",
        "delete": "REFERENCING OLD TABLE AS gone",
    }
    statements = []
    for write, name in told.items():
        both = " UNION SELECT plan_id FROM gone" if write == "update" else ""
        statements.append(
            f"CREATE FUNCTION matching_plan_revision_{write}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + f"UPDATE matching_plan SET revision = {DRAWN} WHERE id IN (SELECT plan_id FROM {name}{both}); "
            + "RETURN NULL; END $$"
        )
        statements += [
            f"CREATE TRIGGER {table}_revision_{write} AFTER {write.upper()} ON {table} {named[write]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION matching_plan_revision_{write}()"
            for table in TABLES
        ]
    return statements


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the triggers of this kind of database."""
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for write in WRITES:
        for table in TABLES:
            on = f" ON {table}" if is_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {table}_revision_{write}{on}")
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION matching_plan_revision_{write}()")


class Migration(migrations.Migration):
    dependencies = [("matching", "0014_runs_without_input")]

    operations = [
        migrations.AddField("plan", "revision", models.BigIntegerField(default=0)),
        migrations.RunPython(add, drop),
    ]
