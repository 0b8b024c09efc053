"""A plan that is worked out keeps no mail waiting: each lane of the worker goes on by itself (T19)."""

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from commands import ENVIRONMENT
from fleet.servers import server

FILL = Path(__file__).parents[2] / "benchmarks/site/fill.py"
MENTEES = 600
SECONDS = 5.0
ASK = """
import json, time
import django; django.setup()
from django.utils import timezone
from chiron.site.matching.models import MatchRun
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.rules import OPEN_RUN_STATES
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import add_job

by = Person.objects.get(email="coordinator@bench.example")
run = ask_for_run(cohort=Cohort.objects.get(), aim="everyone", by=by, now=timezone.now())
jobs = []
deadline = time.monotonic() + 120
while time.monotonic() < deadline and MatchRun.objects.filter(pk=run.pk, state__in=OPEN_RUN_STATES).exists():
    jobs.append(add_job("people.send_sign_in_mail", {"mail_id": 0}, now=timezone.now()).pk)
    jobs.append(add_job("notices.send_due", {}, now=timezone.now()).pk)
    time.sleep(0.25)
ended = MatchRun.objects.get(pk=run.pk).finished_at
while time.monotonic() < deadline and Job.objects.filter(pk__in=jobs, ended_at=None).exists():
    time.sleep(0.1)
rows = Job.objects.filter(pk__in=jobs).values_list("lane", "added_at", "ended_at")
print(json.dumps({
    "waited": [(lane, (end - added).total_seconds()) for lane, added, end in rows],
    "meanwhile": sum(end < ended for _lane, _added, end in rows),
}))
"""


@pytest.mark.nightly
def test_mails_leave_within_seconds_while_a_plan_is_worked_out(fresh_site, tmp_path):
    folder = shutil.copytree(fresh_site, tmp_path / "site")
    lines = (folder / "settings.env").read_text().splitlines()
    said = dict(line.split("=", 1) for line in lines if line.startswith("CHIRON_"))
    settings = {**said, "CHIRON_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "chiron.site.settings"}

    def run(*words: str) -> str:
        made = subprocess.run(
            [sys.executable, *words], env=ENVIRONMENT | settings, check=True, stdout=subprocess.PIPE, text=True
        )
        return made.stdout

    run(str(FILL), str(MENTEES))
    with server(folder):
        found = json.loads(run("-c", ASK))

    assert found["meanwhile"] >= 4  # the plan was still being worked out when they left
    for lane in ("sign-in", "mail"):
        waited = [seconds for name, seconds in found["waited"] if name == lane]
        assert statistics.quantiles(waited, n=20)[-1] <= SECONDS
