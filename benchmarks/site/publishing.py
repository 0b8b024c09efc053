"""Publishing a large plan on a site that others use: how long it takes, and how long others wait for their writes.

    make bench-publishing ARGS="--pairs 5000"
    make bench-publishing ARGS="--database postgresql://postgres@127.0.0.1"

A site is served as it is installed, with its worker. A coordinator presses the button; four people write all the time,
two of them in the same cohort: they save its settings, and places of mentors who are in the plan.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))
THINKS, LONGEST = 0.02, 300.0
SEEN, DONE = 200, 302


def prepare() -> None:
    """Sign the coordinator in, and print what the measurement needs to know; the environment names the site."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from chiron.site.matching.models import Plan
    from chiron.site.people.models import Person
    from chiron.site.programs.models import Program
    from chiron.site.programs.operations import give_place, open_cohort
    from chiron.site.programs.rules import StaffRole

    by, now = Person.objects.get(email="coordinator@bench.example"), timezone.now()
    plan = Plan.objects.latest("pk")
    other = open_cohort(program=Program.objects.get(), name="Other group", matching={}, by=by, now=now)
    give_place(cohort=other, person=by, role=StaffRole.COORDINATOR, by=by, now=now)
    client = Client()
    client.force_login(by, backend="allauth.account.auth_backends.AuthenticationBackend")
    said = {
        "cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}",
        "cohort": plan.cohort_id,
        "other": other.pk,
        "plan": plan.pk,
        "pairs": plan.pairs.count(),
        "mentors": list(plan.pairs.order_by("pk").values_list("mentor", flat=True)[:200]),
    }
    print(json.dumps(said))


def judge() -> None:
    """Print what has become of the publishing; the environment names the site."""
    import django

    django.setup()
    from django.db.models import Count

    from chiron.site.matching.models import Offer
    from chiron.site.mentorships.models import Publishing
    from chiron.site.notices.models import Notice

    publishing = Publishing.objects.get()
    told = Notice.objects.filter(kind__startswith="match.offered")
    print(
        json.dumps(
            {
                "state": publishing.state,
                "because": publishing.refused_because,
                "seconds": (publishing.finished_at - publishing.asked_at).total_seconds()
                if publishing.finished_at
                else None,
                "offers": Offer.objects.count(),
                "messages": told.count(),
                "twice": told.values("to", "kind").annotate(n=Count("pk")).filter(n__gt=1).count(),
            }
        )
    )


