"""Pages of the site at several sizes: bytes, queries, processor time, and answers to twenty clients at once.

    make bench-site ARGS="--sizes 80,1334"        SQLite, in folders that are deleted afterwards
    make bench-site ARGS="--database postgresql://postgres@127.0.0.1"

A size is the number of mentees; half as many mentors are beside them. Queries and processor time are taken inside one
process, page by page; the answers to twenty clients come from `chiron serve --processes 2` as it is installed.
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
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))
CLIENTS, SECONDS, REPEATS = 20, 8.0, 7
ASKED_BY_MANY = ("help", "people", "review")


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
    idle = memory()
    mentor = possible_mentors(open_plan(plan, changing=pair.mentee_id), pair.mentee_id)[0]
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
        repeats = 2 if name in {"other mentors", "choose", "publish", "publish, check"} else REPEATS
        spent = []
        for _ in range(repeats):
            begun = time.process_time()
            client.get(address)
            spent.append(time.process_time() - begun)
        row = {"page": name, "address": address, "status": answer.status_code, "kilobytes": len(answer.content) / 1024}
        rows.append(row | {"queries": len(counted), "cpu": statistics.median(spent)})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    print(json.dumps({"rows": rows, "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "memory": memory() - idle}))


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


def measure(size: int, database: str) -> None:
    """Fill a site of one size, measure it, and print its part of the table."""
    from fleet.servers import ENVIRONMENT, make_folder, server

    with tempfile.TemporaryDirectory() as folder:
        site = make_folder(Path(folder) / "site")
        said = dict(
            line.split("=", 1) for line in (site / "settings.env").read_text().splitlines() if line[:7] == "CHIRON_"
        )
        settings = {**said, "CHIRON_DIR": str(site), "DJANGO_SETTINGS_MODULE": "chiron.site.settings"}
        if database:
            settings["CHIRON_DATABASE_URL"] = f"{database}/chiron_bench_{size}_{os.getpid()}"
            subprocess.run(
                ["createdb", "-h", "127.0.0.1", "-U", "postgres", settings["CHIRON_DATABASE_URL"].rsplit("/", 1)[1]],
                check=True,
            )
        environment = ENVIRONMENT | settings
        try:
            made = subprocess.run(
                [sys.executable, HERE / "fill.py", str(size)],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
            print(f"\n### {made.stdout.strip()}; {'PostgreSQL' if database else 'SQLite'}\n", flush=True)
            told = subprocess.run(
                [sys.executable, __file__, "--inside"], env=environment, check=True, capture_output=True, text=True
            )
            found = json.loads(told.stdout)
            print("| page | KB | queries | CPU ms | a second and core |\n|---|---|---|---|---|")
            for row in found["rows"]:
                size, spent = f"{row['kilobytes']:.0f}", row["cpu"]
                print(f"| {row['page']} | {size} | {row['queries']} | {1000 * spent:.0f} | {1 / spent:.0f} |")
            print(f"\nA plan that was opened takes {found['memory']} MB over an idle process.\n")
            address_of = {row["page"]: row["address"] for row in found["rows"]}
            print("| 20 clients, 2 processes | answers a second | p95 ms | failed |\n|---|---|---|---|")
            with server(site, "--processes", "2", **settings) as (_process, port):
                for page in ASKED_BY_MANY:
                    rate, late, failed = ask_at_once(port, address_of[page], found["cookie"])
                    print(f"| {page} | {rate:.0f} | {late:.0f} | {failed} |", flush=True)
        finally:
            if database:
                subprocess.run(
                    [
                        "dropdb",
                        "-f",
                        "-h",
                        "127.0.0.1",
                        "-U",
                        "postgres",
                        settings["CHIRON_DATABASE_URL"].rsplit("/", 1)[1],
                    ],
                    check=True,
                )


def main() -> None:
    """Measure every size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="80,1334", help="numbers of mentees")
    parser.add_argument("--database", default="", help="postgresql://user@host, where databases may be made")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside()
        return
    for size in asked.sizes.split(","):
        measure(int(size), asked.database)


if __name__ == "__main__":
    main()
