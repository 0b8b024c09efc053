"""Where a message stood when it was withdrawn; and who had changed which words by hand before that was kept on it."""

from typing import Any

from django.conf import settings
from django.db import migrations, models


def say_who_edited(apps: Any, schema_editor: Any) -> None:
    """Write the last change of each message's words on it, as the history tells it."""
    del schema_editor
    notices = apps.get_model("notices", "Notice").objects.filter(edited_at=None)
    events = apps.get_model("audit", "Event").objects.filter(kind="notice.edited", subject_type="notices.notice")
    last = {key: (by, at) for key, by, at in events.order_by("at", "pk").values_list("subject_id", "by_id", "at")}
    here = set(apps.get_model("people", "Person").objects.values_list("pk", flat=True)) if last else set()
    for key, (by, at) in last.items():
        notices.filter(pk=key).update(edited_by=by if by in here else None, edited_at=at)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_chain_per_scope"),
        ("notices", "0002_edited"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="notice",
            name="withdrawn_from",
            field=models.CharField(
                blank=True,
                choices=[
                    ("draft", "draft"),
                    ("ready", "ready"),
                    ("sending", "sending"),
                    ("sent", "sent"),
                    ("held", "held"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "withdrawn"), ("withdrawn_from", ""), _connector="OR"),
                name="notice_withdrawn_from_where_it_stood",
            ),
        ),
        migrations.RunPython(say_who_edited, migrations.RunPython.noop),
    ]
