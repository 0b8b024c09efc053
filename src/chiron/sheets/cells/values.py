"""One cell to one value: numbers, words for numbers, yes and no, importance, and the many ways to say nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.files.headings import normal

WEEKS_IN_MONTH = 4
MOST_WORDS, LONGEST_LINE, MOST_DIGITS = 14, 400, 10
_MANY_DIGITS = rf"\d{{{MOST_DIGITS}}}"
NUMBER_WORDS: Mapping[str, int] = meanings("numbers")
IMPORTANCE_WORDS: Mapping[str, int] = meanings("importance")
MOST_IMPORTANCE = 5
_NOTHING, _NOT_YET, _YES, _NO = words("nothing"), words("not_yet"), words("yes"), words("no")
_TICKS, _CROSSES = frozenset("✓✔☑✅"), frozenset("✗✘☒❌")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_STARS = re.compile(r"(\d+)(?:[.,](\d{1,9})(?!\d))?(?![\d.,]\d)")
_DATE = re.compile(rf"\d{{4}}-\d\d-\d\d(?: .*)?|\d{{1,2}}[-/ ]{_MONTH}(?:[-/ ]\d{{2,4}})?|{_MONTH}-\d{{2}}")
_WORDS = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, NUMBER_WORDS), key=len, reverse=True)) + r")\b")
_AT_MOST = re.compile(r"\b(?:up to|at most|max|maximum|no more than|not more than|limit)\b")
_AT_LEAST = re.compile(r"\b(?:at least|min|minimum|or more|more than|over|no fewer than|plus)\b|\d\s*\+|>")
_UNDER = re.compile(r"\b(?:less than|under|fewer than|below)\b|<")
_RANGE = re.compile(r"\d\s*(?:-|\u2013|\u2014|to|or|/|and|,)\s*(?:maybe\s+)?\d")
_NEGATIVE_QUESTION = re.compile(
    r"^(?:would|do|will|might) you (?:mind|object|refuse|rather not|prefer not|not want)|^(?:are|is|would) \w+ "
    r"(?:be )?(?:a problem|unable|unwilling|not able|not willing|opposed|against)|\b(?:unable|unwilling|object) to\b|"
    r"^(?:i )?(?:do not|don t|cannot|can t|will not|won t|not) \w+|^any objection|^do you have any objection"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell was read as.

    Attributes:
        value: the typed value; None: no answer, or a problem.
        code: a short name of the problem or note; empty where the cell is plain.
        text: for a problem what to type instead, for a note which value is used.
        is_problem: whether the cell has to be changed.
        meant: what the cell may have been meant to say, as it would be typed; empty where nothing is near.
    """

    value: Any = None
    code: str = ""
    text: str = ""
    is_problem: bool = False
    meant: str = ""


NO_ANSWER = Reading()
WHOLE_NUMBER = "Type a whole number."


def problem(code: str, text: str, *, meant: str = "") -> Reading:
    """Return a reading that asks for another cell, perhaps for the one that may have been meant."""
    return Reading(None, code, text, is_problem=True, meant=meant)


@lru_cache(maxsize=16_384)
def is_nothing(cell: str) -> bool:
    """Return whether a cell is a way to say that there is no answer."""
    if not cell or not any(map(str.isalnum, cell)):
        return cell not in _TICKS and cell not in _CROSSES and cell not in {"+", "✓ "}
    return normal(cell) in _NOTHING


def is_not_yet(cell: str) -> bool:
    """Return whether a cell says that the answer is not known yet."""
    return normal(cell) in _NOT_YET


@lru_cache(maxsize=16_384)
def number_of(cell: str, *, unit: str = "") -> Reading:
    """Return a whole number of 0 or more; the lower end where a cell names two.

    Args:
        cell: the text.
        unit: "month" where the number is one a month, so that "1 hour a week" counts four times.
    """
    text = " ".join(cell[:LONGEST_LINE].casefold().replace("\u2212", "-").split())
    if re.search(_MANY_DIGITS, text):
        return problem("not_whole_number", WHOLE_NUMBER)
    if text.isdecimal():
        return Reading(int(text))
    if _DATE.fullmatch(text):
        return problem("date_not_number", f"A spreadsheet may have changed what was typed into a date. {WHOLE_NUMBER}")
    if text.startswith("-") and _DIGITS.fullmatch(text[1:]):
        return problem("negative_number", "Type a whole number of 0 or more.")
    worded = _WORDS.sub(lambda found: str(NUMBER_WORDS[found[0]]), text.replace("\u2019", "'"))
    numbers = [_number(found[0]) for found in _DIGITS.finditer(worded)]
    if not numbers or len(worded.split()) > MOST_WORDS:
        return _without_digits(text)
    return _spoken_number(worded, numbers, unit=unit)


