"""Log lines without personal data: what went wrong and where, never what anybody typed.

The text of an exception may hold answers (a database quotes the row it refuses), and the address of a request may hold
the secret of a link. So a fault is written as its kinds and places, and a request as the pattern of its address.
"""

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Final

OURS: Final = "chiron"
LONGEST_CHAIN: Final = 10


class WithoutPersonalData(logging.Formatter):
    """Writes one record as a line, and below it the places of its fault."""

    def __init__(self) -> None:
        """Put the moment, the level and the logger first."""
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        bare = logging.makeLogRecord({**record.__dict__, "args": (), "exc_text": None, "stack_info": None})
        bare.msg = record.getMessage() if record.name.split(".")[0] == OURS else told_by_others(record)
        return super().format(bare)

    def formatException(  # noqa: N802 -- the name that logging asks for
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return the kinds of a fault and of those behind it, each with its places, without their texts."""
        return "\n".join(places_of(ei[1])) if ei[1] is not None else ""


def told_by_others(record: logging.LogRecord) -> str:
    """Return what code that is not ours logs: its own words, and the pattern of the address that was asked.

    Words without gaps may be filled in already, so only where they stand is told.
    """
    words = record.msg if isinstance(record.msg, str) and record.args else f"{record.module}:{record.lineno}"
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    method = getattr(request, "method", "")
    return " ".join(part for part in (words, method, match.route if match else "") if part)


def places_of(fault: BaseException) -> list[str]:
    """Return a line for each fault of a chain, the first cause last, and below it each place it came through."""
    lines: list[str] = []
    following: BaseException | None = fault
    for _ in range(LONGEST_CHAIN):
        if following is None:
            break
        lines.append(f"{type(following).__module__}.{type(following).__qualname__}")
        for frame, line in traceback.walk_tb(following.__traceback__):
            lines.append(f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}")
        following = following.__cause__ or following.__context__
    return lines


def log_crashes() -> None:
    """Let a fault that ends this process, or one of its threads, be logged like any other."""
    logger = logging.getLogger(f"{OURS}.crash")

    def log(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            logger.critical("This process ends because of a fault", exc_info=(kind, fault, trace))

    def log_thread(facts: threading.ExceptHookArgs) -> None:
        if facts.exc_value is not None:
            log(facts.exc_type, facts.exc_value, facts.exc_traceback)

    sys.excepthook = log
    threading.excepthook = log_thread
