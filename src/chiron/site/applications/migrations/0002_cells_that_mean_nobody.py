"""Room for the cells of an import that mean nobody of the other side."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.AddField(model_name="import", name="nobody", field=models.JSONField(default=list)),
    ]
