"""The same person in several rows: a form sent twice, one row a place, or two people who share an address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chiron.blueprints.schema.person import Role
from chiron.sheets.cells.lexicon import words
from chiron.sheets.columns.guess import Column
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Table
from chiron.sheets.people.diagnostics import Findings, counted_rows
from chiron.sheets.people.reading import CheckSettings

_STAMPS, _SLOTS, _TITLES = words("time_stamps"), words("slots"), words("titles")
_STAMP = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[ T,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([ap])?\.?m?)?.*",
    re.IGNORECASE | re.DOTALL,
)
_YEAR_DIGITS, _MONTHS, _NOON = 4, 12, 12
_LONGEST_STAMP = 60

Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """What one row says about who it is: its position, and name, address and id; empty where it says nothing."""

    at: int
    name: str
    email: str
    given: str


@dataclass(slots=True)
class OnePerson:
    """The rows of one person, in the order of the sheet, and by what they were found to be the same."""

    rows: list[Who]
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What follows from people in several rows.

    Attributes:
        dropped: positions of the rows that do not count.
        places: the number of places of mentors who have one row a place, by the position of the row that counts.
        others: positions of the other rows of a person, by the position of the row that counts.
    """

    dropped: set[int] = field(default_factory=set)
    places: dict[int, int] = field(default_factory=dict)
    others: dict[int, list[int]] = field(default_factory=dict)


def repeats_of(
    people: Sequence[Who],
    *,
    table: Table,
    columns: Mapping[str, Column],
    side: Role,
    settings: CheckSettings,
    findings: Findings,
    places: Sequence[Any] | None,
) -> Repeats:
    """Return which rows of a sheet do not count, because another one of the same person does; all of it is told.

    Args:
        people: who stands in each row, in the order of the sheet.
        table: the sheet.
        columns: where each field stands.
        side: whose sheet it is.
        settings: which answer counts, and whether two people may share an address.
        findings: takes what is said.
        places: the answers about places, one a row; None where nobody was asked.
    """
    return _Judgement(table, columns, side, settings, findings, places).repeats(people)


def could_be_one(name: str, other: str) -> bool:
    """Return whether two names may be one person's: the same words, some of them left out or shortened to a letter."""
    shorter, longer = sorted((_parts(name), _parts(other)), key=len)
    left = list(longer)
    whole = False
    for word in sorted(shorter, key=len, reverse=True):
        match = next((one for one in left if one == word), None) or next(
            (one for one in left if one.startswith(word) or word.startswith(one) if 1 in (len(one), len(word))), None
        )
        if match is None:
            return False
        whole = whole or match == word
        left.remove(match)
    return whole or not shorter


def _parts(name: str) -> list[str]:
    return [word for word in normal(name).split() if word not in _TITLES]


