"""`chiron demo`, `init`, `serve`, `link` and `doctor`: a whole programme in the browser."""

import json
import os
import secrets
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chiron.cli.exits import DONE, NEEDS_FIXING, USAGE, Leave
from chiron.cli.site.folder import keep_address, last_address, make_folder, set_environment, use_folder
from chiron.cli.site.server import (
    LOOPBACK,
    address_of,
    has_display,
    open_browser,
    open_socket,
    room_for_drain_file,
    say,
    serve_until_stopped,
)


def demo(arguments: Namespace) -> int:
    """Fill a site with made-up people, print the link that signs in, and serve it until Ctrl+C."""
    say("Chiron demo. Everything stays on this computer.")
    with room_for_drain_file(), demo_folder(arguments.keep) as folder:
        listening = open_socket("127.0.0.1", arguments.port)
        address = address_of(listening)
        # Over whatever the environment says: a demo never fills the database or the folder of a real site.
        os.environ.update(
            {
                "CHIRON_DEMO": "1",
                "CHIRON_DATABASE_URL": "",
                "CHIRON_NAME": "Demo Trust mentoring",
                "CHIRON_DIR": str(folder),
                "CHIRON_SITE_URL": address,
                "CHIRON_SECRET_KEY": secrets.token_urlsafe(64),
            }
        )
        set_environment({})
        prepare_database()
        say("  Environment      ready")
        from chiron.cli.site.demo import fill
        from chiron.cli.site.people import first_staff, new_link, present_moment

        email = first_staff()
        if email:
            say("  Made-up people   as you left them")
        else:
            email = fill(
                stage=arguments.stage, now=present_moment(), say=lambda label, text: say(f"  {label:<16} {text}")
            )
        keep_address(folder, address)
        link = f"{address}/enter/{new_link(email)}"
        say("\n  Open this link. It signs you in once:")
        show_link(link, opens=not arguments.no_browser)
        if arguments.keep:
            say(f"\n  Ctrl+C stops the demo. It stays in {folder}.")
        else:
            say("\n  Ctrl+C stops and deletes the demo. To keep it: make demo KEEP=./demo")
        serve_until_stopped(listening)
    say("Stopped." if arguments.keep else "Stopped and deleted.")
    return DONE


@contextmanager
def demo_folder(kept: str | None) -> Iterator[Path]:
    """Give a folder for a demo: a named one that stays, or one that is deleted afterwards."""
    if kept:
        folder = Path(kept).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="chiron-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show_link(link: str, *, opens: bool) -> None:
    """Print the link on a line of its own, and open it where there is a browser."""
    print(f"    {link}/", flush=True)
    if opens and has_display():
        open_browser(f"{link}/")


