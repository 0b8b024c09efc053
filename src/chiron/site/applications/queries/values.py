"""Reads of what stands in the cells of a sheet: each text once, with how many rows hold it and as what it is read."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from chiron.blueprints.schema.fields import FieldSpec, settled
from chiron.sheets.cells.values import Reading
from chiron.sheets.people.reading import FieldReader, readers_of
from chiron.site.applications.models import Import
from chiron.site.applications.queries.reading import SheetRead, read_of
from chiron.site.applications.rules.answers import answer_words
from chiron.site.applications.rules.intake import value_fault
from chiron.site.applications.rules.values import UNLISTED, ColumnValues, ReadValue, Spellings, spellings_of_one
from chiron.site.organizations.models import Site

MOST_ANSWERS = 60
YES_NO: Mapping[str, tuple[Any, Any]] = {"remote": (_("Online or in person"), _("In person"))}


def values_of(imported: Import) -> list[ColumnValues]:
    """Return what stands in the columns of an import, what needs fixing first; nothing of who somebody is.

    Raises:
        SheetError: the sheet cannot be read.
    """
    return values_in(read_of(imported), imported)


def values_in(read: SheetRead, imported: Import) -> list[ColumnValues]:
    """Return what stands in the columns of a sheet that was read; see `values_of`."""
    found = []
    for reader in readers_of(read.table, read.columns, read.fields, read.settings):
        spec = settled(reader.name, read.fields[reader.name])
        if spec.type in UNLISTED or spec.sensitive or spec.keeps_apart or len(reader.positions) != 1:
            continue
        if reader.name == "time_zone" or spec.type == "text":
            continue
        [at] = reader.positions
        counted = Counter(row.cells[at] for row in read.raw.rows if row.cells[at])
        said = imported.corrections.get(reader.heading, {})
        values = [_value(reader, spec, cell, rows, said.get(cell, "")) for cell, rows in counted.items()]
        values.sort(key=lambda one: (not one.is_problem, not one.told, -one.rows, one.cell))
        found.append(ColumnValues(reader.name, spec.label or reader.name, reader.heading, tuple(values)))
    return found


def fault_of(read: SheetRead, field: str, text: str) -> str:
    """Return why a text could not be read in a field; empty where it can."""
    fields = {field: read.fields[field]}
    columns = {field: read.columns[field]}
    [reader] = readers_of(read.table, columns, fields, read.settings)
    reading = reader.reading_of(text)
    return reading.text if reading.is_problem else value_fault(field, reading.value)


def texts_of(read: SheetRead, heading: str) -> list[ReadValue]:
    """Return what stands in a column that is imported, each text once; nothing where none has this heading."""
    places = {at for column in read.columns.values() for at in column.positions}
    at = next((at for at in places if read.table.headings[at] == heading), None)
    if at is None:
        return []
    counted = Counter(row.cells[at] for row in read.raw.rows if row.cells[at])
    return [ReadValue(cell, "", rows) for cell, rows in counted.items()]


def known_answers(read: SheetRead, column: ColumnValues) -> list[str]:
    """Return what may be typed in place of an answer: the allowed ones, else what most rows hold."""
    spec = read.fields[column.field]
    if spec.choices or spec.ladder:
        return list(spec.choices or spec.ladder)[:MOST_ANSWERS]
    plain = [one for one in column.values if not one.told]
    return list(dict.fromkeys(one.words for one in plain if one.words))[:MOST_ANSWERS]


def spellings_in(column: ColumnValues, imported: Import) -> tuple[Spellings, ...]:
    """Return groups of names in a column of sites that may be one site's."""
    if column.field != "site":
        return ()
    sites = Site.objects.filter(organization=imported.cohort.program.organization_id)
    rows, keys = Counter[str](), defaultdict[str, list[str]](list)
    for one in column.values:
        rows[one.correction or one.cell] += one.rows
        keys[one.correction or one.cell].append(one.key)
    return tuple(
        Spellings(tuple((name, rows[name]) for name in group), tuple(key for name in group for key in keys[name]))
        for group in spellings_of_one(rows, set(sites.values_list("name", flat=True)))
    )


def _value(reader: FieldReader, spec: FieldSpec, cell: str, rows: int, correction: str) -> ReadValue:
    """Return one text as it is read."""
    reading = reader.reading_of(correction or cell)
    fault = value_fault(reader.name, reading.value)
    return ReadValue(
        cell=cell,
        words=answer_words(_listed(reading.value), spec),
        rows=rows,
        told=fault or reading.text,
        is_problem=bool(fault) or reading.is_problem,
        offers=_offers(reader.name, spec, reading, cell),
        correction=correction,
    )


def _offers(field: str, spec: FieldSpec, reading: Reading, cell: str) -> tuple[tuple[str, str], ...]:
    """Return what a text that is not plain may be read as instead: as it would be typed, and in words."""
    if not reading.code:
        return ()
    if spec.type == "flag":
        yes, no = YES_NO.get(field, (_("Yes"), _("No")))
        return (("yes", str(yes)), ("no", str(no)))
    return ((reading.meant, reading.meant),) if reading.meant and reading.meant != cell else ()


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
