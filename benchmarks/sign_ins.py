"""How much a rush of sign-ins slows other pages: 50 a second offered for a minute, on this computer only.

    python benchmarks/sign_ins.py [--seconds 60] [--rate 50]

A site of its own is served from a temporary folder, as `chiron serve` does it. First the pages alone are timed, then
the same pages while people sign in by password: each from a place of its own, one in four with a wrong password. The
table says how long pages took, and what became of the sign-ins. It ends with code 1 where the 95th percentile of a page
is over 300 ms and over twice what it was alone, or where a sign-in was answered by anything but a redirect, the page
again, or a page that says when to come back.
"""

import argparse
import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

PASSWORD = "correct horse battery staple"  # noqa: S105 -- of made-up people
PEOPLE, PAGES_A_SECOND, IDLE_SECONDS = 2_000, 5, 15
MOST, TIMES = 0.300, 2.0
MAKE_PEOPLE = f"""
import django; django.setup()
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from chiron.site.people.models import Person
from chiron.site.people.operations import add_person
owner = add_person(email="person0@example.org", name="Made up", by=None, now=timezone.now(), is_staff=True)
facts = {{"name": "Made up", "joined_at": owner.joined_at}}
Person.objects.bulk_create(Person(email=f"person{{number}}@example.org", **facts) for number in range(1, {PEOPLE}))
Person.objects.update(password=make_password("{PASSWORD}"))
"""


class Site:
    """A site on this computer, asked as a proxy before it would ask."""

    def __init__(self, port: int) -> None:
        """Remember where it is, and take a form's token."""
        self.port = port
        status, headers, body = self.ask("GET", "/account/login/")
        if status != 200:  # noqa: PLR2004 -- the status of a page
            raise SystemExit(f"The sign-in page answers {status}.")
        self.cookie = re.search(r"(chiron-\w+-form)=(\w+)", headers["Set-Cookie"]).group()
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body).group(1)

    def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None, place: str = "", cookie: str = ""
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Return status, headers and text of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        known = {"X-Forwarded-For": place, "Cookie": cookie}
        headers = {name: value for name, value in known.items() if value}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def sign_in(self, number: int) -> int:
        """Try to sign one person in, from a place of their own; return the status."""
        fields = {
            "csrfmiddlewaretoken": self.token,
            "login": f"person{number % PEOPLE}@example.org",
            "password": "wrong" if number % 4 == 3 else PASSWORD,  # noqa: PLR2004 -- one in four
        }
        place = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        try:
            return self.ask("POST", "/account/login/", fields, place, self.cookie)[0]
        except OSError:
            return 0


def timed_pages(site: Site, until: float) -> list[float]:
    """Ask for pages at an even pace until a moment, and return how long each took; a page that fails took for ever."""
    times = []
    for number in range(1_000_000):
        started = time.perf_counter()
        if started >= until:
            return times
        try:
            status = site.ask("GET", ("/help/", "/programmes/", "/account/login/code/")[number % 3])[0]
        except OSError:
            status = 0
        times.append(time.perf_counter() - started if status == 200 else float("inf"))  # noqa: PLR2004
        time.sleep(max(0.0, 1 / PAGES_A_SECOND - (time.perf_counter() - started)))
    return times


def percentile(times: list[float], share: float) -> float:
    """Return the time under which a share of all times lies."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def rush(site: Site, rate: int, seconds: int) -> tuple[list[float], Counter[int]]:
    """Offer sign-ins at a steady rate whatever becomes of them; return the times of pages and the statuses."""
    statuses: Counter[int] = Counter()
    lock = threading.Lock()

    def one(number: int) -> None:
        status = site.sign_in(number)
        with lock:
            statuses[status] += 1

    pages: list[float] = []
    begin = time.perf_counter()
    watcher = threading.Thread(target=lambda: pages.extend(timed_pages(site, begin + seconds)))
    watcher.start()
    with ThreadPoolExecutor(200) as pool:
        for number in range(rate * seconds):
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            pool.submit(one, number)
        watcher.join()
    return pages, statuses


def served(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """Make a site with people who have passwords, serve it, and return its process and port."""
    environment = {
        **os.environ,
        "CHIRON_TLS_PROXY": "1",
        "CHIRON_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "chiron.site.settings",
    }
    command = [sys.executable, "-m", "chiron"]
    subprocess.run([*command, "init", str(folder)], env=environment, check=True, capture_output=True)
    subprocess.run([sys.executable, "-c", MAKE_PEOPLE], env=environment, check=True)
    process = subprocess.Popen(
        [*command, "serve", str(folder), "--no-browser", "--port", "8990"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    port = 0
    for line in process.stdout or ():
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            port = int(found.group(1))
            break
    threading.Thread(target=lambda: [None for _ in process.stdout or ()], daemon=True).start()
    time.sleep(2)
    return process, port


def main() -> int:
    """Measure, print the table, and return 1 where the bound does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, port = served(Path(folder) / "site")
        try:
            site = Site(port)
            idle = timed_pages(site, time.perf_counter() + IDLE_SECONDS)
            pages, statuses = rush(site, arguments.rate, arguments.seconds)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    alone, busy = percentile(idle, 0.95), percentile(pages, 0.95)
    print("| | pages | median | 95th percentile |\n|---|---|---|---|")
    for name, times in (("alone", idle), (f"{arguments.rate} sign-ins a second", pages)):
        middle, high = (round(1000 * one) for one in (statistics.median(times), percentile(times, 0.95)))
        print(f"| {name} | {len(times)} | {middle} ms | {high} ms |")
    words = {
        302: "signed in",
        200: "refused as wrong",
        503: "told to come back",
        429: "too often",
        0: "without an answer",
    }
    became = ", ".join(f"{count} {words.get(status, status)}" for status, count in statuses.most_common())
    print(f"\n{sum(statuses.values())} sign-ins offered: {became}")
    holds = busy <= max(MOST, TIMES * alone) and not set(statuses) - {200, 302, 429, 503}
    print("Holds." if holds else "Does not hold.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
