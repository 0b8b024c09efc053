"""Whether a written result still agrees with itself: points add up, nobody stands there twice, the summary is true."""

from collections import Counter
from collections.abc import Iterator

from chiron.sheets.result.record import PairMade, Record, Summary

LARGEST = 1 << 62


def contradictions(record: Record) -> Iterator[str]:
    """Yield each contradiction in a result, in words that begin a sentence; a result of ours has none."""
    wrong = next((pair for pair in record.pairs if not _holds_numbers(pair)), None)
    if wrong is not None:
        yield f"the fit of {wrong.mentee} and {wrong.mentor} is no whole number"
        return
    yield from _pairs(record)
    yield from _summary(record)
    yield from _steps(record.summary, record)


def _holds_numbers(pair: PairMade) -> bool:
    """Return whether every number of a pair is a whole one, of a size that can be."""
    numbers = (pair.fit, *(part.points for part in pair.parts), *(other.fit for other in pair.others))
    return all(type(number) is int and abs(number) < LARGEST for number in numbers)


def _pairs(record: Record) -> Iterator[str]:
    """Yield what is wrong with single pairs."""
    twice = Counter((pair.mentee_id, pair.mentor_id, pair.label) for pair in record.pairs)
    for (mentee, mentor, _), count in twice.items():
        if count > 1:
            yield f"the pair {mentee} and {mentor} stands there {count} times"
    for pair in record.pairs:
        points = sum(part.points for part in pair.parts)
        if points != pair.fit:
            yield f"the points of {pair.mentee} and {pair.mentor} add up to {points}, not to {pair.fit}"
    left = {one.id for one in record.unmatched if one.side != "mentor"}
    ends = [(pair.mentee_id, pair.mentee) for pair in record.pairs]
    ends += [(pair.mentor_id, pair.mentor) for pair in record.pairs if record.words.is_one_population]
    for name in dict.fromkeys(name for identity, name in ends if identity in left):
        yield f"{name} is both matched and not matched"


def _summary(record: Record) -> Iterator[str]:
    """Yield the figures of the summary that the pairs do not bear out."""
    told, fits = record.summary, [pair.fit for pair in record.pairs]
    figures = (
        ("mentees matched", told.matched, len(record.matched())),
        ("mentees not matched", told.unmatched, sum(1 for one in record.unmatched if one.side != "mentor")),
        ("lowest fit", told.lowest_fit, min(fits, default=None)),
        ("mean fit", told.mean_fit, (2 * sum(fits) + len(fits)) // (2 * len(fits)) if fits else None),
    )
    for name, said, counted in figures:
        if said != counted:
            yield f"{name}: {said} in the summary, {counted} by the pairs"


def _steps(told: Summary, record: Record) -> Iterator[str]:
    """Yield the steps of the aim that contradict themselves or the pairs."""
    total = sum(pair.fit for pair in record.pairs)
    if record.given_up is not None and record.given_up.total != total:
        yield f"total: {record.given_up.total} in what the plan gave up, {total} by the pairs"
    for step in told.steps:
        if step.value > step.bound or step.proved_best != (step.value == step.bound):
            yield f"{step.aim}: {step.value} with the bound {step.bound} is not what it says of its proof"
        if step.aim == "total" and step.value != total:
            yield f"total: {step.value} in the summary, {total} by the pairs"
    if told.proved_best and not (told.steps and all(step.proved_best for step in told.steps)):
        yield "proved best in the summary, but not in each step"
