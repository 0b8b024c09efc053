"""Names that people wrote of each other: choices and exclusions find whom they mean, and what is nobody's is said."""

import pytest

from chiron.site.applications.operations import submit_application
from chiron.site.applications.operations.application import accept_application
from chiron.site.applications.rules import Role
from chiron.site.matching.models import PlanPair, PlanUnmatched
from chiron.site.matching.queries.inputs import frozen_of
from cohort_factories import make_cohort, make_coordinator
from factories import NOW, make_person
from plan_factories import Scene, make_plan

pytestmark = pytest.mark.django_db

MATCHING = {
    "aim": "everyone",
    "rules": [
        {"name": "Ranked choices", "kind": "ranked", "mentee": "choices", "mentor": "id", "points": 60},
        {"name": "Not with", "kind": "apart", "mentee": "not_with", "mentor": "id", "must": True},
    ],
}


def add(scene, name, role, *, person=None, **answers):
    """Add an accepted application."""
    application = submit_application(
        cohort=scene.cohort,
        person=person or make_person(name),
        role=role,
        answers=answers,
        capacity=2,
        by=None,
        now=NOW,
    )
    scene.people[name] = accept_application(application=application, by=scene.coordinator, now=NOW)
    return scene.people[name]


def make_named_scene():
    """Make two mentors without identifiers."""
    cohort = make_cohort(matching=MATCHING)
    scene = Scene(cohort, make_coordinator(cohort), {})
    add(scene, "Dr Ama Mensah", Role.MENTOR)
    add(scene, "Zoé Quist", Role.MENTOR)
    return scene


def mentor_of(plan, mentee):
    """Return the name of a mentee's mentor."""
    return PlanPair.objects.get(plan=plan, mentee=mentee).mentor.person.name


@pytest.mark.parametrize("written", ["ama mensah", "Mensah, Ama", "DR. AMA MENSAH"])
def test_choice_by_name_counts_as_on_the_command_line(written):
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, choices=[written])

    plan = make_plan(scene)

    assert mentor_of(plan, mentee) == "Dr Ama Mensah"
    pair = PlanPair.objects.get(plan=plan, mentee=mentee)
    assert (pair.fit, pair.standing, plan.choosers) == (60, 1, 1)
    assert frozen_of(plan)["unknown"] == []


def test_name_without_its_accent_is_found():
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, choices=["Zoe Quist"])

    assert mentor_of(make_plan(scene), mentee) == "Zoé Quist"


def test_unknown_name_counts_for_nothing_and_is_said_in_words():
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, choices=["Nobody Atall", "Zoe Quest"])

    plan = make_plan(scene)

    assert PlanPair.objects.get(plan=plan, mentee=mentee).fit == 0
    first, second = frozen_of(plan)["unknown"]
    assert first.startswith("Bela, ")
    assert first.endswith("“Nobody Atall” is not among the mentors of this cohort.")
    assert second.endswith("Did you mean “Zoé Quist”?")


def test_number_of_an_application_is_nobodys_name():
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, choices=[str(scene.people["Zoé Quist"].pk)])

    plan = make_plan(scene)

    assert PlanPair.objects.get(plan=plan, mentee=mentee).fit == 0
    assert len(frozen_of(plan)["unknown"]) == 1


def test_misspelt_exclusion_still_keeps_two_people_apart():
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, not_with=["Zoe Quest"], choices=["Zoé Quist"])

    plan = make_plan(scene)

    assert mentor_of(plan, mentee) == "Dr Ama Mensah"
    assert frozen_of(plan)["unknown"] == []


@pytest.mark.parametrize(
    "written",
    [
        ["my supervisor Dr Quist"],
        "Quist, Zoe (Cardiology)",
        ["Ada Nobody", "Z. Quist"],
        "quist@clinic.test and Zoe Quist",
        "Zoé Quist; nobody else",
    ],
)
def test_exclusion_in_words_keeps_apart_whom_it_means(written):
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, not_with=written, choices=["Zoé Quist"])

    assert mentor_of(make_plan(scene), mentee) == "Dr Ama Mensah"


