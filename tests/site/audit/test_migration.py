"""The one chain of a site from before becomes a chain for each scope, and shows whether it was whole."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection

OLD = """
import django, json, sys
django.setup()
from datetime import UTC, datetime, timedelta
from django.core.management import call_command
from django.db import connection
call_command("migrate", "audit", "0002", verbosity=0)
from chiron.site.audit.rules import event_hash
previous, rows = "0" * 64, []
for number in range(1, 41):
    at = datetime(2026, 3, 2, 9, number % 60, tzinfo=UTC)
    scope = ("", "cohort:1", "cohort:2")[number % 3]
    facts = {"number": number, "kind": "tests.done", "subject_type": "", "subject_id": None, "by_id": 7,
             "at": at.isoformat(), "scope": scope, "details": {"n": number}}
    mine = event_hash(previous, facts)
    if str(number) in sys.argv[1:]:
        facts["by_id"] = 8
    rows.append((number, number, facts["kind"], "", None, facts["by_id"], at, scope, json.dumps(facts["details"]),
                 previous, mine))
    previous = mine
with connection.cursor() as cursor:
    cursor.executemany(
        "INSERT INTO audit_event (id, number, kind, subject_type, subject_id, by_id, at, scope, details, previous_hash,"
        " hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", rows)
    cursor.execute("INSERT INTO audit_chainhead (id, number, hash) VALUES (1, 40, %s)", [previous])
    if connection.vendor == "postgresql":
        cursor.execute("SELECT setval('audit_event_id_seq', 40)")
call_command("migrate", "audit", verbosity=0)
from chiron.site.audit.models import ChainHead, Event
from chiron.site.audit.operations import record
from chiron.site.audit.queries import verify_chain
told = Event.objects.get(kind="audit.chained_by_scope")
record("tests.later", subject=None, by=None, now=datetime(2026, 4, 2, 9, tzinfo=UTC), scope="cohort:1")
try:
    Event.objects.filter(number=1).delete()
    refused = False
except django.db.DatabaseError:
    refused = True
print(json.dumps({"faults": verify_chain(), "details": told.details, "last": previous, "refused": refused,
    "heads": dict(ChainHead.objects.values_list("scope", "number"))}))
"""


@pytest.fixture
def old_site(tmp_path) -> Iterator[dict[str, str]]:
    """Return the environment of a site with an empty database of its own, of the kind that is tested."""
    environment = {**os.environ, "CHIRON_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "chiron.site.settings"}
    if connection.vendor == "sqlite":
        yield {**environment, "CHIRON_DATABASE_URL": f"sqlite:///{tmp_path}/old.sqlite3"}
        return
    is_at, name = connection.settings_dict, f"{connection.settings_dict['NAME']}_old"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield {**environment, "CHIRON_DATABASE_URL": f"postgresql://{is_at['USER']}@{is_at['HOST']}:{is_at['PORT']}/{name}"}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("changed", [(), ("5", "17")])
def test_old_events_keep_their_facts_in_chains_by_scope(old_site, changed):
    words = [sys.executable, "-c", OLD, *changed]
    ended = subprocess.run(words, env=old_site, capture_output=True, text=True, check=True)
    found = json.loads(ended.stdout)

    assert found["faults"] == []
    assert found["heads"] == {"": 14, "cohort:1": 15, "cohort:2": 13}
    assert found["details"] == {"events": 40, "breaks": len(changed), "last_hash": found["last"]}
    assert found["refused"]
