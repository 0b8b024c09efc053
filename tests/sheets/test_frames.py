"""Any data frame is taken, and a result shows itself in a notebook."""

import pandas as pd
import polars as pl
import pytest

from chiron import match
from chiron.sheets.files.table import SheetError

MENTORS = {"Name": ["Mo One", "Ada Two"], "Places": [1, 2], "Offers": ["Exams", "Research; Exams"]}
MENTEES = {"Name": ["Ann Lee", "Bo <b>Ray</b>", "Cy Moss"], "Goals": ["Exams", "Research", None]}


def pairs_of(result):
    return {(pair.mentee, pair.mentor, pair.fit) for pair in result.pairs}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pl.LazyFrame], ids=["pandas", "polars", "lazy"])
def test_any_data_frame_is_taken(frame):
    listed = [
        [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
        for table in (MENTORS, MENTEES)
    ]

    result = match(frame(MENTORS), frame(MENTEES))

    assert len(result.pairs) == 3
    assert pairs_of(result) == pairs_of(match(*listed))


def test_something_else_is_refused():
    with pytest.raises(SheetError, match="Give a path, a list of dictionaries"):
        match(pl.DataFrame(MENTORS), 7)


def test_result_shows_itself_in_a_notebook_escaped():
    mentors = {**MENTORS, "Places": [1, 1]}

    shown = match(pl.DataFrame(mentors), pl.DataFrame(MENTEES))._repr_html_()

    assert "<p>2 of 3 matched · proved best</p>" in shown
    assert "Bo &lt;b&gt;Ray&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert "Not matched" in shown
