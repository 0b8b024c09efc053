"""Changes of a plan by hand: the preview is what happens, and undo puts every row back."""

from itertools import permutations

import pytest

from chiron.site.matching.bridge.effects import open_plan, possible_mentors, preview_mentor
from chiron.site.matching.bridge.swaps import preview_swap, swap_gain
from chiron.site.matching.models import PlanConstraint, PlanPair, PlanUnmatched
from chiron.site.matching.operations.changes import change_mentor, free_pair, hold_pair, swap_pairs, undo_change
from chiron.site.matching.operations.plans import mark_published
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.queries.numbers import numbers_of
from chiron.site.matching.rules import (
    ChangeNotPossibleError,
    Hold,
    NothingToUndoError,
    PlanIsPublishedError,
    PreviewIsOldError,
)
from chiron.site.shared.jobs.operations import run_waiting_jobs
from factories import NOW
from plan_factories import make_plan, make_scene

pytestmark = pytest.mark.django_db


def rows_of(plan):
    """Return every row of a plan and of the holds of its cohort."""
    return (
        list(PlanPair.objects.filter(plan=plan).order_by("pk").values()),
        list(PlanUnmatched.objects.filter(plan=plan).order_by("pk").values()),
        list(PlanConstraint.objects.filter(cohort=plan.cohort).order_by("pk").values()),
    )


