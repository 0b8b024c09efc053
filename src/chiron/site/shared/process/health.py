"""Facts about the state of the installation, without personal data."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@cache
def _needed_migrations() -> tuple[tuple[str, str], ...]:
    """Return the database changes of this version, read from its files once: a probe comes every second."""
    return tuple(sorted(MigrationLoader(None).disk_migrations or ()))


def waiting_migrations() -> tuple[str, ...]:
    """Return the names of the database changes that this version needs and the database has not had."""
    applied = MigrationRecorder(connection).applied_migrations()
    return tuple(".".join(one) for one in _needed_migrations() if one not in applied)


def is_draining() -> bool:
    """Return whether this server was asked to stop: it answers what comes, and wants nothing new to be sent to it."""
    return bool(settings.CHIRON_DRAIN_FILE) and Path(settings.CHIRON_DRAIN_FILE).exists()
