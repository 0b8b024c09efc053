"""Read a result of ours back: .xlsx and .json whole, .csv and .tsv as pairs and unmatched people."""

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chiron.sheets.files.books.workbook import open_grids
from chiron.sheets.files.encoding import decode
from chiron.sheets.files.page import unquoted
from chiron.sheets.files.read import content_of
from chiron.sheets.files.table import MEBIBYTE, Limits, SheetError
from chiron.sheets.result.consistency import contradictions
from chiron.sheets.result.record import SHAPES, LeftOver, PairMade, Part, Record, Settings, Summary
from chiron.sheets.result.record_json import NoResultError, RecordError, from_json
from chiron.sheets.result.record_pages import NOT_MATCHED, PAGES, pair_headings, record_of

__all__ = ["NoResultError", "RecordError", "read_result"]

RESULT_LIMITS = Limits(
    file_bytes=100 * MEBIBYTE, unpacked_bytes=1_000 * MEBIBYTE, rows=1_048_576, columns=2_000, cells=20_000_000
)
_PART = re.compile(r"(.+?) \(([+\u2212]\d+)\): (.*)")


def read_result(path: str | os.PathLike[str], *, limits: Limits = RESULT_LIMITS) -> Record:
    """Return the result in a file that `write_result` wrote.

    A text file holds no rules, settings or other choices: what it does not hold stays empty, and nothing is called
    proved.

    Raises:
        RecordError: the file holds no result of ours, or one that contradicts itself.
        SheetError: the file cannot be read.
    """
    source = Path(path)
    content = content_of(source, file=source.name, limits=limits)
    if not content:
        raise SheetError(f"{source.name} is empty. Give the file that chiron match wrote.")
    record = _from_content(content, file=source.name, limits=limits)
    fault = next(contradictions(record), None)
    if fault is not None:
        raise RecordError(f"{source.name} was changed after it was written: {fault}. Run chiron match again.")
    return record


def _from_content(content: bytes, *, file: str, limits: Limits) -> Record:
    """Return the result in the bytes of a file, as it stands there."""
    if content.startswith(b"PK"):
        return _from_workbook(content, file=file, limits=limits)
    text = decode(content, file=file).text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        return from_json(text, file=file)
    return _from_text(text, file=file)


def _no_result(file: str) -> RecordError:
    return NoResultError(f"{file} is not a result of chiron match. Give the file that chiron match wrote.")


def _from_workbook(content: bytes, *, file: str, limits: Limits) -> Record:
    pages: dict[str, Sequence[tuple[str, ...]]] = {}
    for grid in open_grids(content, file=file, limits=limits):
        lines: list[tuple[str, ...]] = []
        for number, cells in grid.rows:
            lines += [()] * (number - 1 - len(lines))
            lines.append(tuple(cells))
        pages[grid.sheet] = lines
    if not set(PAGES) <= set(pages):
        raise _no_result(file)
    return _record(pages, file=file)


def _record(pages: Mapping[str, Sequence[tuple[str, ...]]], *, file: str) -> Record:
    try:
        return record_of(pages)
    except (KeyError, ValueError, IndexError, TypeError) as fault:
        raise RecordError(
            f"{file} was changed by hand and no longer reads as a result. Run chiron match again."
        ) from fault


def _from_text(text: str, *, file: str) -> Record:
    separator = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:  # a cell longer than any that we write
        raise _no_result(file) from fault
    rows = [[unquoted(cell) for cell in row] for row in lines]
    shape = next((name for name, words in SHAPES.items() if rows and rows[0] == list(pair_headings(words))), None)
    if shape is None:
        raise _no_result(file)
    has_label = bool(SHAPES[shape].label)
    pairs: list[PairMade] = []
    unmatched: list[LeftOver] = []
    try:
        for row in rows[1:]:
            label = row.pop(2) if has_label else ""
            mentee, mentor, fit, why, mentee_id, mentor_id = row
            if fit:
                pairs.append(PairMade(mentee_id, mentor_id, mentee, mentor, int(fit), _parts(why), label=label))
            else:
                first = "person" if SHAPES[shape].is_one_population else "mentee"
                side, name = (first, mentee) if mentor == NOT_MATCHED else ("mentor", mentor)
                unmatched.append(LeftOver(mentee_id or mentor_id, name, side, tuple(filter(None, why.split("\n")))))
    except (ValueError, IndexError) as fault:
        raise RecordError(
            f"{file} was changed by hand and no longer reads as a result. Run chiron match again."
        ) from fault
    record = Record((), Settings(), _summary(pairs, unmatched), tuple(pairs), tuple(unmatched), shape=shape)
    return replace(record, summary=replace(record.summary, matched=len(record.matched())))


def _parts(why: str) -> tuple[Part, ...]:
    found = (_PART.fullmatch(line) for line in why.split("\n"))
    return tuple(Part(each[1], int(each[2].replace("\u2212", "-")), each[3]) for each in found if each is not None)


def _summary(pairs: Sequence[PairMade], unmatched: Sequence[LeftOver]) -> Summary:
    fits = [pair.fit for pair in pairs]
    return Summary(
        matched=len({pair.mentee_id for pair in pairs}),
        unmatched=sum(1 for left in unmatched if left.side != "mentor"),
        lowest_fit=min(fits, default=None),
        mean_fit=(2 * sum(fits) + len(fits)) // (2 * len(fits)) if fits else None,
        proved_best=False,
    )
