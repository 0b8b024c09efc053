"""Two to four results side by side: one row a measure, and who changes mentor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chiron.sheets.result.record import Record

FEWEST, MOST = 2, 4


class CompareError(ValueError):
    """These results cannot be compared; the message says why."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure with its value in each result, as shown."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """A mentee whose mentors are not the same in the first result and in another; empty names mean nobody."""

    mentee: str
    mentors: tuple[str, ...]
    fits: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Results side by side: their names, their measures, the mentees who change mentor, and that in one sentence."""

    names: tuple[str, ...]
    measures: tuple[Measure, ...]
    movers: tuple[Mover, ...]
    sentence: str


def compare(records: Sequence[Record], names: Sequence[str]) -> Comparison:
    """Return two to four results side by side.

    Args:
        records: the results.
        names: what to call them.

    Raises:
        CompareError: too few or too many, or they are about different people.
    """
    if not FEWEST <= len(records) <= MOST:
        raise CompareError(f"Give {FEWEST} to {MOST} results; these are {len(records)}.")
    mentees = [_mentees(record) for record in records]
    everyone = list(dict.fromkeys(identity for known in mentees for identity in known))
    if not set.intersection(*(set(known) for known in mentees)):
        raise CompareError("These results have no mentee in common, so there is nothing to compare.")
    movers = [mover for identity in everyone if (mover := _mover(identity, records, mentees)) is not None]
    return Comparison(
        names=tuple(names),
        measures=_measures(records),
        movers=tuple(movers),
        sentence=_sentence(len(movers), len(everyone), records[0]),
    )


def _sentence(movers: int, everyone: int, record: Record) -> str:
    """Return how many people change, in words."""
    one, many = ("person", "people") if record.words.is_one_population else ("mentee", "mentees")
    who = one if everyone == 1 else many
    verb = "changes" if movers == 1 else "change"
    return f"{movers} of {everyone} {who} {verb} {record.words.partner}."


def _mentees(record: Record) -> dict[str, str]:
    """Return everybody who asked in a result, id to name."""
    known = {pair.mentee_id: pair.mentee for pair in record.pairs}
    if record.words.is_one_population:
        known |= {pair.mentor_id: pair.mentor for pair in record.pairs}
    return known | {one.id: one.name for one in record.unmatched if one.side != "mentor"}


def _mover(identity: str, records: Sequence[Record], mentees: Sequence[dict[str, str]]) -> Mover | None:
    """Return a mentee's mentors in each result, or None if they are the same in all."""
    pairs = [list(partners_in(record, identity)) for record in records]
    is_role = records[0].words.is_role
    ids = [sorted((other, label if is_role else "") for other, _, label, _ in found) for found in pairs]
    if all(each == ids[0] for each in ids):
        return None
    return Mover(
        mentee=next(known[identity] for known in mentees if identity in known),
        mentors=tuple(
            ", ".join(f"{name} ({label})" if label and is_role else name for _, name, label, _ in found)
            for found in pairs
        ),
        fits=tuple(sum(fit for *_, fit in found) if found else None for found in pairs),
    )


def partners_in(record: Record, identity: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield the id, name, label and fit of each partner of somebody who asked."""
    for pair in record.pairs:
        if pair.mentee_id == identity:
            yield pair.mentor_id, pair.mentor, pair.label, pair.fit
        elif pair.mentor_id == identity and record.words.is_one_population:
            yield pair.mentee_id, pair.mentee, pair.label, pair.fit


def _measures(records: Sequence[Record]) -> tuple[Measure, ...]:
    """Return the measures, one value a result."""
    rows: list[tuple[str, list[str]]] = [
        ("aim", [record.settings.aim for record in records]),
        ("mentees matched", [f"{r.summary.matched} of {r.summary.matched + r.summary.unmatched}" for r in records]),
        ("lowest fit", [_shown(record.summary.lowest_fit) for record in records]),
        ("mean fit", [_shown(record.summary.mean_fit) for record in records]),
        ("total fit", [str(sum(pair.fit for pair in record.pairs)) for record in records]),
        ("mentors with room", [str(record.summary.mentors_with_room) for record in records]),
        ("need a look", [str(record.summary.needs_look) for record in records]),
        ("proved best", ["yes" if record.summary.proved_best else "no" for record in records]),
    ]
    return tuple(Measure(name, tuple(values)) for name, values in rows)


def _shown(value: int | None) -> str:
    return "–" if value is None else str(value)
