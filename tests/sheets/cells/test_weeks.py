"""Times of the week in words to half-hours of the UTC week."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.sheets.cells.weeks import DAYS, hours_of, looks_like_slots
from chiron.sheets.cells.zones import zone_at

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
    ("Weekends except Sunday, 10:00-12:00", "sat 10:00-12:00"),
    ("Mon-Wed 9-5 but not Tuesday", "mon 9:00-17:00 wed 9:00-17:00"),
    ("Mon-Wed 9-5; not Tuesday", "mon 9:00-17:00 wed 9:00-17:00"),
    ("Mon-Wed 9-5\nnot Tuesday", "mon 9:00-17:00 wed 9:00-17:00"),
    ("Mon, Tue 9-5, except 12-13", "mon 9:00-12:00 mon 13:00-17:00 tue 9:00-12:00 tue 13:00-17:00"),
    ("Mon, Tue 9-12 apart from Tue 9-10", "mon 9:00-12:00 tue 10:00-12:00"),
    ("Sat, Sun 22:00-02:00 except Sunday", "sat 22:00-24:00 sun 0:00-2:00"),
    ("Mon-Thu 18-20, never Tuesdays, not Wednesdays", "mon 18:00-20:00 thu 18:00-20:00"),
    ("Mon, Fri 18-20 except Friday, Sat 10-12", "mon 18:00-20:00 sat 10:00-12:00"),
    ("Mon-Thu except Tue, Wed 18-20", "mon 18:00-20:00 thu 18:00-20:00"),
    ("M-W 9-10", "mon 9:00-10:00 tue 9:00-10:00 wed 9:00-10:00"),
    ("MWF 9-10", "mon 9:00-10:00 wed 9:00-10:00 fri 9:00-10:00"),
    ("TTh 17:00-19:00", "tue 17:00-19:00 thu 17:00-19:00"),
    ("I'm free Mondays from 18:00 to 20:00", "mon 18:00-20:00"),
    ("between 6pm and 8pm on Mondays", "mon 18:00-20:00"),
    ("Mon 18:00-19:00 (UTC+05:30)", "mon 12:30-13:30"),
    ("Mon 18:00-19:00 GMT-3:30", "mon 21:30-22:30"),
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
    ("weekday evenings except Fri, Mon, Tue", "wed 18:00-21:00 thu 18:00-21:00", "I read it as 18:00-21:00."),
    ("weeknights but Mon to Wed", "thu 18:00-21:00 fri 18:00-21:00", "I read it as 18:00-21:00."),
    ("any weekend", "sat 9:00-17:00 sun 9:00-17:00", "I read it as 09:00-17:00."),
    ("Mon, Tue except Tue, Sat 10-12", "mon 9:00-17:00 sat 10:00-12:00", "I read it as 09:00-17:00."),
    ("not weekdays", "sat 9:00-17:00 sun 9:00-17:00", "I read it as every day, 09:00-17:00."),
    ("Mondays but mornings", "mon 8:00-12:00", "I read it as 08:00-12:00."),
    ("Mon but only after 5pm", "mon 17:00-21:00", "I read it as 17:00-21:00."),
    ("not before 6pm on Tuesdays", "tue 18:00-21:00", "I read it as 18:00-21:00."),
    ("Sat except mornings", "sat 12:00-17:00", "I read it as not 08:00-12:00, 09:00-17:00."),
])  # fmt: skip
def test_hours_of_says_what_it_guessed(cell, expected, note):
    reading = hours_of(cell, zone="UTC", week=WINTER)

    assert (spans(reading.value), reading.code, reading.text) == (expected, "time_guessed", note)


@pytest.mark.parametrize("cell", [
    "sometime", "Mon 18:00", "ask my secretary", "?!", "Mon 18:00-18:10", "except", "not available", "Mon except Mondays",
    "weekdays but Friday only mornings", "Mon-Fri 9-5 except the last Friday of the month",
    "evenings except Friday, mornings",
])  # fmt: skip
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


@pytest.mark.parametrize("offset", range(-12 * 60, 14 * 60 + 1, 15))
def test_hours_of_keeps_offsets_of_half_hours_and_loses_half_an_hour_at_most_of_others(offset):
    start = 3 * 1440 + 18 * 60 - offset

    reading = hours_of("Thu 18:00-20:00", zone=zone_at(offset), week=SUMMER)

    kept = [slot for slot in range(336) if start <= slot * 30 and slot * 30 + 30 <= start + 120]
    assert reading.value == sum(1 << slot for slot in kept)
    assert len(kept) == (4 if offset % 30 == 0 else 3)
    assert reading.code == ("" if offset % 30 == 0 else "quarter_hours")
    assert hours_of("Thu 18:00-18:30", zone=zone_at(offset), week=SUMMER).is_problem == (offset % 30 != 0)


WHOLE_DAYS = {"Mon": {0}, "Tuesday": {1}, "Wednesdays": {2}, "Thu and Fri": {3, 4}, "Sat and Sun": {5, 6}, "weekends": {5, 6},
              "Mon-Wed": {0, 1, 2}, "weekdays": {0, 1, 2, 3, 4}, "F-Su": {4, 5, 6}}  # fmt: skip
EXCEPT = ["except", "but not", "apart from", "excluding", "not", "never on", "other than", "except for"]
EVERYBODY = {"any day": set(range(7)), "every day": set(range(7)), "weekdays": set(range(5)), "all week": set(range(7)),
             "Mon-Sat": set(range(6))}  # fmt: skip


@given(
    st.sampled_from(sorted(EVERYBODY)), st.sampled_from(EXCEPT), st.sampled_from(sorted(WHOLE_DAYS)), st.integers(0, 3)
)
def test_hours_of_takes_out_what_is_excepted_wherever_the_time_stands(whole, word, days, place):
    cell = [
        f"{whole} 18:00-20:00 {word} {days}",
        f"{whole} {word} {days} 18:00-20:00",
        f"{whole}, {word} {days}, 18:00-20:00",
        f"{whole} 18:00-20:00; {word} {days}",
    ][place]
    left = EVERYBODY[whole] - WHOLE_DAYS[days]

    reading = hours_of(cell, zone="UTC", week=WINTER)

    if left:
        assert reading.value == sum(0b1111 << (day * 48 + 36) for day in left)
        assert reading.code == ""
    else:
        assert reading.is_problem


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


def test_slots_are_told_from_other_text():
    assert looks_like_slots("Tue evenings")
    assert looks_like_slots("6:00-7:00pm F")
    assert not looks_like_slots("Research; Exams")
    assert not looks_like_slots("2026-03-01 09:30")
