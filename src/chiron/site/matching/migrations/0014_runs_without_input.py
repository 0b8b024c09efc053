"""The row of a run holds its input no longer: it is a file by now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0013_input_of_a_run_as_a_file")]

    operations = [
        migrations.AlterField("matchrun", "input", models.JSONField(default=dict)),
        migrations.RemoveField("matchrun", "input"),
    ]
