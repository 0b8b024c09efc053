"""Fit by group, fit to be shown: which answers people can be grouped by, and the figures of each group."""

from collections.abc import Mapping, Sequence

from chiron.pairing.measures.fairness import TOO_FEW
from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.result.figures import HIDDEN, Figure, differences, verdict_of
from chiron.sheets.result.groups import GroupFigures, MatchedPerson, compare_groups
from chiron.sheets.result.hiding import DEFAULT_THRESHOLD
from chiron.sheets.result.record import GroupFigure, PairMade, Record

FEWEST_GROUPS, MOST_GROUPS = 2, 12
LONGEST = 60
NO_ANSWER = "Not provided"


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
    """Return the share of each group of mentees who have a mentor and their mean fit; small groups are hidden.

    Args:
        record: the result.
        by: a heading of the mentees' sheet.
        smallest: groups of fewer people are hidden; at least 5.

    Raises:
        SheetError: nobody can be grouped by that heading.
        ThresholdError: the threshold is under 5.
    """
    heading = _heading(record, by)
    kept = tuple(figure for figure in record.fairness if figure.by == heading)
    if kept and smallest == DEFAULT_THRESHOLD:
        return kept
    if not any(heading in answers for answers in record.groups.values()):
        raise SheetError(
            f'A result holds nobody\'s answer to "{heading}", only figures of groups of at least {DEFAULT_THRESHOLD}. '
            "Leave out --smallest."
        )
    words = record.words
    return figures_by(record.pairs, record.groups, smallest=smallest, is_one_population=words.is_one_population)[
        heading
    ]


def figures_by(
    pairs: Sequence[PairMade],
    groups: Mapping[str, Mapping[str, str]],
    *,
    smallest: int = DEFAULT_THRESHOLD,
    is_one_population: bool = False,
) -> dict[str, tuple[GroupFigure, ...]]:
    """Return the figures of every heading, groups in the order of the alphabet, those without an answer last.

    Whoever is in several pairs counts once, with the mean fit of all of them; in one population both ends count.
    """
    fits: dict[str, list[int]] = {}
    for pair in pairs:
        fits.setdefault(pair.mentee_id, []).append(pair.fit)
        if is_one_population:
            fits.setdefault(pair.mentor_id, []).append(pair.fit)
    everybody = dict.fromkeys([*groups, *fits])
    people = [MatchedPerson(one in fits, sum(fits[one]) / len(fits[one]) if one in fits else None) for one in everybody]
    headings = dict.fromkeys(heading for answers in groups.values() for heading in answers)
    answers = {heading: [groups.get(one, {}).get(heading, "") for one in everybody] for heading in headings}
    found = compare_groups(people, answers, none=NO_ANSWER, k=smallest)
    return {heading: tuple(_group(one) for one in figures) for heading, figures in found.items()}


def sentence_of(figures: Sequence[GroupFigure]) -> str:
    """Return one sentence on whether a difference can be told."""
    return str(differences([_read_group(figure) for figure in figures]))


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


def _group(one: GroupFigures) -> GroupFigure:
    """Return the figures of a group as they are written."""
    figure = one.fit
    mean, low, high = (None if number is None else int(number) for number in (figure.value, figure.low, figure.high))
    return GroupFigure(
        figure.by,
        one.group,
        one.n,
        mean,
        low,
        high,
        figure.hidden,
        figure.text,
        str(figure.verdict),
        share=one.share.text,
        share_verdict=str(one.share.verdict),
    )


def _read_group(group: GroupFigure) -> GroupFigures:
    """Return written figures as `groups` knows them; of results of earlier versions, which hold no share, the fit."""
    verdict = verdict_of(group.verdict)
    fit = Figure(group.by, group.group, group.n, group.mean, group.low, group.high, group.hidden, group.text, verdict)
    verdict = verdict_of(group.share_verdict) if group.share else TOO_FEW
    is_hidden = group.share in ("", HIDDEN)
    share = Figure(group.by, group.group, group.n, None, None, None, is_hidden, group.share, verdict)
    return GroupFigures(group.group, group.n, share, fit)
