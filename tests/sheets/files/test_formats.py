"""What the numbers of a workbook mean."""

import pytest

from chiron.sheets.files.books.formats import EPOCH_1904, GENERAL, Format, format_of, number_text, unescaped

DATE = Format(is_date=True)


@pytest.mark.parametrize(("number", "code", "shape"), [
    (14, None, DATE), (22, None, DATE), (46, None, Format(is_duration=True)), (10, None, Format(is_percent=True)), (1, None, GENERAL), (49, None, GENERAL),
    (164, "dd/mm/yyyy", DATE), (164, '[$-409]d" of "mmm;@', DATE), (164, "h:mm AM/PM", DATE), (164, "[h]:mm", Format(is_duration=True)),
    (164, "00000", Format(zeros=5)), (164, "000-00-0000", Format(zeros=9)), (164, "0.0%", Format(is_percent=True)),
    (164, "General", GENERAL), (164, '0" days"', GENERAL), (164, "#,##0.00", GENERAL), (164, "[Red]0", GENERAL),
])  # fmt: skip
def test_format_of_knows_dates_zeros_and_per_cents(number, code, shape):
    assert format_of(number, code) == shape


@pytest.mark.parametrize(("raw", "shape", "text"), [
    ("3", GENERAL, "3"), ("3.0", GENERAL, "3"), ("0.30000000000000004", GENERAL, "0.3"), ("1E3", GENERAL, "1000"), ("-2", GENERAL, "-2"),
    ("123456789012345678901", GENERAL, "123456789012345678901"), ("417", Format(zeros=5), "00417"), ("0.5", Format(is_percent=True), "50%"),
    ("46082", DATE, "2026-03-01"), ("46082.395833333336", DATE, "2026-03-01 09:30"), ("0.5", DATE, "12:00"),
    ("1", DATE, "1900-01-01"), ("61", DATE, "1900-03-01"),
    ("-5", DATE, "-5"), ("1.0625", Format(is_duration=True), "25:30"),
])  # fmt: skip
def test_number_text_reads_as_people_do(raw, shape, text):
    assert number_text(raw, shape) == text


def test_number_text_knows_the_other_day_zero():
    assert number_text("44620", DATE, epoch=EPOCH_1904) == "2026-03-01"


def test_number_text_refuses_what_is_no_number():
    with pytest.raises(ValueError, match="could not convert"):
        number_text("three", GENERAL)


def test_unescaped_gives_back_odd_characters():
    assert unescaped("one_x000D_\ntwo_x0041_") == "one\ntwoA"
    assert unescaped("snake_case") == "snake_case"
