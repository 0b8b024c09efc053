"""Exports of forms that write two or three rows of headings: short names, questions, and the form's own marks."""

import re
from collections.abc import Sequence

from chiron.sheets.files.books.worksheet import Merge
from chiron.sheets.files.headings import Grid, HeadingsFound, clean, find_headings, given_headings, normal

# A survey export names each column by a short name, then by the question, then by a mark of its own in JSON.
_IMPORT_MARK = re.compile(r"\{\s*['\"]+ImportId['\"]+\s*:.*\}", re.DOTALL)
_CODE = re.compile(r"Q(?:ID)?\d[\w#.-]*", re.IGNORECASE)
_OWN_COLUMNS = frozenset({
    "startdate", "enddate", "status", "ipaddress", "progress", "duration in seconds", "finished", "recordeddate",
    "responseid", "recipientlastname", "recipientfirstname", "recipientemail", "externalreference",
    "externaldatareference", "locationlatitude", "locationlongitude", "distributionchannel", "userlanguage",
    "responseset",
})  # fmt: skip
# What stands under a question that is one column, where a question of several columns has its options there.
_ONE_ANSWER = frozenset({"response", "open ended response", "offene antwort", "reponse", "respuesta"})
_OWN_FIELDS = frozenset({"respondent id", "collector id", "respondentid", "collectorid"})
_FEWEST_OWN = 2


def find_table(grid: Grid, merges: Sequence[Merge] = ()) -> HeadingsFound | None:
    """Return the headings of a sheet, those of a form's export too, or None where nothing looks like a table.

    Args:
        grid: (row number, cells) of every row with anything in it.
        merges: merged blocks, where the file says so.
    """
    found = export_headings([[clean(cell) for cell in cells] for _, cells in grid[:4]])
    if found is None:
        return find_headings(grid, merges)
    count, headings = found
    return given_headings(grid, count - 1, headings)


def export_headings(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...]] | None:
    """Return how many rows of headings a form wrote, and the headings they make together; None where it wrote one.

    Args:
        rows: the first rows of a sheet, cleaned.
    """
    if len(rows) < 2:  # noqa: PLR2004 -- two rows of headings need two rows
        return None
    marks = next((at for at, row in enumerate(rows[1:4], start=1) if _are_marks(row)), None)
    if marks is not None:
        return marks + 1, _questions(rows[0], rows[1] if marks > 1 else rows[0])
    if _are_codes_over_questions(rows[0], rows[1]):
        return 2, _questions(rows[0], rows[1])
    if _are_questions_over_options(rows[0], rows[1]):
        return 2, _options(rows[0], rows[1])
    return None


def _are_marks(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and all(_IMPORT_MARK.fullmatch(cell) for cell in filled)


def _are_codes_over_questions(codes: Sequence[str], questions: Sequence[str]) -> bool:
    """Return whether the first row holds a survey's short names and the second its questions."""
    both = [(code, question) for code, question in zip(codes, questions, strict=False) if code and question]
    own = sum(1 for code, question in both if _is_own(code) and _joined(code) == _joined(question))
    asked = [(code, question) for code, question in both if not _is_own(code)]
    longer = sum(1 for code, question in asked if len(question) > len(code) or normal(code) == normal(question))
    coded = sum(1 for code, _ in asked if _CODE.fullmatch(code))
    return len(both) > 1 and (own >= _FEWEST_OWN or coded * 2 > len(both)) and longer * 4 >= len(asked) * 3


def _is_own(code: str) -> bool:
    return normal(code) in _OWN_COLUMNS


def _joined(text: str) -> str:
    return normal(text).replace(" ", "")


def _questions(codes: Sequence[str], questions: Sequence[str]) -> tuple[str, ...]:
    """Return the question of each column, after its short name where somebody chose one that says something else."""
    headings = []
    for at in range(max(len(codes), len(questions))):
        code = codes[at] if at < len(codes) else ""
        question = questions[at] if at < len(questions) else ""
        says_more = (
            code
            and question
            and not _is_own(code)
            and not _CODE.fullmatch(code)
            and _joined(code) not in _joined(question)
        )
        headings.append(f"{code}: {question}" if says_more and "_" not in code else question or code)
    return tuple(headings)


def _are_questions_over_options(questions: Sequence[str], options: Sequence[str]) -> bool:
    """Return whether the second row holds the options of the questions above it, or the word "Response"."""
    said = [normal(option) for option in options if option]
    own = any(normal(question) in _OWN_FIELDS for question in questions)
    return bool(said) and (any(option in _ONE_ANSWER for option in said) and (own or not options[0]))


def _options(questions: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    """Return each question with its option; a question stretches to the right as far as nothing else begins."""
    headings, question = [], ""
    for at in range(max(len(questions), len(options))):
        option = options[at] if at < len(options) else ""
        question = (questions[at] if at < len(questions) else "") or (question if option else "")
        alone = not option or normal(option) in _ONE_ANSWER
        headings.append(question if alone else f"{question}: {option}" if question else option)
    return tuple(headings)
