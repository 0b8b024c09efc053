"""Why a match ended early stood on the row of each of its people, and so in the data file of the other, too."""

from typing import Any

from django.db import migrations


def leave_reasons_to_coordinators(apps: Any, schema_editor: Any) -> None:
    """Take the reason off the rows of closed matches; the match itself keeps it, for coordinators."""
    del schema_editor
    apps.get_model("mentorships", "Member").objects.filter(match__state="closed").update(left_because="")


class Migration(migrations.Migration):
    dependencies = [("mentorships", "0007_published_before")]
    operations = [migrations.RunPython(leave_reasons_to_coordinators, migrations.RunPython.noop)]
