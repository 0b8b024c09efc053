"""One text understood: its addresses, ids and names taken in turn, then the words that are left, then a judgement."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chiron.sheets.cells.typos import edits
from chiron.sheets.names.index import SHORTEST_SLIP, NameIndex, id_key, shape_of
from chiron.sheets.names.mentions import Mention, Understood
from chiron.sheets.names.words import (
    COMMA,
    HONORIFICS,
    LIST,
    PEOPLE_WORDS,
    SENTENCE_WORDS,
    SPACE,
    Word,
    is_about_work,
    is_given_name,
    is_usual,
    joins,
    says_nobody,
    short_forms_of,
    words_of,
)

MOST_ALIKE = 20
"""How many people one name may fit before it says too little to keep all of them apart."""
NEAR = 0.6
"""How alike two words of names are at least, from 0 to 1, before one reminds of the other."""
_FIRST_WITHOUT_SPACES = 0x3040
"""The first letter of the writings that put no space between words."""
SHORTEST_START, SHORTEST_LONE_SLIP, REACH, SENTENCE = 3, 5, 3, 3
_EMAIL = re.compile(r"(?<![^@\s,;<>\"()\[\]])[^@\s,;<>\"()\[\]]++@[^@\s,;<>\"()\[\]]+\.[^@\s,;<>\"()\[\].]{2,}")
_DIGIT, _ONLY_NUMBERS = re.compile(r"\d"), re.compile(r"[\d\W_]+")

Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Whom a text means.

    Attributes:
        people: positions of everybody who can be meant, ascending.
        is_exact: the text is names, addresses or ids as they stand, and nothing was guessed.
        absent: parts of the text that are a whole name or an address like nobody's here.
        unclear: parts of the text that may mean somebody, and it is not certain whom.
        near: positions of the people of whom the unclear parts remind.
        too_many: how many people an unclear part fits, where it fits too many to keep them all apart.
        is_nobody: the text says that nobody is meant, or is a sentence that speaks of nobody.
    """

    people: Places = ()
    is_exact: bool = False
    absent: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    near: Places = ()
    too_many: int = 0
    is_nobody: bool = False


