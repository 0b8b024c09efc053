"""When somebody joined and left a match, to the moment: days do not say who left before it ended."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def say_when(apps: Any, schema_editor: Any) -> None:
    """Write the moment where it is sure: of pairs that ended as somebody left, and of groups that went on without them.

    Of a group that ended it is not known who had left it the same day, so nobody is put back into one.
    """
    del schema_editor
    left = apps.get_model("mentorships", "Member").objects.exclude(left_on=None)
    offers = apps.get_model("matching", "Offer").objects.filter(match__members=OuterRef("pk"))
    applications = apps.get_model("applications", "Application").objects.filter(member_in=OuterRef("pk"))
    left.filter(
        match__shape="pair", match__offer__ended_because="left", left_on=F("match__offer__ended_at__date")
    ).update(left_at=Subquery(offers.values("ended_at")[:1]))
    left.filter(left_because="left", left_on=F("application__withdrawn_at__date")).exclude(match__state="closed").update(
        left_at=Subquery(applications.values("withdrawn_at")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0008_withdrawn_at"),
        ("matching", "0012_asked_at"),
        ("mentorships", "0009_unpublishing_in_turns"),
    ]
    operations = [
        migrations.AddField(
            model_name="member", name="joined_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="member", name="left_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_at", None), ("left_on__isnull", False), _connector="OR"),
                name="member_left_at_has_its_day",
            ),
        ),
        migrations.RunPython(say_when, migrations.RunPython.noop),
    ]