class _Judgement:
    """The people of one sheet while their rows are put together."""

    def __init__(
        self,
        table: Table,
        columns: Mapping[str, Column],
        side: Role,
        settings: CheckSettings,
        findings: Findings,
        places: Sequence[Any] | None,
    ) -> None:
        self.table, self.columns, self.side, self.settings, self.findings = table, columns, side, settings, findings
        self.places = places
        self.stamp = self._stamp_column()
        self.result = Repeats()

    def _stamp_column(self) -> int | None:
        """Return the column that says when a row was sent."""
        taken = {position for column in self.columns.values() for position in column.positions}
        named = [at for at, heading in enumerate(self.table.headings) if normal(heading) in _STAMPS and at not in taken]
        return next((at for at in named if any(row.cells[at] for row in self.table.rows)), None)

    def repeats(self, people: Sequence[Who]) -> Repeats:
        """Put the rows of each person together, then decide which of them counts."""
        found: dict[int, OnePerson] = {}
        by_key: dict[tuple[str, str], list[OnePerson]] = {}
        by_name: dict[str, OnePerson] = {}
        for who in people:
            person = self._known(who, by_key) or self._namesake(who, by_name)
            if person is None:
                person = OnePerson([])
                found[who.at] = person
            if who.at in self.result.dropped:
                continue
            person.rows.append(who)
            for key in _keys(who):
                known = by_key.setdefault(key, [])
                if person not in known:
                    known.append(person)
            by_name.setdefault(normal(who.name), person)
        for person in found.values():
            if len(person.rows) > 1:
                self._settle(person)
        return self.result

    def _known(self, who: Who, by_key: Mapping[tuple[str, str], list[OnePerson]]) -> OnePerson | None:
        """Return the person above with this address or id; of two with other names, each is a person of their own."""
        for key in _keys(who):
            known = by_key.get(key, ())
            same = next((one for one in known if could_be_one(one.rows[0].name, who.name)), None)
            if same is not None:
                same.shared = same.shared or key[0]
                return same
            if known:
                self._note_shared(who, key[0], known[0].rows[0])
                break
        return None

    def _note_shared(self, who: Who, word: str, before: Who) -> None:
        """Say that another person above has the same address, or refuse a row that has another's id."""
        row, other = self._number(who), self._number(before)
        heading = self._heading(word)
        if word == "id":
            text = f"same id as row {other}, but another name. Give one of them another id."
            self._object(who, heading, "same_id", text)
        elif self.settings.shares_addresses:
            text = f"same e-mail as row {other}, but another name. I took them for two people."
            self.findings.note(row, heading, "shared_email", text)
        else:
            text = f"same e-mail as row {other}, but another name. Type each person's own address."
            self._object(who, heading, "same_email", text)

    def _namesake(self, who: Who, by_name: Mapping[str, OnePerson]) -> OnePerson | None:
        """Return the person above with the same name where the form was sent twice and no address tells them apart."""
        before = by_name.get(normal(who.name))
        if not normal(who.name) or before is None or who.at in self.result.dropped:
            return None
        first = before.rows[0]
        row, other = self._number(who), self._number(first)
        if _keys(who) and _keys(first):
            word = "e-mail" if who.email else "id"
            if not any(_keys(who)[0] in _keys(one) for one in before.rows):
                text = f"same name as row {other}, but another {word}. I kept both."
                self.findings.note(row, self._heading("name"), "same_name", text)
            return None
        alone = not _keys(who) and not _keys(first)
        if alone and (self.stamp is not None or self._differing([first, who]) == set()):
            before.shared = before.shared or "name"
            return before
        text = f"same name as row {other}, and no e-mail tells them apart. Delete one, or add their e-mails."
        self._object(who, self._heading("name"), "same_name", text)
        return None

    def _settle(self, person: OnePerson) -> None:
        """Decide which row of a person counts, or add their places up."""
        rows = person.rows
        places = self._added_up(rows)
        if places is not None:
            first, numbers = rows[0], [self._number(one) for one in rows]
            self.result.places[first.at] = places
            self.result.others[first.at] = [one.at for one in rows[1:]]
            self.result.dropped.update(one.at for one in rows[1:])
            count = "1 place" if places == 1 else f"{places} places"
            text = f'"{first.name}" stands in {counted_rows(numbers)}, one row a place. I counted {count}.'
            self.findings.note(numbers[0], self._heading("name"), "places_added", text)
            return
        word = person.shared or "e-mail"
        if self.settings.twice == "fix":
            for one in rows[1:]:
                text = f"same {word} as row {self._number(rows[0])}. Delete one."
                self._object(one, self._heading(word), f"same_{word.replace('-', '')}", text)
            return
        kept, how = rows[0], "the first answer"
        if self.settings.twice == "latest":
            kept, how = self._latest(rows)
        self.result.others[kept.at] = [one.at for one in rows if one is not kept]
        for one in rows:
            if one is not kept:
                self.result.dropped.add(one.at)
                row = self._number(kept)
                text = f'"{one.name}" is there again in row {row}, by {word}. I used row {row}, {how}.'
                self.findings.note(self._number(one), self._heading(word), "answered_again", text)

    def _latest(self, rows: Sequence[Who]) -> tuple[Who, str]:
        """Return the row that was sent last, and how that is known."""
        if self.stamp is not None:
            stamps = stamps_of([self.table.rows[one.at].cells[self.stamp] for one in rows])
            if stamps is not None:
                best = max(range(len(rows)), key=lambda at: (stamps[at], at))
                return rows[best], f'the latest by "{self.table.headings[self.stamp]}"'
        return rows[-1], "the last one"

    def _added_up(self, rows: Sequence[Who]) -> int | None:
        """Return how many places a mentor has who stands in one row a place; None for other rows."""
        if self.side != "mentor" or self.stamp is not None:
            return None
        column = self.columns.get("places")
        differing = self._differing(rows)
        if column is not None and self.places is not None:
            each = [self.places[one.at] for one in rows]
            is_numbered = sorted(value or 0 for value in each) == list(range(1, len(rows) + 1))
            if differing <= {column.index} and is_numbered:
                return len(rows)
            slots = {at for at in differing if _names_slots(self.table.headings[at])}
            if differing == slots and all(each):
                return len(rows) if column.index in slots else sum(each)
            return None
        slots = {at for at in differing if _names_slots(self.table.headings[at])}
        return len(rows) if slots and differing == slots else None

    def _differing(self, rows: Sequence[Who]) -> set[int]:
        """Return the columns in which the rows are not the same."""
        cells = [self.table.rows[one.at].cells for one in rows]
        return {at for at, column in enumerate(zip(*cells, strict=True)) if len(set(column)) > 1}

    def _object(self, who: Who, heading: str, code: str, text: str) -> None:
        self.result.dropped.add(who.at)
        self.findings.object(self._number(who), heading, code, text)

    def _number(self, who: Who) -> int:
        return self.table.rows[who.at].number

    def _heading(self, word: str) -> str:
        names = {"e-mail": ("email",), "id": ("id",)}.get(word, ("name", "last_name", "first_name"))
        column = next((self.columns[name] for name in names if name in self.columns), None)
        return self.table.headings[column.index] if column else ""


