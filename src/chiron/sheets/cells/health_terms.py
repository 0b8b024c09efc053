"""Fields of health and career stages in the words of a sheet, by the lists of `blueprints.vocabulary`."""

import re
from difflib import get_close_matches
from functools import cache, lru_cache

from chiron.blueprints.vocabulary.world import Ladder, find_field, folded, health_fields, ladder, ladders
from chiron.sheets.cells.typos import is_slip
from chiron.sheets.cells.values import NO_ANSWER, Reading, is_nothing

NEAR = 0.75
NEAR_STAGE = 0.85  # "Senior sister" is no senior sophister
_SEPARATORS = re.compile(r"[;\n|]|,(?=\s)|\s/\s|/")


@cache
def _field_names() -> dict[str, str]:
    """Return codes of fields of health by every folded name."""
    return {folded(name): field.code for field in health_fields().values() for name in (field.name, *field.also)}


@cache
def _names_with(letter: str) -> tuple[str, ...]:
    """Return the folded names that start with a letter: only these can be what a slip of the pen meant."""
    return tuple(name for name in _field_names() if name[:1] == letter)


@lru_cache(maxsize=4_096)
def health_field_of(cell: str) -> Reading:
    """Return the code of a field of health, or several where a cell names several.

    A slip of the pen is mended, with a note. A field that is not on our list stays as typed, with a note: it is near
    nothing but the same word.
    """
    whole = find_field(cell)
    if whole is not None:
        return Reading(whole)
    parts = [part.strip() for part in _SEPARATORS.split(cell) if part.strip() and not is_nothing(part)]
    if not parts:
        return NO_ANSWER
    readings = [_one_field(part) for part in parts]
    codes = tuple(dict.fromkeys(str(reading.value) for reading in readings))
    noted = next((reading for reading in readings if reading.code == "unknown_field"), None)
    noted = noted or next((reading for reading in readings if reading.code), NO_ANSWER)
    meant = "; ".join(reading.meant or part for part, reading in zip(parts, readings, strict=True))
    is_near = any(reading.meant for reading in readings)
    return Reading(codes[0] if len(codes) == 1 else codes, noted.code, noted.text, meant=meant if is_near else "")


@lru_cache(maxsize=4_096)
def _one_field(text: str) -> Reading:
    code = find_field(text)
    if code is not None:
        return Reading(code)
    names = _field_names()
    near = get_close_matches(folded(text), _names_with(folded(text)[:1]), n=1, cutoff=NEAR)
    if near and is_slip(folded(text), near[0]):
        code = names[near[0]]
        return Reading(code, "read_as", f'I read it as "{health_fields()[code].name}".')
    name = health_fields()[names[near[0]]].name if near else ""
    meant = f' Did you mean "{name}"?' if name else ""
    words = f'I do not know the field "{text}", so it is near only the same word.{meant}'
    return Reading(text, "unknown_field", words, meant=name)


@cache
def ladder_of(steps: tuple[str, ...]) -> Ladder | None:
    """Return the ladder of ours that has these steps; where there are none, the general one."""
    return next((each for each in ladders().values() if each.steps == steps), None) if steps else ladder()


@lru_cache(maxsize=4_096)
def stage_of(cell: str, *, steps: tuple[str, ...]) -> Reading:
    """Return the stage of a ladder of ours that a cell means.

    One that is on no ladder stays as typed, with a note: it does not count.

    Raises:
        LookupError: we have no ladder with these steps.
    """
    own = ladder_of(steps)
    if own is None:
        raise LookupError(steps)
    stage = own.find(cell)
    if stage is not None:
        return Reading(stage)
    names = {folded(name): step.name for step in own.stages for name in (step.name, *step.also)}
    near = get_close_matches(folded(cell), names, n=1, cutoff=NEAR_STAGE)
    if near and is_slip(folded(cell), near[0]):
        return Reading(names[near[0]], "read_as", f'I read it as "{names[near[0]]}".')
    name = names[near[0]] if near else ""
    meant = f' Did you mean "{name}"?' if name else ""
    return Reading(cell, "unknown_stage", f"I do not know this stage, so it does not count.{meant}", meant=name)
