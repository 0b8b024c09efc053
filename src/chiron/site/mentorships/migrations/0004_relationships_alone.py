"""The table of matches holds relationships alone: what was an offer goes, and its states have their constraints."""

from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("forming", "Forming"),
    ("active", "Running"),
    ("paused", "Paused"),
    ("unled", "Without a mentor for now"),
    ("closing", "Ending"),
    ("closed", "Ended"),
]
REASONS = ["contact", "needs", "time", "left", "conflict", "mistake", "other"]
OLD = (
    "publication",
    "mentee",
    "mentor",
    "reasons",
    "offered_at",
    *(f"{side}_{what}" for side in ("mentee", "mentor") for what in ("reply", "replied_at", "reason")),
)


class Migration(migrations.Migration):
    dependencies = [("mentorships", "0003_offers_and_matches_apart")]

    operations = [
        *(migrations.RemoveField(model_name="match", name=name) for name in OLD),
        migrations.DeleteModel(name="Publication"),
        migrations.AlterField(
            model_name="match",
            name="state",
            field=models.CharField(choices=STATES, default="forming", max_length=12),
        ),
        migrations.AddIndex(
            model_name="match", index=models.Index(fields=["cohort", "state"], name="match_of_cohort")
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=Q(state__in=[state for state, _ in STATES]), name="match_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=Q(shape__in=["pair", "group", "circle", "team", "panel", "chain"]),
                name="match_shape_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False, closed_kind__in=["completed", "early"])
                | (~Q(state="closed") & Q(closed_on=None, closed_kind="")),
                name="closed_has_day_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=Q(closed_kind="early", closed_reason__in=REASONS)
                | (~Q(closed_kind="early") & Q(closed_reason="")),
                name="ended_early_has_a_reason",
            ),
        ),
    ]
