"""The index of the pools holds all that is counted of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0008_withdrawn_at")]

    operations = [
        migrations.RemoveIndex("application", "application_pool"),
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["cohort", "role", "stage", "taken", "wanted", "over_because"], name="application_pool"
            ),
        ),
    ]
