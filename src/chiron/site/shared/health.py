"""Facts about the state of the installation, without personal data."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def waiting_migrations() -> tuple[str, ...]:
    """Return the names of the database changes that this version needs and the database has not had."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