def _number(text: str) -> float:
    whole, _, part = text.replace(",", ".").partition(".")
    return float(f"{whole}{part}") if "," in text and len(part) == 3 else float(f"{whole}.{part or 0}")  # noqa: PLR2004


def _without_digits(text: str) -> Reading:
    if normal(text) in {"none", "nobody", "no one", "no"}:
        return Reading(0, "nothing_is_zero", "I used 0.")
    example = (
        "Type a whole number, for example 3." if re.search(r"\b(?:many|any|unlimited|few|several|all)\b", text) else ""
    )
    return problem("not_whole_number", example or WHOLE_NUMBER)


def _spoken_number(text: str, numbers: list[float], *, unit: str) -> Reading:
    """Return what a phrase with numbers in it means: "2-3", "up to 4", "1 hour a week"."""
    if unit == "month" and re.search(r"\bweek|\bwk|fortnight", text):
        return _weeks_to_months(text, numbers)
    is_range = len(numbers) == 2 and _RANGE.search(text) is not None  # noqa: PLR2004 -- two ends
    if len(numbers) > 1 and not is_range:
        return problem("not_whole_number", WHOLE_NUMBER)
    low = min(numbers)
    if is_range:
        return Reading(int(low), "lower_of_two", f"I used {int(low)}, the lower number.")
    if _UNDER.search(text):
        most = max(int(low) - 1, 0)
        return Reading(most, "bound", f"I used {most}.")
    if _AT_MOST.search(text) or _AT_LEAST.search(text):
        return Reading(int(low), "bound", f"I used {int(low)}.")
    return _plain_number(text, low)


def _plain_number(text: str, value: float) -> Reading:
    if value != int(value):
        if value < 1:
            return problem("not_whole_number", WHOLE_NUMBER)
        return Reading(int(value), "rounded_down", f"I used {int(value)}, the whole number below.")
    if text[0].isdigit() and len(text.split()) <= 2:  # noqa: PLR2004 -- a number and what is counted: "2 mentees"
        return Reading(int(value))
    return Reading(int(value), "number_in_words", f"I used {int(value)}.")


def _weeks_to_months(text: str, numbers: list[float]) -> Reading:
    every_other = re.search(r"\b(?:two|2|other|second|alternate) weeks?|fortnight", text) is not None
    low = numbers[0] if every_other else min(numbers)
    times = WEEKS_IN_MONTH // 2 if every_other else WEEKS_IN_MONTH
    return Reading(int(low * times), "weeks_to_months", f"I used {int(low * times)} a month.")


@lru_cache(maxsize=16_384)
def importance_of(cell: str) -> Reading:
    """Return how important something is, 0 to 5, from a number or from the words of a five-point scale."""
    text = normal(cell)
    if text in IMPORTANCE_WORDS:
        return Reading(IMPORTANCE_WORDS[text])
    found = _STARS.match(cell.strip())
    if found and len(found[1]) < MOST_DIGITS and int(found[1]) <= MOST_IMPORTANCE - bool(int(found[2] or 0)):
        if int(found[2] or 0):
            return Reading(int(found[1]), "rounded_down", f"I used {int(found[1])}, the whole number below.")
        return Reading(int(found[1]))
    return problem("not_importance", "Type a whole number from 0 (does not matter) to 5 (matters most).")


@lru_cache(maxsize=16_384)
def flag_of(cell: str) -> Reading:
    """Return yes or no as true or false."""
    text = cell.strip()
    if text in _TICKS or text in _CROSSES:
        return Reading(text in _TICKS)
    text = normal(text)
    if text in _YES or text in _NO:
        return Reading(text in _YES)
    first = text.partition(" ")[0]
    if first in {"yes", "no"} and not {"maybe", "depends", "sometimes"} & set(text.split()):
        return Reading(first == "yes", "flag_in_words", f'I read it as "{first}".')
    return problem("not_yes_or_no", "Type yes or no.")


@lru_cache(maxsize=2_048)
def asks_in_the_negative(heading: str) -> bool:
    """Return whether "yes" below a heading means that the person refuses: "Would you mind meeting online?"."""
    return _NEGATIVE_QUESTION.search(normal(heading)) is not None


_ASKED = re.compile(
    r"\b(?:up to|max(?:imum)?(?: of)?|at most|no more than|choose|pick|select|top|your|first)\s+(?:top\s+)?(\d|"
    + "|".join(list(NUMBER_WORDS)[1:11])
    + r")\b"
)


@lru_cache(maxsize=2_048)
def most_answers(heading: str) -> int | None:
    """Return how many answers a heading asks for ("choose up to three"), or None."""
    found = _ASKED.search(normal(heading))
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else NUMBER_WORDS[found[1]]
