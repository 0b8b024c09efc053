"""What is scored once is kept by what it depends on: an effect costs its paths, and never an old answer."""

import json
import zlib

import pytest
from django.utils import timezone

from chiron.blueprints.plan import in_hand
from chiron.site.matching.bridge import effects
from chiron.site.matching.bridge.effects import forget_plans, open_plan, possible_mentors, preview_mentor
from chiron.site.matching.models import MatchRun, PlanProof, RunInput
from chiron.site.matching.operations.changes import change_mentor, hold_pair, undo_change
from chiron.site.matching.queries.fairness import figures_of, fits_of, forget_figures
from chiron.site.matching.queries.inputs import facts_of, forget_inputs
from chiron.site.matching.queries.plans import plans_reviewable_by
from chiron.site.matching.rules import Hold
from chiron.site.matching.rules.columns import new_revision, packed_without_person
from chiron.site.shared.jobs.operations import run_waiting_jobs
from chiron.site.shared.keeping.rules import Whom
from chiron.site.shared.process.kept_values import KeptValues
from factories import NOW
from plan_factories import make_plan, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def change(scene, plan, name: str):
    """Give somebody the first other mentor that a plan can hold, as the page does."""
    mentee = scene.people[name]
    opened = open_plan(plan, changing=mentee.pk)
    previews = [preview_mentor(opened, mentee=mentee.pk, mentor=key) for key in possible_mentors(opened, mentee.pk)]
    shown = next(one for one in previews if one.is_possible)
    mentor = next(one for one in scene.people.values() if one.pk == shown.mentor)
    return change_mentor(
        plan=plan, mentee=mentee, mentor=mentor, seen=shown.seen, reason="Test", lock=False, by=scene.coordinator, now=NOW
    )  # fmt: skip


def effects_of(scene, plan) -> list[tuple[object, ...]]:
    """Return every effect of every change, in numbers."""
    found = []
    for name in ("Anna", "Bela", "Carl", "Dora"):
        key = scene.people[name].pk
        opened = open_plan(plan, changing=key)
        for mentor in possible_mentors(opened, key):
            one = preview_mentor(opened, mentee=key, mentor=mentor)
            found.append((key, mentor, one.is_possible, one.after, one.pairs, one.seen))
    return found


def test_plan_is_scored_once_for_all_its_mentees(scene):
    plan = make_plan(scene)

    hands = {id(open_plan(plan, changing=scene.people[name].pk).hand) for name in ("Anna", "Bela", "Carl", "Dora")}

    assert len(hands) == 1


def test_kept_plan_says_what_a_fresh_one_says_after_every_kind_of_change(scene):
    plan = make_plan(scene)
    acts = [
        lambda: None,
        lambda: change(scene, plan, "Anna"),
        lambda: hold_pair(
            plan=plan, mentee=scene.people["Bela"], mentor=plan.pairs.get(mentee=scene.people["Bela"]).mentor,
            kind=Hold.LOCK, reason="Test", by=scene.coordinator, now=NOW,
        ),
        lambda: undo_change(change=plan.changes.filter(undone_at=None).latest("pk"), by=scene.coordinator, now=NOW),
        lambda: undo_change(change=plan.changes.filter(undone_at=None).latest("pk"), by=scene.coordinator, now=NOW),
    ]  # fmt: skip
    for act in acts:
        act()
        kept, kept_figures = effects_of(scene, plan), figures_of([plan])
        for forget in (forget_plans, forget_inputs, forget_figures):
            forget()
        assert kept == effects_of(scene, plan)
        assert kept_figures == figures_of([plan])


def forget_all():
    for forget in (forget_plans, forget_inputs, forget_figures):
        forget()


def test_a_large_plan_is_proved_by_a_job_and_opened_without_proving_it_again(scene, monkeypatch):
    small = effects_of(scene, make_plan(scene))
    monkeypatch.setattr(effects, "PROVED_LATER", 1)
    plan = make_plan(scene)
    run_waiting_jobs(now=timezone.now())
    forget_all()
    monkeypatch.setattr(in_hand, "solve", lambda *_, **__: pytest.fail("It was proved before."))

    assert effects_of(scene, plan) == small


def test_a_change_of_a_large_plan_is_proved_by_a_job_too(scene, monkeypatch):
    monkeypatch.setattr(effects, "PROVED_LATER", 1)
    plan = make_plan(scene)
    change(scene, plan, "Anna")
    before = effects_of(scene, plan)
    run_waiting_jobs(now=timezone.now())
    forget_all()
    key = scene.people["Bela"].pk
    monkeypatch.setattr(in_hand, "solve", lambda *_, **__: pytest.fail("It was proved before."))

    assert open_plan(plan, changing=key).hand.answer.proved_best
    monkeypatch.undo()
    assert effects_of(scene, plan) == before


@pytest.mark.parametrize("damage", [{"prices": [-9, 9, 9]}, {"bound": 99}, {"value": 0}, {"prices": []}, {"name": "x"}])
def test_a_kept_proof_is_believed_only_if_the_judge_is(scene, monkeypatch, damage):
    monkeypatch.setattr(effects, "PROVED_LATER", 1)
    plan = make_plan(scene)
    run_waiting_jobs(now=timezone.now())
    forget_all()
    before = effects_of(scene, plan)
    kept = PlanProof.objects.get(plan=plan)
    rows = json.loads(zlib.decompress(kept.content))
    kept.content = zlib.compress(json.dumps([{**row, **damage} for row in rows]).encode())
    kept.save()
    forget_all()

    assert effects_of(scene, plan) == before


def test_figures_follow_the_pairs(scene):
    plan = make_plan(scene)
    figures_of([plan])
    before = fits_of([plan])

    change(scene, plan, "Anna")

    assert fits_of([plan]) != before
    kept = figures_of([plan])
    forget_figures()
    assert kept == figures_of([plan])


def test_what_is_kept_of_an_input_is_gone_once_somebody_is_erased_from_it(scene):
    plan = make_plan(scene)
    person = scene.people["Anna"]
    before = facts_of(plan).answers

    MatchRun.objects.filter(pk=plan.run_id).update(input_revision=new_revision())  # as erasing does
    content = RunInput.objects.get(run=plan.run_id).content
    whom = Whom(person.person_id, ["Anna"], {"applications.application": [person.pk]})
    RunInput.objects.filter(run=plan.run_id).update(content=packed_without_person(content, whom))

    read = plans_reviewable_by(scene.coordinator).get(pk=plan.pk)
    assert facts_of(read).answers != before
    assert facts_of(read).answers["organization"][0] == ""


def test_pages_read_a_plan_without_its_input(scene, django_assert_num_queries):
    plan = make_plan(scene)
    facts_of(plan)

    read = plans_reviewable_by(scene.coordinator).get(pk=plan.pk)

    with django_assert_num_queries(0):
        assert facts_of(read).mentees == tuple(str(scene.people[name].pk) for name in ("Anna", "Bela", "Carl", "Dora"))


def test_what_weighs_too_much_is_not_kept_and_the_oldest_goes_first():
    kept: KeptValues[list[int]] = KeptValues(4, weigh=len)

    large = kept.get("large", lambda: [0] * 5)
    assert kept.get("large", lambda: [1] * 5) is not large
    first = kept.get("a", lambda: [0] * 2)
    second = kept.get("b", lambda: [0] * 2)
    assert kept.get("a", list) is first
    kept.get("c", lambda: [0] * 2)
    assert kept.get("a", list) is first
    assert kept.get("b", lambda: [1] * 2) is not second
