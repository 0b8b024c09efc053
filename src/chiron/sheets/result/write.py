"""Write results and lists of rows to fix: whole or not at all, never over a file that is there, no cell a formula."""

import hashlib
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from chiron.sheets.files.page import Cell, Page, text_of
from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.record import Record
from chiron.sheets.result.record_json import to_json
from chiron.sheets.result.record_pages import pages_of, pairs_page

Target = str | os.PathLike[str]
ENDINGS = (".xlsx", ".csv", ".tsv", ".json")


def write_result(record: Record, path: Target, *, force: bool = False) -> None:
    """Write a result: all of it as .xlsx or .json, the pairs and the unmatched as .csv or .tsv.

    Raises:
        SheetError: the ending is another, the file exists and `force` is off, it is a sheet that the result was made
            of, or the folder cannot be written to.
    """
    target = Path(path)
    if force and target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() in _read_from(record):
        raise SheetError(f"{target.name} is one of the sheets that were read, and would be lost. Choose another name.")
    ending = target.suffix.lower()
    if ending == ".xlsx":
        content = _workbook(pages_of(record))
    elif ending == ".json":
        content = (to_json(record) + "\n").encode("utf-8")
    elif ending in (".csv", ".tsv"):
        content = pairs_text(record, separator="\t" if ending == ".tsv" else ",").encode("utf-8")
    else:
        raise SheetError(f"I cannot write {target.name}: choose a name that ends in {', '.join(ENDINGS)}.")
    write_whole(target, content, force=force)


def _read_from(record: Record) -> frozenset[str]:
    """Return the checksums of the sheets that a result was made of."""
    return frozenset(one.sha256 for one in record.inputs)


def _workbook(pages: Sequence[Page]) -> bytes:
    """Return sheets as a workbook."""
    from chiron.sheets.files.book_writer import workbook_bytes  # noqa: PLC0415 -- who writes text needs no XlsxWriter

    return workbook_bytes(pages)


def pairs_text(record: Record, *, separator: str = ",") -> str:
    """Return pairs and unmatched people as text with a byte-order mark, one row each."""
    return text_of(pairs_page(record), separator=separator)


def write_pages(pages: Sequence[Page], path: Target, *, force: bool = False) -> None:
    """Write sheets as one .xlsx workbook, or one sheet as .csv or .tsv.

    Raises:
        SheetError: the ending is another, the file exists and `force` is off, or the folder cannot be written to.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending == ".xlsx":
        content = _workbook(pages)
    elif ending in (".csv", ".tsv") and len(pages) == 1:
        content = text_of(pages[0], separator="\t" if ending == ".tsv" else ",").encode("utf-8")
    else:
        raise SheetError(f"I cannot write {target.name}: choose a name that ends in .xlsx.")
    write_whole(target, content, force=force)


def page_of_problems(
    table: Table,
    problems: Sequence[Diagnostic],
    *,
    headings: tuple[str, str] = ("Row", "What needs fixing"),
    without: Collection[str] = (),
) -> Page:
    """Return only the rows of a sheet that need fixing, as they are, after two columns of our own.

    Once fixed, this sheet can be read in the place of those rows.

    Args:
        table: the sheet.
        problems: what was found in it.
        headings: of the columns that tell where a row stood, and what to do there.
        without: headings of columns that are left out.
    """
    texts: dict[int, list[str]] = {}
    for problem in problems:
        if problem.file == table.file and problem.sheet == table.sheet:
            texts.setdefault(problem.row, []).append(problem.text)
    kept = [at for at, heading in enumerate(table.headings) if heading not in without]
    rows: list[tuple[Cell, ...]] = [
        (row.number, " ".join(texts[row.number]), *(row.cells[at] for at in kept))
        for row in table.rows
        if row.number in texts
    ]
    return Page("To fix", (*headings, *(table.headings[at] for at in kept)), tuple(rows))


def write_whole(target: Path, content: bytes, *, force: bool) -> None:
    """Write a file whole or not at all.

    Raises:
        SheetError: the file exists and `force` is off, or the folder cannot be written to.
    """
    exists = SheetError(f"{target.name} exists already. Choose another name, or add --force to replace it.")
    if target.exists() and not force:
        raise exists
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _put_in_place(beside, target, force=force)
    except FileExistsError as error:
        raise exists from error
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise SheetError(f"I cannot write {target.name} in {target.parent.absolute()}: {reason}.") from error
    finally:
        beside.unlink(missing_ok=True)


def _put_in_place(beside: Path, target: Path, *, force: bool) -> None:
    """Give a finished file its name; a link, unlike a rename, never replaces a file that appeared meanwhile."""
    if not force:
        try:
            os.link(beside, target)
        except FileExistsError:
            raise
        except OSError:  # some disks and network folders have no links
            force = True
    if force:
        beside.replace(target)