class Browser:
    """Asks one server, with the cookies of one person."""

    def __init__(self, port: int, cookie: str) -> None:
        """Open a connection."""
        self.port, self.cookie, self.token = port, cookie, ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, address: str, data: dict[str, object] | None = None) -> tuple[int, str]:
        """Return the status and the text of an answer."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **(data or {})}, doseq=True) if method == "POST" else None
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.split("=")[0].endswith("-form"):
                self.cookie = f"{self.cookie.split('; ')[0]}; {value.split(';')[0]}"
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        self.token = found.group(1) if found else self.token
        return answer.status, text


def write_all_the_time(
    browser: Browser, form: str, sent: Callable[[int], tuple[str, dict[str, object]]], done: threading.Event
) -> tuple[list[float], list[int]]:
    """Return how long each write took, in seconds, and the statuses of those that failed."""
    browser.ask("GET", form)
    spent, failed, number = [], [], 0
    while not done.is_set():
        address, data = sent(number)
        begun = time.monotonic()
        status, _text = browser.ask("POST", address, data)
        spent.append(time.monotonic() - begun)
        if status != DONE:
            failed.append(status)
        number += 1
        time.sleep(THINKS)
    return spent, failed


def measure(  # noqa: C901 -- one measurement, from its first line to its last
    site: Path, settings: dict[str, str], environment: dict[str, str], pairs: int, database: str
) -> None:
    """Fill a site, publish its plan while others write, and print the figures."""
    from fleet.servers import server

    def run(*words: str) -> str:
        asked = subprocess.run([sys.executable, *words], env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return asked.stdout

    run(str(HERE / "fill.py"), str(pairs))
    told = json.loads(run(__file__, "--prepare"))
    cohort, mentors = told["cohort"], told["mentors"]
    publish = f"/c/{cohort}/plans/{told['plan']}/publish/"
    done = threading.Event()
    results: list[tuple[list[float], list[int]]] = []

    def settings_of(key: int) -> Callable[[int], tuple[str, dict[str, object]]]:
        return lambda number: (
            f"/c/{key}/settings/",
            {"stage": "", "small_group": 10 + number % 2, "look_line": 55},
        )

    with server(site, "--processes", "2", **settings) as (_process, port):

        def stage_of(key: int) -> str:
            _status, text = Browser(port, told["cookie"]).ask("GET", f"/c/{key}/settings/")
            return re.search(r'name="stage" value="(\w+)"[^>]*checked', text).group(1)

        def writes(key: int) -> Callable[[int], tuple[str, dict[str, object]]]:
            make, stage = settings_of(key), stage_of(key)

            def sent(number: int) -> tuple[str, dict[str, object]]:
                address, data = make(number)
                return address, data | {"stage": stage}

            return sent

        def places(number: int) -> tuple[str, dict[str, object]]:
            return f"/c/{cohort}/people/{mentors[number % len(mentors)]}/", {"capacity": 20 + number % 2}

        acts = [
            (f"/c/{told['other']}/settings/", writes(told["other"])),
            (f"/c/{told['other']}/settings/", writes(told["other"])),
            (f"/c/{cohort}/people/{mentors[0]}/", places),
            (f"/c/{cohort}/people/{mentors[1]}/", lambda number: places(number + 100)),
        ]
        threads = [
            threading.Thread(
                target=lambda form=form, sent=sent: results.append(
                    write_all_the_time(Browser(port, told["cookie"]), form, sent, done)
                )
            )
            for form, sent in acts
        ]
        coordinator = Browser(port, told["cookie"])
        _status, page = coordinator.ask("GET", f"{publish}check/")
        seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
        for thread in threads:
            thread.start()
        begun = time.monotonic()
        status, _text = coordinator.ask("POST", f"{publish}check/", {"seen": seen})
        answered = time.monotonic() - begun
        if status != DONE:
            raise SystemExit(f"The button answered {status}.")
        ending = begun + LONGEST
        while time.monotonic() < ending and "Publishing" in re.search(
            r"<h1>(.*?)</h1>", coordinator.ask("GET", publish)[1], re.DOTALL
        ).group(1):
            time.sleep(0.2)
        took = time.monotonic() - begun
        done.set()
        for thread in threads:
            thread.join()
    found = json.loads(run(__file__, "--judge"))
    spent = [each for times, _failed in results for each in times]
    failed = [each for _times, statuses in results for each in statuses]
    p99 = statistics.quantiles(spent, n=100)[-1]
    where = "PostgreSQL" if database else "SQLite"
    heads = "database|pairs|button ms|published s|offers|messages|twice|others' writes|failed|p50 ms|p99 ms|longest ms"
    print(f"|{heads}|")
    print(f"|{'---|' * len(heads.split('|'))}")
    print(
        f"| {where} | {told['pairs']} | {1000 * answered:.0f} ({status}) | {took:.1f} | {found['offers']} | "
        f"{found['messages']} | {found['twice']} | {len(spent)} | {len(failed)} {sorted(set(failed)) or ''} | "
        f"{1000 * statistics.median(spent):.0f} | {1000 * p99:.0f} | {1000 * max(spent):.0f} |"
    )
    if found["state"] != "done":
        print(f"Not published: {found['state']} {found['because']}")


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5_000)
    parser.add_argument("--database", default="", help="postgresql://user@host, where databases may be made")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--judge", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.prepare or asked.judge:
        (prepare if asked.prepare else judge)()
        return
    from commands import ENVIRONMENT, chiron

    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        chiron("init", str(site))
        said = dict(
            line.split("=", 1) for line in (site / "settings.env").read_text().splitlines() if line[:7] == "CHIRON_"
        )
        settings = {**said, "CHIRON_DIR": str(site), "DJANGO_SETTINGS_MODULE": "chiron.site.settings"}
        name = f"chiron_bench_publishing_{os.getpid()}"
        there = ["-h", "127.0.0.1", "-U", "postgres", name]
        if asked.database:
            settings["CHIRON_DATABASE_URL"] = f"{asked.database}/{name}"
            subprocess.run(["createdb", *there], check=True)
        try:
            measure(site, settings, ENVIRONMENT | settings, asked.pairs, asked.database)
        finally:
            if asked.database:
                subprocess.run(["dropdb", "-f", *there], check=True)


if __name__ == "__main__":
    main()
