"""What is worked out from the rows of a plan is kept by a revision that is drawn anew at each write of them."""

import re
from pathlib import Path

import pytest
from django.db import transaction

import chiron.site
from chiron.site.home.operations import erase_person
from chiron.site.matching.bridge.effects import open_plan, preview_mentor
from chiron.site.matching.models import Plan, PlanChange
from chiron.site.matching.operations.changes import change_mentor, undo_change
from chiron.site.matching.queries.numbers import numbers_of, revisions_of
from chiron.site.matching.queries.plans import number_to_look_at
from factories import NOW
from plan_factories import make_plan, make_scene, write_pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene(places=1)


@pytest.fixture
def plan(scene):
    return make_plan(scene)


def revision(plan: Plan) -> str:
    return Plan.objects.values_list("revision", flat=True).get(pk=plan.pk)


def change_by_hand(scene, plan) -> PlanChange:
    mentee, mentor = scene.people["Anna"], scene.people["Noor"]
    seen = preview_mentor(open_plan(plan, changing=mentee.pk), mentee=mentee.pk, mentor=mentor.pk).seen
    return change_mentor(
        plan=plan, mentee=mentee, mentor=mentor, seen=seen, reason="", lock=False, by=scene.coordinator, now=NOW
    )


def erase(scene, name: str) -> None:
    link = "https://mentoring.example/matches/1/".format
    erase_person(person=scene.people[name].person, link_to=link, by=scene.coordinator, now=NOW)


def test_each_change_of_a_plan_and_its_undoing_give_it_another_revision_and_its_numbers_follow(scene, plan):
    seen = [revision(plan)]
    kept = numbers_of([plan])[plan.pk]

    change = change_by_hand(scene, plan)
    seen.append(revision(plan))
    assert numbers_of([plan])[plan.pk].total == sum(pair.fit for pair in plan.pairs.all()) != kept.total
    undo_change(change=change, by=scene.coordinator, now=NOW)
    seen.append(revision(plan))

    assert numbers_of([plan])[plan.pk] == kept
    assert len({*seen}) == 3


@pytest.mark.django_db(transaction=True)
def test_a_person_who_is_erased_is_in_no_number_of_any_plan(scene, plan):
    others = [make_plan(scene) for _ in range(2)]
    numbers_of([plan, *others])
    before = [revision(one) for one in (plan, *others)]

    erase(scene, "Anna")

    for one, was in zip((plan, *others), before, strict=True):
        assert revision(one) != was
        assert numbers_of([one])[one.pk].pairs == one.pairs.count()


def test_no_two_plans_begin_with_one_revision(scene, plan):
    assert revision(plan)
    assert revision(plan) != revision(make_plan(scene))


ROOT = Path(chiron.site.__file__).parent
WRITERS = ("create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save")
NAMES = "PlanPair|PlanUnmatched"
WRITE = re.compile(
    rf"\b(?:{NAMES})\(|\b(?:{NAMES})\.objects\b[^\n]*\.(?:{'|'.join(WRITERS)})\(|"
    rf"plan\.(?:pairs|unmatched)\b[^\n]*\.(?:{'|'.join(WRITERS)})\("
)


def writes_in(text: str) -> list[str]:
    return [found for found in WRITE.findall(text) if found not in ("PlanPair(", "PlanUnmatched(")] + re.findall(
        rf"(?<!class )\b(?:{NAMES})\(", text
    )


def test_one_module_alone_writes_the_rows_of_a_plan():
    found = {
        str(module.relative_to(ROOT))
        for module in ROOT.rglob("*.py")
        if "migrations" not in module.parts and writes_in(module.read_text(encoding="utf-8"))
    }

    assert found == {"matching/operations/drafts.py"}


def test_what_was_taken_back_leaves_nothing_behind(plan):
    before, to_look_at = numbers_of([plan]), number_to_look_at(plan, revision=revisions_of([plan])[plan.pk])
    with transaction.atomic():
        write_pairs(plan, fit=0)
        assert numbers_of([plan])[plan.pk].total == 0
        transaction.set_rollback(True)

    assert numbers_of([plan]) == before
    write_pairs(plan, is_bent=True)
    changed = number_to_look_at(plan, revision=revisions_of([plan])[plan.pk])
    assert changed == plan.pairs.count() > 0
    assert to_look_at <= changed


def test_numbers_of_many_plans_cost_the_same_as_of_one_and_nothing_the_second_time(
    plan, scene, django_assert_num_queries
):
    others = [make_plan(scene) for _ in range(3)]

    with django_assert_num_queries(4):
        numbers_of([plan, *others])
    with django_assert_num_queries(1):
        numbers_of([plan, *others])
