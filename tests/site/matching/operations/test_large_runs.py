"""A run too large to list is answered over all pairs: same people, figures and judge; locks, pairs apart, noes, Stop."""

import pytest

pytest.importorskip("numba")

from chiron.site.applications.models import Application
from chiron.site.matching.bridge import large
from chiron.site.matching.bridge.effects import open_plan, possible_mentors, preview_mentor
from chiron.site.matching.models import MatchRun, PlanPair, RunPairs
from chiron.site.matching.operations.changes import change_mentor, hold_pair
from chiron.site.matching.operations.runs import ask_for_run, stop_run
from chiron.site.matching.queries.numbers import numbers_of
from chiron.site.matching.rules import Hold, RunState
from chiron.site.matching.tasks import answer_run
from chiron.site.mentorships.operations import decline_offer
from factories import NOW
from plan_factories import Scene, add_mentee, make_plan, make_publication, make_scene, member_of, offer_of

pytestmark = pytest.mark.django_db
OVER_ALL = "auction over all pairs"


@pytest.fixture
def scene() -> Scene:
    return make_scene(places=1)


def over_all(monkeypatch) -> None:
    """Take every pool for one that is too large to list."""
    monkeypatch.setattr(large, "MOST_PAIRS_LISTED", 0)


def rows_of(plan) -> list[dict]:
    fields = ("mentee", "mentor", "fit", "parts", "standing", "only_option", "bent", "takes", "label", "place")
    return list(PlanPair.objects.filter(plan=plan).order_by("mentee").values(*fields))


@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
def test_a_large_run_keeps_the_same_plan_as_a_small_one(scene, aim, monkeypatch):
    small = make_plan(scene, aim=aim)
    over_all(monkeypatch)
    large_one = make_plan(scene, aim=aim)

    assert large_one.run.answer["method"] == OVER_ALL
    assert small.run.answer["method"] != OVER_ALL
    assert {**large_one.run.answer, "method": ""} == {**small.run.answer, "method": ""}
    assert numbers_of([small, large_one])[small.pk] == numbers_of([small, large_one])[large_one.pk]
    assert rows_of(large_one) == rows_of(small)
    assert [*large_one.unmatched.values_list("application", "code", "why")] == [
        *small.unmatched.values_list("application", "code", "why")
    ]


def test_locks_and_pairs_kept_apart_hold_in_a_large_run(scene, monkeypatch):
    first = make_plan(scene)
    people = scene.people
    locked = ("Anna", "Olga")
    for (mentee, mentor), kind in {
        locked: Hold.LOCK,
        ("Bela", "Mira"): Hold.APART,
        ("Bela", "Noor"): Hold.APART,
    }.items():
        hold_pair(
            plan=first,
            mentee=people[mentee],
            mentor=people[mentor],
            kind=kind,
            reason="",
            by=scene.coordinator,
            now=NOW,
        )
    small = make_plan(scene, based_on=first)
    over_all(monkeypatch)
    plan = make_plan(scene, based_on=first)

    pairs = set(plan.pairs.values_list("mentee", "mentor"))
    assert (people["Anna"].pk, people["Olga"].pk) in pairs
    assert not pairs & {(people["Bela"].pk, people[name].pk) for name in ("Mira", "Noor")}
    assert {**plan.run.answer, "method": ""} == {**small.run.answer, "method": ""}


def test_a_no_is_kept_in_a_large_run(scene, monkeypatch):
    first = make_plan(scene)
    make_publication(scene, first)
    offer = offer_of(scene, "Anna")
    member = member_of(offer, "mentee")
    mentor = member_of(offer, "mentor").application_id
    decline_offer(member=member, reason="busy", by=member.application.person, now=NOW)
    add_mentee(scene, "Zoe", ["Research"], "North")
    over_all(monkeypatch)
    plan = make_plan(scene)

    assert plan.run.answer["method"] == OVER_ALL
    assert (member.application_id, mentor) not in set(plan.pairs.values_list("mentee", "mentor"))


def test_stop_keeps_the_plan_of_a_large_run(scene, monkeypatch):
    over_all(monkeypatch)
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    MatchRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, started_at=NOW)
    stop_run(run=run, by=scene.coordinator, now=NOW)

    answer_run(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert run.answer["stopped"]
    assert not run.answer["proved_best"]
    assert run.plans.get().pairs.count() == 3


def test_a_change_of_a_large_plan_shows_and_does_what_it_does_in_a_small_one(scene, monkeypatch):
    people, small = scene.people, make_plan(scene)
    over_all(monkeypatch)
    large_one = make_plan(scene)
    mentee = people["Anna"]
    found = []
    for plan in (small, large_one):
        opened = open_plan(plan, changing=mentee.pk)
        keys = possible_mentors(opened, mentee.pk)
        found.append([preview_mentor(opened, mentee=mentee.pk, mentor=key) for key in keys])
    chosen = next(preview for preview in found[1] if preview.is_possible)

    assert opened.hand.is_part
    assert found[0] == found[1]
    change_mentor(
        plan=large_one,
        mentee=mentee,
        mentor=Application.objects.get(pk=chosen.mentor),
        seen=chosen.seen,
        reason="",
        lock=False,
        by=scene.coordinator,
        now=NOW,
    )
    assert set(large_one.pairs.values_list("mentee", "mentor")) == set(chosen.pairs)
    assert large_one.unmatched.count() == 1


def test_known_pairs_of_another_input_are_not_believed(scene, monkeypatch):
    over_all(monkeypatch)
    plan = make_plan(scene)
    RunPairs.objects.filter(run=plan.run_id).update(digest="of something else")

    assert not open_plan(plan, changing=scene.people["Anna"].pk).hand.is_part
