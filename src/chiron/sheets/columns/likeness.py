"""How much a heading sounds like a field, and how much the cells below it look like its answers."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec, ValueType
from chiron.sheets.cells.answers import is_no_address
from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.cells.values import NUMBER_WORDS, flag_of, is_nothing, number_of
from chiron.sheets.cells.weeks import looks_like_slots
from chiron.sheets.columns.translated_headings import keeps_apart, means, speaks_of_others
from chiron.sheets.files.headings import normal

EXACT, CLEAR, LIKELY, SURE = 100.0, 92.0, 45.0, 75.0
FUZZY = 0.86
SAMPLE = 60
AGAINST_FLAGS, AGAINST_WISH = -60.0, -15.0
UNFITTING, MOSTLY, FITTING, NEARLY_ALL = 0.25, 0.5, 0.6, 0.8
LONG = 70
SENTENCE = 40
FEWEST_IDS = 4
SHORTEST_STEM = 4
MOST_PEOPLE = 200  # nobody takes more mentees, or gives more hours a month, than this
LONGEST_LOOK = 200  # what a column holds shows in the first letters; no pattern ever sees more
_COUNT = re.compile(
    rf"[\d<>~]|(?:{'|'.join([*NUMBER_WORDS, 'up to', 'at ', 'max', 'about', 'around', 'between', 'less', 'more'])})",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_POSTAL = re.compile(
    r"\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|-?\d{1,2}\.\d+\s*[,;]\s*-?\d{1,3}\.\d+", re.IGNORECASE
)
NAME_WORDS = 5
_NOT_IN_NAMES = re.compile(r"[\d@;:/?!]")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}.*")
_FILLERS, _OWNERS = words("fillers"), words("owners")
_OTHER_SIDE = {"mentee": frozenset({"mentor", "mentors"}), "mentor": frozenset({"mentee", "mentees"})}
_MANAGERS, _NUMBERED = (
    frozenset({"manager", "supervisor"}),
    frozenset({"payroll", "id", "staff", "employee", "assignment"}),
)
_TIMESTAMPS = words("timestamps")
_OTHER_MATTERS = words("other_matters")
_WISHED = words("wished") | words("ranked")
_APART, _WHOM, _AVOIDED = words("apart"), words("whom"), words("avoided")
_COUNTED, _PAST, _NAMED = words("counted"), words("past"), words("named")
_PERSON, _NO_PERSON, _WISHING = words("person"), words("no_person"), words("wishing")
_SIDES, _TITLES = words("sides"), words("honorifics")
_SAME_WORD: Mapping[str, str] = meanings("same_word")
_BRACKETED = re.compile(r"\([^()]*\)")
_CONFLICT = re.compile(r"\bconflicts?(?: of)? interests?\b")
_NAME_PARTS = frozenset({"name", "first_name", "last_name"})
_IDENTITY = frozenset({"name", "first_name", "last_name", "email", "id"})


@dataclass(frozen=True, slots=True)
class HeadingEvidence:
    """What the cells of one column look like: shares from 0 to 1 of a sample of the filled ones.

    `small` are whole numbers that could count people, `codes` mere digits; `others` name somebody of the other sheet,
    None where that sheet is not at hand, and `named` do so by a whole name or an address; `different` are the distinct
    cells, `length` is the mean number of letters. `withheld` says that every filled cell refuses an address.
    """

    filled: int
    emails: float
    numbers: float
    flags: float
    slots: float
    postal: float
    names: float
    dates: float
    different: float
    length: float
    values: frozenset[str]
    small: float = 0.0
    codes: float = 0.0
    others: float | None = None
    named: float = 0.0
    withheld: bool = False


def evidence_of(cells: Sequence[str], others: Collection[str] = ()) -> HeadingEvidence:
    """Return what a column's cells look like.

    Args:
        cells: from the top of the column.
        others: names, addresses and ids of the people on the other sheet, made comparable.
    """
    sample = tuple([cell[:LONGEST_LOOK] for cell in cells if cell and not is_nothing(cell)][:SAMPLE])
    said = [cell[:LONGEST_LOOK] for cell in cells if cell.strip()]
    found = replace(_evidence_alone(sample), withheld=bool(said) and all(map(is_no_address, said)))
    if not others:
        return found
    naming = [cell for cell in sample if _names_anybody(cell, others)]
    named = sum(1 for cell in naming if _names_surely(cell, others))
    return replace(found, others=len(naming) / (len(sample) or 1), named=named / (len(sample) or 1))


@lru_cache(maxsize=1_024)
def _evidence_alone(sample: tuple[str, ...]) -> HeadingEvidence:
    """Return what the filled cells of a column look like by themselves; a sheet is looked at several times."""
    count = len(sample) or 1

    def share(hits: int) -> float:
        return hits / count

    return HeadingEvidence(
        filled=len(sample),
        emails=share(sum(1 for cell in sample if _EMAIL.fullmatch(cell))),
        numbers=share(sum(1 for cell in sample if _COUNT.match(cell) and number_of(cell).value is not None)),
        flags=share(sum(1 for cell in sample if flag_of(cell).value is not None)),
        slots=share(sum(1 for cell in sample if looks_like_slots(cell) and _DATE.fullmatch(cell) is None)),
        postal=share(sum(1 for cell in sample if _POSTAL.fullmatch(cell))),
        names=share(sum(1 for cell in sample if _is_name(cell))),
        dates=share(sum(1 for cell in sample if _DATE.fullmatch(cell))),
        different=len({normal(cell) for cell in sample}) / count,
        length=sum(map(len, sample)) / count,
        values=frozenset(normal(part) for cell in sample for part in re.split(r"[;,\n]", cell) if part.strip()),
        codes=share(sum(1 for cell in sample if cell.isdecimal())),
        small=share(sum(1 for cell in sample if _is_small(cell))),
    )


def _is_small(cell: str) -> bool:
    value = number_of(cell).value if _COUNT.match(cell) else None
    return value is not None and value <= MOST_PEOPLE


def _names_surely(cell: str, others: Collection[str]) -> bool:
    """Return whether a cell holds a whole name or an address of the other sheet; a number may be anything."""
    return any("@" in piece and normal(piece.strip()) in others for piece in re.split(r"[\s;,<>()|]", cell)) or (
        _holds_name(cell, others)
    )


def _holds_name(cell: str, others: Collection[str]) -> bool:
    """Return whether some words of a cell, one after the other, are a name of at least two words."""
    said = normal(cell).split()
    return any(
        " ".join(said[start : start + count]) in others
        for count in range(2, NAME_WORDS + 1)
        for start in range(len(said) - count + 1)
    )


def says_wish(heading: str) -> bool:
    """Return whether a heading says that the people named below it are wished for."""
    said = set(normal(heading).split())
    return bool(said & _WISHED) and not said & (_APART | _PAST | {"change"})


def _names_anybody(cell: str, others: Collection[str]) -> bool:
    """Return whether a cell, or a piece of it, is or holds the name, address or id of somebody on the other sheet."""
    if any(normal(piece) in others for piece in (cell, *re.split(r"[;,\n>|]", cell))):
        return True
    return _holds_name(cell, others)


def _is_name(cell: str) -> bool:
    """Return whether a cell could be a person's whole name: two to five words without digits or signs."""
    return len(cell) < LONG and 1 < len(cell.split()) <= NAME_WORDS and _NOT_IN_NAMES.search(cell) is None


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a heading that say what is asked, in one form each: "specialties" is "specialty"."""
    return tuple(_one_form(word) for word in normal(text).split() if word not in _FILLERS)


def _one_form(word: str) -> str:
    if len(word) > SHORTEST_STEM and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif len(word) > SHORTEST_STEM and word.endswith("ly"):
        word = word[:-2]
    elif len(word) >= SHORTEST_STEM and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _SAME_WORD.get(word, word)


_WEAK = frozenset(_one_form(word) for word in words("weak"))


def heading_likeness(heading: str, name: str, spec: FieldSpec, side: str) -> float:
    """Return from 0 to 100 how much a heading sounds like a field."""
    if spec.type == "ranking" and not spec.keeps_apart and _APART.intersection(normal(heading).split()):
        return 0.0  # "a mentor you do NOT want" is no choice
    likeness = _heading_likeness(heading, name, (*spec.headings, spec.label), spec.type, side)
    if means(heading, name):
        return max(likeness, EXACT - 1.0)  # where two columns are called so, the one in English
    if name == "not_with" and keeps_apart(heading):
        return max(likeness, SURE - 1.0)  # worth a question
    return likeness


@lru_cache(maxsize=16_384)
def _heading_likeness(heading: str, name: str, own: tuple[str, ...], kind: ValueType, side: str) -> float:
    text = normal(heading)
    if name == "manager" and _MANAGERS.intersection(text.split()) and _NUMBERED.intersection(text.split()):
        return SURE  # "Manager payroll no"
    if _is_other_matter(heading, own):
        return 0.0
    phrases = (*own, name.replace("_", " "))
    if name == "not_with":
        return _apart_likeness(text, phrases)
    best = max(_phrase_likeness(text, phrase) for phrase in phrases if phrase)
    if name in _NAME_PARTS and best < EXACT and _has_both_names(set(text.split())):
        return SURE if name == "name" else 0.0
    if best < EXACT and not _speaks_of(name, kind, set(text.split())):
        return 0.0
    last = heading.rpartition(": ")[2]
    if last != heading:
        best = max(best, 0.95 * max(_phrase_likeness(normal(last), phrase) for phrase in phrases if phrase))
    if name in _IDENTITY and best < EXACT:
        words = set(text.split())
        if words & _OWNERS or speaks_of_others(words) or words & _OTHER_SIDE.get(side, frozenset()):
            best -= 60.0
    elif name in _IDENTITY and set(text.split()) & _OTHER_SIDE.get(side, frozenset()):
        best -= 60.0
    return max(best, 0.0)


def names_other_matter(heading: str, spec: FieldSpec) -> bool:
    """Return whether a heading speaks of something that only a field of that very name holds: a telephone, an age."""
    return _is_other_matter(heading, (*spec.headings, spec.label))


def _is_other_matter(heading: str, own: tuple[str, ...]) -> bool:
    if normal(heading) in _TIMESTAMPS:
        return True
    said = _OTHER_MATTERS.intersection(normal(_BRACKETED.sub(" ", heading)).split())
    return bool(said) and not said <= _words_of(own)


def _has_both_names(said: Collection[str]) -> bool:
    """Return whether a heading asks for first and last name in one cell: "Surname, first name"."""
    return bool({"first", "given", "forename"} & set(said)) and bool({"last", "surname", "family"} & set(said))


def _speaks_of(name: str, kind: ValueType, said: Collection[str]) -> bool:
    """Return whether a heading that is only similar says what is counted or who is named, where a field needs that."""
    if name in COUNT_FIELDS:
        return bool(_COUNTED.intersection(said)) and not _PAST.intersection(said)
    if name.endswith("_wanted") or name == "wishes":
        return bool(_WISHING.intersection(said))
    return kind != "ranking" or bool(_NAMED.intersection(said))


@lru_cache(maxsize=1_024)
def _words_of(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for phrase in phrases for word in normal(phrase).split())


def _apart_likeness(text: str, phrases: Sequence[str]) -> float:
    """Return how much a heading sounds like people to be kept apart from: it must say both "not" and whom."""
    if any(normal(phrase) == text for phrase in phrases):
        return EXACT
    said = set(text.split())
    if said & _NO_PERSON and not said & _PERSON:
        return 0.0
    if _CONFLICT.search(text) or (said & _APART and said & _WHOM) or (said & _AVOIDED and said & _NAMED):
        return SURE - 1.0  # worth a question
    return 0.0


@lru_cache(maxsize=65_536)
def _phrase_likeness(text: str, phrase: str) -> float:
    meant = normal(phrase)
    if text == meant:
        return EXACT
    heading, wanted = set(_words(text)), set(_words(meant))
    if not heading or not wanted:
        return 0.0
    if heading == wanted:
        return CLEAR
    likeness = 0.0
    if wanted < heading:
        likeness = (
            60.0 + 30.0 * len(wanted) / len(heading) if len(wanted) > 1 else _by_one_word(next(iter(wanted)), heading)
        )
    elif heading < wanted:
        likeness = 20.0 + 48.0 * len(heading) / len(wanted)  # one word of two is too little: "Department" names no head
    else:
        shared = len(heading & wanted)
        likeness = 55.0 * 2 * shared / (len(heading) + len(wanted))
    # What the ratio can be at most by the lengths alone; it spares most pairs the matcher's preparation.
    if 2 * min(len(text), len(meant)) <= FUZZY * (len(text) + len(meant)):
        return likeness
    matcher = SequenceMatcher(None, text, meant, autojunk=False)
    if matcher.quick_ratio() > FUZZY and matcher.ratio() > FUZZY:
        likeness = max(likeness, 88.0 * matcher.ratio())
    return likeness


def _by_one_word(word: str, heading: Collection[str]) -> float:
    """Return how much a longer heading sounds like a phrase of one word; the longer it is, the less."""
    return 0.0 if word in _WEAK else 36.0 + 36.0 / len(heading)


def content_likeness(  # noqa: PLR0911 -- one line a kind of field
    evidence: HeadingEvidence, name: str, spec: FieldSpec, known: frozenset[str]
) -> tuple[float, float]:
    """Return what the cells add to the likeness of a field, and what they are worth alone.

    Args:
        evidence: of the column.
        name: of the field.
        spec: the field.
        known: the answers that the field allows, made comparable; empty where anything goes.
    """
    if name == "email" and evidence.withheld:
        return -EXACT, 0.0  # "anonymous", as forms write of people who are not signed in
    if not evidence.filled:
        return 0.0, 0.0
    if name == "email":
        return _graded(evidence.emails, _Grades(30.0, 88.0, -50.0))
    are_emails = evidence.emails > MOSTLY and spec.type not in ("id", "ranking")
    are_titles = name == "profession" and bool(evidence.values) and evidence.values <= _TITLES
    if are_emails or are_titles or (evidence.values and evidence.values <= _SIDES):
        return -90.0, 0.0
    if name in _IDENTITY:
        return _identity_likeness(evidence, name)
    if _are_flags(evidence, name, spec):
        return (AGAINST_WISH if name.endswith("wanted") or name == "wishes" else AGAINST_FLAGS), 0.0
    return _like_answers(evidence, spec, known)


def _like_answers(evidence: HeadingEvidence, spec: FieldSpec, known: frozenset[str]) -> tuple[float, float]:
    """Return what cells that are no addresses, names or flags add, and what they are worth alone."""
    if spec.type == "ranking":
        return _apart_cells(evidence) if spec.keeps_apart else _people_likeness(evidence)
    if spec.type == "stage" and evidence.numbers > NEARLY_ALL and evidence.small < UNFITTING:
        return -60.0, 0.0  # years of the calendar
    if known:
        share = len(evidence.values & known) / max(len(evidence.values), 1)
        return _graded(share, _Grades(15.0, 70.0, -5.0))
    return _by_type(evidence, spec.type)


def _identity_likeness(evidence: HeadingEvidence, name: str) -> tuple[float, float]:
    """Return how much cells look like ids, which are all different, or like names."""
    if name == "id":
        return (-90.0 if evidence.filled >= FEWEST_IDS and evidence.different < NEARLY_ALL else 0.0), 0.0
    if evidence.numbers > MOSTLY or evidence.length > LONG:
        return -60.0, 0.0
    are_names = name == "name" and evidence.names > NEARLY_ALL and evidence.different > NEARLY_ALL
    return 0.0, 50.0 if are_names else 0.0


def _are_flags(evidence: HeadingEvidence, name: str, spec: FieldSpec) -> bool:
    """Return whether cells are yes and no where something else is asked for; one cell proves nothing."""
    if spec.type == "flag" or name == "id" or evidence.filled < 2:  # noqa: PLR2004
        return False
    return evidence.flags >= FITTING and not _counts(spec.type, evidence)


def _counts(wanted: ValueType, evidence: HeadingEvidence) -> bool:
    """Return whether 0 and 1 are numbers here, not ticks."""
    return wanted in ("number", "stage") and evidence.small >= FITTING


def _apart_cells(evidence: HeadingEvidence) -> tuple[float, float]:
    """Return what speaks against people to be kept apart from: long sentences that name nobody of the other sheet."""
    names_nobody = evidence.length > LONG or (evidence.length > SENTENCE and evidence.others is not None)
    return (-60.0 if names_nobody and not evidence.others else 0.0), 0.0


def names_people(evidence: HeadingEvidence) -> bool:
    """Return whether most cells of a column name people of the other sheet."""
    return bool(evidence.filled) and evidence.named >= FITTING


def _people_likeness(evidence: HeadingEvidence) -> tuple[float, float]:
    """Return how much cells look like names, addresses or ids of people on the other sheet."""
    if evidence.others is not None:
        added, alone = _graded(evidence.others, _Grades(20.0, 60.0, -60.0))
        return added, 0.0 if evidence.numbers > UNFITTING else alone  # a number is somebody's id by mere chance
    return (-60.0 if evidence.numbers > MOSTLY or evidence.length > LONGEST_LOOK / 2 else 0.0), 0.0


@dataclass(frozen=True, slots=True)
class _Grades:
    """What fitting cells add to a heading's likeness, what they are worth alone, and what unfitting cells take."""

    add: float
    alone: float
    against: float


