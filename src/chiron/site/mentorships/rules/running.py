"""Matches that run already when they come here: how a sheet names them, and since when they run."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Limits, Table
from chiron.site.shared.refusals import RefusedError

RUNNING_LIMITS = Limits(file_bytes=1024 * 1024, unpacked_bytes=20 * 1024 * 1024, rows=501, columns=50, cells=25_000)
"""The largest sheet of pairs that a page takes: its rows go through the page that asks, which is to stay small."""
PAIR_HEADINGS: Mapping[str, str] = {
    "mentee": "Mentee",
    "mentee_email": "Mentee e-mail",
    "mentor": "Mentor",
    "mentor_email": "Mentor e-mail",
    "since": "Since",
}
_ALSO: Mapping[str, tuple[str, ...]] = {
    "mentee": ("mentee name", "name of mentee"),
    "mentee_email": ("mentee email", "mentee address", "email of mentee"),
    "mentor": ("mentor name", "name of mentor"),
    "mentor_email": ("mentor email", "mentor address", "email of mentor"),
    "since": ("start", "started", "start date", "began", "begin", "paired on", "matched on", "date"),
}
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%B %d %Y")


@dataclass(frozen=True, slots=True)
class RunningPair:
    """Two people who are matched already, by the keys of their applications, and the first day of their match."""

    mentee: int
    mentor: int
    since: dt.date
    place: str


@dataclass(frozen=True, slots=True)
class PairFault:
    """What is wrong with one row of a sheet of pairs: its number, and what to do."""

    row: int
    text: str


class PairsRefusedError(RefusedError):
    """The people or their places changed after the page with the pairs was shown."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("The people of this cohort changed since you checked. Nothing began. Check again."))


def pair_columns(table: Table) -> dict[str, int]:
    """Return the positions of the columns of a sheet of pairs, by what they hold; not all of them need be there."""
    meant = {normal(heading): name for name, also in _ALSO.items() for heading in (PAIR_HEADINGS[name], *also)}
    found: dict[str, int] = {}
    for at, heading in enumerate(table.headings):
        name = meant.get(normal(heading))
        if name is not None:
            found.setdefault(name, at)
    return found


def missing_columns(columns: Mapping[str, int]) -> str:
    """Return what to say where a sheet does not name both people and the day; empty where it does."""
    has_both = all({part, f"{part}_email"} & columns.keys() for part in ("mentee", "mentor"))
    if has_both and "since" in columns:
        return ""
    return _("The sheet needs the headings Mentee e-mail (or Mentee), Mentor e-mail (or Mentor), and Since.")


def day_in(text: str) -> dt.date | None:
    """Return the day that a cell names, the day before the month; None where it names none."""
    said = " ".join(text.replace(",", ", ").split()).removesuffix(" 00:00")
    for form in _DAYS:
        try:
            return dt.datetime.strptime(said, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None


def since_fault(text: str, *, today: dt.date) -> str:
    """Return what is wrong with the first day of a match."""
    day = day_in(text)
    if day is None:
        return _("“%s” is no day. Type the day on which they began, for example 2026-09-01.") % text
    return _("%s is still to come. Type the day on which they began.") % day.isoformat() if day > today else ""


def free_place(taken: Sequence[str], wanted: int) -> str:
    """Return the number of the first place of a mentee that no mentor takes; empty where none is free."""
    return next((str(number) for number in range(1, wanted + 1) if str(number) not in taken), "")
