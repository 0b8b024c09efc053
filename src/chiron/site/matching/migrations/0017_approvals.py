"""Who has asked for a plan to be published stands with everything else that a second person is asked for."""

from typing import Any

from django.db import migrations


def carry_over(apps: Any, schema_editor: Any) -> None:
    """Keep what was asked for, so that nobody has to ask again."""
    del schema_editor
    approvals = apps.get_model("programs", "Approval").objects
    for plan in apps.get_model("matching", "Plan").objects.exclude(asked_by=None).order_by("pk"):
        kept = {"seen": plan.asked_for, "asked_by_id": plan.asked_by_id, "asked_at": plan.asked_at}
        approvals.get_or_create(cohort_id=plan.cohort_id, act="publish", subject=plan.pk, defaults=kept)


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0016_proof_of_a_plan'),
        ('programs', '0005_approvals'),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='plan',
            name='plan_asked_by_whom_when_and_for_what',
        ),
        migrations.RemoveField(
            model_name='plan',
            name='asked_at',
        ),
        migrations.RemoveField(
            model_name='plan',
            name='asked_by',
        ),
        migrations.RemoveField(
            model_name='plan',
            name='asked_for',
        ),
    ]
