"""Room for the relationship in the table of matches, and for its members; what it holds moves in the next step."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

SHAPES = [
    ("pair", "Pair"),
    ("group", "Group"),
    ("circle", "Circle"),
    ("team", "Team"),
    ("panel", "Panel"),
    ("chain", "Chain"),
]
REASONS = [
    ("contact", "They did not get in touch with each other"),
    ("needs", "It does not fit what one of them needs or can offer"),
    ("time", "One of them has no time any more"),
    ("left", "One of them has left the programme"),
    ("conflict", "There is a conflict of interest"),
    ("mistake", "The match was a mistake"),
    ("other", "Another reason"),
]
OLD_CONSTRAINTS = (
    "match_stands_once_for_two_people",
    "match_state_is_known",
    "match_agreed_when_both_said_yes",
    "match_mentee_reply_has_a_date",
    "match_mentor_reply_has_a_date",
)
OLD_KEYS = (
    ("publication", "mentorships.publication", "matches"),
    ("mentee", "applications.application", "matches_as_mentee"),
    ("mentor", "applications.application", "matches_as_mentor"),
)


def key_to(table: str, *, null: bool, name: str) -> models.ForeignKey[Any, Any]:
    """Return the old foreign key to a table."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=table, null=null, blank=null
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0006_no_more_taken_than_there_are"),
        ("matching", "0003_offers"),
        ("mentorships", "0001_initial"),
    ]

    operations = [
        *(migrations.RemoveConstraint(model_name="match", name=name) for name in OLD_CONSTRAINTS),
        *(
            migrations.AlterField(model_name="match", name=field, field=key_to(table, null=True, name=name))
            for field, table, name in OLD_KEYS
        ),
        migrations.AlterField(model_name="match", name="offered_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="match",
            name="offer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="match",
                to="matching.offer",
            ),
        ),
        migrations.AddField(
            model_name="match", name="shape", field=models.CharField(choices=SHAPES, default="pair", max_length=8)
        ),
        migrations.AddField(
            model_name="match",
            name="within",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matches_inside",
                to="mentorships.match",
            ),
        ),
        migrations.AddField(model_name="match", name="name", field=models.CharField(blank=True, max_length=120)),
        migrations.AddField(model_name="match", name="end_event", field=models.CharField(blank=True, max_length=120)),
        *(
            migrations.AddField(model_name="match", name=name, field=models.DateField(blank=True, null=True))
            for name in ("starts_on", "trial_until", "least_until", "ends_on", "closed_on")
        ),
        migrations.AddField(
            model_name="match",
            name="closed_kind",
            field=models.CharField(
                blank=True, choices=[("completed", "Reached its end"), ("early", "Ended early")], max_length=12
            ),
        ),
        migrations.AddField(
            model_name="match", name="closed_reason", field=models.CharField(blank=True, choices=REASONS, max_length=12)
        ),
        migrations.AddField(model_name="match", name="look_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[("mentee", "Mentee"), ("mentor", "Mentor"), ("peer", "Peer")], max_length=8
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=60)),
                ("shape", models.CharField(choices=SHAPES, default="pair", max_length=8)),
                ("joined_on", models.DateField()),
                ("left_on", models.DateField(blank=True, null=True)),
                ("left_because", models.CharField(blank=True, choices=REASONS, max_length=12)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_in",
                        to="applications.application",
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="mentorships.match"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("match", "application"), name="member_once_in_a_match"),
                    models.UniqueConstraint(
                        condition=models.Q(shape="pair", part="mentee", left_on=None),
                        fields=("application", "place"),
                        name="mentee_holds_a_place_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(part__in=["mentee", "mentor", "peer"]), name="member_part_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(left_because="") | models.Q(left_on__isnull=False),
                        name="member_left_on_a_day",
                    ),
                ]
            },
        ),
    ]
