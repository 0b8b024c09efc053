"""Columns of generated exports of every kind of form, guessed and counted."""

from collections import Counter

import pytest

from chiron.blueprints.schema.defaults import default_matching
from chiron.sheets.columns.groups import join_columns
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.files.headings import normal
from chiron.sheets.files.read import read_table
from sheets.form_exports import LAYOUTS, form_sheets


@pytest.mark.parametrize("form", LAYOUTS)
def test_at_least_95_of_100_columns_of_an_export_are_found(form):
    rules = default_matching()
    right: Counter[bool] = Counter()
    needless: list[tuple[str, str]] = []
    for sheet in form_sheets(form):
        fields = rules.fields_for(sheet.side)
        table = join_columns(read_table(sheet.content, name=f"{sheet.side}s.csv", prefer=sheet.side))
        found = {
            name: normal(column.heading) for name, column in guess_columns(table, sheet.side, fields).columns.items()
        }
        for name, heading in sheet.fields.items():
            right[name not in fields or found.get(name) == normal(heading)] += 1
        needless += [(name, heading) for name, heading in found.items() if name not in sheet.fields and name != "id"]

    assert right.total() > 300
    assert right[True] >= 0.95 * right.total()
    assert len(needless) <= 0.02 * right.total(), needless
