"""Runs: asked for, answered once, stopped, failed whole."""

from datetime import timedelta

import pytest
from django.db import connection

from chiron.site.applications.models import Application
from chiron.site.applications.operations import withdraw_application
from chiron.site.applications.rules import Stage
from chiron.site.matching.bridge.frozen import freeze
from chiron.site.matching.models import MatchRun, Plan, PlanPair, PlanUnmatched, RunInput
from chiron.site.matching.operations import runs
from chiron.site.matching.operations.changes import free_pair, hold_pair
from chiron.site.matching.operations.runs import ask_for_run, begin_run, fail_run, freeze_run, note_progress, stop_run
from chiron.site.matching.queries.plans import holds_after
from chiron.site.matching.queries.pools import holds_of
from chiron.site.matching.rules import Hold, NobodyToMatchError, RunIsOpenError, RunState, RunStepNotAllowedError
from chiron.site.matching.rules.columns import unpacked_input
from chiron.site.matching.tasks import answer_run
from chiron.site.shared.database import reading_one_moment
from chiron.site.shared.jobs.models import Schedule
from chiron.site.shared.jobs.operations import run_waiting_jobs
from factories import NOW
from plan_factories import make_plan, make_scene

pytestmark = pytest.mark.django_db


def test_run_pairs_everybody_and_proves_it():
    scene = make_scene()

    plan = make_plan(scene)

    assert plan.name == "Plan A"
    assert PlanPair.objects.filter(plan=plan).count() == 4
    assert plan.run.state == RunState.DONE
    assert plan.run.answer["proved_best"]


def test_parts_of_every_pair_add_up_to_its_fit():
    plan = make_plan(make_scene())

    for pair in plan.pairs.all():
        assert sum(part["points"] for part in pair.parts) == pair.fit


def test_must_rule_is_never_broken():
    scene = make_scene()

    plan = make_plan(scene)

    assert not plan.pairs.filter(mentee=scene.people["Dora"], mentor=scene.people["Mira"]).exists()


def test_mentee_left_out_has_a_reason_and_a_fix():
    plan = make_plan(make_scene(places=1))

    left_out = PlanUnmatched.objects.get(plan=plan)
    assert left_out.why
    assert left_out.fixes
    assert all(fix["text"] for fix in left_out.fixes)


def test_input_is_frozen_once_when_the_run_begins_whatever_happens_to_its_worker():
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    withdraw_application(application=scene.people["Bela"], by=scene.coordinator, now=NOW)
    begin_run(run=run, now=NOW)
    frozen = freeze_run(run=run)

    withdraw_application(application=scene.people["Anna"], by=scene.coordinator, now=NOW)
    run_waiting_jobs(now=NOW)

    run.refresh_from_db()
    assert [row["name"] for row in frozen["mentees"]] == ["Anna", "Carl", "Dora"]
    assert freeze_run(run=run) == frozen
    assert run.mentees == 3
    assert PlanPair.objects.filter(plan__run=run, mentee=scene.people["Anna"]).exists()


def test_asking_for_a_run_reads_no_answers(django_assert_max_num_queries):
    scene = make_scene()

    with django_assert_max_num_queries(12) as asked:
        run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)

    assert not any("answers" in query["sql"] for query in asked.captured_queries)
    assert (run.mentees, run.mentors) == (4, 3)
    assert not RunInput.objects.exists()


def test_run_for_which_nobody_is_free_any_more_fails_in_words():
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    for application in Application.objects.filter(role="mentor"):
        withdraw_application(application=application, by=scene.coordinator, now=NOW)

    run_waiting_jobs(now=NOW)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "at least one accepted mentee" in run.answer["lines"][0]


@pytest.mark.django_db(transaction=True)
def test_an_input_is_read_as_of_one_moment():
    with reading_one_moment(), connection.cursor() as cursor:
        before = Application.objects.count()
        other = connection.copy()
        with other.cursor() as elsewhere:
            elsewhere.execute("INSERT INTO jobs_schedule (name, every_seconds, due_at) VALUES ('x', 1, %s)", [NOW])
        other.close()
        cursor.execute("SELECT COUNT(*) FROM jobs_schedule WHERE name = 'x'")
        assert cursor.fetchone() == (0,)
    assert Application.objects.count() == before
    assert Schedule.objects.filter(name="x").exists()


