"""The week that counts for summer time: from the flag, the programme's start or next week, and named."""

import datetime as dt

import pytest

from chiron import match
from chiron.blueprints.schema.rules_file import read_rules
from chiron.cli.main import main
from chiron.sheets.cells.weeks import next_monday, week_in_words
from chiron.sheets.files.table import SheetError
from chiron.sheets.intake import take_in
from chiron.sheets.opened import open_sheet
from chiron.sheets.programmes import asked_of, start_of

HOURS = """
[[matching.rules]]
name = "Common hours"
kind = "hours"
field = "hours"
points = 8
options = { full = 1 }
"""
MENTORS = [{"Name": "Mo One", "Availability": "Mon 18:00-19:00", "Time zone": "Europe/London"}]
MENTEES = [{"Name": "Ann Lee", "Availability": "Mon 18:00-19:00", "Time zone": "GMT (Greenwich Mean Time)"}]


@pytest.mark.parametrize(("week", "fit"), [(dt.date(2027, 3, 1), 8), (dt.date(2027, 7, 8), 0)])
def test_summer_time_is_that_of_the_week_which_is_given_and_named(week, fit):
    result = match(MENTORS, MENTEES, rules=read_rules(HOURS, file="r"), week=week)

    monday = week - dt.timedelta(days=week.weekday())
    assert [pair.fit for pair in result.pairs] == [fit]
    assert result.record.settings.week == monday.isoformat()
    assert any(f"clocks stand in the week of Monday {monday.day} " in note for note in result.record.notes)


def test_week_is_not_named_where_no_clock_counts():
    people = [{"Name": "Mo One", "Availability": "Mon 18:00-19:00"}]

    result = match(people, [{**people[0], "Name": "Ann"}], rules=read_rules(HOURS, file="r"))

    assert result.record.settings.week == ""
    assert not any("clocks" in note for note in result.record.notes)


def test_next_week_counts_where_nothing_else_is_said():
    today = dt.datetime.now(tz=dt.UTC).date()

    intake = take_in(open_sheet(MENTORS, "mentor"), open_sheet(MENTEES, "mentee"))

    assert intake.week in {next_monday(today), next_monday(today + dt.timedelta(days=1))}
    assert next_monday(dt.date(2026, 11, 30)) == next_monday(dt.date(2026, 12, 6)) == dt.date(2026, 12, 7)
    assert week_in_words(dt.date(2027, 3, 7)) == "the week of Monday 1 March 2027"


def test_week_of_a_programme_is_that_in_which_it_begins(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(HOURS)

    assert start_of(asked_of("nurs-utah-transition"), after=dt.date(2026, 8, 31)) == dt.date(2026, 9, 1)
    assert start_of(asked_of("nurs-utah-transition"), after=dt.date(2026, 9, 1)) == dt.date(2026, 9, 1)
    assert start_of(asked_of("nurs-utah-transition"), after=dt.date(2026, 9, 2)) == dt.date(2027, 9, 1)
    assert start_of(asked_of(rules), after=dt.date(2026, 9, 2)) is None


@pytest.mark.parametrize("command", ["match", "check"])
def test_command_takes_the_week_and_names_it(command, tmp_path, capsys):
    for side, people in (("mo", MENTORS), ("me", MENTEES)):
        rows = [people[0].keys(), people[0].values()]
        (tmp_path / f"{side}.csv").write_text("".join(",".join(row) + "\n" for row in rows))

    code = main([command, f"{tmp_path}/mo.csv", f"{tmp_path}/me.csv", "--week", "2027-07-08", "--no-input",
                 *(["-n"] if command == "match" else [])])  # fmt: skip

    assert code == 0
    assert "the week of Monday 5 July 2027" in capsys.readouterr().err
    assert main([command, "a.csv", "b.csv", "--week", "soon"]) == 2
    assert '"soon" is no date; type one like 2027-03-01' in capsys.readouterr().err


def test_half_hours_of_india_meet_those_of_london():
    zone = "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"
    mentees = [{"Name": "Xan", "Availability": "Mon 18:30-19:30", "Time zone": zone}]
    mentors = [
        {"Name": "Ana", "Availability": "Mon 13:00-14:00", "Time zone": "UTC"},
        {"Name": "Bo", "Availability": "Mon 13:30-14:30", "Time zone": "UTC"},
    ]

    result = match(mentors, mentees, rules=read_rules(HOURS, file="r"), week=dt.date(2027, 3, 1))

    assert [(pair.mentor, pair.fit, pair.parts[0].text) for pair in result.pairs] == [
        ("Ana", 8, "1 hour of the week in common")
    ]


def test_time_zone_of_people_who_give_none_can_be_set(tmp_path, capsys):
    mentees = [{"Name": "Ann Lee", "Availability": "Mon 18:00-19:00", "Time zone": ""}]
    rules = read_rules(HOURS, file="r")
    summer = dt.date(2027, 7, 5)

    fits = [
        match(MENTORS, mentees, rules=rules, week=summer, time_zone=zone).pairs[0].fit for zone in ("UTC", "London")
    ]

    assert fits == [0, 8]
    with pytest.raises(SheetError, match='"Mars" is no time zone'):
        match(MENTORS, mentees, rules=rules, time_zone="Mars")
    assert main(["check", "a.csv", "b.csv", "--time-zone", "Mars"]) == 2
    assert '"Mars" is no time zone; type one like Europe/London' in capsys.readouterr().err
