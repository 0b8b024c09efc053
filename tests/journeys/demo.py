"""A demo that runs as people start it, and a browser window on it."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 90
"""Seconds: far more than it takes, because other tests run beside this one."""


@dataclass(frozen=True)
class Demo:
    """A demo that runs: the process that serves it, and the link that signs in once."""

    process: subprocess.Popen
    link: str

    @property
    def url(self) -> str:
        """Return the address of the site."""
        return self.link.split("/enter/")[0]


def start_demo(words: list[str], *, folder: Path, environment: dict[str, str], within: int = STARTS_WITHIN) -> Demo:
    """Start a demo as a process group of its own, and wait for the line with the link."""
    notes = Path(environment["TMPDIR"]).parent
    said, seen = notes / "stdout", notes / "stderr"
    # A shell that runs the tests in the background ignores Ctrl+C, and what we start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with said.open("wb") as out, seen.open("wb") as err:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True,
        )  # fmt: skip
    until = time.monotonic() + within
    while time.monotonic() < until:
        link = re.search(r"http://\S+/enter/\S+", said.read_text())
        if link:
            return Demo(process, link.group())
        assert process.poll() is None, seen.read_text()
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGKILL)
    raise AssertionError(seen.read_text())


def plain_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a terminal in which nobody has set anything of ours, with a place for scratch files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHIRON_", "DJANGO_", "PYTEST_"))}
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return {**kept, "TMPDIR": str(scratch), "NO_COLOR": "1"}


class Visit:
    """A browser window on the demo, and what its console said."""

    def __init__(self, context) -> None:
        """Open a page."""
        self.page = context.new_page()
        self.said = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))

    def look_as(self, look: str, *, stage: str = "") -> None:
        """Look at the demo as somebody, at a stage."""
        self.page.goto("/")
        if stage:
            self.page.locator(f"button[name=stage][value={stage}]").click()
        self.page.locator(f"button[name=look][value={look}]").click()
        self.page.wait_for_load_state()

    def press(self, name: str | re.Pattern) -> None:
        """Press a button by its words, and wait for the page it leads to."""
        # A click does not wait: whoever reads or leaves the page at once would read the old one, or stop the new one.
        with self.page.expect_response(_is_an_answer) as found:
            self.page.get_by_role("button", name=name).first.click()
        found.value.finished()
        self.page.wait_for_load_state()

    def follow(self, name: str | re.Pattern) -> None:
        """Follow a link in the main part of the page by its words, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=name).first.click()

    @property
    def has_problems(self) -> bool:
        """Return whether the page says in every place that something must be put right, and leads there."""
        self.page.locator(".error-summary").wait_for()
        focus = self.page.evaluate("document.activeElement.className")
        return self.page.title().startswith("Error: ") and focus == "error-summary"

    @property
    def words(self) -> str:
        """Return what the main part of the page says."""
        return self.page.inner_text("main")

    @property
    def heading(self) -> str:
        """Return the heading of the page."""
        return self.page.inner_text("h1")

    @property
    def faults(self) -> list[str]:
        """Return what the console said that is a fault; a page that refuses says its own status."""
        return [words for words in self.said if words.startswith("error:") and "status of 4" not in words]

    @property
    def figures(self) -> list[str]:
        """Return the figures that stand at the top of the page."""
        return [" ".join(text.split()) for text in self.page.locator(".figure strong").all_inner_texts()]


def _is_an_answer(response) -> bool:
    """Return whether a response is what a pressed button led to, not a redirect on the way or a picture."""
    return response.request.resource_type in {"document", "xhr", "fetch"} and not 300 <= response.status < 400


def change_a_mentor(visit: Visit) -> None:
    """From the review of a plan: give the first mentee another mentor, and see that it did what was said before."""
    visit.page.get_by_role("link", name=re.compile("^Change mentor")).first.click()
    mentee = visit.heading.removeprefix("Another mentor for ")
    visit.follow(re.compile("^Choose "))
    mentor = visit.heading.removesuffix(f" for {mentee}")
    told = re.search(r"Whole plan ([+−]\d+|unchanged)", visit.words)
    assert told, visit.words
    visit.page.get_by_label("Why do you change this pair?").fill("They know each other from a course")
    visit.press(re.compile("^Choose "))
    assert visit.page.locator(".banner").filter(has_text="Last change:").filter(has_text=mentee).count() == 1
    visit.page.goto(f"{visit.page.url.split('?')[0]}?show=locked")
    assert f"{mentee} with {mentor}" in " ".join(visit.words.split())


def publish(visit: Visit) -> int:
    """From the review of a plan: publish it, and return how many messages the button named and the outbox holds."""
    visit.follow("Publish…")
    assert "Nothing has been sent yet." in visit.words
    visit.press("Continue")
    button = visit.page.get_by_role("button", name=re.compile(r"^Send \d+ messages$"))
    number = int(button.inner_text().split()[1])
    visit.press(re.compile(r"^Send \d+ messages$"))
    assert "is published" in visit.heading
    assert f"{number} messages are in the outbox." in visit.words
    return number
