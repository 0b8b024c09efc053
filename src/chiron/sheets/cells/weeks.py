"""Times of the week in words to a mask of 336 half-hours in UTC: "6:00-7:00pm F", "weekday evenings except Friday".

Bit 0 is the half-hour that starts on Monday at 00:00 UTC. Local times are moved to UTC as the clock stands in the week
of a given date, so summer time is that week's. Where a clock differs from UTC by quarters of an hour, the half-hours
that lie wholly inside the local times are kept.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.cells.values import NO_ANSWER, Reading, problem
from chiron.sheets.cells.zones import ABBREVIATIONS, minutes_ahead, zone_of
from chiron.sheets.files.headings import normal

HALF_HOURS = 336
DAY_MINUTES, WEEK_MINUTES, SLOT_MINUTES = 1_440, 10_080, 30
NOON = 12
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHORT_DAYS: Mapping[str, int] = meanings("short_days")
_DAY_LETTERS: Mapping[str, Sequence[int]] = meanings("day_letters")
_PARTS: Mapping[str, tuple[int, int]] = meanings("parts_of_day")
_ALWAYS, _FILLERS = words("always"), words("time_fillers")
_DAY = (
    r"mon(?:days?)?|tue(?:s|sdays?)?|wed(?:s|nesdays?)?|thu(?:r|rs|rsdays?)?|fri(?:days?)?|sat(?:urdays?)?|"
    r"sun(?:days?)?"
)
_SHORT = "|".join(sorted(_SHORT_DAYS, key=len, reverse=True))
_SEVERAL = r"week[ -]?days?|week[ -]?ends?|week[ -]?nights?|every ?day|any day|daily|all week"
_PART = (
    r"early mornings?|mornings?|lunch(?:times?)?|noon|midday|afternoons?|after work|evenings?|nights?|"
    r"(?:working|office|business) hours?|all day|any ?time"
)
_DASH = r"(?:-|\u2013|\u2014|to|through)"
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2})?)?\s*(am|pm|a\.m\.?|p\.m\.?|noon|midnight)?"
_TOKEN = re.compile(
    rf"(?P<range>(?:\bfrom )?(?<![\d:.]){_CLOCK}\s*(?:-|\u2013|\u2014|to|until|till)\s*{_CLOCK}(?![\d:]))"
    rf"|(?P<bound>\b(?:(?:not )?(?:after|before|until)|from)\s+{_CLOCK})"
    r"|(?P<except>\b(?:except(?:ing)?(?: for)?|excluding|apart from|other than|but not|not|never|unavailable|"
    rf"(?:but|no)(?= (?:on )?(?:{_DAY}|{_SEVERAL})\b)|no(?= (?:{_PART})\b))(?![\w']))"
    r"|(?P<zone>\b(?:utc|gmt)\s?[+\u2212\u2013-]\d{1,2}(?:[:.]?\d{2})?(?!\d|\s*[ap]m))"
    rf"|(?P<span>\b(?:{_DAY}|{_SHORT})\s*{_DASH}\s*(?:{_DAY}|{_SHORT})\b)"
    rf"|(?P<day>\b(?:{_DAY})\b)"
    rf"|(?P<days>\b(?:{_SEVERAL})\b)"
    rf"|(?P<part>\b(?:{_PART}|(?<!\bi )am|pm)\b)"
    rf"|(?P<short>\b(?:{_SHORT})\b)"
    rf"|(?P<letters>\b(?:{'|'.join(_DAY_LETTERS)})\b)"
    r"|(?P<moment>(?<![\d:.])\d{1,2}(?:[:.]\d{2}\s*(?:am|pm)?|\s*(?:am|pm))(?![\d:]))"
    r"|(?P<word>[^\W\d_][\w'./+-]*|\d+)"
    r"|(?P<comma>,)"
    r"|(?P<cut>[;\n])",
)
_RANGE = _TOKEN.groupindex["range"]
_TIMES, _WHEN = frozenset({"range", "bound", "part"}), frozenset({"day", "days", "span", "short", "letters"})
_BETWEEN = re.compile(r"\bbetween (\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?) and (?=\d)")
LONGEST = 2_000
_SPACES = re.compile(r"[^\S\n]+")
WANTED = 'Type days and times, for example "Mon 18:00-19:00; Tue 9:00-10:00".'
QUARTERS = "The clock there differs from UTC by quarters of an hour, so I kept the half hours of UTC that lie inside."
_LOOKS = re.compile(
    rf"\b(?:{_DAY}|weekdays?|weekends?|evenings?|mornings?)\b|\d\s*(?:am|pm)\b|\d:\d\d\s*-|\d[ap]m\s+[mtwfs]",
    re.IGNORECASE,
)


Interval = tuple[int, int]
Tokens = Sequence[re.Match[str]]


@dataclass(slots=True)
class _Without:
    """Whole days of the week that a cell excludes, and intervals (local minutes of the week)."""

    days: set[int] = field(default_factory=set)
    intervals: list[Interval] = field(default_factory=list)

    def left_of(self, intervals: Sequence[Interval]) -> list[Interval]:
        """Return what is left of intervals; one that begins on an excluded day is excluded whole."""
        left = [one for one in intervals if one[0] // DAY_MINUTES % 7 not in self.days]
        for start, end in self.intervals:
            for shift in (-WEEK_MINUTES, 0, WEEK_MINUTES):
                left = [part for one in left for part in _parts_left(one, start + shift, end + shift)]
        return left


def _parts_left(interval: Interval, start: int, end: int) -> Iterator[Interval]:
    """Yield the parts of an interval before and after an excluded one."""
    first, last = interval
    if end <= first or start >= last:
        yield interval
        return
    if first < start:
        yield first, start
    if end < last:
        yield end, last


@dataclass(slots=True)
class _Heard:
    """What a cell has said so far: days and times not yet put together, and intervals (local minutes of the week).

    `without` holds what stands in a line or piece of its own that says only when somebody is not free.
    """

    days: list[int] = field(default_factory=list)
    times: list[Interval] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    without: list[_Without] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    first: str = ""
    zone: str = ""
    is_understood: bool = True


def next_monday(day: dt.date) -> dt.date:
    """Return the first Monday after a day."""
    return day + dt.timedelta(days=7 - day.weekday())


def week_in_words(week: dt.date) -> str:
    """Return the week of a day as people write it: "the week of Monday 1 March 2027"."""
    monday = week - dt.timedelta(days=week.weekday())
    return f"the week of Monday {monday.day} {monday:%B %Y}"


def looks_like_slots(cell: str) -> bool:
    """Return whether a cell seems to name times of the week."""
    return _LOOKS.search(cell) is not None


@lru_cache(maxsize=16_384)
def hours_of(cell: str, *, zone: str, week: dt.date) -> Reading:
    """Return the half-hours of the UTC week in which somebody is free.

    Args:
        cell: times of the week in words.
        zone: the person's time zone, as `zones.zone_of` names it.
        week: any date in the week whose clock counts.
    """
    cell = _SPACES.sub(" ", cell)
    if len(cell) > LONGEST:
        return problem("not_a_time", WANTED)
    heard = _Heard()
    if normal(cell) in _ALWAYS:
        heard.intervals = [(day * DAY_MINUTES + 8 * 60, day * DAY_MINUTES + 20 * 60) for day in range(7)]
        heard.guessed.append("every day 08:00-20:00")
    else:
        for text in cell.casefold().split(";"):
            piece = _piece(text)
            if not piece.is_understood:
                return problem("not_a_time", WANTED)
            heard.intervals += piece.intervals
            heard.without += piece.without
            heard.guessed += piece.guessed
            heard.zone = piece.zone or heard.zone
    _exclude(heard)
    if not heard.intervals:
        return problem("not_a_time", WANTED)
    return _reading(heard, zone=heard.zone or zone, week=week)


def _exclude(heard: _Heard) -> None:
    """Take out what a piece of its own excludes; somebody who says nothing else is free on every other day."""
    if heard.without and not heard.intervals:
        heard.days = list(range(7))
        heard.guessed.append("every day")
        _put_together(heard)
    for without in heard.without:
        heard.intervals = without.left_of(heard.intervals)


def _reading(heard: _Heard, *, zone: str, week: dt.date) -> Reading:
    """Return the mask of what was heard, and what about it was guessed or lost."""
    monday = week - dt.timedelta(days=week.weekday())
    mask = 0
    for start, end in heard.intervals:
        mask |= _slots(start, end, zone, monday)
    has_quarters = any(shift % SLOT_MINUTES for shift in _shifts(zone, monday))
    if not mask:
        return problem("too_short", f"Type times of at least {'an hour' if has_quarters else 'half an hour'}.")
    if heard.guessed:
        guess = f"I read it as {', '.join(dict.fromkeys(heard.guessed))}."
        return Reading(mask, "time_guessed", f"{guess} {QUARTERS}" if has_quarters else guess)
    return Reading(mask, "quarter_hours", QUARTERS) if has_quarters else Reading(mask)


@lru_cache(maxsize=4_096)
def _piece(text: str) -> _Heard:
    """Return what a piece of a cell says, between semicolons: people write the same pieces again and again."""
    heard = _Heard()
    for line in _split(list(_TOKEN.finditer(_BETWEEN.sub(r"\1 to ", text))), "cut"):
        _hear(line, heard)
    return heard


def _split(tokens: Tokens, *kinds: str) -> list[list[re.Match[str]]]:
    """Return the tokens between those of some kinds."""
    parts: list[list[re.Match[str]]] = [[]]
    for token in tokens:
        if token.lastgroup in kinds:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _kinds(tokens: Tokens) -> set[str]:
    return {token.lastgroup or "" for token in tokens}


def _hear(tokens: Tokens, heard: _Heard) -> None:
    """Take in one line: when somebody is free, and after "except" when not."""
    at = next((at for at, token in enumerate(tokens) if token.lastgroup == "except"), len(tokens))
    said, begin = tokens[:at], len(heard.intervals)
    _listen(said, heard)
    if at == len(tokens):
        _put_together(heard)
        return
    is_alone = not _kinds(said) & (_TIMES | _WHEN)
    without, rest = _exception(tokens[at + 1 :], heard, takes_times=not is_alone and not _kinds(said) & _TIMES)
    _put_together(heard)
    if is_alone:
        heard.without.append(without)
    else:
        heard.intervals[begin:] = without.left_of(heard.intervals[begin:])
    if rest:
        _hear(rest, heard)


def _exception(tokens: Tokens, heard: _Heard, *, takes_times: bool) -> tuple[_Without, Tokens]:
    """Return what follows "except", up to a comma after which somebody is free again, and the tokens from there.

    Args:
        tokens: what follows the word.
        heard: takes the times that belong to what stands before it: "any day but Monday, 18:00-19:00".
        takes_times: no time stands before it.
    """
    without = _Without()
    segments = _split(tokens, "comma", "except")
    for number, segment in enumerate(segments):
        kinds = _kinds(segment)
        has_days, has_times = bool(kinds & _WHEN), bool(kinds & _TIMES)
        if number and has_days and has_times and not (takes_times and _days_in(segment) & set(heard.days)):
            return without, [token for part in segments[number:] for token in part]
        if has_times and takes_times and (has_days or number):
            _listen([token for token in segment if token.lastgroup in _TIMES], heard)
            segment, takes_times = [token for token in segment if token.lastgroup not in _TIMES], False  # noqa: PLW2901 -- its times are taken
        elif number and has_times:
            heard.is_understood = False
        _forbid(segment, heard, without)
    heard.is_understood = heard.is_understood and bool(without.days or without.intervals)
    return without, []


def _days_in(segment: Tokens) -> set[int]:
    """Return the days that a segment names."""
    said = _Heard()
    _listen([token for token in segment if token.lastgroup in _WHEN], said)
    return set(said.days)


def _forbid(segment: Tokens, heard: _Heard, without: _Without) -> None:
    """Take in days, times, or times on days, on which somebody is not free."""
    said = _Heard()
    _listen(segment, said)
    is_restricted = any(token[0] == "only" for token in segment)
    heard.is_understood = heard.is_understood and said.is_understood and not is_restricted
    heard.zone = said.zone or heard.zone
    if said.days and not said.times and not said.intervals:
        without.days.update(said.days)
        return
    said.days = said.days or (list(range(7)) if said.times else [])
    _put_together(said)
    without.intervals += said.intervals
    heard.guessed += [f"not {guess}" for guess in said.guessed]


def _listen(tokens: Tokens, heard: _Heard) -> None:
    """Take in some tokens; words that are not understood are noted."""
    for token in tokens:
        kind, said = token.lastgroup or "", token[0]
        if kind in _TIMES | _WHEN:
            _take(kind, token, heard)
        elif kind == "zone":
            heard.zone = str(zone_of(said).value or "")
            heard.is_understood = heard.is_understood and bool(heard.zone)
        elif kind == "moment" or (kind == "word" and not _understood(said, heard)):
            heard.is_understood = False


def _understood(said: str, heard: _Heard) -> bool:
    if said in ABBREVIATIONS or "/" in said:
        heard.zone = str(zone_of(said).value or "")
        return bool(heard.zone)
    return said.strip("'.-+/") in _FILLERS


def _take(kind: str, token: re.Match[str], heard: _Heard) -> None:
    about = "time" if kind in _TIMES else "day"
    if heard.first and about == heard.first and heard.days and heard.times:
        _put_together(heard)
    heard.first = heard.first or about
    said = token[0]
    if kind == "range":
        heard.times.append(_clock_range(token.groups()[_RANGE : _RANGE + 6], heard))
    elif kind == "bound":
        heard.times.append(_open_range(said, heard))
    elif kind == "part":
        _take_part(next(name for name in _PARTS if said.startswith(name)), heard)
    elif kind == "days":
        _take_days(re.sub(r"[ -]", "", said), heard)
    elif kind == "span":
        first, last = (_day_of(day.strip()) for day in re.split(_DASH, said, maxsplit=1))
        heard.days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    elif kind == "letters":
        heard.days += _DAY_LETTERS[said]
    else:
        heard.days.append(_day_of(said))


def _day_of(said: str) -> int:
    """Return the number of a day by its name or letters, Monday 0."""
    return _SHORT_DAYS[said] if said in _SHORT_DAYS else DAYS.index(said[:3])


def _take_part(name: str, heard: _Heard) -> None:
    start, end = _PARTS[name]
    heard.times.append((start * 60, end * 60))
    heard.guessed.append(f"{start:02d}:00-{end:02d}:00")


def _take_days(said: str, heard: _Heard) -> None:
    """Take in several days by one word: weekdays, weekend, every day; a weeknight is an evening too."""
    heard.days += [5, 6] if said.startswith("weekend") else range(5) if said.startswith("week") else range(7)
    if said.startswith("weeknight"):
        _take_part("evening", heard)


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


def _open_range(said: str, heard: _Heard) -> Interval:
    found = re.search(_CLOCK, said)
    assert found is not None  # the token holds a clock time
    minutes = _minutes(int(found[1]), found[2], (found[3] or "").replace(".", ""))
    is_from = said.startswith(("after", "from", "not before", "not until"))
    start, end = (minutes, 21 * 60) if is_from else (8 * 60, minutes)
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
    return tuple(minutes_ahead(zone, monday + dt.timedelta(days=day)) for day in range(7))


__all__ = ["NO_ANSWER", "hours_of", "looks_like_slots", "next_monday", "week_in_words"]
