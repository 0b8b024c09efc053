"""Time zones as people and programs write them."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.sheets.cells.zones import clock_of, minutes_ahead, zone_at, zone_of

DAY = dt.date(2026, 7, 1)
OFFSETS = [*range(-12 * 60, 14 * 60 + 1, 15)]
SPELLINGS = (
    "UTC{sign}{hours}:{minutes:02d}",
    "UTC{sign}{hours:02d}:{minutes:02d}",
    "(UTC{sign}{hours:02d}:{minutes:02d})",
    "GMT{sign}{hours:02d}{minutes:02d}",
    "gmt {sign} {hours}.{minutes:02d}",
    "{sign}{hours:02d}:{minutes:02d}",
    "UTC {sign}{hours}:{minutes:02d} hours",
)


@pytest.mark.parametrize("text", [
    "Europe/London", "europe/london", "London", "London, UK", "UK", "UK time", "United Kingdom", "GMT Standard Time",
    "British Summer Time", "GMT/BST", "UK (GMT/BST)", "London (GMT+0)", "London (GMT+1)", "UTC+1 London", "Leeds",
    "(UTC+00:00) Europe/London",
])  # fmt: skip
def test_zone_of_reads_one_place_in_many_spellings(text):
    reading = zone_of(text)

    assert (reading.value, reading.code) == ("Europe/London", "")


@pytest.mark.parametrize(("text", "name"), [
    ("Eastern Time", "America/New_York"),
    ("GMT+2", "Etc/GMT-2"),
    ("UTC-8", "Etc/GMT+8"),
    ("New York", "America/New_York"),
    ("utc", "UTC"),
    ("Z", "UTC"),
    ("GMT (Greenwich Mean Time)", "UTC"),
    ("Greenwich Mean Time", "UTC"),
    ("Coordinated Universal Time (UTC)", "UTC"),
    ("PST (Pacific)", "America/Los_Angeles"),
    ("EST (Eastern Standard Time)", "America/New_York"),
    ("Eastern Daylight Time", "America/New_York"),
    ("EST (UTC-5)", "America/New_York"),
    ("IST (UTC+5:30)", "Asia/Kolkata"),
    ("IST (Ireland)", "Europe/Dublin"),
    ("CST (China)", "Asia/Shanghai"),
    ("CST (UTC+8)", "Etc/GMT-8"),
    ("MST Arizona", "America/Phoenix"),
    ("Kolkata (GMT+5:30)", "Asia/Kolkata"),
    ("India Standard Time", "Asia/Kolkata"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Mountain Standard Time (Mexico)", "America/Mazatlan"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Etc/GMT-5", "Etc/GMT-5"),
    ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("Asia/Kolkata - IST", "Asia/Kolkata"),
    ("UTC+5.5", "UTC+05:30"),
    ("UTC\u22123:30", "UTC-03:30"),
])  # fmt: skip
def test_zone_of_takes_names_cities_abbreviations_and_offsets(text, name):
    reading = zone_of(text)

    assert (reading.value, reading.code) == (name, "")


@pytest.mark.parametrize(("text", "name"), [
    ("(UTC-10:00) Hawaii", "Pacific/Honolulu"),
    ("(UTC-09:00) Alaska", "America/Anchorage"),
    ("(UTC-08:00) Baja California", "America/Tijuana"),
    ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
    ("(UTC-07:00) Arizona", "America/Phoenix"),
    ("(UTC-07:00) La Paz, Mazatlan", "America/Mazatlan"),
    ("(UTC-07:00) Mountain Time (US & Canada)", "America/Denver"),
    ("(UTC-06:00) Central America", "America/Guatemala"),
    ("(UTC-06:00) Central Time (US & Canada)", "America/Chicago"),
    ("(UTC-06:00) Guadalajara, Mexico City, Monterrey", "America/Mexico_City"),
    ("(UTC-06:00) Saskatchewan", "America/Regina"),
    ("(UTC-05:00) Bogota, Lima, Quito, Rio Branco", "America/Bogota"),
    ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
    ("(UTC-05:00) Indiana (East)", "America/Indiana/Indianapolis"),
    ("(UTC-04:00) Atlantic Time (Canada)", "America/Halifax"),
    ("(UTC-04:00) Georgetown, La Paz, Manaus, San Juan", "America/Guyana"),
    ("(UTC-03:30) Newfoundland", "America/St_Johns"),
    ("(UTC-03:00) Brasilia", "America/Sao_Paulo"),
    ("(UTC-01:00) Azores", "Atlantic/Azores"),
    ("(UTC) Coordinated Universal Time", "UTC"),
    ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
    ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
    ("(UTC+01:00) West Central Africa", "Africa/Lagos"),
    ("(UTC+02:00) Harare, Pretoria", "Africa/Harare"),
    ("(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius", "Europe/Helsinki"),
    ("(UTC+03:00) Moscow, St. Petersburg", "Europe/Moscow"),
    ("(UTC+03:30) Tehran", "Asia/Tehran"),
    ("(UTC+04:00) Abu Dhabi, Muscat", "Asia/Dubai"),
    ("(UTC+04:30) Kabul", "Asia/Kabul"),
    ("(UTC+05:00) Islamabad, Karachi", "Asia/Karachi"),
    ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
    ("(UTC+05:30) Sri Jayawardenepura", "Asia/Colombo"),
    ("(UTC+05:45) Kathmandu", "Asia/Kathmandu"),
    ("(UTC+06:30) Yangon (Rangoon)", "Asia/Yangon"),
    ("(UTC+07:00) Bangkok, Hanoi, Jakarta", "Asia/Bangkok"),
    ("(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi", "Asia/Shanghai"),
    ("(UTC+08:45) Eucla", "Australia/Eucla"),
    ("(UTC+09:00) Osaka, Sapporo, Tokyo", "Asia/Tokyo"),
    ("(UTC+09:30) Adelaide", "Australia/Adelaide"),
    ("(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney"),
    ("(UTC+10:30) Lord Howe Island", "Australia/Lord_Howe"),
    ("(UTC+12:00) Auckland, Wellington", "Pacific/Auckland"),
    ("(UTC+12:45) Chatham Islands", "Pacific/Chatham"),
    ("(UTC+13:00) Nuku'alofa", "Pacific/Tongatapu"),
])  # fmt: skip
def test_zone_of_reads_the_names_that_windows_shows(text, name):
    reading = zone_of(text)

    assert (reading.value, reading.code) == (name, "")


@pytest.mark.parametrize(("text", "name"), [
    ("IST", "Asia/Kolkata"),
    ("BST", "Europe/London"),
    ("London or New York", "Europe/London"),
    ("London / remote", "Europe/London"),
    ("London (UTC+5)", "Europe/London"),
])  # fmt: skip
def test_zone_of_says_which_zone_it_used_where_several_are_meant(text, name):
    reading = zone_of(text)

    assert (reading.value, reading.code, reading.text) == (name, "zone_guessed", f"I used {name}.")


def test_zone_of_says_a_guessed_offset_as_people_write_it():
    reading = zone_of("UTC-5 to UTC-8")

    assert (reading.value, reading.code, reading.text) == ("Etc/GMT+5", "zone_guessed", "I used UTC-5.")


@pytest.mark.parametrize("text", ["Mars", "Europe - Africa", "UTC+15", "UTC+5:75", "5:30", "11:00 GMT", "my time", "Remote", "-", "UTC " * 90])  # fmt: skip
def test_zone_of_asks_for_a_name(text):
    reading = zone_of(text)

    assert (reading.value, reading.code, reading.is_problem) == (None, "not_a_time_zone", True)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_zone_of_keeps_every_offset_to_the_minute(spelling):
    for offset in OFFSETS:
        hours, minutes = divmod(abs(offset), 60)

        reading = zone_of(spelling.format(sign="-" if offset < 0 else "+", hours=hours, minutes=minutes))

        assert (reading.value, reading.code) == (zone_at(offset), "")
        assert minutes_ahead(zone_at(offset), DAY) == offset


def test_zone_of_knows_every_zone_by_its_own_name():
    assert {name for name in zoneinfo.available_timezones() if not zone_of(name).value} == set()
    assert zone_of("Pacific/Marquesas").value == "Pacific/Marquesas"


@given(st.text(max_size=60))
def test_zone_of_gives_a_clock_or_a_problem_whatever_a_cell_says(text):
    reading = zone_of(text)

    assert reading.is_problem or clock_of(reading.value) is not None