def _keys(who: Who) -> list[tuple[str, str]]:
    """Return by what a person is known: the address, then the id."""
    return [key for key in (("e-mail", who.email), ("id", normal(who.given))) if key[1]]


def _names_slots(heading: str) -> bool:
    plain = normal(heading)
    return plain in _SLOTS or bool(_SLOTS & set(plain.split()))


def stamps_of(cells: Sequence[str]) -> list[Stamp] | None:
    """Return when each of some rows was sent, to be compared; None where a cell is no date, or days may be months."""
    found = [_STAMP.fullmatch(cell[:_LONGEST_STAMP].strip()) for cell in cells]
    dates = [match.groups() for match in found if match is not None]
    if len(dates) < len(cells):
        return None
    years_first = all(len(one[0]) == _YEAR_DIGITS for one in dates)
    days_first = not years_first and any(int(one[0]) > _MONTHS for one in dates)
    months_first = not years_first and any(int(one[1]) > _MONTHS for one in dates)
    same = len({one[:2] for one in dates}) == 1 or all(one[0] == one[1] for one in dates)
    if not years_first and not same and days_first == months_first:
        # 3/4 may be in March or in April: compared only where both ways give the same order.
        both = [[_stamp(one, order) for one in dates] for order in ((2, 0, 1), (2, 1, 0))]
        ranked = [[at for _, at in sorted((stamp, at) for at, stamp in enumerate(each))] for each in both]
        return both[0] if ranked[0] == ranked[1] else None
    order = (0, 1, 2) if years_first else (2, 1, 0) if days_first else (2, 0, 1)
    return [_stamp(one, order) for one in dates]


def _stamp(groups: Sequence[str | None], order: tuple[int, int, int]) -> Stamp:
    """Return a date and time as numbers, the year first."""
    hour = int(groups[3] or 0)
    half = (groups[6] or "").casefold()
    if half:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    return (*(int(groups[at] or 0) for at in order), hour, int(groups[4] or 0), int(groups[5] or 0))
