"""Pages of the site at several sizes: bytes, queries, processor time, and answers to twenty clients at once.

    make bench-site                                    three sizes, SQLite, in folders that are deleted afterwards
    make bench-site ARGS="--databases sqlite,postgresql://postgres@127.0.0.1"      and PostgreSQL after it
    make bench-site ARGS="--sizes 80 --dry"            one size, and RESULTS.md stays as it is

A size is the number of mentees; half as many mentors are beside them. Queries and processor time are taken inside one
process, page by page; the answers to twenty clients come from `chiron serve --processes 2` as it is installed, on
Granian. What it prints takes the place of its section of RESULTS.md, with the load of the machine while it ran.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "tests"), str(HERE.parent)]
CLIENTS, SECONDS, REPEATS = 20, 8.0, 7
ASKED_BY_MANY = ("help", "first page", "people", "plans", "review", "report")
SLOW = {"other mentors", "choose", "publish", "publish, check"}
TITLE = "# Pages of the site"
GOALS = """Goals: 15 queries and 60 KB a page; 60 answers a second and core of a plain page, 30 of the review; 95 of 100
within 300 ms at 20 clients, none failed; an effect (the page "choose") within 1 s at 2,000 people and 2 s at 20,000;
200 MB over an idle process for an opened plan; a run of 20,000 x 10,000 within 90 s and 1.5 GB. The 20 clients run on
the same cores as the server. "Least" is the least of the requests whose median stands beside it: what else the machine
does adds to both."""


def pages(cohort: int, plan: int, mentee: int, mentor: int) -> dict[str, str]:
    """Return the address of each page that is measured, by what people call it."""
    here = f"/c/{cohort}/plans/{plan}"
    return {
        "help": "/help/",
        "first page": "/",
        "people": f"/c/{cohort}/people/",
        "plans": f"/c/{cohort}/plans/",
        "review": f"{here}/",
        "review, all pairs": f"{here}/?show=all",
        "rules": f"/c/{cohort}/rules/",
        "outbox": f"/c/{cohort}/outbox/",
        "report": f"/c/{cohort}/report/",
        "publish": f"{here}/publish/",
        "publish, check": f"{here}/publish/check/?when=now",
        "other mentors": f"{here}/mentors/{mentee}/",
        "choose": f"{here}/mentors/{mentee}/{mentor}/",
    }


def inside() -> None:
    """Measure every page inside this process, whose environment names the site; write JSON to stdout."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from chiron.site.matching.bridge.effects import open_plan, possible_mentors
    from chiron.site.matching.models import Plan
    from chiron.site.people.models import Person

    settings.ALLOWED_HOSTS = ["*"]
    plan = Plan.objects.select_related("cohort", "run").latest("pk")
    pair = plan.pairs.order_by("fit").first()
    idle, begun = memory(), time.process_time()
    mentor = possible_mentors(open_plan(plan, changing=pair.mentee_id), pair.mentee_id)[0]
    opened = {"memory": memory() - idle, "opening": time.process_time() - begun}
    client = Client()
    client.force_login(
        Person.objects.get(email="coordinator@bench.example"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    found = pages(plan.cohort_id, plan.pk, pair.mentee_id, mentor)
    found["other mentors"] = reverse("matching:mentors", args=[plan.cohort_id, plan.pk, pair.mentee_id])
    found["choose"] = reverse("matching:choose", args=[plan.cohort_id, plan.pk, pair.mentee_id, mentor])
    rows = []
    for name, address in found.items():
        client.get(address)
        counted: list[str] = []
        with connection.execute_wrapper(partial(_counting, counted)):
            answer = client.get(address)
        spent = []
        for _ in range(2 if name in SLOW else REPEATS):
            begun = time.process_time()
            client.get(address)
            spent.append(time.process_time() - begun)
        row = {"page": name, "address": address, "status": answer.status_code, "kilobytes": len(answer.content) / 1024}
        rows.append(row | {"queries": len(counted), "cpu": statistics.median(spent), "least": min(spent)})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    print(json.dumps({"rows": rows, "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", **opened}))


def _counting(counted: list[str], execute: Any, sql: str, *rest: Any) -> Any:
    """Run a statement of the database, and count it."""
    counted.append(sql)
    return execute(sql, *rest)


def memory() -> int:
    """Return the MiB that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


def ask_at_once(port: int, address: str, cookie: str) -> tuple[float, float, int]:
    """Return answers a second, the 95th percentile in ms and the failures, of twenty clients that ask at once."""
    spent: list[float] = []
    failed: list[object] = []
    ending = time.monotonic() + SECONDS

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < ending:
            begun = time.monotonic()
            connection.request("GET", address, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            spent.append(time.monotonic() - begun)
            if answer.status != 200:  # noqa: PLR2004 -- every page of the list opens
                failed.append(answer.status)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(spent) / (time.monotonic() - begun), 1000 * statistics.quantiles(spent, n=20)[-1], len(failed)


@contextmanager
def database_for(site: Path, server: str) -> Iterator[dict[str, str]]:
    """Give the settings of a site on a database of its own, which is gone afterwards; without a server on SQLite."""
    lines = (site / "settings.env").read_text().splitlines()
    said = dict(line.split("=", 1) for line in lines if line.startswith("CHIRON_"))
    settings = {**said, "CHIRON_DIR": str(site), "DJANGO_SETTINGS_MODULE": "chiron.site.settings"}
    if not server:
        yield settings
        return
    import psycopg
    from psycopg import sql

    name = sql.Identifier(f"chiron_bench_{os.getpid()}")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield settings | {"CHIRON_DATABASE_URL": f"{server}/chiron_bench_{os.getpid()}"}
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def measure(size: int, database: str) -> Iterator[str]:
    """Fill a site of one size, measure it, and yield the lines of its part."""
    from commands import ENVIRONMENT, chiron
    from fleet.servers import server

    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        chiron("init", str(site))
        with database_for(site, database) as settings:

            def run(*words: str) -> str:
                words = (sys.executable, *words)
                made = subprocess.run(words, env=ENVIRONMENT | settings, check=True, stdout=subprocess.PIPE, text=True)
                return made.stdout.strip()

            before = os.getloadavg()[0]
            filled = run(str(HERE / "fill.py"), str(size))
            found = json.loads(run(__file__, "--inside"))
            rates = {}
            with server(site, "--processes", "2", **settings) as (_process, port):
                for row in found["rows"]:
                    if row["page"] in ASKED_BY_MANY:
                        rates[row["page"]] = ask_at_once(port, row["address"], found["cookie"])
            load = max(before, *os.getloadavg())
    yield f"\n## {filled}; {'PostgreSQL' if database else 'SQLite'}\n"
    yield f"Opening the plan took {found['opening']:.1f} s of processor time, {found['memory']} MB over idle."
    yield f"Up to {load:.0f} processes wanted to run while this was measured.\n"
    yield "| page | KB | queries | CPU ms | least | a second and core | 20 clients: a second | p95 ms | failed |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in found["rows"]:
        rate, late, failed = rates.get(row["page"], (None, None, None))
        many = " | | |" if rate is None else f" {rate:.0f} | {late:.0f} | {failed} |"
        spent, least = 1000 * row["cpu"], 1000 * row["least"]
        facts = f"{row['kilobytes']:.0f} | {row['queries']} | {spent:.0f} | {least:.0f} | {1 / row['cpu']:.0f}"
        yield f"| {row['page']} | {facts} |{many}"


def main() -> None:
    """Measure every size that is asked for, on every database, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="80,1334,20000", help="numbers of mentees")
    parser.add_argument(
        "--databases", default="sqlite", help="sqlite, or postgresql://user@host where databases may be made"
    )
    parser.add_argument("--dry", action="store_true", help="print, and leave RESULTS.md as it is")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside()
        return
    from results import keep_section

    today = f"{date.today():%-d %B %Y} \N{MIDDLE DOT} Linux, {os.cpu_count()} cores, Python {sys.version.split()[0]}."  # noqa: DTZ011 -- of this machine
    lines = [TITLE, "", f"{today} `make bench-site`, one run.", "", GOALS]
    print("\n".join(lines), flush=True)
    for database in asked.databases.split(","):
        for size in asked.sizes.split(","):
            for line in measure(int(size), "" if database == "sqlite" else database):
                print(line, flush=True)
                lines.append(line)
            if not asked.dry:
                keep_section(lines)


if __name__ == "__main__":
    main()
