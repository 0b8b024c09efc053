import pytest

from chiron.blueprints.plan.pairs import ConflictError, make_plan
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.matching import CapSpec, Matching, PrioritySpec, RuleSpec
from chiron.blueprints.schema.person import Participant
from chiron.pairing.rules.kind import RuleError

SITE = RuleSpec(name="site", kind="same", field="site", points=10)
GOALS = RuleSpec(name="goals", kind="coverage", mentee="goals", mentor="expertise", points=20)


def mentee(identity, **answers):
    return Participant(identity, f"Mentee {identity}", "mentee", answers)


def mentor(identity, capacity=1, **answers):
    return Participant(identity, f"Mentor {identity}", "mentor", answers, capacity=capacity)


def pairs_of(plan):
    return {(row.mentee_id, row.mentor_id): row.fit for row in plan.rows()}


def test_plan_pairs_people_with_reasons_that_add_up():
    plan = make_plan(
        mentees=[mentee("a", site="North", goals=("exams", "research")), mentee("b", site="South", goals=("exams",))],
        mentors=[mentor("x", site="North", expertise=("research",)), mentor("y", site="South", expertise=("exams",))],
        matching=Matching(rules=(SITE, GOALS)),
    )

    assert pairs_of(plan) == {("a", "x"): 20, ("b", "y"): 30}
    assert all(sum(reason.points for reason in row.reasons) == row.fit for row in plan.rows())
    assert plan.verdict.proved_best


def test_lists_from_json_count_as_tuples():
    people = {"mentees": [mentee("a", goals=["exams"])], "mentors": [mentor("x", expertise=["exams"])]}

    assert pairs_of(make_plan(**people, matching=Matching(rules=(GOALS,)))) == {("a", "x"): 20}


def test_capacity_of_the_rules_counts_where_nobody_says():
    mentors = [Participant("x", "X", "mentor")]
    mentees = [mentee("a"), mentee("b")]

    assert len(pairs_of(make_plan(mentees=mentees, mentors=mentors, matching=Matching()))) == 1
    assert len(pairs_of(make_plan(mentees=mentees, mentors=mentors, matching=Matching(capacity=2)))) == 2


def test_caps_hold_for_each_group():
    plan = make_plan(
        mentees=[mentee("a"), mentee("b"), mentee("c")],
        mentors=[mentor("x", site="North"), mentor("y", site="North"), mentor("z", site="South")],
        matching=Matching(caps=(CapSpec(name="each site", by="site", limit=1),)),
    )

    assert len(pairs_of(plan)) == 2


def test_cap_read_from_a_field_must_be_the_same_in_a_group():
    matching = Matching(caps=(CapSpec(name="places of", by="site", limit_from="places_there"),))
    mentors = [mentor("x", site="North", places_there=1), mentor("y", site="North", places_there=2)]

    with pytest.raises(PoseError, match="different numbers in places_there"):
        make_plan(mentees=[mentee("a")], mentors=mentors, matching=matching)


def test_priority_serves_the_first_tier_first():
    plan = make_plan(
        mentees=[mentee("a", year="1", site="North"), mentee("b", year="4", site="South")],
        mentors=[mentor("x", site="North")],
        matching=Matching(rules=(SITE,), priority=PrioritySpec(by="year", first=("4",))),
    )

    assert pairs_of(plan) == {("b", "x"): 0}


def test_locks_and_pairs_kept_apart_hold():
    mentees, mentors = [mentee("a", site="N"), mentee("b", site="S")], [mentor("x", site="N"), mentor("y", site="S")]
    matching = Matching(rules=(SITE,))

    locked = make_plan(mentees=mentees, mentors=mentors, matching=matching, locks=[("a", "y")])
    apart = make_plan(mentees=mentees, mentors=mentors, matching=matching, apart=[("a", "x")])

    assert pairs_of(locked) == pairs_of(apart) == {("a", "y"): 0, ("b", "x"): 0}


