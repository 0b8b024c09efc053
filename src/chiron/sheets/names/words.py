"""The words of a name or of a text that names people, comparable however they were typed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from chiron.blueprints.vocabulary.world import health_fields
from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.cells.values import is_nothing
from chiron.sheets.files.headings import normal

HONORIFICS, DEGREES, PARTICLES = words("honorifics"), words("degrees"), words("particles")
PEOPLE_WORDS, SENTENCE_WORDS, WORKPLACES = words("people_words"), words("sentence_words"), words("workplaces")
SHORTEST_WITH_UMLAUT = 5
MOST_WORDS_OF_A_NAME, MOST_WORDS_OF_A_DENIAL = 6, 4
_APOSTROPHES = "'’‘‛ʼʻʽʹ`´′＇ˈ\u2032"  # noqa: RUF001 -- every mark that people type for an apostrophe
_WORD = re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}]+[^\W_]+)*")
_NO_APOSTROPHE = str.maketrans("", "", _APOSTROPHES)
_POSSESSIVE = re.compile(rf"(?<![{_APOSTROPHES}])[{_APOSTROPHES}]+[sS]$")
_INVISIBLE = str.maketrans(dict.fromkeys("\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad") | {"\u00b4": "'"})
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "æ": "ae", "œ": "oe"}  # after casefold
)
_UMLAUT = re.compile(r"([aou])e")
_LIST_BREAK = re.compile(r"[;\n\r&+/|•·▪‣*]")
_NUMBER_OF_ITEM = re.compile(r"\d{1,2}[.)](?!\d)")
_BREAK = re.compile(rf"[:?!\u2013\u2014=<>→]|\s-|-\s|\.\.|(?<![{_APOSTROPHES}\w])-")
_ASIDE = re.compile(r"[(\[{\"“„«]([^()\[\]{}\"“”„«»]*)[)\]}\"”“»]")
_CLAUSES = re.compile(r"[?!.;:,\n()]+")
_NOBODY, _NEGATIONS = words("nobody"), words("negations")
_FILLERS = words("none_fillers") | words("negations")
_OPEN = words("open_to_all")
_ROLES = frozenset(
    {"line", "manager", "supervisor", "evaluator", "mentor", "boss", "educational", "clinical", "previous", "former"}
)
_EXCEPT = frozenset({"but", "except", "apart", "unless", "besides", "only", "other", "excluding"})
NO_OTHER_NAME = words("no_other_name")
_LISTING = frozenset({"and", "or", "und", "oder", "et", "ou", "plus", "sowie", "nor"})
_FORMERLY = frozenset(
    {"nee", "ne", "formerly", "previously", "now", "known", "as", "aka", "called", "goes", "by", "prefers"}
)

SPACE, COMMA, BREAK, LIST = range(4)
"""What parts a word from the one before: a space, a comma, a mark that ends a name, one that ends an item of a list."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Attributes:
        raw: as it was typed, without accents.
        text: in small letters, without accents and apostrophes.
        key: as `text`, with "ae", "oe" and "ue" as "a", "o" and "u": names are looked up by it.
        gap: what parts it from the word before: SPACE, COMMA, BREAK or LIST.
    """

    raw: str
    text: str
    key: str
    gap: int

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.raw[0].isupper()

    @property
    def is_short_capitals(self) -> bool:
        """Whether it is two or three capital letters, as initials are."""
        return self.raw.isupper() and self.raw.isalpha() and len(self.raw) in (2, 3)


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Return a text in small letters without accents, apostrophes and invisible characters."""
    if text.isascii():
        return text.translate(_NO_APOSTROPHE).casefold()
    return unaccented(text).translate(_NO_APOSTROPHE).casefold().translate(_LETTERS)


def unaccented(text: str) -> str:
    """Return a text without accents and invisible characters; apostrophes of every form stay."""
    if text.isascii():
        return text
    text = text.translate(_INVISIBLE)
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def key_of(word: str) -> str:
    """Return a folded word with "ae", "oe" and "ue" as "a", "o" and "u", so that Müller is Mueller."""
    return _UMLAUT.sub(r"\1", word) if len(word) >= SHORTEST_WITH_UMLAUT else word


def words_of(text: str) -> list[Word]:
    """Return the words of a text in order; "and" and "or" part items of a list and are no words."""
    plain = unaccented(text)
    found: list[Word] = []
    end, gap = 0, SPACE
    for hit in _WORD.finditer(plain):
        raw = hit[0]
        gap = max(gap, _gap(plain[end : hit.start()]))
        end = hit.end()
        own = folded(_POSSESSIVE.sub("", raw))
        if own in _LISTING or _NUMBER_OF_ITEM.match(plain, hit.start()):
            gap = LIST
            continue
        found.append(Word(raw, own, key_of(own), gap))
        gap = SPACE
    return found


def _gap(between: str) -> int:
    """Return what the marks between two words part."""
    if between in {"", " "}:
        return SPACE
    if _LIST_BREAK.search(between):
        return LIST
    if _BREAK.search(between) and between != "-":
        return BREAK
    return COMMA if "," in between else SPACE


