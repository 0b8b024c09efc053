"""What the cells of a workbook mean: dates, times, zeros in front and per cents by their format, and odd characters."""

import datetime as dt
import re
from dataclasses import dataclass

BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
BUILT_IN_PERCENTS = frozenset({9, 10})
BUILT_IN_DURATIONS = frozenset({46})
EPOCH, EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 -- a sheet has no time zone
FALSE_LEAP_DAY = 60  # Excel believes in 29 February 1900
DAY_SECONDS, LAST_SERIAL = 86_400, 2_958_466
EXACT = 10**15
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ZEROS = re.compile(r"0{2,}(?:[-\s/]0+)*(?:;@)?")


@dataclass(frozen=True, slots=True)
class Format:
    """How the numbers of one style are shown: as a plain number, or in one of four other ways."""

    is_date: bool = False
    is_duration: bool = False
    is_percent: bool = False
    zeros: int = 0


GENERAL = Format()


def format_of(number: int, code: str | None) -> Format:
    """Return what a number format means.

    Args:
        number: of the format; some are built in.
        code: as the workbook writes it; None for a built-in one.
    """
    if code is None:
        return Format(
            is_date=number in BUILT_IN_DATES,
            is_duration=number in BUILT_IN_DURATIONS,
            is_percent=number in BUILT_IN_PERCENTS,
        )
    bare = _NOT_LETTERS.sub("", code).casefold()
    first = bare.partition(";")[0]
    if re.search(r"\[(?:h+|m+|s+)\]", first):
        return Format(is_duration=True)
    if first.strip() != "general" and re.search(r"[dmyhs]", first):
        return Format(is_date=True)
    if first.rstrip().endswith("%"):
        return Format(is_percent=True)
    return Format(zeros=first.count("0")) if _ZEROS.fullmatch(code) else GENERAL


def number_text(raw: str, shape: Format, *, epoch: dt.datetime = EPOCH) -> str:
    """Return a number as people read it: zeros kept, whole numbers without a point, dates as ISO.

    Args:
        raw: the number as the workbook stores it.
        shape: of its cell.
        epoch: day 0 of the workbook's dates.

    Raises:
        ValueError: it is no number.
    """
    if shape is GENERAL and raw.isdecimal():
        return raw
    value = float(raw)
    if (shape.is_date or shape.is_duration) and 0 <= value < LAST_SERIAL:
        return _moment_text(value, epoch) if shape.is_date else _duration_text(value)
    if shape.is_percent:
        return f"{value * 100:.10g}%"
    if abs(value) < EXACT and value == int(value):
        return str(int(value)).rjust(shape.zeros, "0")
    return f"{value:.15g}"


def _duration_text(days: float) -> str:
    minutes = round(days * DAY_SECONDS / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _moment_text(serial: float, epoch: dt.datetime) -> str:
    seconds = round(serial * DAY_SECONDS)
    if serial < 1:
        hours, rest = divmod(seconds, 3_600)
        return f"{hours % 24:02d}:{rest // 60:02d}"
    if epoch == EPOCH and serial < FALSE_LEAP_DAY:
        epoch += dt.timedelta(days=1)
    moment = epoch + dt.timedelta(seconds=seconds)
    if moment.hour == moment.minute == moment.second == 0:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="seconds" if moment.second else "minutes")


def unescaped(text: str) -> str:
    """Return a text with the characters that workbooks write as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n") if "_x" in text else text
