"""An unexpected fault: kept in a log on this computer, and said in two sentences."""

import os
import platform
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from chiron.version import VERSION


def report_fault(fault: BaseException, *, verbose: bool) -> None:
    """Write a fault to a log file and say where it is.

    Args:
        fault: what went wrong.
        verbose: show the stack trace, too.
    """
    trace = "".join(traceback.format_exception(fault))
    path = _write_log(trace)
    if verbose:
        print(trace, file=sys.stderr, end="")
    where = (
        f"The log is in {path}." if path is not None else "The log could not be written; run again with -v to see it."
    )
    print(
        f"Something went wrong inside Chiron ({type(fault).__name__}); your files are as they were.\n{where}\n"
        "A report helps: copy the log's last lines, which hold no names from your sheets unless the last line does.",
        file=sys.stderr,
    )


def _write_log(trace: str) -> Path | None:
    """Write the log to the user's state folder, or to the temporary one; return its path."""
    state = os.environ.get("XDG_STATE_HOME", "")
    folders = [Path(state) if state else Path.home() / ".local" / "state", Path(tempfile.gettempdir())]
    now = datetime.now(UTC)
    for folder in folders:
        path = folder / "chiron" / f"fault-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        head = f"chiron {VERSION}, Python {platform.python_version()}, {platform.system()}, {now:%Y-%m-%d %H:%M} UTC\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(head + trace, encoding="utf-8")
        except OSError:
            continue
        return path
    return None
