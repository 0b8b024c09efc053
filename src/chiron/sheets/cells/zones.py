"""Time zones: "Europe/London", "EST", "India Standard Time", "(UTC+05:30) Chennai, Kolkata", "GMT-3:30" are one each.

A zone is an IANA name, or an offset from UTC in hours and minutes such as "UTC+05:30", whose clock never changes.
"""

import datetime as dt
import re
import tomllib
import zoneinfo
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.cells.values import Reading, problem
from chiron.sheets.files.headings import normal

HOUR, MOST_HOURS = 60, 14
LONGEST, SHORT, LONGEST_NAME = 200, 2, 4
"""Letters of a cell; letters of a word that says nothing more, such as a state; words of the longest name."""
ABBREVIATIONS: Mapping[str, str] = meanings("zones")
_MANY_MEANINGS, _FILLERS = words("many_zones"), words("zone_fillers")
_SIGN = r"[+\-\u2212\u2013\u00b1]"
_OFFSET = re.compile(
    rf"\(? ?(?<![\w:])((?:utc|gmt)? ?({_SIGN}) ?(\d{{1,2}})(?: ?([:.]) ?(\d{{1,2}})| ?(\d\d))?(?!\d))"
    r" ?(?:hours?|hrs?|h)? ?\)?"
)
_WRITTEN = re.compile(r"UTC([+-])(\d\d):(\d\d)")
_IANA = re.compile(r"(?<![A-Za-z])[A-Za-z]++(?:/[A-Za-z_+\-]++)++(?:\d{1,2})?")
_PIECES = re.compile(r"[,;/|&()\[\]\n]|\s[-\u2013\u2014]\s|\s(?:and|or)\s", re.IGNORECASE)
_CLOCKS = re.compile(r"\b(?:standard|daylight|summer|winter|local) time\b|\bstandard\b|\bdaylight\b|\btime(?: zone)?\b")
# What the last part of an IANA name says only together with the first.
_NO_CITIES = frozenset({"east", "west", "north", "south", "general", "center", "continental", "zulu", "yukon", "acre"})
WANTED = 'Type a name such as "Europe/London" or "America/New_York".'