class Hearing:
    """One text while it is understood."""

    def __init__(self, index: NameIndex, text: str) -> None:
        """Part the text into addresses and words."""
        self.index, self.text = index, text
        self.understood = Understood()
        self.addresses = _EMAIL.findall(text)
        self.words = words_of(_EMAIL.sub(" ", text))
        self.used = [False] * len(self.words)
        self.items = _items(self.words)
        self.parted = self._parted_names()
        small = (word for at, word in enumerate(self.words) if not at or not word.is_capital or text.isupper())
        self.is_sentence = len(self.words) >= SENTENCE and any(word.text in SENTENCE_WORDS for word in small)
        self.has_capitals = (
            any(word.is_capital and not is_usual(word.text) for word in self.words[1 if self.is_sentence else 0 :])
            and not text.isupper()
        )

    def meaning(self) -> Meaning:
        """Return whom the text means."""
        unknown = [address for address in self.addresses if not self._take_address(address)]
        numbers = self._take_ids()
        self._take_names()
        mentions = list(self._mentions())
        while mentions:
            mention = mentions.pop(0)
            if not (mentions and self._take_turned(mention, mentions[0])):
                self._hear(mention)
            else:
                mentions.pop(0)
        return self._judged(unknown, has_numbers=numbers)

    def _parted_names(self) -> frozenset[int]:
        """Return the positions of words that are one word of a name together: "o neill", "al sayed", "mac donald"."""
        words = self.words
        return frozenset(
            at
            for (first, last), key in joins([word.key for word in words]).items()
            if last - first > 1
            and len(key) >= SHORTEST_LONE_SLIP
            and key in self.index.words
            and all(word.gap == SPACE for word in words[first + 1 : last])
            and not all(is_usual(word.text) for word in words[first:last])
            for at in range(first, last)
        )

    def _judged(self, addresses: Sequence[str], *, has_numbers: bool) -> Meaning:
        """Return the meaning, when everything was understood."""
        understood = self.understood
        if self.index.have_emails:
            understood.absent.extend(addresses)
        elif addresses and not understood.people:
            understood.unclear.extend((address, -1) for address in addresses)
        unclear = tuple(
            text
            for text, item in understood.unclear
            if item not in understood.items and not (len(text) == 1 and understood.people)
        )
        people, absent = _places(understood.people), tuple(understood.absent)
        if not unclear and not people and not absent and not understood.is_risky:
            if self._is_nobody(has_numbers=has_numbers):
                return Meaning(is_nobody=True)
            unclear = (" ".join(self.text.split()),)
        elif not people and not understood.is_risky and not addresses and says_nobody(self.words, self.text):
            return Meaning(is_nobody=True)
        near, many = _places(understood.near), understood.too_many
        return Meaning(people, absent=absent, unclear=unclear, near=near, too_many=many)

    def _is_nobody(self, *, has_numbers: bool) -> bool:
        """Return whether a text in which no name is found speaks of nobody."""
        if says_nobody(self.words, self.text):
            return True
        speaks = any(word.text in PEOPLE_WORDS or is_about_work(word.text) for word in self.words)
        return self.is_sentence and not speaks and not has_numbers

    # Addresses, ids, and names as they stand.

    def _take_address(self, address: str) -> bool:
        """Return whether an address is somebody's, or holds somebody's name."""
        plain = address.casefold().removeprefix("mailto:")
        mailbox, _, domain = plain.partition("@")
        found = self.index.emails.get(plain, set()) | {
            at for other in self.index.mailboxes_like(mailbox) for at in self.index.emails.get(f"{other}@{domain}", ())
        }
        if len(mailbox) >= SHORTEST_LONE_SLIP:
            found = found | self.index.mailboxes.get(mailbox, set())
        keys = [word.key for word in words_of(re.sub(r"[\d._+-]+", " ", mailbox))]
        for (_, last), one in joins(keys).items():
            found = found | self.index.joined.get(one, set()) if len(one) >= SHORTEST_LONE_SLIP else found
            for other in keys[last:]:
                found = found | self._with_other_spelling(other, one) | self._with_other_spelling(one, other)
        for key in keys if len(keys) == 1 else ():
            found = found | self._with_other_spelling(key[1:], key[0]) | self._with_other_spelling(key[:-1], key[-1])
        self.understood.people |= found
        return bool(found)

    def _take_ids(self) -> bool:
        """Take in every id; return whether the text holds other numbers."""
        has_others = False
        is_bare = _ONLY_NUMBERS.fullmatch(
            re.sub(r"\b(?:id|ids|no|nr|number|and|mentors?|mentees?|staff)\b", "", self.text.casefold())
        )
        for at, word in enumerate(self.words):
            if not _DIGIT.search(word.text):
                if len(word.text) >= SHORTEST_SLIP and word.text in self.index.ids:
                    self._take(self.index.ids[word.text], at, at + 1)
                continue
            keys = [
                id_key("".join(one.text for one in self.words[first : at + 1]))
                for first in range(max(0, at - 2), at + 1)
            ]
            hits = [key for key in keys if key in self.index.ids and (is_bare or len(key) >= SHORTEST_SLIP)]
            for key in hits:
                self._take(self.index.ids[key], at, at + 1)
            if hits:
                continue
            has_others = True
            if len(keys[-1]) >= SHORTEST_SLIP and any(shape_of(key) in self.index.id_shapes for key in keys):
                self.understood.unclear.append((word.raw, -1))
        return has_others

    def _take_names(self) -> None:
        """Take in every name that stands as it is: first within items of the text, then across a comma."""
        spans = [
            (first, last, key)
            for (first, last), key in joins([word.key for word in self.words]).items()
            if all(word.gap == SPACE for word in self.words[first + 1 : last])
        ]
        by_start: dict[int, list[tuple[int, str]]] = {}
        for first, last, key in spans:
            by_start.setdefault(first, []).append((last, key))
            self._take_whole(first, last, key)
        for most in (SPACE, COMMA):
            for reach in range(REACH):
                for first, last, key in spans:
                    for end, other in by_start.get(last + reach, ()):
                        self._take_pair((first, last, key), (last + reach, end, other), most)

    def _take_whole(self, first: int, last: int, key: str) -> None:
        """Take in somebody whose whole name is one word, or is written as one."""
        found = self.index.joined.get(key, set())
        if last - first == 1:
            word = self.words[first]
            is_name = not is_usual(word.text) or len(self.words) == 1 or (word.is_capital and first > 0)
            found = found if is_name else set()
            if not key.isascii():
                found = found | {
                    at
                    for start in range(len(key))
                    for end in range(start + 2, min(start + 4, len(key)) + 1)
                    if ord(key[start]) >= _FIRST_WITHOUT_SPACES
                    for at in self.index.joined.get(key[start:end], ())
                }
        self._take(found, first, last)

    def _take_pair(self, one: tuple[int, int, str], other: tuple[int, int, str], most: int) -> None:
        """Take in everybody with two words of a name that stand near each other, nothing more than `most` between."""
        found = self.index.pairs.get((one[2], other[2]))
        if found is None or any(word.gap > most for word in self.words[one[1] : other[0] + 1]):
            return
        places = [*range(one[0], one[1]), *range(other[0], other[1])]
        if most == COMMA and any(self.used[place] for place in places):
            return
        self._take(found, *one[:2])
        self._take(found, *other[:2])

    def _take(self, people: Iterable[int], first: int, last: int) -> None:
        """Keep people whom some words mean."""
        before = len(self.understood.people)
        self.understood.people.update(people)
        if people or len(self.understood.people) > before:
            self.understood.items.add(self.items[first])
            self.used[first:last] = [True] * (last - first)

    # Words that may be names.

    def _mentions(self) -> Iterator[Mention]:
        """Yield the runs of words that may be a name and were not taken yet."""
        run: Mention | None = None
        for at, word in enumerate(self.words):
            is_name = self._is_like_a_name(at)
            if run is not None and (not is_name or word.gap != SPACE):
                yield run
                run = None
            if is_name:
                titled = at > 0 and self.words[at - 1].text in HONORIFICS and word.gap == SPACE
                run = run or Mention([], self.items[at], at, at, titled)
                run.words.append(word)
                run.last = at
        if run is not None:
            yield run

    def _is_like_a_name(self, at: int) -> bool:
        """Return whether a word may be part of a name."""
        word = self.words[at]
        if self.used[at] or not word.text.isalpha() or word.text in HONORIFICS:
            return False
        if at in self.parted or len(word.text) == 1:
            return at in self.parted or (word.is_capital and self._is_beside_a_name(at))
        is_known = word.key in self.index.words
        is_titled = at > 0 and self.words[at - 1].text in HONORIFICS
        if is_usual(word.text) and not (self._is_given(word) and word.is_capital and self._is_beside_a_name(at)):
            is_alone = self.items.count(self.items[at]) == 1
            is_name = word.is_capital and (not self.is_sentence or (self.has_capitals and at > 0))
            return is_known and (is_titled or is_alone or is_name)
        if word.is_capital and (at > 0 or not self.is_sentence or self.text.isupper() or self._is_beside_a_name(at)):
            return not (self.text.isupper() and self.is_sentence) or self._reminds(word)
        if self.has_capitals or self.is_sentence:
            return self._reminds(word)
        return True

    def _is_beside_a_name(self, at: int) -> bool:
        """Return whether a letter that is a word, too, stands beside a name: "A. Brook"."""
        after = self.words[at + 1 : at + 2]
        before = self.words[at - 1 : at] if self.words[at].gap == SPACE else []
        beside = [*(word for word in after if word.gap == SPACE), *before]
        return any(word.is_capital and not is_usual(word.text) for word in beside)

    def _reminds(self, word: Word) -> bool:
        """Return whether a word written small is a word of somebody's name, or one slip of the pen from it."""
        if word.key in self.index.words:
            return True
        if len(word.key) < SHORTEST_LONE_SLIP:
            return len(word.key) >= SHORTEST_SLIP and any(one in self.index.given for one in short_forms_of(word.key))
        return any(one in self.index.words for one in self.index.other_spellings(word.key))

    def _take_turned(self, one: Mention, other: Mention) -> bool:
        """Return whether two runs are one name, family name first, with a comma between: "Brok, Ana"."""
        is_together = other.first == one.last + 1 and other.words[0].gap == COMMA
        if not is_together or len(one.words) > REACH or len(other.words) > REACH:
            return False
        turned = Mention([*other.words, *one.words], one.item, one.first, other.last, one.is_titled)
        found, near = self._full(turned.words)
        if found or near:
            self._keep(turned, found, near)
            return True
        if len(one.words) == 1 and self._is_given(other.words[0]) and one.words[0].key not in self.index.given:
            self.understood.absent.append(f"{one.text}, {other.text}")
            self.understood.items.add(one.item)
            return True
        return False

    def _is_given(self, word: Word) -> bool:
        return word.key in self.index.given or is_given_name(word.key)

    def _hear(self, mention: Mention) -> None:
        """Understand one run of words."""
        if all(len(word.key) == 1 for word in mention.words):
            found = self.index.initials.get("".join(word.key for word in mention.words), set())
            self._keep(mention, found if len(mention.words) > 1 else set(), set())
        elif len(mention.words) == 1:
            self._hear_one_word(mention)
        else:
            found, near = self._full(mention.words)
            if found or near:
                self._keep(mention, found, near)
            else:
                self._hear_other_name(mention)

    def _keep(self, mention: Mention, found: set[int], near: set[int]) -> None:
        """Keep what a run of words means: people, a reminder of people, or nothing that is clear."""
        if len(found) > MOST_ALIKE:
            self.understood.too_many = max(self.understood.too_many, len(found))
            self.understood.unclear.append((mention.text, -1))
            self.understood.is_risky = True
        elif found:
            self.understood.people |= found
            self.understood.items.add(mention.item)
        elif near and near <= self.understood.people:
            self.understood.items.add(mention.item)
        elif near:
            self.understood.near |= near
            self.understood.unclear.append((mention.text, -1))
            self.understood.is_risky = True
        else:
            self.understood.unclear.append((mention.text, mention.item))

    def _hear_one_word(self, mention: Mention) -> None:
        """Understand one word: a family name, a given name or a short form of it, initials, one slip of the pen."""
        word, index = mention.words[0], self.index
        found = set(index.words.get(word.key, ()))
        for other in short_forms_of(word.key) if not found else ():
            found |= index.words.get(other, set())
        if not found and len(word.key) >= SHORTEST_LONE_SLIP:
            for other in index.other_spellings(word.key):
                found |= index.words.get(other, set())
        if not found and word.is_short_capitals:
            found = index.initials.get(word.key, set())
        near: set[int] = set()
        if not found:
            near = {at for other in index.other_spellings(word.key) for at in index.words.get(other, ())}
        if not found and not near and mention.is_titled:
            self.understood.absent.append(mention.text)
            self.understood.items.add(mention.item)
            return
        self._keep(mention, found, near)

    def _full(self, run: Sequence[Word]) -> tuple[set[int], set[int]]:
        """Return whom two words of a run mean together, and of whom they only remind."""
        found: set[int] = set()
        near: set[int] = set()
        for word, key, typed in _beside(run):
            for other in {key, typed}:
                found |= self._with_other_spelling(word, other) | self._with_other_spelling(other, word)
            if len(word) == 1:
                found |= self._with_initial(word, key)
        if not found:
            found = self._parted(run)
        if not found:
            for at, one in enumerate(run):
                for place in range(max(0, at - REACH), min(len(run), at + REACH + 1)):
                    if place != at:
                        near |= self._near(one.key, run[place].key)
        return found, near

    def _with_initial(self, letter: str, key: str) -> set[int]:
        """Return who has a name that begins with a letter, and another one that is one slip of the pen from a word."""
        if len(key) < SHORTEST_LONE_SLIP or key in self.index.known:
            return set()
        return {at for one in self.index.other_spellings(key) for at in self.index.by_letter.get((one, letter), ())}

    def _parted(self, run: Sequence[Word]) -> set[int]:
        """Return who has a word of a name that was typed in two or three: "Mac Donald", "O Neill", "Xiao Ming"."""
        if len(run) > 2 and (self._is_given(run[0]) or self._is_given(run[-1])):  # noqa: PLR2004 -- a name of its own
            return set()  # "Tom Mac Donald" is not Fiona MacDonald
        return {
            at
            for (first, last), key in joins([word.key for word in run]).items()
            if last - first > 1 and len(key) >= SHORTEST_LONE_SLIP
            for one in (key, *(self.index.other_spellings(key) if key not in self.index.words else ()))
            for at in self.index.words.get(one, ())
        }

    def _with_other_spelling(self, key: str, other: str) -> set[int]:
        """Return who has one word of a name as it stands, and the other as an initial, a short form or with a slip."""
        index = self.index
        if len(other) == 1 and len(key) >= SHORTEST_LONE_SLIP and key not in index.words:
            slips = (spelling for spelling, count in index.slips_of(key).items() if count == 1)
            return {at for spelling in slips for at in index.by_letter.get((spelling, other), ())}
        if key not in index.words:
            return set()
        if len(other) == 1:
            return index.by_letter.get((key, other), set())
        found = index.pairs.get((key, other), set()) | index.pairs.get((key, other[0]), set())
        for spelling in index.other_spellings(other):
            found = found | index.pairs.get((key, spelling), set())
        for at in index.by_letter.get((key, other[0]), ()):
            words_there = (word for form in index.forms[at] for word in form)
            if any(_one_starts_the_other(other, word) for word in words_there):
                found = found | {at}
        return found

    def _near(self, key: str, other: str) -> set[int]:
        """Return of whom two words remind: one as it stands or with a slip, the other with two or three slips.

        A word that is a name on one of the sheets is no slip: "Ana Brown" is not Ana Brook where there are Browns.
        """
        index = self.index
        if other in index.known or len(other) == 1:
            return set()
        if key in index.words:
            return {
                at
                for at in index.by_letter.get((key, other[0]), set())
                if any(_is_near(other, word) for form in index.forms[at] for word in form if word != key)
            }
        if key in index.known or len(key) == 1:
            return set()
        return {
            at for one in index.slips_of(key) for two in index.slips_of(other) for at in index.pairs.get((one, two), ())
        }

    def _hear_other_name(self, mention: Mention) -> None:
        """Understand words that are nobody's name together: somebody else, or a family name beside other words."""
        last, is_kept = len(mention.words) - 1, False
        for at, word in enumerate(mention.words):
            holders = self.index.families.get(word.key, set())
            others = [other for place, other in enumerate(mention.words) if place != at]
            if not holders or any(self._is_given(other) for other in others):
                continue
            if len(holders) <= MOST_ALIKE or at < last:
                # Two family names without a comma may be two people: "Brook Carter".
                self._keep(mention, holders, set())
                is_kept = True
        if is_kept:
            return
        if 1 < len(mention.words) <= 5 and all(len(word.key) > 1 or word.is_capital for word in mention.words):  # noqa: PLR2004 -- a whole name
            self.understood.absent.append(mention.text)
            self.understood.items.add(mention.item)
        else:
            self._keep(mention, set(), set())


def _beside(run: Sequence[Word]) -> Iterator[tuple[str, str, str]]:
    """Yield each word of a run with what stands near it, one to three words as one: as key, and as it was typed."""
    for (first, last), key in joins([word.key for word in run]).items():
        typed = "".join(word.text for word in run[first:last])
        for at in (*range(max(0, first - REACH), first), *range(last, min(len(run), last + REACH))):
            yield run[at].key, key, typed


def _items(run: Sequence[Word]) -> list[int]:
    """Return in which item of a list each word stands."""
    item, items = 0, []
    for word in run:
        item += word.gap == LIST
        items.append(item)
    return items


def _one_starts_the_other(one: str, other: str) -> bool:
    """Return whether the shorter of two words, of three letters at least, is the beginning of the longer one."""
    return min(len(one), len(other)) >= SHORTEST_START and (one.startswith(other) or other.startswith(one))


def _is_near(one: str, other: str) -> bool:
    """Return whether one word reminds of another."""
    return min(len(one), len(other)) >= SHORTEST_SLIP and 1 - edits(one, other) / max(len(one), len(other)) >= NEAR


def _places(people: Iterable[int]) -> Places:
    return tuple(sorted(set(people)))
