"""The people of one sheet by everything they may be called: whole names, pairs of names, initials, ids, addresses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile

from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.typos import edits
from chiron.sheets.files.headings import normal
from chiron.sheets.names.words import folded, joins, name_forms, short_forms_of

SHORTEST_SLIP = 3
"""Letters of the shortest word of a name in which a slip of the pen is looked for."""
_ID_MARKS = re.compile(r"[\W_]+")
_DIGITS, _LETTERS = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_TITLES = words("titles")

Places = tuple[int, ...]


def spoken(name: str) -> frozenset[str]:
    """Return the ways in which a whole name is written: with and without title, "last, first" turned round."""
    if name.isascii() and name.replace(" ", "").isalnum():
        every = name.casefold().split()
        if _TITLES.isdisjoint(every):
            return frozenset((" ".join(every),) if every else ())
        untitled = (word for word in every if word not in _TITLES)
        return frozenset({" ".join(every), " ".join(untitled)} - {""})
    last, comma, first = name.partition(",")
    plain = normal(f"{first} {last}" if comma else name)
    bare = " ".join(word for word in plain.split() if word not in _TITLES)
    unmarked = " ".join(folded(f"{first} {last}" if comma else name).split())
    return frozenset({plain, bare, normal(name), normal(unmarked)} - {""})


def called_so(texts: Iterable[str]) -> frozenset[str]:
    """Return names, addresses and ids as `headings.normal` gives them, names also without titles before them."""
    plain = {normal(text) for text in texts}
    bare = (" ".join(dropwhile(_TITLES.__contains__, text.split())) for text in plain if " " in text)
    return frozenset(plain.union(bare) - {""})


def id_key(text: str) -> str:
    """Return an id for comparing: capitals, spaces, dots and dashes do not count."""
    return _ID_MARKS.sub("", folded(text))


def shape_of(key: str) -> str:
    """Return the shape of an id: "aa999" for "AB123"."""
    return _LETTERS.sub("a", _DIGITS.sub("9", key))


class WholeNames:
    """The people of one sheet by whole name, address and id."""

    def __init__(
        self,
        ids: Sequence[str],
        names: Sequence[str],
        emails: Sequence[str | None] = (),
        *,
        also: Sequence[Iterable[str]] = (),
    ) -> None:
        """Index the people; the arguments are those of `NameIndex`."""
        self._places: dict[str, set[int]] = {}
        for at, name in enumerate(names):
            others = (one for one in also[at] if " " in one.strip()) if also else ()
            for text in {ids[at], name, (emails[at] if emails else None) or "", *others}:
                for key in spoken(text):
                    self._places.setdefault(key, set()).add(at)

    def called(self, text: str) -> Places:
        """Return everybody whose whole name, address or id a text is."""
        found: set[int] = set()
        for key in spoken(text):
            found |= self._places.get(key, set())
        return tuple(sorted(found))


class NameIndex:
    """The people of one sheet by everything that they may be called.

    Attributes:
        names: as they stand in the sheet, in its order; every answer is positions in it.
        emails: by address in small letters.
        mailboxes: by what stands before the @ of an address.
        ids: by id, as `id_key` gives it, with and without zeros in front.
        id_shapes: shapes of the ids that hold a digit; see `shape_of`.
        joined: by a whole name written as one word, given name first or last.
        alone: by the only word of a name that has one.
        pairs: by two words of one name, in either order.
        words: by one word of a name; words that stand together count as one, too: "vanderberg".
        families: as `words`, without given names.
        by_letter: by a word of a name and the first letter of another one.
        initials: by the first letters of a name.
        given: all given names; those of `others`, too.
        known: all words of names; those of `others`, too.
        have_emails: everybody has an address.
    """

    def __init__(
        self,
        ids: Sequence[str],
        names: Sequence[str],
        emails: Sequence[str | None] = (),
        *,
        also: Sequence[Iterable[str]] = (),
        others: Iterable[str] = (),
    ) -> None:
        """Index the people.

        Args:
            ids: what the plan calls each person.
            names: as they stand in the sheet.
            emails: addresses, None where there is none; empty: nobody has one.
            also: other names of each person (see `words.name_forms`); empty: nobody has any.
            others: names of people of the other sheets: words in them are names, and no slips of the pen.
        """
        self.names = names
        self.emails: dict[str, set[int]] = {}
        self.mailboxes: dict[str, set[int]] = {}
        self.ids: dict[str, set[int]] = {}
        self.id_shapes: set[str] = set()
        self.joined: dict[str, set[int]] = {}
        self.alone: dict[str, set[int]] = {}
        self.pairs: dict[tuple[str, str], set[int]] = {}
        self.words: dict[str, set[int]] = {}
        self.families: dict[str, set[int]] = {}
        self.by_letter: dict[tuple[str, str], set[int]] = {}
        self.initials: dict[str, set[int]] = {}
        self.given: set[str] = set()
        self.known: set[str] = set()
        self.forms: list[tuple[tuple[str, ...], ...]] = []
        self.have_emails = bool(emails) and all(emails)
        self._without_letter: dict[str, set[str]] | None = None
        self._mailboxes_without_letter: dict[str, set[str]] | None = None
        for at, name in enumerate(names):
            self._add(at, ids[at], name, emails[at] if emails else None, tuple(also[at]) if also else ())
        for name in others:
            for form in name_forms(name):
                self.given.add(form[0])
                self.known.update(form)

    def _add(self, at: int, identity: str, name: str, email: str | None, also: tuple[str, ...]) -> None:
        """Index one person."""
        if email:
            self.emails.setdefault(email.casefold(), set()).add(at)
            self.mailboxes.setdefault(email.casefold().partition("@")[0], set()).add(at)
        if identity not in {name, email}:
            key = id_key(identity)
            for text in {key, key.lstrip("0")} - {""}:
                self.ids.setdefault(text, set()).add(at)
            if _DIGITS.search(key):
                self.id_shapes.add(shape_of(key))
        forms = name_forms(name, also)
        self.forms.append(forms)
        for form in forms:
            self._add_form(at, form)

    def _add_form(self, at: int, form: tuple[str, ...]) -> None:
        """Index one of a person's names."""
        self.given.add(form[0])
        self.known.update(form)
        size = len(form)
        if size == 2:  # noqa: PLR2004 -- most names; the same as below, quicker
            one, other = form
            self.joined.setdefault(one + other, set()).add(at)
            self.joined.setdefault(other + one, set()).add(at)
            self.words.setdefault(one, set()).add(at)
            self.words.setdefault(other, set()).add(at)
            self.families.setdefault(other, set()).add(at)
            for first, second in ((one, other), (other, one)):
                self.pairs.setdefault((first, second), set()).add(at)
                self.by_letter.setdefault((first, second[0]), set()).add(at)
            self.initials.setdefault(one[0] + other[0], set()).add(at)
            return
        self._add_long_form(at, form)

    def _add_long_form(self, at: int, form: tuple[str, ...]) -> None:
        """Index a name of one word, or of more than two."""
        spans, size = joins(form), len(form)
        for turned in ("".join(form), "".join((*form[-1:], *form[:-1])), "".join((*form[1:], *form[:1]))):
            self.joined.setdefault(turned, set()).add(at)
        if size == 1:
            self.alone.setdefault(form[0], set()).add(at)
        for (first, last), text in spans.items():
            if last - first == size > 1:
                continue
            self.words.setdefault(text, set()).add(at)
            if first or size == 1:
                self.families.setdefault(text, set()).add(at)
            for (start, end), other in spans.items():
                if end <= first or start >= last:
                    self.pairs.setdefault((text, other), set()).add(at)
                    self.by_letter.setdefault((text, other[0]), set()).add(at)
        self.initials.setdefault("".join(word[0] for word in form), set()).add(at)
        self.initials.setdefault(form[0][0] + form[-1][0], set()).add(at)

    def slips_of(self, key: str) -> dict[str, int]:
        """Return the words of names that one or two slips of the pen part from a word, each with how many."""
        if self._without_letter is None:
            self._without_letter = _by_shorter(self.words)
        slips = _slips(key, self._without_letter)
        return {word: count for word, count in slips.items() if count <= 2}  # noqa: PLR2004 -- one is read, two are near

    def mailboxes_like(self, mailbox: str) -> set[str]:
        """Return what stands before the @ of addresses and is one slip of the pen from a text."""
        if self._mailboxes_without_letter is None:
            self._mailboxes_without_letter = _by_shorter(self.mailboxes)
        return {other for other, count in _slips(mailbox, self._mailboxes_without_letter).items() if count == 1}

    def other_spellings(self, key: str) -> frozenset[str]:
        """Return what a word of a name may have been meant as: a longer or shorter form, or one slip of the pen."""
        if len(key) < SHORTEST_SLIP:
            return short_forms_of(key)
        return short_forms_of(key) | {word for word, count in self.slips_of(key).items() if count == 1}


def _by_shorter(texts: Iterable[str]) -> dict[str, set[str]]:
    """Return texts by everything that is left of them without one letter, and by themselves."""
    index: dict[str, set[str]] = {}
    for text in texts:
        if len(text) >= SHORTEST_SLIP:
            for shorter in _without_a_letter(text):
                index.setdefault(shorter, set()).add(text)
    return index


def _slips(text: str, by_shorter: Mapping[str, set[str]]) -> dict[str, int]:
    """Return the texts that have what is left without one letter in common with a text, with the slips between them."""
    found = {other for shorter in _without_a_letter(text) for other in by_shorter.get(shorter, ())} - {text}
    return {other: edits(text, other) for other in found}


def _without_a_letter(word: str) -> set[str]:
    """Return a word and every word that is left when one of its letters is taken out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
