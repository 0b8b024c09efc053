"""Runs several acts at the same moment, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE = 30.0


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Do all acts at once; return, in their order, what each returned or the exception that it raised."""
    together = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            together.wait(PATIENCE)
            outcomes[place] = act()
        except Exception as fault:  # noqa: BLE001 -- the test judges whatever came of it
            outcomes[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def faults(outcomes: list[Any]) -> list[Exception]:
    """Return the exceptions among some outcomes."""
    return [one for one in outcomes if isinstance(one, Exception)]
