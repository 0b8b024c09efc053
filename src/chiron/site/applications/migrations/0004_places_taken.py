"""Room for how many places are taken, and why more than there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_rows_of_any_number")]

    operations = [
        migrations.AddField(
            model_name="application", name="taken", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="application", name="over_because", field=models.CharField(blank=True, max_length=200)
        ),
    ]
