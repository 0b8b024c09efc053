"""Every programme of the gallery tried on made-up people: a plan with a proof, and a way out of every shortage."""

import pytest

from chiron.blueprints.invent.simulate import TWO_SIDED, simulate
from chiron.blueprints.schema.blueprint_file import track, track_ids


@pytest.mark.parametrize("name", track_ids())
def test_every_track_runs_on_made_up_people_with_a_proof(name):
    found = simulate(track(name), mentees=24, seed=3)

    asked = {person.id for person in found.mentees.people}
    assert found.arrangement.proved_best
    assert found.arrangement.ties
    assert set(found.arrangement.left) <= asked
    assert all(tie.fit == sum(reason.points for reason in tie.reasons) for tie in found.arrangement.ties)


def test_tracks_short_of_mentors_say_whom_to_recruit():
    helped = 0
    for name in track_ids():
        blueprint = track(name)
        if blueprint.matching.shape.kind not in TWO_SIDED or blueprint.matching.everyone or blueprint.matching.groups:
            continue
        found = simulate(blueprint, mentees=16, mentors=5, seed=2, recruits=2)
        ahead = found.outlook
        matched = len(found.mentees.people) - len(found.arrangement.left)
        assert ahead.matched >= matched
        assert ahead.wanted == len(found.mentees.people)
        for before, one in zip(
            [ahead.matched, *(each.matched for each in ahead.recruits)], ahead.recruits, strict=False
        ):
            assert one.matched == before + one.gain <= one.bound
            assert one.gain > 0
        helped += len(ahead.recruits) > 0
    assert helped > 30