def test_exclusion_of_a_mentor_holds_too():
    rules = [*MATCHING["rules"], {"name": "Back", "kind": "apart", "mentee": "id", "mentor": "not_with", "must": True}]
    cohort = make_cohort(matching={**MATCHING, "rules": rules})
    scene = Scene(cohort, make_coordinator(cohort), {})
    add(scene, "Ama Mensah", Role.MENTOR, not_with="my niece, Bela Roy")
    add(scene, "Zoé Quist", Role.MENTOR)
    mentee = add(scene, "Bela Roy", Role.MENTEE, choices=["Ama Mensah"])

    assert mentor_of(make_plan(scene), mentee) == "Zoé Quist"


def test_unclear_exclusion_leaves_the_person_out_and_is_said():
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, not_with="my boss", choices=["Zoé Quist"])
    other = add(scene, "Carl", Role.MENTEE, choices=["Zoé Quist"])

    plan = make_plan(scene)

    left_out = PlanUnmatched.objects.get(plan=plan)
    assert (left_out.application_id, left_out.code, left_out.fixes) == (mentee.pk, "unclear_exclusion", [])
    assert left_out.why.startswith("Bela, Not with: I cannot tell who of the mentors of this cohort is meant")
    assert frozen_of(plan)["unknown"] == [left_out.why]
    assert mentor_of(plan, other) == "Zoé Quist"


def test_unclear_exclusion_of_a_mentor_leaves_the_mentor_out():
    rules = [{"name": "Back", "kind": "apart", "mentee": "id", "mentor": "not_with", "must": True}]
    cohort = make_cohort(matching={"aim": "everyone", "rules": rules})
    scene = Scene(cohort, make_coordinator(cohort), {})
    add(scene, "Ama Mensah", Role.MENTOR, not_with="somebody from my team")
    mentee = add(scene, "Bela Roy", Role.MENTEE)

    plan = make_plan(scene)

    assert not PlanPair.objects.filter(plan=plan, mentee=mentee).exists()


@pytest.mark.parametrize(("said", "is_matched"), [("my boss", True), ("my old boss", False)])
def test_unclear_exclusion_that_means_nobody_leaves_nobody_out(said, is_matched):
    scene = make_named_scene()
    mentee = add(scene, "Bela", Role.MENTEE, not_with="my boss", means_nobody={"not_with": said})

    plan = make_plan(scene)

    assert PlanPair.objects.filter(plan=plan, mentee=mentee).exists() == is_matched


def test_exclusion_that_two_people_are_called_holds_for_both():
    scene = make_named_scene()
    add(scene, "Zoe Quist", Role.MENTOR)
    mentee = add(scene, "Bela", Role.MENTEE, not_with=["Zoé Quist"])
    other = add(scene, "Carl", Role.MENTEE, not_with=["Zoe Quist"])

    plan = make_plan(scene)

    assert {mentor_of(plan, mentee), mentor_of(plan, other)} == {"Dr Ama Mensah"}


def test_nobody_is_paired_with_themself():
    cohort = make_cohort(matching=MATCHING)
    scene = Scene(cohort, make_coordinator(cohort), {})
    both = make_person("Ama Mensah")
    add(scene, "Ama as mentor", Role.MENTOR, person=both)
    add(scene, "Ama as mentee", Role.MENTEE, person=both)

    assert not PlanPair.objects.filter(plan=make_plan(scene)).exists()


@pytest.mark.parametrize("written", ["Ama Mensah", "Dr Ama Mensah", "Mensah, Ama", "ama  mensah"])
def test_two_accounts_of_one_name_are_taken_for_one_person(written):
    cohort = make_cohort(matching=MATCHING)
    scene = Scene(cohort, make_coordinator(cohort), {})
    add(scene, written, Role.MENTOR)
    add(scene, "Ama Mensah", Role.MENTEE)

    assert not PlanPair.objects.filter(plan=make_plan(scene)).exists()