@lru_cache(maxsize=1_024)
def zone_of(text: str) -> Reading:
    """Return a time zone from a name, a city, an abbreviation or an offset.

    A city or a name counts before an offset that is printed beside it, which is often that of winter only; where
    several cities stand together, those whose clock has the offset count first.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return problem("not_a_time_zone", WANTED)
    known = _exact(text)
    if known is not None:
        return known
    offset, rest = _offset_in(text.casefold())
    named, is_whole = _named(rest)
    places = [zone for zone, is_sure in named if is_sure and zone != "UTC"]
    fitting = [zone for zone in places if offset is None or offset in _offsets_of(zone)]
    if not places:
        return _without_place([zone for zone, _ in named], offset, is_whole=is_whole)
    chosen = (fitting or places)[0]
    agree = all(_offsets_of(zone) == _offsets_of(chosen) for zone in fitting or places)
    is_plain = agree and (is_whole if offset is None else bool(fitting))
    return Reading(chosen) if is_plain else _guess(chosen)


def _exact(text: str) -> Reading | None:
    """Return what a whole text says as an IANA name, an abbreviation or a city; None where it says more."""
    plain = normal(text)
    if plain in ABBREVIATIONS:
        zone = ABBREVIATIONS[plain]
        return _guess(zone) if plain in _MANY_MEANINGS else Reading(zone)
    if text.casefold() in _by_name():
        return Reading(_by_name()[text.casefold()])
    inside = _IANA.search(text)
    if inside is not None and inside[0].casefold() in _by_name():
        return Reading(_by_name()[inside[0].casefold()])
    return None


def _without_place(abbreviated: Sequence[str], offset: int | None, *, is_whole: bool) -> Reading:
    """Return the zone where no place is named: by its abbreviations, and the offset beside them."""
    fitting = [zone for zone in abbreviated if zone != "UTC" and (offset is None or offset in _offsets_of(zone))]
    if fitting:
        is_plain = len(set(fitting)) == 1 and (is_whole or offset is not None)
        return Reading(fitting[0]) if is_plain else _guess(fitting[0])
    if offset is not None:
        return Reading(zone_at(offset)) if is_whole else _guess(zone_at(offset))
    if "UTC" in abbreviated and is_whole:
        return Reading("UTC")
    return problem("not_a_time_zone", WANTED)


def _guess(zone: str) -> Reading:
    ahead = minutes_ahead(zone, dt.date(2026, 1, 1)) if zone.startswith("Etc/GMT") else None
    # The names of fixed zones count westwards, which nobody expects.
    shown = zone if ahead is None else f"UTC{'-' if ahead < 0 else '+'}{abs(ahead) // HOUR}"
    return Reading(zone, "zone_guessed", f"I used {shown}.")


def _named(text: str) -> tuple[list[tuple[str, bool]], bool]:
    """Return the zones that a text names, each with whether it is sure, and whether nothing else was said.

    Sure is the name of a place or of a zone; an abbreviation with several meanings is not.
    """
    whole = _meaning(normal(text))
    if whole is not None:
        return [whole], True
    found: list[tuple[str, bool]] = []
    is_whole = True
    for piece in map(normal, _PIECES.split(text)):
        zone = _meaning(piece)
        if zone is not None:
            found.append(zone)
            continue
        parts, left = _inside(piece.split())
        found += parts
        is_whole = is_whole and all(word in _FILLERS or (len(word) <= SHORT and word.isalpha()) for word in left)
    return found, is_whole


def _inside(said: list[str]) -> tuple[list[tuple[str, bool]], list[str]]:
    """Return the zones that runs of words name, the longest first, and the words that are left."""
    for length in range(min(len(said), LONGEST_NAME), 0, -1):
        for start in range(len(said) - length + 1):
            zone = _meaning(" ".join(said[start : start + length]))
            if zone is not None:
                before, left = _inside(said[:start])
                after, right = _inside(said[start + length :])
                return [*before, zone, *after], [*left, *right]
    return [], said


def _meaning(piece: str) -> tuple[str, bool] | None:
    """Return the zone that a few words name, and whether it is sure; None where they name none."""
    bare = " ".join(_CLOCKS.sub(" ", piece).split())
    for name in dict.fromkeys((piece, bare, " ".join(word for word in bare.split() if word not in _FILLERS))):
        zone = (_windows().get(name) if bare != piece else None) or _places().get(name)
        if zone is not None:
            return zone, True
        if name in ABBREVIATIONS:
            return ABBREVIATIONS[name], name not in _MANY_MEANINGS
    return None


def _offset_in(text: str) -> tuple[int | None, str]:
    """Return the minutes of an offset from UTC in a text, or None, and the text without it."""
    for found in _OFFSET.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        hours, minutes = int(found[3]), _minutes(found)
        is_bare = found[1].lstrip()[0] not in "ug"
        if hours <= MOST_HOURS and minutes < HOUR and not (is_bare and before.strip()):
            ahead = hours * HOUR + minutes
            return -ahead if found[2] in "-\u2212\u2013" else ahead, f"{before} {after}"
    return None, text


def _minutes(found: re.Match[str]) -> int:
    """Return the minutes of an offset: "5:30", "0530", and "5.5" for half an hour."""
    if found[5] is None:
        return int(found[6] or 0)
    return int(found[5]) * 6 if found[4] == "." and len(found[5]) == 1 else int(found[5])


def zone_at(minutes: int) -> str:
    """Return the zone whose clock is always so many minutes ahead of UTC."""
    hours, rest = divmod(abs(minutes), HOUR)
    if minutes == 0:
        return "UTC"
    if rest:
        return f"UTC{'+' if minutes > 0 else '-'}{hours:02d}:{rest:02d}"
    return f"Etc/GMT{'-' if minutes > 0 else '+'}{hours}"  # the names of fixed zones count westwards


def clock_of(zone: str) -> dt.tzinfo:
    """Return the clock of a zone as `zone_of` names it.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    fixed = _WRITTEN.fullmatch(zone)
    if fixed is None:
        return zoneinfo.ZoneInfo(zone)
    ahead = dt.timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
    return dt.timezone(ahead if fixed[1] == "+" else -ahead)


def minutes_ahead(zone: str, day: dt.date) -> int:
    """Return how many minutes the clock of a zone is ahead of UTC at noon of a day."""
    ahead = dt.datetime.combine(day, dt.time(12), tzinfo=clock_of(zone)).utcoffset() or dt.timedelta()
    return int(ahead.total_seconds()) // 60


@lru_cache(maxsize=1_024)
def _offsets_of(zone: str) -> frozenset[int]:
    """Return the offsets that a zone has in winter and in summer, in minutes."""
    return frozenset(minutes_ahead(zone, dt.date(2026, month, 15)) for month in (1, 7))


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("chiron.sheets.cells").joinpath("zones.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _windows() -> dict[str, str]:
    """Return the zones that Windows names, by their names without "Standard Time"."""
    return _tables()["windows"]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    """Return IANA names by themselves in small letters."""
    return {name.casefold(): name for name in zoneinfo.available_timezones()}


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Return zones by the names of places."""
    names = sorted(zoneinfo.available_timezones())
    cities = {normal(name.rpartition("/")[2]): name for name in names if "/" in name and not name.startswith("Etc/")}
    whole = {normal(name): name for name in names if not any(map(str.isdigit, name)) and len(name) > 3}  # noqa: PLR2004 -- "GMT" is an abbreviation
    return {name: zone for name, zone in {**cities, **whole, **_tables()["places"]}.items() if name not in _NO_CITIES}