def name_forms(name: str, also: Iterable[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Return the keys of a person's names, given name first: the usual one, then each with another name in its place.

    Args:
        name: as it stands in the sheet: with titles, letters after it, "last, first", other names in brackets.
        also: other names of the person: a preferred given name, a whole earlier name.
    """
    if not also and name.isascii() and name.replace(" ", "").isalpha():
        return (_plain(name),)
    asides = [aside for aside in _ASIDE.findall(name) if aside.strip()]
    base = _ordered(_ASIDE.sub(" ", name)) or _ordered(name)
    forms = [base] if base else []
    for other in (*asides, *also):
        own = tuple(word for word in _ordered(other) if word not in _FORMERLY and not is_about_work(word))
        if not own or not base:
            forms += [own] if own and not base else []
        elif len(own) > 1:
            forms.append(own)
        else:
            forms += [(*own, *base[1:]), (*base[:1], *own)]
    return tuple(dict.fromkeys(form[:MOST_WORDS_OF_A_NAME] for form in forms if form))


def name_on_paper(full: str, preferred: str, family: str = "") -> str:
    """Return the name to write where somebody has a preferred one: "Liz Müller" for Elizabeth Müller, preferred Liz.

    Args:
        full: the full name as the sheet has it.
        preferred: a given name or a whole one; what is no name ("same", "she/her") changes nothing.
        family: the family name, where a column gives it.
    """
    said, forms = words_of(preferred), name_forms(full)
    is_name = 0 < len(said) <= MOST_WORDS_OF_A_NAME and all(word.text.isalpha() for word in said)
    if not is_name or not forms or " ".join(word.text for word in said) in NO_OTHER_NAME:
        return full
    called, own = " ".join(preferred.split()), tuple(word.key for word in said)
    if own == forms[0][: len(own)]:
        return full
    if len(forms[0]) == 1 or (len(own) > 1 and own[-1] == forms[0][-1]):
        return called
    if family or "," in full:
        return f"{called} {family or full.partition(',')[0].strip()}"
    every = full.split()
    first = next(at for at, word in enumerate(every) if folded(word.strip(".")) not in HONORIFICS)
    return " ".join((*every[:first], called, *every[first + 1 :]))


def _plain(name: str) -> tuple[str, ...]:
    """Return the keys of a name of English letters and spaces only, as `_ordered` does."""
    every = name.casefold().split()
    bare = [word for word in every if word not in HONORIFICS] or every
    while len(bare) > 2 and bare[-1] in DEGREES:  # noqa: PLR2004 -- as in `_ordered`
        bare = bare[:-1]
    return tuple(map(key_of, bare[:MOST_WORDS_OF_A_NAME]))


def _ordered(name: str) -> tuple[str, ...]:
    """Return the keys of one name, given name first, without titles."""
    parts: list[list[Word]] = []
    for word in words_of(name):
        if not parts or word.gap == COMMA:
            parts.append([])
        parts[-1].append(word)
    parts = [part for part in parts if any(one.text not in HONORIFICS | DEGREES for one in part)] or parts
    ordered = [word for part in (*parts[1:2], *parts[:1], *parts[2:]) for word in part]
    bare = [word for word in ordered if word.text not in HONORIFICS] or ordered
    while len(bare) > 2 and bare[-1].text in DEGREES:  # noqa: PLR2004 -- a name has two words; "Ana Do" keeps both
        bare = bare[:-1]
    return tuple(word.key for word in bare)


@cache
def _fields_of_work() -> frozenset[str]:
    """Return every word in the names of our fields of health."""
    names = (name for field in health_fields().values() for name in (field.name, *field.also))
    return frozenset(word.text for name in names for word in words_of(name)) - SENTENCE_WORDS - PARTICLES


def is_about_work(word: str) -> bool:
    """Return whether a word says where or as what somebody works rather than who it is."""
    return word in WORKPLACES or word in _fields_of_work()


def is_usual(word: str) -> bool:
    """Return whether a word, written small, is no name: of a sentence, of a person without a name, or of work."""
    return (
        word in SENTENCE_WORDS
        or word in PEOPLE_WORDS
        or word in HONORIFICS
        or word in DEGREES
        or not word.isalpha()
        or is_about_work(word)
    )


@cache
def _short_forms() -> Mapping[str, frozenset[str]]:
    """Return the other forms of each given name that has a short form, by key."""
    forms: dict[str, set[str]] = {}
    for short, longer in meanings("nicknames").items():
        for name in longer:
            forms.setdefault(key_of(short), set()).add(key_of(name))
            forms.setdefault(key_of(name), set()).add(key_of(short))
            forms[key_of(name)] |= {key_of(other) for other in longer if other[0] == name[0]} - {key_of(name)}
    return {name: frozenset(others) for name, others in forms.items()}


def short_forms_of(key: str) -> frozenset[str]:
    """Return the other forms of a given name: "Liz" and "Beth" for "Elizabeth", and the other way round."""
    return _short_forms().get(key, frozenset())


def is_given_name(key: str) -> bool:
    """Return whether a key is a given name that we know, whoever has it."""
    return key in _short_forms()


def joins(keys: Sequence[str]) -> dict[tuple[int, int], str]:
    """Return every run of one to three words written as one, by (first, last + 1): "van der berg" as "vanderberg"."""
    size = len(keys)
    spans = ((first, last) for first in range(size) for last in range(first + 1, min(first + 3, size) + 1))
    return {(first, last): "".join(keys[first:last]) for first, last in spans}


def says_nobody(run: Sequence[Word], text: str) -> bool:
    """Return whether a text without names says that nobody is meant."""
    said = [word.text for word in run]
    if not said or is_nothing(text) or " ".join(said) in _NOBODY or normal(text) in _NOBODY:
        return True
    if not _EXCEPT.isdisjoint(said) and "other" not in said:
        return False
    if set(said) <= _OPEN:
        return True
    has_negation = not _NEGATIONS.isdisjoint(said)
    if has_negation and set(said) <= _FILLERS:
        return True
    if has_negation and set(said) <= _FILLERS | _ROLES and (len(said) <= MOST_WORDS_OF_A_DENIAL or "have" in said):
        return True
    clauses = [clause for clause in (normal(part) for part in _CLAUSES.split(text)) if clause]
    return len(clauses) > 1 and (clauses[0] in _NEGATIONS or clauses[-1] in _NEGATIONS)
