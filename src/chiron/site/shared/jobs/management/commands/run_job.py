"""`python -m django run_job JOB EPOCH`: do one long job, under limits, in a process of its own."""

import resource
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from chiron.site.shared.jobs.operations import Lease, perform
from chiron.site.shared.jobs.rules import LONGEST_RUN
from chiron.site.shared.process.logs import log_crashes


class Command(BaseCommand):
    """Does one long job; a fault ends the process, which is how the worker learns of it."""

    help = "Do one long job; started by `work`."
    # The server that started the worker was checked; checking again reads every page of the site.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Learn which job, and under which lease."""
        parser.add_argument("job", type=int)
        parser.add_argument("epoch", type=int)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django passes them
        """Do the job with a limit on processor time; Ctrl+C in the terminal is the worker's to handle."""
        log_crashes()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        seconds = int(LONGEST_RUN.total_seconds()) * 4
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        perform(Lease(options["job"], options["epoch"]))
