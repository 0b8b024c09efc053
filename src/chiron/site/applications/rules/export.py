"""How an application is written into a spreadsheet, so that an import reads the same application again."""

from collections.abc import Iterator, Mapping
from typing import Any

from chiron.blueprints.schema.fields import FieldSpec, settled
from chiron.blueprints.vocabulary.world import health_fields
from chiron.sheets.cells.weeks import DAYS
from chiron.site.applications.rules.application import Stage
from chiron.site.applications.rules.naming import MEANS_NOBODY

STATUS = "application_status"
"""The field of a sheet that says where an application stands; only a sheet that was exported here has it."""
STATUS_HEADING = "Application status"
NOBODY_HEADING = "Means nobody of the other side"
STAGE_WORDS: Mapping[Stage, str] = {stage: stage.value.capitalize() for stage in Stage}
HALF_HOURS_A_DAY = 48


def export_fields(fields: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """Return the fields that only an exported sheet has: where an application stands, and which cells mean nobody."""
    labels = tuple(spec.label or name for name, spec in fields.items() if spec.keeps_apart)
    return {
        STATUS: FieldSpec(type="choice", label=STATUS_HEADING, choices=tuple(STAGE_WORDS.values())),
        MEANS_NOBODY: FieldSpec(type="list", label=NOBODY_HEADING, choices=labels, sensitive=False),
    }


def export_headings(fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """Return the heading of each field that is exported: all but what says who somebody is."""
    found: dict[str, str] = {}
    for name, spec in fields.items():
        if settled(name, spec).sensitive:
            continue
        label = spec.label or name
        found[name] = label if label not in found.values() else f"{label} ({name})"
    return found


def stage_said(text: object) -> Stage | None:
    """Return the stage that an exported sheet names."""
    return next((stage for stage, words in STAGE_WORDS.items() if words == text), None)


def typed(value: Any, spec: FieldSpec) -> Iterator[str]:
    """Yield how a typed answer may be written into a cell, the plainest first; the reader of the field has the say.

    Args:
        value: the answer in JSON form.
        spec: the field it answers.
    """
    match spec.type:
        case "flag":
            yield "yes" if value else "no"
        case "hours":
            yield times_in_words(int(value))
        case "place":
            yield ", ".join(_decimal(float(part)) for part in value)
        case "field":
            codes = value if isinstance(value, list | tuple) else [value]
            yield "; ".join(health_fields()[code].name if code in health_fields() else str(code) for code in codes)
            yield "; ".join(map(str, codes))
        case _ if isinstance(value, list | tuple):
            yield "; ".join(map(str, value))
            yield "".join(f"{part};" for part in value)
            yield "\n".join(map(str, value))
        case _:
            yield str(value)


def times_in_words(mask: int) -> str:
    """Return half-hours of the week in UTC as an import reads them: "Mon 09:00-10:30; Tue 18:00-19:00 UTC+0"."""
    parts = []
    for number, day in enumerate(DAYS):
        bits = f"{mask >> (number * HALF_HOURS_A_DAY) & (2**HALF_HOURS_A_DAY - 1):0{HALF_HOURS_A_DAY}b}"[::-1]
        start = bits.find("1")
        while start >= 0:
            end = bits.find("0", start)
            end = HALF_HOURS_A_DAY if end < 0 else end
            parts.append(f"{day.capitalize()} {_clock(start)}-{_clock(end)}")
            start = bits.find("1", end)
    return f"{'; '.join(parts)} UTC+0" if parts else ""


def _clock(half_hours: int) -> str:
    return f"{half_hours // 2:02d}:{half_hours % 2 * 30:02d}"


def _decimal(number: float) -> str:
    """Return a number with all its digits, never with an exponent."""
    text = repr(number)
    text = f"{number:.20f}".rstrip("0") if "e" in text else text
    return f"{text}0" if text.endswith(".") else text
