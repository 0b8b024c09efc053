"""A plan has a revision that names the state of its rows."""

from django.db import migrations, models

import chiron.site.matching.rules.columns


class Migration(migrations.Migration):
    dependencies = [("matching", "0014_runs_without_input")]

    operations = [
        migrations.AddField(
            "plan",
            "revision",
            models.CharField(default=chiron.site.matching.rules.columns.new_revision, max_length=64),
        ),
    ]
