"""The folder of a site: one settings file that people can read, one database, and the address it was last served at."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from chiron.cli.exits import USAGE, Leave

SETTINGS_FILE: Final = "settings.env"
ADDRESS_FILE: Final = "address.txt"
SEAL_KEY_BYTES: Final = 32
READ_ME: Final = """This folder holds your mentoring site.

settings.env     its settings; open it with any text editor, then start the site again
chiron.sqlite3   everything people have entered (copying this file while the site runs is not a backup)
files/           files that people have uploaded
anchor.txt       the seals over the history; worth most in another place, see CHIRON_ANCHOR in settings.env
address.txt      where the site was last served

Start it          chiron serve {name}
Check it          chiron doctor {name}
Sign somebody in  chiron link {name} you@example.org
"""
SETTINGS: Final = """# Settings of your mentoring site. A line that starts with # is not read.
# Start the site again after a change.

# The name at the top of every page, and of the first programme: change it before the first start.
CHIRON_NAME={name}

# Where people reach the site. A real site has an address that starts with https://.
# CHIRON_SITE_URL=https://mentoring.example.org

# Set to 1 when a proxy that speaks https stands before the site. Needed to listen beyond this computer.
# CHIRON_TLS_PROXY=1

# The addresses of those proxies, where they are on other computers.
# CHIRON_PROXIES=10.0.0.5

# Who runs a programme needs a passkey beside the link or the code, where the address starts with https://. "0": not.
# CHIRON_STAFF_SECOND_STEP=0

# Web processes; more than one uses more cores (needs the extra "server").
# CHIRON_PROCESSES=2

# How mail leaves. Until this is set, messages wait in the outbox, and you can copy sign-in links.
# CHIRON_EMAIL_URL=smtp+tls://user:password@mail.example.org:587
# CHIRON_EMAIL_FROM=Mentoring <mentoring@example.org>

# Whom people should write to when they need help.
# CHIRON_CONTACT=mentoring@example.org

# The database; without this line, the file chiron.sqlite3 in this folder.
# CHIRON_DATABASE_URL=postgresql://chiron:password@127.0.0.1/chiron

CHIRON_TIME_ZONE=Europe/London

# Keeps sign-ins safe. Keep it secret; a new one signs everybody out.
CHIRON_SECRET_KEY={key}

# Seals the history of the site, so that nobody can rewrite it unseen. Keep a copy apart from the database. To change
# it, put a new name:secret and a comma before the old one: the first seals, all are still believed.
CHIRON_SEAL_KEYS=first:{seal_key}

# Who is told of the seals: a file on another disk, or an auditor by mail. Until this is set, anchor.txt in this folder.
# CHIRON_ANCHOR=mailto:auditor@example.org
"""


def make_folder(folder: Path) -> None:
    """Make a folder with fresh settings in it, readable by its owner alone.

    Raises:
        Leave: it holds settings already, or cannot be made.
    """
    if (folder / SETTINGS_FILE).exists():
        raise Leave(USAGE, f"{folder} already holds a site. Start it: chiron serve {folder}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        settings = folder / SETTINGS_FILE
        settings.touch(mode=0o600)
        text = SETTINGS.format(
            name="Our mentoring", key=secrets.token_urlsafe(64), seal_key=secrets.token_urlsafe(SEAL_KEY_BYTES)
        )
        settings.write_text(text, encoding="utf-8")
        (folder / "README.txt").write_text(READ_ME.format(name=folder), encoding="utf-8")
    except OSError as fault:
        raise Leave(
            USAGE, f"I cannot make {folder}: {fault.strerror}. Choose a folder that you may write to."
        ) from fault


def settings_in(text: str) -> dict[str, str]:
    """Return the settings in the text of a settings file: NAME=value, one a line; quotes around a value are dropped."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _equals, value in pairs}


def use_folder(folder: Path) -> None:
    """Make a folder's settings those of this process; what the environment says already wins.

    Raises:
        Leave: there are no settings in it.
    """
    try:
        text = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
    except OSError as fault:
        raise Leave(USAGE, f"There is no site in {folder}. Make one: chiron init {folder}") from fault
    set_environment({**settings_in(text), "CHIRON_DIR": str(folder.resolve())})


def set_environment(settings: Mapping[str, str]) -> None:
    """Hand settings to this process and to those it starts; what is set already wins."""
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiron.site.settings")


def keep_address(folder: Path, address: str) -> None:
    """Remember where the site is served, so that `link` names the right place."""
    (folder / ADDRESS_FILE).write_text(f"{address}\n", encoding="utf-8")


def last_address(folder: Path, otherwise: str) -> str:
    """Return where the site was last served, or another address where it never was."""
    path = folder / ADDRESS_FILE
    return path.read_text(encoding="utf-8").strip() if path.exists() else otherwise
