"""`chiron` as a person types it, each command in a process of its own that has loaded the libraries already.

A process that loads Django, numpy and the engine needs a second for it, and a test may ask for a dozen. Here one
process loads what no setting can change, and a fork of it runs each command: with the environment, the arguments, the
output and the exit of a process that was started by itself. Who tests the start itself starts `python -m chiron`.
"""

import atexit
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("CHIRON_", "DJANGO_"))},
    "PYTHONPATH": str(ROOT / "src"),
}
"""That of a terminal in which nobody has set anything of ours."""
LOADED = (
    "numpy.ma", "chiron.cli.main", "chiron.cli.arguments", "chiron.pairing.solve", "chiron.sheets.match",
    "chiron.sheets.pools", "chiron.blueprints.plan.arrange", "chiron.blueprints.hand.shape_in_hand",
    "chiron.blueprints.schema.defaults", "django", "django.core.management.commands.migrate", "django.core.mail",
    "django.db.backends.sqlite3.base", "django.db.backends.sqlite3.schema", "django.db.migrations.executor",
    "django.forms", "django.http", "django.urls", "django.template.defaultfilters", "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation", "django.views.generic", "django.contrib.staticfiles.storage",
    "django.test.signals", "whitenoise.middleware", "asyncio", "smtplib", "sqlite3", "csp.constants", "psycopg",
    "fido2.server", "fido2.webauthn", "qrcode",
)  # fmt: skip
"""Whatever reads a setting while it is loaded must not stand here: it would be that of no site."""


def chiron(*words: str, environment: Mapping[str, str] = ENVIRONMENT) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = _loaded()
        asked = {"words": words, "environment": dict(environment), "cwd": str(Path.cwd()), "folder": folder}
        loaded.stdin.write(json.dumps(asked) + "\n")
        loaded.stdin.flush()
        code = int(loaded.stdout.readline())
        out, err = (Path(folder, name).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess(words, code, out, err)


@cache
def _loaded() -> subprocess.Popen:
    """Start the process that loads the libraries; it ends with this one."""
    process = subprocess.Popen(
        [sys.executable, __file__], env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(process.communicate)  # closes its standard input, and waits for it
    return process


def answer() -> None:
    """Load the libraries, then run what is asked for line by line; say the exit code of each."""
    for name in LOADED:
        import_module(name)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            become(asked)
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def become(asked: dict) -> NoReturn:
    """Be the process of one command, to its end."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["cwd"])
    places = (
        (0, os.devnull, os.O_RDONLY),
        (1, f"{asked['folder']}/stdout", os.O_RDWR | os.O_CREAT),
        (2, f"{asked['folder']}/stderr", os.O_RDWR | os.O_CREAT),
    )
    for number, path, how in places:
        opened = os.open(path, how)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["chiron", *asked["words"]]
    sys.exit(import_module("chiron.cli.main").main())


if __name__ == "__main__":
    answer()
