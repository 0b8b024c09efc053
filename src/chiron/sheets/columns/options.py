"""Answers that contain commas, learnt from a sheet: "Applying to training, medicine" is one option, not two.

A form joins the ticked options of a question by commas, and its options may contain commas themselves. Which commas
part answers is learnt from all cells of the question at once.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from chiron.sheets.cells.answers import outside_brackets
from chiron.sheets.cells.values import is_nothing
from chiron.sheets.files.headings import normal

ALWAYS_TOGETHER = 3  # cells in which two pieces must stand side by side, and never apart, to be one answer
FIRST_CAPITALS = 0.9  # of the cells that must begin with a capital before a small letter after a comma says anything
LONGEST_CELL = 400


@dataclass(frozen=True, slots=True)
class Wholes:
    """Answers with commas in them that are one answer each.

    Attributes:
        answers: made comparable; a comma inside one of them parts nothing.
        learnt: those that the cells themselves told, as somebody wrote them.
        doubtful: pieces that may belong to what stands before them, where the cells do not tell.
    """

    answers: frozenset[str] = frozenset()
    learnt: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What all cells of a question say about their pieces."""

    cells: list[list[str]] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)
    parted: list[str] = field(default_factory=list)


def whole_answers(cells: Iterable[str], *, options: Collection[str] = (), is_form: bool = False) -> Wholes:
    """Return the answers of a question that contain commas.

    Args:
        cells: of every column that holds this question, on both sheets.
        options: answers that are known already, from a list of options or from columns of one option each.
        is_form: whether a form wrote the cells, so that every option begins as its list of options has it.
    """
    seen = _seen(cells)
    known = {normal(option): option for option in options if "," in option}
    learnt = {normal(part): part for part in seen.parted}
    cut = [_merged(pieces, known | learnt) for pieces in seen.cells]
    together = dict(_together(cut, seen.alone))
    cut = [_merged(pieces, together) for pieces in cut]
    is_written_so = _has_capitals(cut, is_form=is_form)
    continued = dict(_continued(cut, seen.alone))
    if is_written_so:
        learnt |= continued
    learnt |= together
    return Wholes(
        answers=frozenset(known) | frozenset(learnt),
        learnt=tuple(text for key, text in learnt.items() if key not in known),
        doubtful=() if is_written_so or not _may_be_options(cut) else tuple(continued.values()),
    )


def _seen(cells: Iterable[str]) -> _Seen:
    """Take in every cell: those with semicolons or line breaks say which commas part nothing."""
    seen = _Seen()
    for cell in dict.fromkeys(cells):
        if not cell or len(cell) > LONGEST_CELL or is_nothing(cell):
            continue
        strong = [part for line in cell.split("\n") for part in line.split(";") if part.strip()]
        if ";" in cell or "\n" in cell:
            seen.parted += [part.strip() for part in strong if "," in part]
            seen.alone.update(normal(part) for part in strong if "," not in part)
            continue
        pieces = [piece.strip() for piece in outside_brackets(cell) if piece.strip()]
        if len(pieces) == 1:
            seen.alone.add(normal(pieces[0]))
        seen.cells.append(pieces)
    # Somebody who types both kinds of marks parts by commas, too: then the pieces stand alone elsewhere.
    seen.parted = [text for text in seen.parted if not _all_alone(text, seen.alone)]
    return seen


def _all_alone(text: str, alone: Collection[str]) -> bool:
    return all(normal(piece) in alone for piece in text.split(","))


def _merged(pieces: Sequence[str], wholes: dict[str, str]) -> list[str]:
    """Return the pieces of a cell with those of a known answer put together again, the longest first."""
    merged: list[str] = []
    start = 0
    while start < len(pieces):
        end = next(
            (end for end in range(len(pieces), start + 1, -1) if normal(", ".join(pieces[start:end])) in wholes),
            start + 1,
        )
        merged.append(", ".join(pieces[start:end]))
        start = end
    return merged


def _together(cells: Sequence[Sequence[str]], alone: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield runs of pieces of which none ever stands without the others, in this order."""
    count = Counter(normal(piece) for pieces in cells for piece in set(pieces))
    beside = Counter((normal(one), normal(other)) for pieces in cells for one, other in pairwise(pieces))
    if len({tuple(map(normal, pieces)) for pieces in cells}) < ALWAYS_TOGETHER:
        return

    def belong(one: str, other: str) -> bool:
        first, second = normal(one), normal(other)
        times = beside[first, second]
        return (
            times >= ALWAYS_TOGETHER
            and times == count[first] == count[second]
            and first not in alone
            and second not in alone
        )

    for pieces in cells:
        run = pieces[:1]
        for one, other in pairwise(pieces):
            if belong(one, other):
                run = [*run, other]
                continue
            yield from _whole(run)
            run = [other]
        yield from _whole(run)


def _whole(run: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(run) > 1:
        yield normal(", ".join(run)), ", ".join(run)


def _has_capitals(cells: Sequence[Sequence[str]], *, is_form: bool) -> bool:
    """Return whether options are written with capitals, so that a small letter after a comma goes on with one."""
    several = [pieces for pieces in cells if len(pieces) > 1]
    first = sum(1 for pieces in cells if pieces[0][:1].isupper())
    later = {piece for pieces in several for piece in pieces[1:]}
    large = sum(1 for piece in later if piece[:1].isupper() or piece[:1].isdigit())
    if not large or first < FIRST_CAPITALS * len(cells):
        return False
    return large >= len(later) - large if is_form else large >= 2 * (len(later) - large)


def _may_be_options(cells: Sequence[Sequence[str]]) -> bool:
    """Return whether some later piece begins with a capital, as only options do."""
    return any(piece[:1].isupper() for pieces in cells for piece in pieces[1:])


def _continued(cells: Sequence[Sequence[str]], alone: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield pieces with those in small letters that follow them and that nobody ever gave first or alone."""
    starts = set(alone) | {normal(pieces[0]) for pieces in cells}
    starts |= {normal(piece) for pieces in cells for piece in pieces if piece[:1].isupper()}
    for pieces in cells:
        run = pieces[:1]
        for piece in pieces[1:]:
            if piece[:1].islower() and normal(piece) not in starts:
                run = [*run, piece]
                continue
            yield from _whole(run)
            run = [piece]
        yield from _whole(run)
