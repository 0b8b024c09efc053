"""A cohort may have any number of published plans, one after the other."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("matching", "0005_shapes")]

    operations = [migrations.RemoveConstraint(model_name="plan", name="plan_published_once_in_cohort")]
