"""When a cohort was finished. Of those that are finished already nobody knows: their time runs from this moment on."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def finished_now(apps: Any, schema_editor: Any) -> None:
    """Let the time of cohorts that are finished already begin."""
    del schema_editor
    apps.get_model("programs", "Cohort").objects.filter(stage="finished").update(finished_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0003_second_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="cohort",
            name="finished_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(finished_now, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="cohort",
            constraint=models.CheckConstraint(
                condition=models.Q(("finished_at", None), ("stage", "finished"), _connector="OR"),
                name="cohort_finished_says_when",
            ),
        ),
    ]