def change(scene, plan, mentee, mentor, *, lock=False, seen=None):
    """Give a mentee a mentor, as the coordinator does after the preview."""
    mentee, mentor = scene.people[mentee], scene.people[mentor]
    if seen is None:
        seen = preview_mentor(open_plan(plan, changing=mentee.pk), mentee=mentee.pk, mentor=mentor.pk).seen
    return change_mentor(
        plan=plan, mentee=mentee, mentor=mentor, seen=seen, reason="They know each other's work",
        lock=lock, by=scene.coordinator, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("places", [1, 2])
def test_preview_is_what_the_saved_change_does(places):
    scene = make_scene(places=places)
    plan = make_plan(scene)
    for name in ("Anna", "Bela", "Carl", "Dora"):
        mentee = scene.people[name]
        for mentor in possible_mentors(open_plan(plan, changing=mentee.pk), mentee.pk):
            opened = open_plan(plan, changing=mentee.pk)
            preview = preview_mentor(opened, mentee=mentee.pk, mentor=mentor)
            if not preview.is_possible:
                continue
            other = next(person for person in scene.people.values() if person.pk == mentor)

            made = change_mentor(
                plan=plan, mentee=mentee, mentor=other, seen=preview.seen, reason="A test",
                lock=False, by=scene.coordinator, now=NOW,
            )  # fmt: skip

            numbers = numbers_of([plan])[plan.pk]
            pairs = set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"))
            assert pairs == set(preview.pairs)
            assert (numbers.pairs, numbers.total) == (preview.after.matched, preview.after.total)
            assert (numbers.lowest or 0) == preview.after.lowest
            undo_change(change=made, by=scene.coordinator, now=NOW)


def test_undo_puts_every_row_back():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    before = rows_of(plan)
    left_out = PlanUnmatched.objects.get(plan=plan).application
    mentee = next(name for name, person in scene.people.items() if person.pk == left_out.pk)
    opened = open_plan(plan, changing=left_out.pk)
    key = possible_mentors(opened, left_out.pk)[0]
    mentor = next(name for name, person in scene.people.items() if person.pk == key)

    made = change(scene, plan, mentee, mentor, lock=True)
    assert rows_of(plan) != before
    undo_change(change=made, by=scene.coordinator, now=NOW)

    assert rows_of(plan) == before


@pytest.mark.parametrize("kind", list(Hold))
def test_undo_of_a_hold_puts_every_row_back(kind):
    scene = make_scene()
    plan = make_plan(scene)
    before = rows_of(plan)
    pair = plan.pairs.first()

    made = hold_pair(
        plan=plan, mentee=pair.mentee, mentor=pair.mentor, kind=kind, reason="A test", by=scene.coordinator, now=NOW
    )
    undo_change(change=made, by=scene.coordinator, now=NOW)

    assert rows_of(plan) == before


def test_undo_of_freeing_puts_the_lock_back():
    scene = make_scene()
    plan = make_plan(scene)
    pair = plan.pairs.first()
    hold_pair(
        plan=plan,
        mentee=pair.mentee,
        mentor=pair.mentor,
        kind=Hold.LOCK,
        reason="A test",
        by=scene.coordinator,
        now=NOW,
    )
    before = rows_of(plan)

    made = free_pair(plan=plan, mentee=pair.mentee, mentor=pair.mentor, by=scene.coordinator, now=NOW)
    assert not PlanConstraint.objects.exists()
    undo_change(change=made, by=scene.coordinator, now=NOW)

    assert rows_of(plan) == before


def test_changed_pair_is_marked_and_keeps_its_reason():
    scene = make_scene()
    plan = make_plan(scene)

    change(scene, plan, "Carl", "Olga", lock=True)

    pair = PlanPair.objects.get(plan=plan, mentee=scene.people["Carl"])
    assert (pair.origin, pair.reason) == ("hand", "They know each other's work")
    assert PlanConstraint.objects.get().kind == Hold.LOCK


def test_pair_changed_by_hand_stays_when_another_changes():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    change(scene, plan, "Carl", "Olga")

    change(scene, plan, "Anna", "Noor")

    assert PlanPair.objects.filter(plan=plan, mentee=scene.people["Carl"], mentor=scene.people["Olga"]).exists()


def test_old_preview_changes_nothing():
    scene = make_scene()
    plan = make_plan(scene)
    before = rows_of(plan)

    with pytest.raises(PreviewIsOldError):
        change(scene, plan, "Carl", "Olga", seen="something else")

    assert rows_of(plan) == before


def test_must_rule_can_be_bent_by_hand_and_says_so():
    scene = make_scene()
    plan = make_plan(scene)

    change(scene, plan, "Dora", "Mira")

    pair = PlanPair.objects.get(plan=plan, mentee=scene.people["Dora"])
    assert (pair.is_bent, pair.bent) == (True, ["Not the line manager"])


def test_plan_with_a_bent_rule_can_be_changed_further():
    scene = make_scene()
    plan = make_plan(scene)
    change(scene, plan, "Dora", "Mira")

    change(scene, plan, "Carl", "Olga")

    assert PlanPair.objects.filter(plan=plan, mentee=scene.people["Dora"], mentor=scene.people["Mira"]).exists()


def test_locked_pair_is_freed_before_it_is_changed():
    scene = make_scene()
    plan = make_plan(scene)
    pair = plan.pairs.get(mentee=scene.people["Bela"])
    hold_pair(
        plan=plan,
        mentee=pair.mentee,
        mentor=pair.mentor,
        kind=Hold.LOCK,
        reason="A test",
        by=scene.coordinator,
        now=NOW,
    )

    with pytest.raises(ChangeNotPossibleError):
        change(scene, plan, "Bela", "Noor")


def test_only_the_last_change_is_undone():
    scene = make_scene()
    plan = make_plan(scene)
    first = change(scene, plan, "Carl", "Olga")
    change(scene, plan, "Anna", "Noor")

    with pytest.raises(NothingToUndoError):
        undo_change(change=first, by=scene.coordinator, now=NOW)


def test_published_plan_is_not_changed():
    scene = make_scene()
    plan = make_plan(scene)
    mark_published(plan=plan, by=scene.coordinator, now=NOW)

    with pytest.raises(PlanIsPublishedError):
        change(scene, plan, "Carl", "Olga", seen="x")


def test_working_out_again_respects_locks_and_people_kept_apart():
    scene = make_scene()
    plan = make_plan(scene)
    change(scene, plan, "Carl", "Olga", lock=True)
    pair = plan.pairs.get(mentee=scene.people["Anna"])
    hold_pair(
        plan=plan,
        mentee=pair.mentee,
        mentor=pair.mentor,
        kind=Hold.APART,
        reason="A test",
        by=scene.coordinator,
        now=NOW,
    )

    again = make_plan(scene, based_on=plan)

    pairs = set(again.pairs.values_list("mentee", "mentor"))
    assert (scene.people["Carl"].pk, scene.people["Olga"].pk) in pairs
    assert (pair.mentee_id, pair.mentor_id) not in pairs


def test_bent_pair_that_is_locked_stays_when_the_plan_is_worked_out_again():
    scene = make_scene()
    plan = make_plan(scene)
    change(scene, plan, "Dora", "Mira", lock=True)

    again = make_plan(scene, based_on=plan)

    pair = PlanPair.objects.get(plan=again, mentee=scene.people["Dora"])
    assert pair.mentor_id == scene.people["Mira"].pk
    assert (pair.bent, pair.is_bent) == (["Not the line manager"], True)


def test_lock_without_a_bend_is_no_exception_from_a_later_rule():
    scene = make_scene()
    plan = make_plan(scene)
    pair = PlanPair.objects.filter(plan=plan, mentee=scene.people["Anna"]).get()
    hold_pair(
        plan=plan, mentee=pair.mentee, mentor=pair.mentor, kind=Hold.LOCK, reason="A test",
        by=scene.coordinator, now=NOW,
    )  # fmt: skip
    anna = pair.mentee
    anna.answers |= {"manager": [pair.mentor.answers["id"]]}
    anna.save()
    run = ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)

    run_waiting_jobs(now=NOW)

    run.refresh_from_db()
    assert (run.state, run.answer["code"]) == ("failed", "conflict")


