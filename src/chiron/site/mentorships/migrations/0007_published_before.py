"""Plans that were published before there was a row that says how far their publishing is: it is done."""

from typing import Any

from django.db import migrations


def say_done(apps: Any, schema_editor: Any) -> None:
    """Add the row of each plan whose publication stands."""
    del schema_editor
    publishings = apps.get_model("mentorships", "Publishing").objects
    for publication in apps.get_model("matching", "Publication").objects.filter(withdrawn_at=None):
        publishings.create(
            plan_id=publication.plan_id,
            state="done",
            send_after=publication.send_after,
            asked_by_id=publication.published_by_id,
            asked_at=publication.published_at,
            publication=publication,
            finished_at=publication.published_at,
        )


class Migration(migrations.Migration):
    dependencies = [("mentorships", "0006_publishing")]

    operations = [migrations.RunPython(say_done, migrations.RunPython.noop)]
