"""Columns in which people of the other sheet are named, in whatever way people write names."""

from collections.abc import Collection, Sequence
from itertools import islice, pairwise

from chiron.sheets.cells.values import is_nothing
from chiron.sheets.columns.likeness import FITTING, HeadingEvidence, names_people
from chiron.sheets.files.table import Table
from chiron.sheets.names.names import Names
from chiron.sheets.names.words import words_of

MOST_NAMES, MOST_CELLS, FEWEST_WORDS, MOST_WORDS = 20_000, 60, 2, 8
MOST_MEANT = 2  # a cell that means more people is no name


def columns_naming(table: Table, evidence: Sequence[HeadingEvidence], others: Collection[str]) -> frozenset[int]:
    """Return the columns most of whose cells name people of the other sheet: "S O Neill", "Mac Donald, Fiona".

    A column of names counts, too, where one whole name or address of the other sheet stands in it: who was somebody's
    mentor two years ago may not take part, and the next row's may.

    Args:
        table: the sheet.
        evidence: of its columns.
        others: names, addresses and ids of the people on the other sheet, as `headings.normal` gives them.
    """
    found = {
        position
        for position, one in enumerate(evidence)
        if names_people(one) or (one.named and one.names >= FITTING and one.different >= FITTING)
    }
    whole = [name for name in others if " " in name]
    if not whole or len(whole) > MOST_NAMES:
        return frozenset(found)
    names = Names(whole, whole)
    for position in range(len(table.headings)):
        if position not in found:
            filled = (row.cells[position] for row in table.rows if not is_nothing(row.cells[position]))
            cells = list(islice(filled, MOST_CELLS))
            hits = [meant for cell in cells if (meant := _meant(cell, names))]
            if len(hits) >= FITTING * len(cells) and len(set(hits)) >= min(FEWEST_WORDS, len(cells)) > 0:
                found.add(position)
    return frozenset(found)


def _meant(cell: str, names: Names) -> tuple[int, ...]:
    """Return whom a short cell means; nobody where it does not read like one or two names."""
    if not cell[:1].isalpha() or len(cell) > MOST_CELLS:
        return ()
    said = words_of(cell)
    if not FEWEST_WORDS <= len(said) <= MOST_WORDS:
        return ()
    keys = {word.key for word in said} | {one.key + other.key for one, other in pairwise(said)}
    if names.index.words.keys().isdisjoint(keys):
        return ()
    meaning = names.meant(cell)
    return meaning.people if len(meaning.people) <= MOST_MEANT else ()
