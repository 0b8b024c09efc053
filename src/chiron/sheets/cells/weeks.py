"""Times of the week in words to a mask of 336 half-hours in UTC: "6:00-7:00pm F", "Mon 18:00-19:00", "Tue evenings".

Bit 0 is the half-hour that starts on Monday at 00:00 UTC. Local times are moved to UTC as the clock stands in the week
of a given date, so summer time is that week's.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.cells.values import NO_ANSWER, Reading, problem
from chiron.sheets.files.headings import normal

HALF_HOURS = 336
DAY_MINUTES, WEEK_MINUTES, SLOT_MINUTES = 1_440, 10_080, 30
NOON = 12
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHORT_DAYS: Mapping[str, int] = meanings("short_days")
_PARTS: Mapping[str, tuple[int, int]] = meanings("parts_of_day")
_ALWAYS, _FILLERS, _MANY_MEANINGS = words("always"), words("time_fillers"), words("many_zones")
_ZONE_FILLERS = words("zone_fillers")
ABBREVIATIONS: Mapping[str, str] = meanings("zones")
_DAY = (
    r"mon(?:days?)?|tue(?:s|sdays?)?|wed(?:s|nesdays?)?|thu(?:r|rs|rsdays?)?|fri(?:days?)?|sat(?:urdays?)?|"
    r"sun(?:days?)?"
)
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2})?)?\s*(am|pm|a\.m\.?|p\.m\.?|noon|midnight)?"
_TOKEN = re.compile(
    rf"(?P<range>(?<![\d:.]){_CLOCK}\s*(?:-|\u2013|\u2014|to|until|till)\s*{_CLOCK}(?![\d:]))"
    rf"|(?P<span>\b(?:{_DAY})\s*(?:-|\u2013|\u2014|to|through)\s*(?:{_DAY})\b)"
    rf"|(?P<day>\b(?:{_DAY})\b)"
    r"|(?P<days>\bweekdays?\b|\bweekends?\b|\bevery ?day\b|\bany day\b|\bdaily\b|\ball week\b)"
    r"|(?P<part>\b(?:early mornings?|mornings?|lunch(?:times?)?|noon|midday|afternoons?|after work|evenings?|nights?|"
    r"(?:working|office|business) hours?|all day|any ?time|(?<!\bi )am|pm)\b)"
    rf"|(?P<bound>\b(?:after|from|before|until)\s+{_CLOCK})"
    r"|(?P<short>\b(?:tu|th|sa|su|m|t|w|r|f|s|u)\b)"
    r"|(?P<moment>(?<![\d:.])\d{1,2}(?:[:.]\d{2}\s*(?:am|pm)?|\s*(?:am|pm))(?![\d:]))"
    r"|(?P<word>[^\W\d_][\w'./+-]*|\d+)"
    r"|(?P<cut>[;\n])",
)
LONGEST = 2_000
_SPACES = re.compile(r"[^\S\n]+")
WANTED = 'Type days and times, for example "Mon 18:00-19:00; Tue 9:00-10:00".'
_LOOKS = re.compile(
    rf"\b(?:{_DAY}|weekdays?|weekends?|evenings?|mornings?)\b|\d\s*(?:am|pm)\b|\d:\d\d\s*-|\d[ap]m\s+[mtwfs]",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Heard:
    """What a cell has said so far: days and times not yet put together, and intervals (local minutes of the week)."""

    days: list[int]
    times: list[tuple[int, int]]
    intervals: list[tuple[int, int]]
    guessed: list[str]
    first: str = ""
    zone: str = ""
    is_understood: bool = True


def looks_like_slots(cell: str) -> bool:
    """Return whether a cell seems to name times of the week."""
    return _LOOKS.search(cell) is not None


@lru_cache(maxsize=1_024)
def zone_of(text: str) -> Reading:
    """Return the IANA name of a time zone from a name, a city, a common abbreviation or an offset."""
    plain = normal(text)
    if plain in ABBREVIATIONS:
        note = f"I used {ABBREVIATIONS[plain]}." if plain in _MANY_MEANINGS else ""
        return Reading(ABBREVIATIONS[plain], "zone_guessed" if note else "", note)
    names = _zones()
    if plain in names:
        return Reading(names[plain])
    inside = re.search(r"[A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?", text)
    if inside and normal(inside[0]) in names:
        return Reading(names[normal(inside[0])])
    said = [word for word in plain.split() if not word.isdigit() and word not in _ZONE_FILLERS]
    meant = {ABBREVIATIONS.get(word, "") for word in said} if said else set()
    if len(meant) == 1 and "" not in meant:
        return Reading(meant.pop())
    offset = re.search(r"(?:utc|gmt)\s*([+-])\s*(\d{1,2})(?::?00)?\b", text.casefold().replace("\u2212", "-"))
    if offset and int(offset[2]) <= NOON:
        sign = "-" if offset[1] == "+" else "+"  # the names of fixed zones count westwards
        return Reading("UTC" if offset[2] in {"0", "00"} else f"Etc/GMT{sign}{int(offset[2])}")
    return problem("not_a_time_zone", 'Type a name such as "Europe/London" or "America/New_York".')


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    names = sorted(zoneinfo.available_timezones())
    cities = {normal(name.rpartition("/")[2]): name for name in names if "/" in name and not name.startswith("Etc/")}
    return cities | {normal(name): name for name in names}


@lru_cache(maxsize=16_384)
def hours_of(cell: str, *, zone: str, week: dt.date) -> Reading:
    """Return the half-hours of the UTC week in which somebody is free.

    Args:
        cell: times of the week in words.
        zone: IANA name of the person's time zone.
        week: any date in the week whose clock counts.
    """
    cell = _SPACES.sub(" ", cell)
    if len(cell) > LONGEST:
        return problem("not_a_time", WANTED)
    heard = _Heard([], [], [], [])
    if normal(cell) in _ALWAYS:
        heard.intervals = [(day * DAY_MINUTES + 8 * 60, day * DAY_MINUTES + 20 * 60) for day in range(7)]
        heard.guessed.append("every day 08:00-20:00")
    else:
        for text in cell.casefold().split(";"):
            piece = _piece(text)
            if not piece.is_understood:
                return problem("not_a_time", WANTED)
            heard.intervals += piece.intervals
            heard.guessed += piece.guessed
            heard.zone = piece.zone or heard.zone
    if not heard.intervals:
        return problem("not_a_time", WANTED)
    mask = _mask(heard.intervals, zone=heard.zone or zone, week=week)
    if not mask:
        return problem("too_short", "Type times of at least half an hour.")
    if heard.guessed:
        return Reading(mask, "time_guessed", f"I read it as {', '.join(dict.fromkeys(heard.guessed))}.")
    return Reading(mask)


@lru_cache(maxsize=4_096)
def _piece(text: str) -> _Heard:
    """Return what a piece of a cell says, between semicolons: people write the same pieces again and again."""
    heard = _Heard([], [], [], [])
    heard.is_understood = not _listen(text, heard)
    _put_together(heard)
    return heard


def _listen(text: str, heard: _Heard) -> str:
    """Take in every word of a cell; return the first one that is not understood."""
    for token in _TOKEN.finditer(text):
        kind, said = token.lastgroup or "", token[0]
        if kind == "word":
            if not _understood(said, heard):
                return said
        elif kind == "moment":
            return said
        elif kind == "cut":
            _put_together(heard)
        else:
            _take(kind, token, heard)
    return ""


def _understood(said: str, heard: _Heard) -> bool:
    if said in ABBREVIATIONS or "/" in said:
        zone = zone_of(said)
        heard.zone = str(zone.value or "")
        return bool(heard.zone)
    return said.strip("'.-+/") in _FILLERS


def _take(kind: str, token: re.Match[str], heard: _Heard) -> None:
    about = "time" if kind in {"range", "part", "bound"} else "day"
    if heard.first and about == heard.first and heard.days and heard.times:
        _put_together(heard)
    heard.first = heard.first or about
    said = token[0]
    if kind == "range":
        heard.times.append(_clock_range(token.groups()[1:7], heard))
    elif kind == "bound":
        heard.times.append(_open_range(said, heard))
    elif kind == "part":
        name = next(name for name in _PARTS if said.startswith(name))
        start, end = _PARTS[name]
        heard.times.append((start * 60, end * 60))
        heard.guessed.append(f"{start:02d}:00-{end:02d}:00")
    elif kind == "span":
        first, last = (DAYS.index(day[:3]) for day in re.findall(r"[a-z]{3,}", said) if day[:3] in DAYS)
        heard.days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    elif kind == "days":
        heard.days += [5, 6] if said.startswith("weekend") else range(5) if said.startswith("weekday") else range(7)
    else:
        heard.days.append(DAYS.index(said[:3]) if kind == "day" else _SHORT_DAYS[said])


def _put_together(heard: _Heard) -> None:
    """Turn the days and times said so far into intervals; what was left out is guessed and noted."""
    if heard.times and not heard.days:
        heard.days = list(range(7))
        heard.guessed.append("every day")
    if heard.days and not heard.times:
        heard.times = [(9 * 60, 17 * 60)]
        heard.guessed.append("09:00-17:00")
    heard.intervals += [
        (day * DAY_MINUTES + start, day * DAY_MINUTES + end) for day in heard.days for start, end in heard.times
    ]
    heard.days, heard.times, heard.first = [], [], ""


def _clock_range(groups: tuple[str | None, ...], heard: _Heard) -> tuple[int, int]:
    start_hour, end_hour = int(groups[0] or 0), int(groups[3] or 0)
    half, other = (groups[2] or "").replace(".", ""), (groups[5] or "").replace(".", "")
    start = _minutes(start_hour, groups[1], half or other)
    end = _minutes(end_hour, groups[4], other or half)
    if not half and other and start >= end:
        start = _minutes(start_hour, groups[1], "am")
    if not half and not other:
        is_spoken = groups[1] is None and groups[4] is None
        if end <= start and end_hour < NOON and start_hour <= NOON:
            end += NOON * 60
        elif is_spoken and end_hour < 8:  # noqa: PLR2004 -- nobody meets before 8 without saying so
            start, end = start + NOON * 60, end + NOON * 60
            heard.guessed.append(f"{start // 60:02d}:00-{end // 60:02d}:00")
    return (start, end) if end > start else (start, end + DAY_MINUTES)


def _open_range(said: str, heard: _Heard) -> tuple[int, int]:
    found = re.search(_CLOCK, said)
    assert found is not None  # the token holds a clock time
    minutes = _minutes(int(found[1]), found[2], (found[3] or "").replace(".", ""))
    start, end = (minutes, 21 * 60) if said.startswith(("after", "from")) else (8 * 60, minutes)
    if end <= start:
        end = start + 60
    heard.guessed.append(f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}")
    return start, end


def _minutes(hour: int, minute: str | None, half: str) -> int:
    if half == "pm" and hour < NOON:
        hour += NOON
    elif half in {"am", "midnight"} and hour == NOON:
        hour = 0
    return hour * 60 + int(minute or 0)


def _mask(intervals: list[tuple[int, int]], *, zone: str, week: dt.date) -> int:
    """Return the half-hours that lie wholly inside intervals of local minutes of the week."""
    monday = week - dt.timedelta(days=week.weekday())
    mask = 0
    for start, end in intervals:
        mask |= _slots(start, end, zone, monday)
    return mask


@lru_cache(maxsize=4_096)
def _slots(start: int, end: int, zone: str, monday: dt.date) -> int:
    """Return the half-hours that lie wholly inside one interval."""
    shift = _shifts(zone, monday)[start // DAY_MINUTES % 7]
    first = -((shift - start) // SLOT_MINUTES)  # rounded up
    last = (end - shift) // SLOT_MINUTES
    mask = 0
    for slot in range(first, min(last, first + HALF_HOURS)):
        mask |= 1 << (slot % HALF_HOURS)
    return mask


@lru_cache(maxsize=1_024)
def _shifts(zone: str, monday: dt.date) -> tuple[int, ...]:
    """Return how many minutes the local clock is ahead of UTC at noon of each day of a week."""
    info = zoneinfo.ZoneInfo(zone)
    ahead = []
    for day in range(7):
        noon = dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(NOON), tzinfo=info)
        ahead.append(int((noon.utcoffset() or dt.timedelta()).total_seconds()) // 60)
    return tuple(ahead)


__all__ = ["NO_ANSWER", "hours_of", "looks_like_slots", "zone_of"]
