"""Un-publishing is among what a second person is asked for."""

from django.db import migrations, models

ACTS = [
    ("publish", "Publish a plan, or what was held back of it"),
    ("running", "Bring in matches that run already"),
    ("next", "Offer a mentor to the next"),
    ("unpublish", "Un-publish a plan"),
    ("one_person", "Let one person publish"),
]


class Migration(migrations.Migration):
    dependencies = [("programs", "0005_approvals")]
    operations = [
        migrations.RemoveConstraint(model_name="approval", name="approval_act_is_known"),
        migrations.AlterField(
            model_name="approval", name="act", field=models.CharField(choices=ACTS, max_length=12)
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", [act for act, _label in ACTS])), name="approval_act_is_known"
            ),
        ),
    ]
