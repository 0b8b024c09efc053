"""One cell to one value by the type of its field: choices, lists, stages, rankings and places."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

import zipcodes

from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.typos import is_slip
from chiron.sheets.cells.values import NO_ANSWER, Reading, is_nothing, problem
from chiron.sheets.files.headings import normal

NEAR = 0.6
LONGEST_LINE, LONGEST_RUN = 400, 8
SHOWN_CHOICES = 8
_NO_ADDRESS = words("no_address")
_BULLET = re.compile(r"(?:^\s*+|\n[^\S\n]*+)(?:[-•*·\u2013]|\d{1,2}[.)])\s+")
_NUMBERED = re.compile(r"(?:^|\s)\d{1,2}[.)]\s+")
_SPACED_SLASH = re.compile(r"(?<!\s)\s+/\s+|(?<!\s)\s+\|\s*|\|\s*")
_EMAIL = re.compile(r"(?<![^@\s,;<>\"()])[^@\s,;<>\"()]++@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]{2,}")
_POINT = re.compile(
    r"[\[(]?\s*+(-?\d{1,2}(?:\.\d+)?)(?:\s*+°)?(?:\s*+[,;]|[^\S ]*+ )\s*+(-?\d{1,3}(?:\.\d+)?)\s*+(?:°\s*+)?[\])]?"
)
_US_ZIP = re.compile(r"(?:[A-Za-z .]*[A-Za-z.],?\s+)?(\d{4,5})(?:-\d{4})?")
_HIGHEST_LATITUDE, _HIGHEST_LONGITUDE, _ZIP_DIGITS = 90, 180, 5

# A ticked box where a list was asked for: a wish for somebody like oneself, or none.
_BOXES: Mapping[str, tuple[str, ...] | None] = {"true": ("yes",), "yes": ("yes",), "false": None, "no": None}

Allowed = Mapping[str, str]


def allowed_of(values: Sequence[str]) -> dict[str, str]:
    """Return allowed answers by their comparable form."""
    return {normal(value): value for value in values}


def split_list(cell: str, allowed: Allowed, wholes: Collection[str] = ()) -> tuple[str, ...]:
    """Return the values in a cell, in order, none of them twice.

    Semicolons, line breaks and bullets part values; a comma does where none of these is there, never inside brackets
    and never inside a value that is allowed or known; a slash does between spaces, or between two values that are
    allowed.

    Args:
        cell: the text.
        allowed: the only answers that there are; empty where anything goes.
        wholes: answers with commas in them that are one answer each, made comparable.
    """
    if normal(cell) in allowed or normal(cell) in wholes:
        return (cell.strip(" ;"),)
    text = _BULLET.sub("\n", cell) if "\n" in cell or _BULLET.match(cell) else cell
    if ";" in text or "\n" in text:
        parts = re.split(r"[;\n]", text)
        if allowed:
            parts = [
                piece for part in parts for piece in ([part] if normal(part) in allowed else _by_comma(part, allowed))
            ]
    else:
        parts = _by_comma(text, allowed, wholes)
    return tuple(dict.fromkeys(value for part in parts if (value := part.strip(" .,;-•")) and not is_nothing(value)))


def _by_comma(text: str, allowed: Allowed, wholes: Collection[str] = ()) -> list[str]:
    pieces = outside_brackets(text)
    if len(pieces) == 1:
        return _by_slash(text, allowed)
    parts: list[str] = []
    start = 0
    while start < len(pieces):
        for end in range(min(len(pieces), start + LONGEST_RUN), start, -1):
            joined = ",".join(pieces[start:end])
            if end == start + 1 or normal(joined) in allowed or normal(joined) in wholes:
                parts += _by_slash(joined, allowed) if end == start + 1 else [joined]
                start = end
                break
    return parts


def outside_brackets(text: str) -> list[str]:
    """Return what stands between the commas that are in no brackets."""
    pieces: list[str] = []
    depth = start = 0
    for at, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth = max(depth - 1, 0)
        elif letter == "," and not depth:
            pieces.append(text[start:at])
            start = at + 1
    return [*pieces, text[start:]] if not depth else text.split(",")


def _by_slash(text: str, allowed: Allowed) -> list[str]:
    if normal(text) in allowed:
        return [text]
    pieces = text.split("/")
    if allowed and len(pieces) > 1 and all(normal(piece) in allowed for piece in pieces):
        return pieces
    if allowed and " and " in text.casefold():
        halves = re.split(r"(?<!\s)\s+and\s+", text, flags=re.IGNORECASE)
        if all(normal(half) in allowed for half in halves):
            return halves
    return _SPACED_SLASH.split(text)


def choice_of(cell: str, allowed: Allowed) -> Reading:
    """Return one answer: as it stands where anything goes, else the allowed one that it means."""
    if not allowed:
        return Reading(" ".join(cell.split()))
    plain = normal(cell)
    if plain in allowed:
        return Reading(allowed[plain])
    near = get_close_matches(plain, allowed, n=2, cutoff=NEAR)
    if near and is_slip(plain, near[0]) and not (len(near) > 1 and is_slip(plain, near[1])):
        return Reading(allowed[near[0]], "read_as", f'I read it as "{allowed[near[0]]}".')
    meant = f'Did you mean "{allowed[near[0]]}"? ' if near else ""
    listed = list(allowed.values())
    more = " …" if len(listed) > SHOWN_CHOICES else ""
    text = f"{meant}Type one of: {'; '.join(listed[:SHOWN_CHOICES])}{more}."
    return problem("not_allowed", text, meant=allowed[near[0]] if near else "")


def list_of(cell: str, allowed: Allowed, *, most: int | None = None, wholes: Collection[str] = ()) -> Reading:
    """Return several answers; a note says so where there are more than the heading asks for."""
    if not allowed and normal(cell) in _BOXES:
        return Reading(_BOXES[normal(cell)])
    parts = split_list(cell, allowed, wholes)
    readings = [choice_of(part, allowed) for part in parts]
    bad = next((at for at, reading in enumerate(readings) if reading.is_problem), None)
    if bad is not None:
        meant = [reading.meant if reading.is_problem else str(reading.value) for reading in readings]
        text = f'"{parts[bad]}" is not one of the answers. {readings[bad].text}'
        return problem("not_allowed", text, meant="; ".join(meant) if all(meant) else "")
    values = tuple(dict.fromkeys(str(reading.value) for reading in readings))
    guessed = [f'"{part}" as "{reading.value}"' for part, reading in zip(parts, readings, strict=True) if reading.code]
    if guessed:
        return Reading(values, "read_as", f"I read {', '.join(guessed)}.")
    if most is not None and len(values) > most:
        return Reading(
            values, "too_many_answers", f"It has {len(values)} answers where {most} were asked for. I kept all."
        )
    return Reading(values or None)


def ranking_of(cells: Sequence[str]) -> Reading:
    """Return the names of several people, first choice first, from one cell or one cell a choice."""
    names: list[str] = []
    for cell in cells:
        if is_nothing(cell):
            continue
        text = _NUMBERED.sub("\n", cell) if _NUMBERED.match(cell) else cell
        parts = re.split(r"[;\n>|]", text)
        if len(parts) == 1 and text.count(",") != 1:
            parts = text.split(",")
        elif len(parts) == 1:
            parts = _one_comma(text)
        names += [name for part in parts if (name := part.strip(" .,;-•")) and not is_nothing(name)]
    return Reading(tuple(dict.fromkeys(names)) or None)


def _one_comma(text: str) -> list[str]:
    """Return "Hughes, Siân" as one name, and "Siân Hughes, Lena Ortiz" or "M12, M7" as two."""
    left, right = text.split(",")
    if any(map(str.isdigit, text)):
        return [left, right]  # two ids
    return [text] if len(left.split()) == 1 and len(right.split()) == 1 and "@" not in text else [left, right]


def is_no_address(cell: str) -> bool:
    """Return whether a cell says that somebody gives no address: "anonymous", "none"."""
    return is_nothing(cell) or normal(cell) in _NO_ADDRESS


def email_of(cell: str) -> Reading:
    """Return one address in small letters, or no answer where somebody gives none."""
    if is_no_address(cell):
        return NO_ANSWER
    found = _EMAIL.findall(cell) if len(cell) <= LONGEST_LINE else []
    if len(found) != 1:
        fault = "two_emails" if found else "not_an_email"
        return problem(fault, "Type one address, for example ama@example.org.")
    return Reading(found[0].casefold().removeprefix("mailto:"))


def point_of(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Return a place from two cells with its latitude and longitude, or None."""
    found = _POINT.fullmatch(f"{latitude.replace(',', '.')}, {longitude.replace(',', '.')}".strip())
    return None if found is None else _on_earth(float(found[1]), float(found[2]))


