"""The process above Granian's: it serves until it is told to end, or until the process that started it is gone."""

import os
import signal
import sys
import threading
import time

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels


def main() -> None:
    """Serve the site; the words are host, port, processes, threads in each, and seconds for the last answers."""
    host, *numbers = sys.argv[1:]
    port, processes, threads, last_answers, parent = map(int, numbers)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    Granian(
        "chiron.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=processes,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=last_answers,
        log_level=LogLevels.warning,
    ).serve()


def _end_with(parent: int) -> None:
    """Ask this process to end once its parent is another: the one that started it was killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