def test_who_leaves_while_an_input_is_read_is_not_in_what_is_kept(monkeypatch):
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    gone = scene.people["Anna"]

    def frozen_then_left(*given, **more):
        frozen = freeze(*given, **more)
        if Application.objects.filter(pk=gone.pk, stage=Stage.ACCEPTED).exists():
            withdraw_application(application=gone, by=scene.coordinator, now=NOW)
        return frozen

    monkeypatch.setattr(runs, "freeze", frozen_then_left)

    frozen = freeze_run(run=run)

    assert str(gone.pk) not in {one["id"] for one in frozen["mentees"]}
    assert frozen == unpacked_input(RunInput.objects.get(run=run).content)
    run.refresh_from_db()
    assert run.mentees == len(frozen["mentees"])


def test_a_pair_that_was_locked_and_is_kept_apart_now_waits_for_the_next_plan():
    scene = make_scene()
    pair = make_plan(scene).pairs.first()
    hold = {"mentee": pair.mentee, "mentor": pair.mentor, "reason": "A test", "by": scene.coordinator}
    hold_pair(plan=pair.plan, kind=Hold.LOCK, now=NOW, **hold)
    run_at = NOW + timedelta(hours=1)
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=run_at)
    run_waiting_jobs(now=run_at)
    plan = Plan.objects.select_related("run").get(run=run)
    assert holds_after(plan, list(holds_of(scene.cohort))) == []

    free_pair(plan=plan, mentee=pair.mentee, mentor=pair.mentor, by=scene.coordinator, now=run_at)
    hold_pair(plan=plan, kind=Hold.APART, now=run_at + timedelta(hours=1), **hold)

    assert len(holds_after(plan, list(holds_of(scene.cohort)))) == 1


def test_answering_twice_is_the_same_as_once():
    plan = make_plan(make_scene())

    answer_run(run_id=plan.run_id)

    assert Plan.objects.count() == 1


def test_second_run_waits_for_the_first():
    scene = make_scene()
    ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)

    with pytest.raises(RunIsOpenError):
        ask_for_run(cohort=scene.cohort, aim="total", by=scene.coordinator, now=NOW)


def test_run_needs_both_sides():
    scene = make_scene()
    for application in Application.objects.filter(role="mentor"):
        withdraw_application(application=application, by=scene.coordinator, now=NOW)

    with pytest.raises(NobodyToMatchError):
        ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)


def test_waiting_run_stops_at_once_without_a_plan():
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)

    stop_run(run=run, by=scene.coordinator, now=NOW)
    run_waiting_jobs(now=NOW)

    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert not Plan.objects.exists()


def test_running_run_is_told_to_stop():
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    begin_run(run=run, now=NOW)

    stop_run(run=run, by=scene.coordinator, now=NOW)

    assert note_progress(run=run, phase="solving", best={"matched": 3}) is RunState.STOPPING
    run.refresh_from_db()
    assert run.progress == {"matched": 3}


def test_run_that_does_not_stop_is_ended_without_a_plan():
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    begin_run(run=run, now=NOW)
    stop_run(run=run, by=scene.coordinator, now=NOW)

    stop_run(run=run, by=scene.coordinator, now=NOW)
    run_waiting_jobs(now=NOW)

    assert MatchRun.objects.get().state == RunState.STOPPED
    assert not Plan.objects.exists()


def test_finished_run_cannot_be_stopped():
    scene = make_scene()
    plan = make_plan(scene)

    with pytest.raises(RunStepNotAllowedError):
        stop_run(run=plan.run, by=scene.coordinator, now=NOW)


def test_run_whose_worker_died_is_answered_by_the_next():
    scene = make_scene()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    begin_run(run=run, now=NOW)

    answer_run(run_id=run.pk)

    assert Plan.objects.get().run_id == run.pk


def test_lock_on_a_forbidden_pair_fails_the_run_and_says_why():
    scene = make_scene()
    plan = make_plan(scene)
    hold_pair(
        plan=plan,
        mentee=scene.people["Dora"],
        mentor=scene.people["Mira"],
        kind=Hold.LOCK,
        reason="A test",
        by=scene.coordinator,
        now=NOW,
    )

    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)
    run_waiting_jobs(now=NOW)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.answer["code"] == "conflict"
    assert any("Not the line manager" in line for line in run.answer["lines"])
    assert list(Plan.objects.all()) == [plan]


def test_failed_run_leaves_every_plan_as_it_was():
    scene = make_scene()
    plan = make_plan(scene)
    rows = list(PlanPair.objects.order_by("pk").values())
    run = ask_for_run(cohort=scene.cohort, aim="total", by=scene.coordinator, now=NOW)

    fail_run(run=run, why={"code": "fault", "lines": ["Something."]}, now=NOW)

    assert list(PlanPair.objects.order_by("pk").values()) == rows
    assert MatchRun.objects.get(pk=run.pk).state == RunState.FAILED
    assert Plan.objects.get() == plan