def _on_earth(latitude: float, longitude: float) -> tuple[float, float] | None:
    fits = abs(latitude) <= _HIGHEST_LATITUDE and abs(longitude) <= _HIGHEST_LONGITUDE
    return (latitude, longitude) if fits else None


def place_of(cell: str, towns: Mapping[str, tuple[float, float]]) -> Reading:
    """Return latitude and longitude of a place.

    Args:
        cell: "lat, lon", a US postal code, or the name of a town.
        towns: places known by name, from rows that give coordinates too.
    """
    cell = cell[:LONGEST_LINE]
    found = _POINT.fullmatch(cell)
    if found is not None and ("." in cell or "," in cell):
        point = _on_earth(float(found[1]), float(found[2]))
        return Reading(point) if point else problem("not_a_place", "Type latitude, then longitude: 53.80, -1.55.")
    if normal(cell) in towns:
        return Reading(towns[normal(cell)])
    digits = _US_ZIP.fullmatch(cell)
    if digits is not None:
        code = digits[1].rjust(_ZIP_DIGITS, "0")
        point = _zip_point(code)
        if point is not None:
            note = len(digits[1]) < _ZIP_DIGITS
            return Reading(point, "lost_zero", f"I read it as the postal code {code}.") if note else Reading(point)
    return Reading(
        None,
        "unknown_place",
        'I do not know where that is, so distance does not count here. Type "latitude, longitude".',
    )


@lru_cache(maxsize=16_384)
def _zip_point(code: str) -> tuple[float, float] | None:
    for found in zipcodes.matching(code):  # type: ignore[no-untyped-call]
        if found["lat"] and found["long"]:
            return float(found["lat"]), float(found["long"])
    return None
