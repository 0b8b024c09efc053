"""Room for the names of all aims."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial")]

    operations = [
        migrations.AlterField(model_name="matchrun", name="aim", field=models.CharField(max_length=20)),
    ]
