"""A long job that says when it has started, waits for a sign, then has its one effect."""

import os
import time
from pathlib import Path

from django.db import transaction

from chiron.site.shared.jobs.operations import require_lease
from chiron.site.shared.jobs.rules import job


@job("crash.wait")
def wait(number: int) -> None:
    """Leave one line, under the lease."""
    folder = Path(os.environ["CRASH_DIR"])
    (folder / f"started-{os.getpid()}").touch()
    while not (folder / "go").exists():
        time.sleep(0.05)
    with transaction.atomic():
        require_lease()
        with (folder / "effects").open("a") as effects:
            effects.write(f"{number}\n")
