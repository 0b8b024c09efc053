"""Times of the week in words to half-hours of the UTC week."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.sheets.cells.weeks import DAYS, hours_of, looks_like_slots, zone_of

WINTER, SUMMER = dt.date(2026, 1, 7), dt.date(2026, 7, 1)
AVAILABILITY = Path(__file__).resolve().parents[4] / "shared" / "data" / "availability"


def spans(mask: int | None) -> str:
    """Return a mask as days with first and last moment, for reading."""
    slots = [slot for slot in range(336) if mask is not None and mask >> slot & 1]
    texts = []
    for slot in slots:
        start, end = slot % 48 * 30, slot % 48 * 30 + 30
        day = DAYS[slot // 48]
        if texts and texts[-1][0] == day and texts[-1][2] == start:
            texts[-1][2] = end
        else:
            texts.append([day, start, end])
    return " ".join(f"{day} {start // 60}:{start % 60:02d}-{end // 60}:{end % 60:02d}" for day, start, end in texts)


@pytest.mark.parametrize(("cell", "expected"), [
    ("6:00-7:00pm F", "fri 18:00-19:00"),
    ("8:00-9:00pm T; 7:00-8:00pm M", "mon 19:00-20:00 tue 20:00-21:00"),
    ("Mon 18:00\u201319:00", "mon 18:00-19:00"),
    ("Mon, Wed 18:00-19:00", "mon 18:00-19:00 wed 18:00-19:00"),
    ("Mon 18-19, Tue 19-20", "mon 18:00-19:00 tue 19:00-20:00"),
    ("6-7pm F, 7-8pm M", "mon 19:00-20:00 fri 18:00-19:00"),
    ("Saturdays 11-1pm", "sat 11:00-13:00"),
    ("Wed 10am to 12 noon", "wed 10:00-12:00"),
    ("Mon-Wed 9-5", "mon 9:00-17:00 tue 9:00-17:00 wed 9:00-17:00"),
    ("Sat 22:00-02:00", "sat 22:00-24:00 sun 0:00-2:00"),
    ("Sun 23:30-00:30", "mon 0:00-0:30 sun 23:30-24:00"),
    ("Thu 18:15-19:45", "thu 18:30-19:30"),
])  # fmt: skip
def test_hours_of_reads_slots_as_people_write_them(cell, expected):
    reading = hours_of(cell, zone="UTC", week=WINTER)

    assert (spans(reading.value), reading.code) == (expected, "")


@pytest.mark.parametrize(("cell", "expected", "note"), [
    ("Tue evenings", "tue 18:00-21:00", "I read it as 18:00-21:00."),
    ("weekend mornings", "sat 8:00-12:00 sun 8:00-12:00", "I read it as 08:00-12:00."),
    ("after 5pm Thursdays", "thu 17:00-21:00", "I read it as 17:00-21:00."),
    ("Mondays", "mon 9:00-17:00", "I read it as 09:00-17:00."),
    ("Mon 6-7", "mon 18:00-19:00", "I read it as 18:00-19:00."),
])  # fmt: skip
def test_hours_of_says_what_it_guessed(cell, expected, note):
    reading = hours_of(cell, zone="UTC", week=WINTER)

    assert (spans(reading.value), reading.code, reading.text) == (expected, "time_guessed", note)


@pytest.mark.parametrize("cell", ["sometime", "Mon 18:00", "ask my secretary", "?!", "Mon 18:00-18:10"])
def test_hours_of_asks_for_days_and_times(cell):
    reading = hours_of(cell, zone="UTC", week=WINTER)

    assert reading.is_problem
    assert reading.text.startswith("Type ")


def test_hours_of_moves_local_times_to_utc_as_the_clock_stands_in_the_week():
    assert spans(hours_of("Mon 18:00-19:00", zone="America/New_York", week=WINTER).value) == "mon 23:00-24:00"
    assert spans(hours_of("Mon 18:00-19:00", zone="America/New_York", week=SUMMER).value) == "mon 22:00-23:00"
    assert spans(hours_of("Mon 18:00-19:00 EST", zone="Europe/London", week=WINTER).value) == "mon 23:00-24:00"
    assert spans(hours_of("Mon 0:00-1:00", zone="Asia/Kolkata", week=WINTER).value) == "sun 18:30-19:30"
    assert spans(hours_of("Mon 0:00-1:00", zone="Asia/Kathmandu", week=WINTER).value) == "sun 18:30-19:00"


def test_hours_of_reads_every_slot_of_a_real_sheet():
    if not AVAILABILITY.exists():
        assert "CI" not in os.environ
        pytest.skip("the real data is not beside the project")
    people = [
        person
        for side in ("mentees", "mentors")
        for person in json.loads((AVAILABILITY / f"availability_{side}.json").read_text())
    ]

    for person in people:
        slots = person["availability"]
        reading = hours_of("; ".join(slots), zone="UTC", week=WINTER)
        assert (reading.value.bit_count(), reading.code) == (2 * len(set(slots)), "")


@given(st.integers(0, 6), st.integers(0, 46), st.integers(1, 12))
def test_hours_of_reads_any_half_hours_of_a_day(day, start, length):
    end = min(start + length, 48)
    cell = f"{DAYS[day].title()} {start // 2:02d}:{start % 2 * 3}0-{end // 2:02d}:{end % 2 * 3}0"

    mask = hours_of(cell, zone="UTC", week=WINTER).value

    assert mask == ((1 << (end - start)) - 1) << (day * 48 + start)


@given(st.text(max_size=30))
def test_hours_of_never_fails_whatever_a_cell_says(cell):
    reading = hours_of(cell, zone="UTC", week=WINTER)

    assert reading.is_problem == (reading.value is None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/London", "Europe/London"),
        ("EST", "America/New_York"),
        ("Eastern Time", "America/New_York"),
        ("GMT+2", "Etc/GMT-2"),
        ("New York", "America/New_York"),
        ("utc", "UTC"),
        ("PST (Pacific)", "America/Los_Angeles"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
    ],
)
def test_zone_of_takes_names_cities_abbreviations_and_offsets(text, name):
    assert zone_of(text).value == name


def test_zone_of_asks_for_a_name():
    assert zone_of("Mars").code == "not_a_time_zone"
    assert zone_of("IST").text == "I used Asia/Kolkata."


def test_slots_are_told_from_other_text():
    assert looks_like_slots("Tue evenings")
    assert looks_like_slots("6:00-7:00pm F")
    assert not looks_like_slots("Research; Exams")
    assert not looks_like_slots("2026-03-01 09:30")
