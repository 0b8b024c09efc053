"""Fit by group, fit to be shown: which answers people can be grouped by, and the figures of each group."""

from collections.abc import Mapping, Sequence

from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.result.figures import Figure, differences, mean_figures, verdict_of
from chiron.sheets.result.hiding import DEFAULT_THRESHOLD
from chiron.sheets.result.record import GroupFigure, PairMade, Record

FEWEST_GROUPS, MOST_GROUPS = 2, 12
LONGEST = 60
NO_ANSWER = "no answer"


def groups_of(table: Table, rows: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Return the answers by heading that mentees can be grouped by, for each id.

    A column counts where it holds a few different short answers, and some answer more than once.

    Args:
        table: the mentees' sheet.
        rows: the row number of each mentee, by id.
    """
    cells = {row.number: row.cells for row in table.rows}
    known = {identity: cells[number] for identity, number in rows.items() if number in cells}
    found: dict[str, dict[str, str]] = {identity: {} for identity in known}
    for position, heading in enumerate(table.headings):
        values = {identity: " ".join(row[position].split()) for identity, row in known.items()}
        answers = {value for value in values.values() if value}
        repeated = 2 * len(answers) <= sum(1 for value in values.values() if value)
        if FEWEST_GROUPS <= len(answers) <= MOST_GROUPS and repeated and max(map(len, answers)) <= LONGEST:
            for identity, value in values.items():
                found[identity][heading] = value
    return found


def fairness(record: Record, by: str, *, smallest: int = DEFAULT_THRESHOLD) -> tuple[GroupFigure, ...]:
    """Return the mean fit of each group of mentees, with intervals; small groups are hidden.

    Args:
        record: the result.
        by: a heading of the mentees' sheet.
        smallest: groups of fewer people are hidden; at least 5.

    Raises:
        SheetError: nobody can be grouped by that heading.
        ThresholdError: the threshold is under 5.
    """
    heading = _heading(record, by)
    if not any(heading in answers for answers in record.groups.values()):
        return _kept_figures(record, heading, smallest)
    return figures_by(
        record.pairs,
        record.groups,
        heading,
        smallest=smallest,
        is_one_population=record.words.is_one_population,
    )


def _kept_figures(record: Record, heading: str, smallest: int) -> tuple[GroupFigure, ...]:
    """Return the figures of a heading that says who somebody is: a result holds them, and nobody's answer.

    Raises:
        SheetError: other groups are to be hidden than when the plan was made.
    """
    if smallest != DEFAULT_THRESHOLD:
        raise SheetError(
            f'A result holds nobody\'s answer to "{heading}", only figures of groups of at least {DEFAULT_THRESHOLD}. '
            "Leave out --smallest."
        )
    return tuple(figure for figure in record.fairness if figure.by == heading)


def figures_by(
    pairs: Sequence[PairMade],
    groups: Mapping[str, Mapping[str, str]],
    heading: str,
    *,
    smallest: int = DEFAULT_THRESHOLD,
    is_one_population: bool = False,
) -> tuple[GroupFigure, ...]:
    """Return the figures of one heading, groups in the order of the alphabet, those without an answer last.

    Whoever is in several pairs counts once, with the mean fit of all of them; in one population both ends count.
    """
    own: dict[str, list[int]] = {}
    for pair in pairs:
        own.setdefault(pair.mentee_id, []).append(pair.fit)
        if is_one_population:
            own.setdefault(pair.mentor_id, []).append(pair.fit)
    fits: dict[str, list[float]] = {}
    for person, each in own.items():
        fits.setdefault(groups.get(person, {}).get(heading) or NO_ANSWER, []).append(sum(each) / len(each))
    ordered = {name: fits[name] for name in sorted(fits, key=lambda name: (name == NO_ANSWER, name.casefold()))}
    return tuple(_group(figure) for figure in mean_figures(heading, ordered, k=smallest))


def sentence_of(figures: Sequence[GroupFigure]) -> str:
    """Return one sentence on whether a difference can be told."""
    return str(differences([_figure(figure) for figure in figures]))


def headings_of(record: Record) -> tuple[str, ...]:
    """Return the headings that mentees can be grouped by."""
    answered = [heading for answers in record.groups.values() for heading in answers]
    return tuple(dict.fromkeys([*answered, *(figure.by for figure in record.fairness)]))


def _heading(record: Record, by: str) -> str:
    """Return the heading that is meant, whatever its case."""
    known = {heading.casefold(): heading for heading in headings_of(record)}
    known |= {column.field: column.heading for column in record.columns if column.heading in known.values()}
    if by.casefold() in known:
        return known[by.casefold()]
    listed = ", ".join(f'"{heading}"' for heading in headings_of(record))
    what = f"Groups can be made by: {listed}." if listed else "No column of the mentees' sheet makes groups."
    raise SheetError(f'Nobody can be grouped by "{by}". {what}')


def _group(figure: Figure) -> GroupFigure:
    """Return a figure as it is written."""
    mean, low, high = (None if number is None else int(number) for number in (figure.value, figure.low, figure.high))
    words = str(figure.verdict)
    return GroupFigure(figure.by, figure.group, figure.n, mean, low, high, figure.hidden, figure.text, words)


def _figure(group: GroupFigure) -> Figure:
    """Return a written figure as `figures` knows it."""
    verdict = verdict_of(group.verdict)
    return Figure(group.by, group.group, group.n, group.mean, group.low, group.high, group.hidden, group.text, verdict)
