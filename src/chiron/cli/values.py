"""What flags take: lengths of time, whole numbers, days, time zones, FIELD=HEADING; each refused in words."""

import argparse
import datetime as dt
import re


def seconds(text: str) -> int:
    """Return a time limit in seconds: 60, 60s, 2m or 1h.

    Raises:
        argparse.ArgumentTypeError: the text is no length of time.
    """
    parts = re.fullmatch(r"(\d{1,6})\s*(s|m|h|)", text.strip())
    if parts is None or int(parts[1]) == 0:
        raise argparse.ArgumentTypeError(f'"{text}" is no length of time; type 60s, 5m or 1h')
    return int(parts[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[parts[2]]


def whole(text: str) -> int:
    """Return a whole number, zero or more.

    Raises:
        argparse.ArgumentTypeError: the text is something else.
    """
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number')
    return int(text)


def day(text: str) -> dt.date:
    """Return a day written as year, month and day.

    Raises:
        argparse.ArgumentTypeError: the text is none.
    """
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f'"{text}" is no date; type one like 2027-03-01') from fault


def zone(text: str) -> str:
    """Return a time zone by its name, as the sheets' reader names it.

    Raises:
        argparse.ArgumentTypeError: there is none of this name.
    """
    from chiron.sheets.cells.zones import zone_of

    found = zone_of(text)
    if found.value is None:
        raise argparse.ArgumentTypeError(f'"{text}" is no time zone; type one like Europe/London')
    return str(found.value)


def assignment(text: str) -> tuple[str, str]:
    """Return the two sides of FIELD=HEADING; without a heading the field has no column.

    Raises:
        argparse.ArgumentTypeError: there is no = in it.
    """
    field, equals, heading = text.partition("=")
    if not equals or not field.strip():
        raise argparse.ArgumentTypeError(f'"{text}" should be FIELD=HEADING, for example name="Full name"')
    return field.strip(), heading.strip()
