"""What a run is given becomes a file of columns in a table of its own."""

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models

from chiron.site.matching.rules.columns import new_revision, packed_input, unpacked_input


def pack(apps: StateApps, _schema_editor: object) -> None:
    """Pack what each run was given, one run at a time: it is large."""
    runs, inputs = (apps.get_model("matching", name).objects for name in ("MatchRun", "RunInput"))
    for key in runs.order_by("pk").values_list("pk", flat=True):
        frozen = runs.values_list("input", flat=True).get(pk=key)
        if frozen:
            inputs.create(run_id=key, content=packed_input(frozen))
            runs.filter(pk=key).update(input_revision=new_revision())


def unpack(apps: StateApps, _schema_editor: object) -> None:
    """Put what each run was given back into its row."""
    runs, inputs = (apps.get_model("matching", name).objects for name in ("MatchRun", "RunInput"))
    for key in inputs.order_by("run").values_list("run_id", flat=True):
        runs.filter(pk=key).update(input=unpacked_input(inputs.values_list("content", flat=True).get(run=key)))


class Migration(migrations.Migration):
    dependencies = [("matching", "0012_asked_at")]

    operations = [
        migrations.AddField("matchrun", "input_revision", models.CharField(blank=True, max_length=64)),
        migrations.CreateModel(
            "RunInput",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="frozen", to="matching.matchrun"
                    ),
                ),
            ],
        ),
        migrations.RunPython(pack, unpack),
    ]
