"""Mentors who were accepted without a number take as many as the rules of their cohort say at this moment."""

from typing import Any

from django.db import migrations

from chiron.site.applications.rules.application import usual_places


def say_number(apps: Any, schema_editor: Any) -> None:
    """Write the cohort's number where an accepted mentor gave none, and into what their imports say they left."""
    Application = apps.get_model("applications", "Application")
    ImportedChange = apps.get_model("applications", "ImportedChange")
    for cohort in apps.get_model("programs", "Cohort").objects.all():
        places = usual_places(cohort.matching)
        open_places = Application.objects.filter(cohort=cohort, role="mentor", stage="accepted", capacity=None)
        keys = list(open_places.values_list("pk", flat=True))
        for change in ImportedChange.objects.filter(application__in=keys):
            change.after = {**change.after, "capacity": places}
            change.save(update_fields=["after"])
        open_places.update(capacity=places)


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_places_taken")]

    operations = [migrations.RunPython(say_number, migrations.RunPython.noop)]
