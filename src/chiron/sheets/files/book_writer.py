"""Workbooks written by XlsxWriter: every text typed as text, so that no cell is ever a formula."""

import datetime as dt
import io
from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chiron.sheets.files.page import Page, legal, starts_like_formula

NARROWEST, WIDEST = 8, 60
MEASURED_ROWS = 200
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # the same result gives the same bytes, whenever it is written
_OPTIONS: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_ROW_HEIGHT = 20


def workbook_bytes(pages: Sequence[Page]) -> bytes:
    """Return an .xlsx workbook: headings bold and in view, columns as wide as their texts, filters, and charts."""
    stream = io.BytesIO()
    with Workbook(stream, _OPTIONS) as book:
        book.set_properties({"created": _CREATED})
        looks = _Looks(book)
        for page in pages:
            sheet = book.add_worksheet(page.name)
            _fill(sheet, page, looks)
            if page.chart is not None:
                _draw(book, sheet, page)
    return stream.getvalue()


class _Looks:
    """How cells look: headings bold; texts at the top, wrapped; what looks like a formula marked as text for good."""

    def __init__(self, book: Workbook) -> None:
        wrapped = {"text_wrap": True, "valign": "top"}
        marked = {"num_format": "@", "quote_prefix": True}
        self.plain: Format = book.add_format(wrapped)
        self.literal: Format = book.add_format({**wrapped, **marked})
        self.heading: Format = book.add_format({**wrapped, "bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        self.literal_heading: Format = book.add_format(
            {**wrapped, **marked, "bold": True, "bg_color": "#E8EEF4", "bottom": 1}
        )


def _fill(sheet: Worksheet, page: Page, looks: _Looks) -> None:
    """Write the headings and rows of a page."""
    width = max([len(page.headings), *(len(row) for row in page.rows)], default=1) or 1
    for at in range(width):
        sheet.set_column(at, at, _width(page, at))
    for at, heading in enumerate(page.headings):
        text = legal(heading)
        sheet.write_string(0, at, text, looks.literal_heading if starts_like_formula(text) else looks.heading)
    known: dict[str, tuple[str, Format]] = {}  # names and reasons come again
    for number, row in enumerate(page.rows, start=1):
        for at, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, int):
                sheet.write_number(number, at, int(cell), looks.plain)
                continue
            found = known.get(cell)
            if found is None:
                text = legal(cell)
                found = known[cell] = (text, looks.literal if starts_like_formula(text) else looks.plain)
            sheet.write_string(number, at, *found)
    sheet.freeze_panes(1, 0)
    if page.filtered and page.rows:
        sheet.autofilter(0, 0, len(page.rows), len(page.headings) - 1)


def _width(page: Page, at: int) -> int:
    texts = [str(row[at]) for row in page.rows[:MEASURED_ROWS] if at < len(row) and row[at] is not None]
    if at < len(page.headings):
        texts.append(page.headings[at])
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return max(NARROWEST, min(WIDEST, longest + 2))


def _draw(book: Workbook, sheet: Worksheet, page: Page) -> None:
    """Draw bars beside the table: one a row, as long as a number in it."""
    asked = page.chart
    if asked is None or not asked.rows:
        return
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": asked.title,
            "categories": [page.name, 1, asked.labels, asked.rows, asked.labels],
            "values": [page.name, 1, asked.values, asked.rows, asked.values],
        }
    )
    chart.set_title({"name": asked.title})
    chart.set_legend({"none": True})
    chart.set_x_axis({"min": 0})
    chart.set_y_axis({"reverse": True})  # in the order of the table
    chart.set_size({"width": 640, "height": max(240, 120 + _ROW_HEIGHT * asked.rows)})
    sheet.insert_chart(1, len(page.headings) + 1, chart)
