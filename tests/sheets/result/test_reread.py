"""Reading our own results back."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.sheets.files.page import legal
from chiron.sheets.files.table import SheetError
from chiron.sheets.result.record import PairMade, Part, Record, Settings, Summary
from chiron.sheets.result.record_pages import pages_of, record_of
from chiron.sheets.result.reread import RecordError, read_result
from chiron.sheets.result.write import write_result
from sheets.results import RESULT


@pytest.mark.parametrize("ending", [".xlsx", ".json"])
def test_reread_gives_back_the_whole_result(tmp_path: Path, ending: str):
    write_result(RESULT, tmp_path / f"matches{ending}")

    assert read_result(tmp_path / f"matches{ending}") == RESULT


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_reread_gives_back_the_pairs_of_a_text_file(tmp_path: Path, ending: str):
    write_result(RESULT, tmp_path / f"matches{ending}")

    again = read_result(tmp_path / f"matches{ending}")

    assert again.pairs == tuple(replace(pair, others=()) for pair in RESULT.pairs)
    assert [(left.id, left.name, left.side) for left in again.unmatched] == [
        ("cai", "Cai Morgan", "mentee"),
        ("m9", "Zoë Ångström-Núñez", "mentor"),
    ]
    assert again.summary == Summary(matched=2, unmatched=1, lowest_fit=-4, mean_fit=29, proved_best=False)


def test_reread_gives_back_long_rules_and_many_people(tmp_path: Path):
    pairs = tuple(
        PairMade(f"{at:05d}", f"m{at}", f"Mentee {at}", f"Mentor {at}", at, (Part("goals", at, "covers all"),))
        for at in range(400)
    )
    summary = Summary(matched=400, unmatched=1, lowest_fit=0, mean_fit=200, proved_best=False)
    record = replace(RESULT, pairs=pairs, summary=summary, settings=Settings(rules="# a long rule\n" * 5_000))

    write_result(record, tmp_path / "matches.xlsx")

    assert read_result(tmp_path / "matches.xlsx") == record


TEXTS = (
    st.text(min_size=1, max_size=20)
    .map(legal)
    .filter(lambda text: text.strip() == text and text != "" and "\n" not in text)
)


@given(names=st.lists(TEXTS, min_size=1, max_size=4, unique=True), points=st.integers(-50, 50))
def test_reread_gives_back_any_name(names, points):
    pairs = tuple(PairMade(name, name, name, name, points, (Part(name, points, name),)) for name in names)
    record = Record((), Settings(), Summary(len(pairs), 0, points, points, proved_best=True), pairs)

    pages = {
        page.name: [page.headings, *(tuple("" if cell is None else str(cell) for cell in row) for row in page.rows)]
        for page in pages_of(record)
    }

    assert record_of(pages) == record


@pytest.mark.parametrize(("name", "content", "message"), [
    ("m.csv", b"Name,Email\r\nAma,a@b.test\r\n", r"m\.csv is not a result of chiron match\. Give the file that chiron match wrote\."),
    ("m.json", b'{"a": 1}', r"m\.json is not a result of chiron match"),
    ("m.csv", b"Mentee,Mentor,Fit,Why,Mentee id,Mentor id\r\nAma,Bo,high,,a,b\r\n", r"m\.csv was changed by hand"),
])  # fmt: skip
def test_reread_refuses_what_is_no_result(tmp_path: Path, name, content, message):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(RecordError, match=message):
        read_result(tmp_path / name)


def test_reread_refuses_files_that_are_not_there_or_empty(tmp_path: Path):
    (tmp_path / "empty.xlsx").write_bytes(b"")

    with pytest.raises(SheetError, match=r"There is no file matches\.xlsx in "):
        read_result(tmp_path / "matches.xlsx")
    with pytest.raises(SheetError, match=r"empty\.xlsx is empty"):
        read_result(tmp_path / "empty.xlsx")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"pairs": (replace(RESULT.pairs[0], fit=99), RESULT.pairs[1])}, "add up to 61, not to 99"),
        ({"pairs": (*RESULT.pairs, RESULT.pairs[0])}, "stands there 2 times"),
        ({"pairs": RESULT.pairs[:1]}, "mentees matched: 2 in the summary, 1 by the pairs"),
        ({"summary": replace(RESULT.summary, lowest_fit=40)}, "lowest fit: 40 in the summary, -4 by the pairs"),
        ({"summary": replace(RESULT.summary, unmatched=0)}, "not matched: 0 in the summary, 1 by the pairs"),
        ({"summary": replace(RESULT.summary, steps=())}, "not in each step"),
    ],
)
@pytest.mark.parametrize("ending", [".xlsx", ".json"])
def test_result_that_contradicts_itself_is_refused(tmp_path: Path, changed, told: str, ending: str):
    write_result(replace(RESULT, **changed), tmp_path / f"matches{ending}")

    with pytest.raises(RecordError) as caught:
        read_result(tmp_path / f"matches{ending}")

    assert told in str(caught.value)


@pytest.mark.parametrize("score", ['"61"', "61.5", "true", "NaN", "1" + "0" * 400, "null"])
def test_fit_that_is_no_whole_number_is_refused(tmp_path: Path, score: str):
    path = tmp_path / "matches.json"
    write_result(RESULT, path)
    path.write_text(path.read_text(encoding="utf-8").replace('"score": 61', f'"score": {score}'), encoding="utf-8")

    with pytest.raises(RecordError, match="no whole number"):
        read_result(path)


def test_json_nested_without_end_is_refused(tmp_path: Path):
    path = tmp_path / "matches.json"
    path.write_text('{"a":' + "[" * 100_000, encoding="utf-8")

    with pytest.raises(RecordError, match="not a result"):
        read_result(path)