def prepare_database() -> None:
    """Start Django and bring the database's tables to this version; of several servers one does it, the others wait.

    Raises:
        Leave: a setting makes no sense.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as fault:
        raise Leave(USAGE, f"{fault}\nThe settings are in settings.env, or in the environment.") from fault
    from chiron.site.shared.database import migrate

    migrate()


def init(arguments: Namespace) -> int:
    """Make a folder with fresh settings and an empty database."""
    folder = Path(arguments.dir)
    make_folder(folder)
    use_folder(folder)
    prepare_database()
    say(f"Made {folder}: settings.env, an empty database, and README.txt that says what is what.")
    say(f"Next:  chiron serve {folder}")
    return DONE


def serve(arguments: Namespace) -> int:
    """Serve the site in a folder until Ctrl+C; the first time, the link signs in its owner."""
    folder = Path(arguments.dir)
    if arguments.processes is not None:
        os.environ["CHIRON_PROCESSES"] = str(arguments.processes)
    use_folder(folder)
    url = os.environ.get("CHIRON_SITE_URL", "")
    if arguments.host not in LOOPBACK and not (os.environ.get("CHIRON_TLS_PROXY") and url.startswith("https://")):
        raise Leave(
            USAGE,
            f"With --host {arguments.host} other computers could read what people type here.\n"
            "Put a proxy that speaks https before the site, then set in settings.env:\n"
            "  CHIRON_SITE_URL=https://…\n  CHIRON_TLS_PROXY=1\n"
            "Or leave --host away: the site then answers this computer only.",
        )
    with room_for_drain_file():
        say("Starting. The site stays on this computer." if arguments.host in LOOPBACK else "Starting.")
        listening = open_socket(arguments.host, arguments.port)
        address = url.rstrip("/") or address_of(listening)
        set_environment({"CHIRON_SITE_URL": address})
        prepare_database()
        from chiron.cli.site.people import first_staff, make_owner, new_link
        from chiron.site.shared.database import migrating_alone

        with migrating_alone():
            email = first_staff() or make_owner()
        keep_address(folder, address)
        say(f"\n  The site is at {address}\n  Open this link. It signs you in once, within 15 minutes:")
        show_link(f"{address}/enter/{new_link(email)}", opens=not arguments.no_browser)
        say(f"\n  Another link: chiron link {folder} you@example.org\n  Ctrl+C stops the site.")
        serve_until_stopped(listening)
    say("Stopped.")
    return DONE


def link(arguments: Namespace) -> int:
    """Print a new link that signs one person in once."""
    folder = Path(arguments.dir)
    use_folder(folder)
    prepare_database()
    from django.conf import settings

    from chiron.cli.site.people import new_link, person_for_link

    email = person_for_link(arguments.email)
    print(f"{last_address(folder, settings.CHIRON_SITE_URL)}/enter/{new_link(email)}/", flush=True)
    return DONE


def erase(arguments: Namespace) -> int:
    """Erase a person, after saying what would go; the receipt counts what went, and names nobody."""
    use_folder(Path(arguments.dir))
    prepare_database()
    from chiron.cli.site.people import erase_by_email, rows_of

    if not arguments.yes:
        for table, count in rows_of(arguments.email).items():
            say(f"  {table:<28} {count}")
        say("These rows lead to them, and their name stands in others. To erase it all, for ever: add --yes")
        return DONE
    for table, count in erase_by_email(arguments.email).items():
        print(f"{table:<40} {count}", flush=True)
    say("Erased. Backups from before still hold it, until they are deleted.")
    return DONE


def unlock(arguments: Namespace) -> int:
    """Remove a second step that somebody has lost; they sign in by a link again."""
    use_folder(Path(arguments.dir))
    prepare_database()
    from chiron.cli.site.people import second_steps_of, unlock_by_email

    if not arguments.yes:
        count = second_steps_of(arguments.email)
        say(f"They have {count} second steps (passkeys, and one set of recovery codes).")
        say("Be sure that it is really them who asks, in person or by a number that you knew before. Then add --yes")
        return DONE
    say(f"Removed {unlock_by_email(arguments.email)}, and signed them out everywhere.")
    say(f"Next:  chiron link {arguments.dir} {arguments.email}")
    return DONE


def doctor(arguments: Namespace) -> int:
    """Check what a site needs, say how to fix what is red, and leave with code 3 if anything is."""
    use_folder(Path(arguments.dir))
    from chiron.cli.site.doctor import Mark, examine

    anchor = Path(arguments.anchor) if arguments.anchor else None
    if anchor is not None and not anchor.is_file():
        raise Leave(USAGE, f"There is no file {anchor}. Save the mails about seals as one text file.")
    if arguments.retry_jobs:
        prepare_database()
        from chiron.cli.site.people import present_moment
        from chiron.site.shared.jobs.operations import retry_jobs_set_aside

        say(f"{retry_jobs_set_aside(now=present_moment())} jobs will be tried again.")
    findings = examine(anchor)
    red = [finding for finding in findings if finding.mark is Mark.RED]
    if arguments.json:
        print(json.dumps({"schema_version": 1, "checks": [finding.as_json() for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding.as_text(color=sys.stdout.isatty() and not arguments.no_color))
        print("\nEverything needed is there." if not red else f"\n{len(red)} to fix.")
    return NEEDS_FIXING if red else DONE
