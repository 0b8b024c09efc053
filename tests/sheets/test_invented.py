"""Sheets of made-up people match again: every programme of the gallery, from `simulate` to `match`."""

import pytest

from chiron import match
from chiron.blueprints.invent.simulate import simulate
from chiron.blueprints.schema.blueprint_file import track, track_ids
from chiron.sheets.files.table import SheetError
from chiron.sheets.invented import write_invented


@pytest.mark.parametrize("name", track_ids())
def test_sheets_of_a_track_match_again(name, tmp_path):
    blueprint = track(name)
    found = simulate(blueprint, mentees=10, seed=3, recruits=0)
    sheets = write_invented(blueprint, found.people, tmp_path)

    result = match(*(tmp_path / sheet for sheet in sheets), rules=name, seed=3)

    assert result.problems == ()
    assert {(pair.mentee_id, pair.mentor_id, pair.label, pair.fit) for pair in result.pairs} == {
        (tie.mentee_id, tie.mentor_id, tie.label, tie.fit) for tie in found.arrangement.ties
    }
    assert [step.value for step in result.summary.steps] == [step.value for step in found.arrangement.steps]
    assert result.summary.proved_best == found.arrangement.proved_best


def test_sheets_that_are_there_are_not_written_over(tmp_path):
    people = simulate(track("urm-asco"), mentees=5, recruits=0).people
    write_invented(track("urm-asco"), people, tmp_path)

    with pytest.raises(SheetError, match=r"mentors\.xlsx exists already"):
        write_invented(track("urm-asco"), people, tmp_path)