_GRADES: Mapping[ValueType, tuple[str, _Grades]] = {
    "number": ("small", _Grades(8.0, 0.0, -60.0)),
    "flag": ("flags", _Grades(8.0, 0.0, -25.0)),
    "hours": ("slots", _Grades(20.0, 80.0, -50.0)),
    "place": ("postal", _Grades(15.0, 62.0, -5.0)),
}


def _by_type(evidence: HeadingEvidence, wanted: ValueType) -> tuple[float, float]:
    if wanted in _GRADES:
        name, grades = _GRADES[wanted]
        added, alone = _graded(getattr(evidence, name), grades)
        return added, 0.0 if wanted == "place" and evidence.codes > UNFITTING else alone
    if wanted in ("choice", "list", "stage", "field") and evidence.dates > MOSTLY:
        return -60.0, 0.0
    if wanted == "list" and evidence.numbers > NEARLY_ALL:
        return -60.0, 0.0
    if wanted in ("choice", "stage", "field") and evidence.length > SENTENCE:
        return -25.0, 0.0
    return (-30.0 if wanted == "text" and evidence.numbers > NEARLY_ALL else 0.0), 0.0


def _graded(share: float, grades: _Grades) -> tuple[float, float]:
    """Return what a share of fitting cells adds and is worth alone; few of them speak against the field."""
    if share >= FITTING:
        return grades.add, grades.alone * min(share / NEARLY_ALL, 1.0)
    return (grades.against, 0.0) if share < UNFITTING else (0.0, 0.0)
