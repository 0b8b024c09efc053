"""Nobody has more places taken than there are, unless a coordinator said why."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_open_capacity_is_a_number")]

    operations = [
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=Q(role="mentor", capacity=None)
                | Q(role="mentor", taken__lte=F("capacity"))
                | Q(role="mentee", taken__lte=F("wanted"))
                | ~Q(over_because=""),
                name="application_takes_no_more_than_it_has",
            ),
        )
    ]
