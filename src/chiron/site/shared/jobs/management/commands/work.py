"""`python -m django work`: do the jobs of the site until told to stop."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from chiron.site.shared.jobs.management.worker import Worker, orphan_watch
from chiron.site.shared.process.logs import log_crashes


class Command(BaseCommand):
    """Does jobs until it gets a signal, or until the process that started it is gone."""

    help = "Do the jobs of the site until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Learn who started this process."""
        parser.add_argument("--parent", type=int, default=0, help="stop when this process is no longer the parent")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django passes them
        """Work."""
        log_crashes()
        worker = Worker()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stop())
        worker.run(is_orphan=orphan_watch(options["parent"]))
