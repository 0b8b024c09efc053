"""Runs say how many people they hold, and one index holds all that the numbers of a plan are made of."""

from django.apps.registry import Apps as StateApps
from django.db import migrations, models


def count_people(apps: StateApps, _schema_editor: object) -> None:
    """Write down how many people each run holds, one run at a time: an input is large."""
    runs = apps.get_model("matching", "MatchRun").objects
    for key in runs.order_by("pk").values_list("pk", flat=True):
        frozen = runs.values_list("input", flat=True).get(pk=key)  # type: ignore[misc]  # it had one then
        runs.filter(pk=key).update(mentees=len(frozen.get("mentees", ())), mentors=len(frozen.get("mentors", ())))


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0010_publishing"),
    ]

    operations = [
        migrations.AddField("matchrun", "mentees", models.PositiveIntegerField(default=0)),
        migrations.AddField("matchrun", "mentors", models.PositiveIntegerField(default=0)),
        migrations.RunPython(count_people, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="planpair",
            index=models.Index(
                fields=["plan", "fit", "id", "mentee", "mentor", "standing", "is_bent", "origin", "only_option"],
                name="plan_pair_numbers",
            ),
        ),
        migrations.CreateModel(
            "RunPairs",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=models.CASCADE, related_name="known_pairs", to="matching.matchrun"
                    ),
                ),
            ],
        ),
    ]
