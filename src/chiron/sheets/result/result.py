"""The result of matching two spreadsheets, as a program uses it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from chiron.blueprints.plan.made import MadePlan
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.comparing import Comparison, compare
from chiron.sheets.result.explaining import Explanation, explain
from chiron.sheets.result.fairness import fairness
from chiron.sheets.result.hiding import DEFAULT_THRESHOLD
from chiron.sheets.result.record import ColumnFound, GroupFigure, LeftOver, PairMade, Record, Summary
from chiron.sheets.result.record_json import to_json
from chiron.sheets.result.reread import read_result
from chiron.sheets.result.write import write_result

MOST_SHOWN = 50
"""Rows of a table in a notebook."""


def _why(pair: PairMade) -> str:
    """Return the reasons of a pair on one line."""
    return "; ".join(f"{part.text} ({part.points:+d})" for part in pair.parts)


def _html_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as HTML, every text escaped."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True, slots=True)
class Result:
    """Pairs with their reasons, who is left and why, and what was found in the sheets.

    Attributes:
        record: everything, as it is written.
        plan: the plan with its proof, or None for a result that was read from a file.
    """

    record: Record
    plan: MadePlan | None = None

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "Result":
        """Return a result that was written as .xlsx or .json.

        Raises:
            SheetError: the file cannot be read, or holds no result.
        """
        return cls(read_result(path))

    @property
    def pairs(self) -> tuple[PairMade, ...]:
        """The pairs, in the order of the mentees' sheet."""
        return self.record.pairs

    @property
    def unmatched(self) -> tuple[LeftOver, ...]:
        """Who has no partner, mentees first, with why and what would change it."""
        return self.record.unmatched

    @property
    def summary(self) -> Summary:
        """The plan in a few numbers."""
        return self.record.summary

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Cells and rows that need fixing; such rows were left out."""
        return self.record.problems

    @property
    def notes(self) -> tuple[str, ...]:
        """Guesses and defaults that were used, in words."""
        return self.record.notes

    @property
    def columns(self) -> tuple[ColumnFound, ...]:
        """Which heading was taken for which field."""
        return self.record.columns

    def explain(self, name: str) -> Explanation:
        """Return why somebody has this partner, or none.

        Raises:
            NobodyError: no one, or more than one, is meant.
        """
        return explain(self.record, name)

    def compare(self, *others: "Result", names: Sequence[str] | None = None) -> Comparison:
        """Return this result beside one to three others.

        Raises:
            CompareError: too many, or about different people.
        """
        records = [self.record, *(other.record for other in others)]
        return compare(records, names or [f"plan {letter}" for letter in "ABCDEFGH"[: len(records)]])

    def fairness(self, by: str, *, smallest: int = DEFAULT_THRESHOLD) -> tuple[GroupFigure, ...]:
        """Return the mean fit of each group of mentees by a heading of their sheet; small groups are hidden.

        Raises:
            SheetError: nobody can be grouped by that heading.
            ThresholdError: the threshold is under 5.
        """
        return fairness(self.record, by, smallest=smallest)

    def _repr_html_(self) -> str:
        """Return the result as a notebook shows it: figures, the pairs, and who is left; every text escaped."""
        words, summary = self.record.words, self.summary
        whole = summary.matched + summary.unmatched
        proof = "proved best" if summary.proved_best else "not proved best"
        headings = [words.first, words.second, *filter(None, [words.label]), "Fit", "Why"]
        rows = [
            [pair.mentee, pair.mentor, *([pair.label] if words.label else []), pair.fit, _why(pair)]
            for pair in self.pairs[:MOST_SHOWN]
        ]
        more = len(self.pairs) - MOST_SHOWN
        left = [[one.name, one.side, " ".join(one.reasons)] for one in self.unmatched if one.side != "mentor"]
        parts = [
            f"<p>{summary.matched} of {whole} matched · {proof}</p>",
            _html_table(headings, rows),
            f"<p>… and {more} more.</p>" if more > 0 else "",
            _html_table(["Not matched", "Side", "Why"], left[:MOST_SHOWN]) if left else "",
        ]
        return "".join(parts)

    def write(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the result as .xlsx, .csv, .tsv or .json, by the ending.

        Raises:
            SheetError: the ending is another, the file is there and `force` is off, or it cannot be written.
        """
        write_result(self.record, path, force=force)

    def to_json(self) -> str:
        """Return the result as one JSON object."""
        return to_json(self.record)
