"""One chain of events becomes a chain for each scope, and seals come over their ends."""

from datetime import UTC
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from chiron.site.audit.rules import ALLOW_CHANGES, NOTHING_BEFORE, REFUSE_CHANGES, event_hash

OLD_TRIGGERS = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_event_no_update", "DROP TRIGGER IF EXISTS audit_event_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_event_no_change ON audit_event",
        "DROP FUNCTION IF EXISTS audit_event_refuse()",
    ),
}


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers of the one chain away."""
    for statement in OLD_TRIGGERS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def chain_by_scope(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give each event its place in the chain of its scope.

    The old chain is verified first, and what was found becomes an event with the last hash of the old chain: a history
    that was changed before does not look whole afterwards.
    """
    event_model = apps.get_model("audit", "Event")
    heads: dict[str, tuple[int, str]] = {}
    count, breaks, previous, changes = 0, 0, NOTHING_BEFORE, []
    for event in event_model.objects.order_by("number").iterator(chunk_size=2000):
        count += 1
        is_whole = event.number == count and event.previous_hash == previous
        breaks += not (is_whole and event.hash == event_hash(event.previous_hash, facts_of(event, event.number)))
        previous = event.hash
        number, before = heads.get(event.scope, (0, NOTHING_BEFORE))
        own = event_hash(before, facts_of(event, number + 1))
        heads[event.scope] = (number + 1, own)
        changes.append((number + 1, before, own, event.pk))
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany("UPDATE audit_event SET number = %s, previous_hash = %s, hash = %s WHERE id = %s", changes)
    if count:
        number, before = heads.get("", (0, NOTHING_BEFORE))
        told = event_model(
            number=number + 1, kind="audit.chained_by_scope", at=timezone.now(), previous_hash=before,
            details={"events": count, "breaks": breaks, "last_hash": previous},
        )  # fmt: skip
        told.hash = event_hash(before, facts_of(told, told.number))
        told.save(force_insert=True)
        heads[""] = (told.number, told.hash)
    head_model = apps.get_model("audit", "ChainHead")
    head_model.objects.bulk_create(
        [head_model(scope=scope, number=number, hash=last) for scope, (number, last) in heads.items()]
    )


def facts_of(event: Any, number: int) -> dict[str, object]:
    """Return the facts of an event as they were and are hashed, at a place in a chain."""
    return {
        "number": number,
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "by_id": event.by_id,
        "at": event.at.astimezone(UTC).isoformat(),
        "scope": event.scope,
        "details": event.details,
    }


def refuse(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the triggers of this kind of database to events and seals."""
    for statement in (*ALLOW_CHANGES[schema_editor.connection.vendor], *REFUSE_CHANGES[schema_editor.connection.vendor]):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """In one step, so that no event is added to a chain that is half one and half many."""

    dependencies = [("audit", "0002_refuse_changes")]

    operations = [
        migrations.RunPython(allow),
        migrations.RemoveIndex(model_name="event", name="audit_event_by_scope"),
        migrations.AlterField(model_name="event", name="number", field=models.BigIntegerField()),
        migrations.DeleteModel(name="ChainHead"),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("scope", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("hash", models.CharField(default="0" * 64, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("key_id", models.CharField(max_length=40)),
                ("mac", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="SealedHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="heads", to="audit.seal"
                    ),
                ),
                ("scope", models.CharField(max_length=80)),
                ("number", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "number"), name="audit_head_is_sealed_once")
                ],
            },
        ),
        migrations.RunPython(chain_by_scope),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                fields=("scope", "number"), name="audit_event_has_its_place_in_its_scope"
            ),
        ),
        migrations.RunPython(refuse),
    ]
