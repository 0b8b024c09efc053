"""What is worked out from the rows of a plan is kept by a revision that the database draws at each write of them."""

import pytest
from django.db import connection, transaction

from chiron.site.matching.models import Plan, PlanPair, PlanUnmatched
from chiron.site.matching.queries.numbers import numbers_of, revisions_of
from chiron.site.matching.queries.plans import number_to_look_at
from plan_factories import make_plan, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene(places=1)


@pytest.fixture
def plan(scene):
    return make_plan(scene)


def revision(plan: Plan) -> int:
    return Plan.objects.values_list("revision", flat=True).get(pk=plan.pk)


def sql(words: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words, values)


def change_by_sql(plan: Plan) -> None:
    sql("UPDATE matching_planpair SET fit = fit - 1 WHERE plan_id = %s", plan.pk)


WRITES = {
    "a pair is changed": lambda plan: plan.pairs.update(standing=9),
    "a pair is changed by hand in the database": change_by_sql,
    "a pair goes": lambda plan: plan.pairs.first().delete(),
    "a pair comes": lambda plan: PlanPair.objects.bulk_create(
        [PlanPair(plan=plan, mentee=plan.unmatched.first().application, mentor=plan.pairs.first().mentor, fit=1)]
    ),
    "somebody is left out no longer": lambda plan: plan.unmatched.all().delete(),
    "somebody else is left out": lambda plan: PlanUnmatched.objects.create(
        plan=plan, application=plan.pairs.first().mentee, code="x", why="x"
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_write_of_a_row_gives_the_plan_another_revision_and_its_numbers_follow(plan, write):
    kept = numbers_of([plan])[plan.pk]
    before = revision(plan)

    write(plan)

    assert revision(plan) != before
    pairs = list(plan.pairs.all())
    now = numbers_of([plan])[plan.pk]
    assert (now.pairs, now.total) == (len(pairs), sum(pair.fit for pair in pairs))
    assert now.mentees == len(pairs) + plan.unmatched.count()
    assert kept == numbers_of([plan])[plan.pk] or now != kept


def test_a_row_that_moves_to_another_plan_tells_both(plan, scene):
    other = make_plan(scene)
    other.pairs.all().delete()
    before = revision(plan), revision(other)

    plan.pairs.filter(pk=plan.pairs.first().pk).update(plan=other)

    assert revision(plan) != before[0]
    assert revision(other) != before[1]


def test_what_was_taken_back_leaves_nothing_behind(plan):
    before, to_look_at = numbers_of([plan]), number_to_look_at(plan, revision=revisions_of([plan])[plan.pk])
    with transaction.atomic():
        plan.pairs.all().delete()
        assert numbers_of([plan])[plan.pk].pairs == 0
        transaction.set_rollback(True)

    assert numbers_of([plan]) == before
    plan.pairs.update(is_bent=True)
    changed = number_to_look_at(plan, revision=revisions_of([plan])[plan.pk])
    assert changed == plan.pairs.count() > 0
    assert to_look_at <= changed


def test_numbers_of_many_plans_cost_the_same_as_of_one_and_nothing_the_second_time(
    plan, scene, django_assert_num_queries
):
    others = [make_plan(scene) for _ in range(3)]

    with django_assert_num_queries(3):
        numbers_of([plan, *others])
    with django_assert_num_queries(1):
        numbers_of([plan, *others])
