"""The letters of a text file: Unicode where the bytes say so, else the code page that makes words of them."""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice, pairwise

from chiron.sheets.files.table import SheetError

_MARKS = (  # the marks of UTF-32 begin with those of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheets save by, the most usual first; among equally likely ones the first is taken.
CODE_PAGES = ("cp1252", "cp1250", "mac_roman", "cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "gb18030", "cp932")
_SHOWN_PAGES = "cp1250, cp1251, cp1252, cp1253, cp1256, gb18030 or mac-roman"
_HEAD, _SAMPLE_LINES, _LINE = 4_000, 400, 500
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_OPENING = "’\u2018“„«¿¡\xa0–—"  # what may well stand before a small letter
_CLOSING = "”\u201a…·®™»"  # what may well stand after a letter
_SIGNS = "•°€£¥§©½¼¾²³×"
_JOINED = ("Mc", "Mac", "De", "Di", "La", "Le", "Van", "Fitz")  # names with a capital inside
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_MOST_FOREIGN = 0.5  # of the letters of a word of a Latin language
_LONG_WORD = 3
_PART_OF_UTF8 = 10  # so many readable letters for one that is none: a UTF-8 file with a scar


@dataclass(frozen=True, slots=True)
class Letters:
    """The text of a file, and what had to be guessed about its letters, in words; empty where nothing had."""

    text: str
    note: str = ""


def decode(content: bytes, *, file: str, encoding: str | None = None) -> Letters:
    """Return the text of a file without its byte-order mark, and how its letters were guessed.

    Args:
        content: the bytes.
        file: what to call the file in messages.
        encoding: the code page of bytes that are no Unicode; None: the most likely one.

    Raises:
        SheetError: the bytes are no text, or there is no such encoding.
    """
    if encoding is not None:
        _require_encoding(encoding)
    letters = _letters(content, file, encoding)
    nul = letters.text.find("\0")
    if nul >= 0:
        row = letters.text.count("\n", 0, nul) + 1
        raise SheetError(
            f"{file} row {row}: a character that no text holds (NUL) stands there, so part of the file is damaged. "
            "Save it again as CSV UTF-8 or .xlsx."
        )
    return letters


def _letters(content: bytes, file: str, encoding: str | None) -> Letters:
    for mark, marked in _MARKS:
        if content.startswith(mark):
            return Letters(_strict(content, marked, file=file))
    wide = _wide_encoding(content[:_HEAD])
    if wide is not None:
        return Letters(_strict(content, wide, file=file))
    if len(_CONTROL.findall(content[:_HEAD])) * 20 > len(content[:_HEAD]):
        raise SheetError(f"I cannot open {file}: it holds no text. Save it as .xlsx or .csv.")
    try:
        return Letters(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if encoding is not None:
        return Letters(_strict(content, encoding, file=file))
    scarred = content.decode("utf-8", errors="replace")
    if scarred.count("\ufffd") * _PART_OF_UTF8 < len(_FOREIGN.findall(scarred)):
        at = scarred.index("\ufffd")
        row = scarred.count("\n", 0, at) + 1
        return Letters(scarred, f'{file} row {row}: a letter cannot be read ("{_around(scarred, at)}"). Type it again.')
    return _guessed(content, file)


def _require_encoding(encoding: str) -> None:
    """Refuse the name of an encoding that there is not.

    Raises:
        SheetError: there is no such encoding of texts.
    """
    try:
        "".encode(encoding)
    except LookupError as error:
        raise SheetError(f'There is no encoding "{encoding}". Type for example {_SHOWN_PAGES}.') from error


def _wide_encoding(head: bytes) -> str | None:
    """Return the encoding of text whose letters take two or four bytes each and which has no mark, or None."""
    zeros = [head[at::4].count(0) for at in range(4)]
    quarter = max(len(head) // 4, 1)
    if zeros[2] == zeros[3] == quarter and zeros[0] == 0:
        return "utf-32-le"
    if zeros[0] == zeros[1] == quarter and zeros[3] == 0:
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if max(even, odd) * 20 < len(head) or min(even, odd) * 20 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _strict(content: bytes, encoding: str, *, file: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        raise SheetError(
            f"I cannot read the letters in {file}. In Excel: Save as → CSV UTF-8, or save it as .xlsx."
        ) from error


def _guessed(content: bytes, file: str) -> Letters:
    """Return the text by the code page under which most of its foreign letters stand in words as people write them.

    Raises:
        SheetError: no code page reads it.
    """
    sample = _sample(content)
    ranked = sorted(CODE_PAGES, key=lambda page: -_likelihood(sample, page))  # stable: the usual ones first
    for page in ranked:
        try:
            text = content.decode(page)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise SheetError(f"I cannot read the letters in {file}. In Excel: Save as → CSV UTF-8, or save it as .xlsx.")
    found = _FOREIGN.search(text)
    example = _around(text, found.start()) if found else ""
    return Letters(
        text,
        f'{file} does not say how its letters are written, so I guessed {page}: for example "{example}". If that is '
        "wrong, save it as CSV UTF-8 (on the command line, you can also say: --encoding cp1250).",
    )


def _around(text: str, at: int) -> str:
    """Return the words around a place in a text: an example of its letters."""
    start = max(text.rfind(mark, 0, at) for mark in "\n,;\t\r|") + 1
    ends = [end for end in (text.find(mark, at) for mark in "\n,;\t\r|") if end >= 0]
    return " ".join(text[start : min(ends, default=len(text))].strip('" ').split())[-60:]


def _sample(content: bytes) -> list[bytes]:
    """Return the first lines that hold more than plain letters, cut where they are long."""
    lines = (line[:_LINE] for line in BytesIO(content) if not line[:_LINE].isascii())
    return list(islice(lines, _SAMPLE_LINES))


def _likelihood(sample: Sequence[bytes], page: str) -> int:
    """Return how many words with foreign letters look like words, less those that do not and signs inside words."""
    score = 0
    for raw in sample:
        try:
            line = codecs.getincrementaldecoder(page)().decode(raw, final=False)  # a cut may stand inside a letter
        except UnicodeDecodeError:
            score -= len(raw)
            continue
        score += sum(1 if _is_word(word) else -2 for word in _WORD.findall(line) if not word.isascii())
        for sign in _FOREIGN.finditer(line):
            if not sign[0].isalpha():
                score -= 2 * _is_odd(line, sign.start())
    return score


def _is_odd(line: str, at: int) -> bool:
    """Return whether a sign is none that texts hold, or touches a letter where it does not belong."""
    before, after = line[at - 1 : at] if at else "", line[at + 1 : at + 2]
    if line[at] not in _OPENING + _CLOSING:
        return line[at] not in _SIGNS or before.isalpha()
    return line[at] not in _OPENING and after.isalpha() and after.islower()


def _is_word(word: str) -> bool:
    """Return whether letters make a word: one script, capitals only in front or throughout, not all of them foreign."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word if letter.isalpha()}
    if scripts & {"HIRAGANA", "KATAKANA", "CJK", "FULLWIDTH"}:
        return len(scripts - {"HIRAGANA", "KATAKANA", "CJK"}) == 0 and "?" not in scripts
    if len(scripts) > 1 or "?" in scripts:
        return False
    if any(before.islower() and after.isupper() for before, after in pairwise(word)) and not word.startswith(_JOINED):
        return False
    if scripts != {"LATIN"}:
        return len(word) > 1
    foreign = len(_FOREIGN.findall(word))
    return len(word) < _LONG_WORD or foreign <= len(word) * _MOST_FOREIGN
