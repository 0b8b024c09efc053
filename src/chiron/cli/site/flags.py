"""The words of the commands on a site: every flag and example."""

import argparse

from chiron.cli.talk import CommandWords, add_talking
from chiron.cli.values import whole


def _browser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=whole, default=None, help="the port (8765, or the next free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def _yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do it; without this, only say what would go")


def _anchor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anchor", metavar="FILE", help="compare with seals told elsewhere, such as saved mails")


def _retry_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--retry-jobs", action="store_true", help="let the jobs that failed too often try again")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stage", choices=("applying", "matching", "running", "finished"), default="matching", help="where to begin"
    )
    parser.add_argument("--keep", metavar="DIR", help="keep the demo in this folder")


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", help="the folder of the programme")


def _host(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this computer only)")
    parser.add_argument(
        "--processes", metavar="N", type=whole, help="web processes (1; more use more cores, and need the extra server)"
    )


def _email(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address of the person")


WORDS: dict[str, CommandWords] = {
    "demo": (
        "Look around a whole programme of made-up people. One link signs you in.",
        "  chiron demo\n  chiron demo --stage applying --keep ./demo\n",
        (_demo, _browser, add_talking),
    ),
    "init": ("Make a folder for your own programme.", "  chiron init ./our-programme\n", (_folder, add_talking)),
    "serve": (
        "Start the site in a folder that chiron init made.",
        "  chiron serve ./our-programme\n  chiron serve ./our-programme --processes 2\n",
        (_folder, _host, _browser, add_talking),
    ),
    "doctor": (
        "Check that everything a site needs is there; each red line carries its fix.",
        "  chiron doctor ./our-programme\n",
        (_folder, _anchor, _retry_jobs, add_talking),
    ),
    "link": (
        "Print a new one-time sign-in link.",
        "  chiron link ./our-programme you@example.org\n",
        (_folder, _email, add_talking),
    ),
    "erase": (
        "Erase a person who asks for it: what they wrote, what was written to them, and their name everywhere.",
        "  chiron erase ./our-programme them@example.org\n  chiron erase ./our-programme them@example.org --yes\n",
        (_folder, _email, _yes, add_talking),
    ),
    "unlock": (
        "Remove the passkeys and recovery codes of somebody who has lost them, and sign them out everywhere.",
        "  chiron unlock ./our-programme them@example.org\n  chiron unlock ./our-programme them@example.org --yes\n",
        (_folder, _email, _yes, add_talking),
    ),
}
"""What each command does, its examples, and what adds its flags."""
