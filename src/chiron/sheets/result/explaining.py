"""Why this pair, why nobody, and what else: one person of a result, in lines for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from chiron.sheets.result.record import LeftOver, PairMade, Part, PlaceOpen, Record

MINUS = "−"
MOST_NAMES = 6


class NobodyError(LookupError):
    """No person, or more than one, is meant; the message says what to type."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a result says about one person.

    Attributes:
        id: who.
        name: what people call them.
        side: mentee or mentor.
        pairs: the pairs they are in, best fit first.
        left: why they have nobody, or None.
        open: places of theirs that nobody fills.
        lacks: what somebody without anybody lacks.
    """

    id: str
    name: str
    side: str
    pairs: tuple[PairMade, ...]
    left: LeftOver | None
    open: tuple[PlaceOpen, ...] = ()
    lacks: str = "mentor"

    def lines(self) -> Iterator[str]:
        """Yield the explanation line by line."""
        for number, pair in enumerate(self.pairs):
            if number:
                yield ""
            yield from pair_lines(pair)
        if self.left is not None:
            lacks = "mentee" if self.left.side == "mentor" else self.lacks
            yield f"{self.name} ({self.side}) has no {lacks}."
            yield from (f"  {reason}" for reason in self.left.reasons)
            if self.left.fixes:
                yield "What would change it:"
                yield from (f"  {number}. {fix}" for number, fix in enumerate(self.left.fixes, start=1))
        for place in self.open:
            yield f"Nobody fills {place.label}."
            yield f"  {place.reason}"


def pair_lines(pair: PairMade) -> Iterator[str]:
    """Yield one pair with its reasons, their sum last, and the next best mentors."""
    yield f"{pair.mentee} → {pair.mentor}" + (f" · {pair.label}" if pair.label else "")
    for part in pair.parts:
        yield f"  {signed(part.points):>4}  {_sentence(part)}"
    yield "  ────"
    yield f"  {_number(pair.fit):>4}  fit"
    if pair.others:
        yield "Next best:"
        yield from (f"  {other.mentor} ({_number(other.fit)})  {other.text}" for other in pair.others)


def signed(points: int) -> str:
    """Return points with their sign, as people write it."""
    return f"+{points}" if points > 0 else _number(points)


def _number(points: int) -> str:
    return f"{MINUS}{-points}" if points < 0 else str(points)


def _sentence(part: Part) -> str:
    return f"{part.text}  ({part.rule})"


def explain(record: Record, name: str) -> Explanation:
    """Return what a result says about a person.

    Args:
        record: the result.
        name: a name, an id, or a part of a name that only one person has.

    Raises:
        NobodyError: no one, or more than one, is meant.
    """
    known = people_of(record)
    side, own = identity = _identified(known, name)
    own_name = known[identity]
    if record.words.is_one_id:
        pairs = [pair for pair in record.pairs if own in (pair.mentee_id, pair.mentor_id)]
        if record.words.is_one_population:
            pairs = [pair if pair.mentee_id == own else _turned(pair) for pair in pairs]
        lefts = [one for one in record.unmatched if one.id == own]
    else:
        pairs = [pair for pair in record.pairs if own == (pair.mentee_id if side == "mentee" else pair.mentor_id)]
        lefts = [one for one in record.unmatched if (one.side, one.id) == identity]
    return Explanation(
        own,
        own_name,
        side,
        tuple(sorted(pairs, key=lambda pair: -pair.fit)),
        min(lefts, key=lambda one: one.side == "mentor", default=None),
        open=tuple(place for place in record.open_places if place.id == own and side != "mentor"),
        lacks=record.words.partner,
    )


def _turned(pair: PairMade) -> PairMade:
    """Return two peers the other way round."""
    return replace(pair, mentee_id=pair.mentor_id, mentor_id=pair.mentee_id, mentee=pair.mentor, mentor=pair.mentee)


def people_of(record: Record) -> dict[tuple[str, str], str]:
    """Return the name of everybody in a result by (side, id); where an id means one person, the side is "person"."""
    known: dict[tuple[str, str], str] = {}
    for pair in record.pairs:
        known[_side(record, "mentee"), pair.mentee_id] = pair.mentee
        known[_side(record, "mentor"), pair.mentor_id] = pair.mentor
    for one in record.unmatched:
        known[_side(record, one.side), one.id] = one.name
    return known


def _side(record: Record, side: str) -> str:
    """Return on which side somebody stands, as people are told."""
    return "person" if record.words.is_one_id else side


def _identified(known: dict[tuple[str, str], str], name: str) -> tuple[str, str]:
    """Return the one person who is meant."""
    plain = _plain(name)
    for fits in (_is_same, _is_within):
        found = [identity for identity, own in known.items() if fits(plain, _plain(own), _plain(identity[1]))]
        if len(found) == 1:
            return found[0]
        if found:
            raise NobodyError(f'{len(found)} people are called "{name}": {_listed(known, found)}. Give the id instead.')
    names = {_plain(own): own for own in known.values()}
    near = get_close_matches(plain, names, n=1)
    meant = f' Did you mean "{names[near[0]]}"?' if near else " Type the name as it stands in the sheet."
    raise NobodyError(f'Nobody in this result is called "{name}".{meant}')


def _is_same(plain: str, own: str, identity: str) -> bool:
    return plain in {own, identity}


def _is_within(plain: str, own: str, _identity: str) -> bool:
    return bool(plain) and plain in own


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _listed(known: dict[tuple[str, str], str], found: Sequence[tuple[str, str]]) -> str:
    shown = [f"{known[identity]} ({identity[0]}, id {identity[1]})" for identity in found[:MOST_NAMES]]
    return ", ".join(shown) + (" …" if len(found) > MOST_NAMES else "")