@pytest.mark.parametrize(("mentee", "mentor"), [("Anna", "Bela"), ("Mira", "Noor")])
def test_somebody_of_the_other_side_is_refused_in_words(mentee, mentor):
    scene = make_scene()
    plan = make_plan(scene)

    with pytest.raises(ChangeNotPossibleError, match="Work the plan out again"):
        change(scene, plan, mentee, mentor, seen="x")


def shown_swap(plan, pair, other):
    opened = open_plan(plan, changing=pair.mentee_id, together_with=other.mentee_id)
    return preview_swap(opened, own=(pair.mentee_id, pair.mentor_id), other=(other.mentee_id, other.mentor_id))


@pytest.mark.parametrize("places", [1, 2])
def test_swap_moves_two_people_and_does_what_its_preview_said(places):
    scene = make_scene(places=places)
    plan = make_plan(scene)
    pairs = list(plan.pairs.order_by("pk"))
    possible = 0
    for one, two in permutations([each.mentee_id for each in pairs], 2):
        pair, other = plan.pairs.get(mentee=one), plan.pairs.get(mentee=two)
        preview = shown_swap(plan, pair, other)
        if not preview.is_possible:
            continue
        possible += 1
        before = set(plan.pairs.values_list("mentee", "mentor"))

        made = swap_pairs(
            pair=pair, other=other, seen=preview.seen, reason="A test", lock=False, by=scene.coordinator, now=NOW
        )

        after = set(plan.pairs.values_list("mentee", "mentor"))
        numbers = numbers_of([plan])[plan.pk]
        assert before - after == {(pair.mentee_id, pair.mentor_id), (other.mentee_id, other.mentor_id)}
        assert after - before == {(pair.mentee_id, other.mentor_id), (other.mentee_id, pair.mentor_id)}
        assert after == set(preview.pairs)
        assert (numbers.total, numbers.lowest) == (preview.after.total, preview.after.lowest)
        gain = swap_gain(
            open_plan(plan, changing=pair.mentee_id, together_with=other.mentee_id),
            own=(pair.mentee_id, other.mentor_id),
            other=(other.mentee_id, pair.mentor_id),
        )
        assert gain == preview.before.total - preview.after.total
        undo_change(change=made, by=scene.coordinator, now=NOW)
        assert set(plan.pairs.values_list("mentee", "mentor")) == before
    assert possible


def test_swap_that_breaks_a_must_rule_is_refused_by_its_name():
    scene = make_scene(places=2)
    plan = make_plan(scene)
    before = rows_of(plan)
    theirs = plan.pairs.filter(mentor=scene.people["Mira"]).first()
    pair = plan.pairs.get(mentee=scene.people["Dora"])

    preview = shown_swap(plan, pair, theirs)

    assert "may not be paired: Not the line manager." in preview.why_not
    assert "Dora" in preview.why_not
    with pytest.raises(ChangeNotPossibleError, match="Not the line manager"):
        swap_pairs(
            pair=pair, other=theirs, seen=preview.seen, reason="A test", lock=False, by=scene.coordinator, now=NOW
        )
    assert rows_of(plan) == before


def test_swap_of_a_locked_pair_or_of_an_old_preview_changes_nothing():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    pair, other = plan.pairs.order_by("pk")[:2]
    seen = shown_swap(plan, pair, other).seen
    with pytest.raises(PreviewIsOldError):
        swap_pairs(pair=pair, other=other, seen="old", reason="A test", lock=False, by=scene.coordinator, now=NOW)
    hold_pair(
        plan=plan, mentee=other.mentee, mentor=other.mentor, kind=Hold.LOCK, reason="A test",
        by=scene.coordinator, now=NOW,
    )  # fmt: skip
    before = rows_of(plan)

    with pytest.raises(ChangeNotPossibleError, match="is locked to the present mentor"):
        swap_pairs(pair=pair, other=other, seen=seen, reason="A test", lock=False, by=scene.coordinator, now=NOW)
    assert rows_of(plan) == before


def test_swap_of_people_kept_apart_is_refused_in_words():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    pair, other = plan.pairs.order_by("pk")[:2]
    hold_pair(
        plan=plan, mentee=pair.mentee, mentor=other.mentor, kind=Hold.APART, reason="A test",
        by=scene.coordinator, now=NOW,
    )  # fmt: skip

    assert "kept apart" in shown_swap(plan, pair, other).why_not
