"""Let the database itself refuse to change or delete an event."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from chiron.site.audit.rules import ALLOW_CHANGES, REFUSE_CHANGES


def refuse(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the triggers of this kind of database."""
    for statement in REFUSE_CHANGES[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    for statement in ALLOW_CHANGES[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Keep this step apart from the tables: it is written by hand."""

    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(refuse, allow)]
