"""What an OpenDocument sheet shows beside its values: hidden rows, merged cells, per cents and zeros in front."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from chiron.sheets.files.books.worksheet import DEEPEST, Merge
from chiron.sheets.files.table import Limits

_HIDDEN = frozenset({"collapse", "filter"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_MOST_ROWS = 1_048_576


@dataclass(slots=True)
class SheetLook:
    """What one sheet shows.

    Attributes:
        hidden: numbers of hidden rows that hold anything.
        merges: blocks of merged cells over several rows.
        shown: by row number and position, the text of numbers that are shown otherwise than they are kept.
    """

    hidden: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    shown: dict[int, dict[int, str]] = field(default_factory=dict)


def looks_of(archive: zipfile.ZipFile, limits: Limits) -> dict[str, SheetLook]:
    """Return what each sheet shows, by its name.

    Raises:
        ValueError: the content is no XML, or holds more than the limits allow.
    """
    reader = _LookReader(limits)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        with archive.open("content.xml") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise ValueError from error
    return reader.looks


def _refuse_document_type(*_: object) -> None:
    raise ValueError


class _LookReader:
    """Takes the elements of the content as they come."""

    def __init__(self, limits: Limits) -> None:
        self.looks: dict[str, SheetLook] = {}
        self._most = limits.cells * 4
        self._look = SheetLook()
        self._count = self._depth = self._row = self._column = self._repeat = self._span = 0
        self._is_hidden = self._takes = self._has_content = False
        self._kind = ""
        self._pieces: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        name = name.rpartition(":")[2]
        self._count += 1
        self._depth += 1
        if self._count > self._most or self._depth > DEEPEST:
            raise ValueError
        if name in _CELLS:
            self._start_cell(attributes)
        elif name == "table-row":
            self._span = min(int(attributes.get("table:number-rows-repeated", "1")), _MOST_ROWS)
            self._is_hidden = attributes.get("table:visibility") in _HIDDEN
            self._column, self._has_content = 0, False
        elif name == "table":
            self._look = self.looks.setdefault(attributes.get("table:name", ""), SheetLook())
            self._row = 1
        elif name == "p":
            self._takes = bool(self._kind)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._repeat = min(int(attributes.get("table:number-columns-repeated", "1")), _MOST_ROWS)
        self._kind = attributes.get("office:value-type", "")
        self._has_content = self._has_content or bool(self._kind)
        self._pieces.clear()
        rows = int(attributes.get("table:number-rows-spanned", "1"))
        columns = int(attributes.get("table:number-columns-spanned", "1"))
        if rows > 1:
            self._look.merges.append(
                Merge(self._row, self._column, self._row + rows - 1, self._column + max(columns, 1) - 1)
            )

    def characters(self, text: str) -> None:
        """Take the text inside an element."""
        if self._takes:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        name = name.rpartition(":")[2]
        self._depth -= 1
        if name == "p":
            self._takes = False
        elif name in _CELLS:
            text = "".join(self._pieces).strip()
            if self._repeat == self._span == 1 and (
                self._kind == "percentage" or (self._kind == "float" and _has_zeros(text))
            ):
                self._look.shown.setdefault(self._row, {})[self._column] = text
            self._column += self._repeat
            self._kind = ""
        elif name == "table-row":
            if self._is_hidden and self._has_content:
                self._look.hidden.extend(range(self._row, self._row + min(self._span, 1_000)))
            self._row += self._span


def _has_zeros(text: str) -> bool:
    """Return whether a number is shown with zeros in front."""
    return len(text) > 1 and text.startswith("0") and text.isdecimal()