def test_lock_that_a_must_rule_forbids_names_both():
    matching = Matching(rules=(RuleSpec(name="one site", kind="same", field="site", must=True),))

    with pytest.raises(ConflictError) as caught:
        make_plan(
            mentees=[mentee("a", site="N")], mentors=[mentor("x", site="S")], matching=matching, locks=[("a", "x")]
        )

    assert str(caught.value.statements[0]) == "Mentee a and Mentor x are locked together."
    assert "one site" in str(caught.value.statements[1])


def test_locks_beyond_a_capacity_are_a_conflict():
    with pytest.raises(ConflictError):
        make_plan(
            mentees=[mentee("a"), mentee("b")], mentors=[mentor("x")], matching=Matching(),
            locks=[("a", "x"), ("b", "x")],
        )  # fmt: skip


def test_everyone_is_a_conflict_where_places_are_short():
    with pytest.raises(ConflictError) as caught:
        make_plan(mentees=[mentee("a"), mentee("b")], mentors=[mentor("x")], matching=Matching(everyone=True))

    assert len(caught.value.statements) >= 2


def test_everyone_with_the_highest_total_leaves_nobody_out():
    least = RuleSpec(name="site", kind="same", field="site", points=10, missed=-20)
    people = {
        "mentees": [mentee("a", site="North"), mentee("b", site="South")],
        "mentors": [mentor("x", site="North"), mentor("y", site="West")],
    }

    loose = make_plan(**people, matching=Matching(rules=(least,), aim="total"))
    strict = make_plan(**people, matching=Matching(rules=(least,), aim="total", everyone=True))

    assert pairs_of(loose) == {("a", "x"): 10}
    assert pairs_of(strict) == {("a", "x"): 10, ("b", "y"): -20}
    assert strict.verdict.proved_best


def test_everyone_gives_each_a_mentor_before_anybody_has_two():
    mentees = [Participant("a", "Ama", "mentee", {"site": "N"}, wanted=2), mentee("b", site="S")]
    mentors = [mentor("x", site="N"), mentor("y", site="N")]

    plan = make_plan(mentees=mentees, mentors=mentors, matching=Matching(rules=(SITE,), everyone=True))

    assert sorted(plan.answer.pairs[:, 0].tolist()) == [0, 1]
    assert [(step.name, step.value) for step in plan.answer.steps][:2] == [("matched", 2), ("with 2 mentors", 0)]
    assert plan.verdict.proved_best


def test_unknown_ids_and_twins_are_refused():
    with pytest.raises(PoseError, match='no mentor with the id "q"'):
        make_plan(mentees=[mentee("a")], mentors=[mentor("x")], matching=Matching(), locks=[("a", "q")])
    with pytest.raises(PoseError, match='Two mentees have the id "a"'):
        make_plan(mentees=[mentee("a"), mentee("a")], mentors=[mentor("x")], matching=Matching())


def test_stage_that_is_on_no_ladder_does_not_count():
    matching = Matching(rules=(RuleSpec(name="stage", kind="ladder", field="stage", points=10),))
    plan = make_plan(
        mentees=[mentee("a", stage="wizard")], mentors=[mentor("x", stage="Senior professional")], matching=matching
    )

    assert pairs_of(plan) == {("a", "x"): 0}


def test_caps_that_overlap_are_refused_by_name():
    mentors = [mentor("x", site="N", ward="1"), mentor("y", site="N", ward="2"), mentor("z", site="S", ward="1")]
    caps = (CapSpec(name="sites", by="site", limit=2), CapSpec(name="wards", by="ward", limit=2))

    with pytest.raises(PoseError, match='"sites: N" and "wards: 1" share some mentors'):
        make_plan(mentees=[mentee("a")], mentors=mentors, matching=Matching(caps=caps))


def test_rule_on_a_field_of_another_type_is_refused_in_words():
    matching = Matching(rules=(RuleSpec(name="free", kind="hours", field="about", points=10),))

    with pytest.raises(RuleError, match="the kind hours compares hours with hours, and “about” or “about” holds"):
        make_plan(mentees=[mentee("a", about="x")], mentors=[mentor("x", about="y")], matching=matching)
