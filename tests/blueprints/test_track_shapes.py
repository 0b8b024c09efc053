"""How the tracks of the gallery that are more than pairs are arranged: groups, chain, panels, peers."""

from collections import Counter
from dataclasses import replace

import pytest

from blueprints.tracks import answers, arranged, mentee, mentor, pools
from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.pairs import RefereeError, make_plan
from chiron.blueprints.plan.together import SharedProgram, arrange_together
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.blueprint_file import track
from chiron.blueprints.schema.matching import Matching
from chiron.pairing.shapes.panel import solve as panel

# ---- groups: nurs-rutgers-groups, med-stanford-e4c


def campus_of(name="nurs-rutgers-groups"):
    mentees, mentors = (answers(side) for side in pools(name))
    return mentees, mentors, arranged(name).ties


def test_five_mentors_on_each_campus():
    mentees, mentors = pools("nurs-rutgers-groups")

    assert Counter(one.answers["campus"] for one in mentors) == {"Newark": 5, "New Brunswick": 5, "Blackwood": 5}
    with pytest.raises(PoseError, match=r"(?i)there are 4 mentors in campus “Newark”, and the rules ask for 5"):
        arrange(mentees, [one for one in mentors if one.id != "M001"], track("nurs-rutgers-groups"))


def test_groups_of_a_campus_are_even():
    _, mentors, ties = campus_of()
    sizes = Counter(tie.mentor_id for tie in ties)

    for campus in ("Newark", "New Brunswick", "Blackwood"):
        own = [sizes[one] for one in mentors if mentors[one]["campus"] == campus]
        assert len(own) == 5
        assert max(own) - min(own) <= 1
        assert min(own) >= 1


def test_nobody_is_left_out_of_a_group():
    mentees, _, ties = campus_of()

    assert arranged("nurs-rutgers-groups").left == ()
    assert Counter(tie.mentee_id for tie in ties) == dict.fromkeys(mentees, 1)


def test_no_group_crosses_campuses():
    mentees, mentors, ties = campus_of()

    assert all(mentees[tie.mentee_id]["campus"] == mentors[tie.mentor_id]["campus"] for tie in ties)


def test_groups_list_their_members():
    made = arranged("nurs-rutgers-groups")

    assert len(made.groups) == 15
    assert {(group.mentors[0], one) for group in made.groups for one in group.mentees} == {
        (tie.mentor_id, tie.mentee_id) for tie in made.ties
    }


def test_every_entrant_is_assigned():
    mentees, _ = pools("med-stanford-e4c")

    assert track("med-stanford-e4c").matching.everyone
    assert {tie.mentee_id for tie in arranged("med-stanford-e4c").ties} == {one.id for one in mentees}


def test_load_of_the_faculty_is_even():
    _, mentors = pools("med-stanford-e4c")
    sizes = Counter(tie.mentor_id for tie in arranged("med-stanford-e4c").ties)

    assert set(sizes) == {one.id for one in mentors}
    assert max(sizes.values()) - min(sizes.values()) <= 1


# ---- chain: hs-penn-cascade

PENN = "hs-penn-cascade"
TIERS = ("Pupil", "Undergraduate", "Medical student")


def chain(pupils, undergraduates, students, capacity=2):
    middle = {"tier": "Undergraduate"}
    mentees = [mentee(one, tier="Pupil") for one in pupils] + [mentee(one, **middle) for one in undergraduates]
    mentors = [mentor(one, capacity, **middle) for one in undergraduates]
    return mentees, mentors + [mentor(one, capacity, tier="Medical student") for one in students]


def test_one_person_is_mentee_and_mentor_in_a_chain():
    made = arranged(PENN)
    helped, helping = {tie.mentee_id for tie in made.ties}, {tie.mentor_id for tie in made.ties}

    assert len(helped & helping) >= 10
    assert {tie.label for tie in made.ties} == {"Pupil and Undergraduate", "Undergraduate and Medical student"}
    tier = {one.id: one.answers["tier"] for side in pools(PENN) for one in side}
    assert {(tier[tie.mentee_id], tier[tie.mentor_id]) for tie in made.ties} == {TIERS[:2], TIERS[1:]}


def test_chain_has_no_circle():
    above = {tie.mentee_id: tie.mentor_id for tie in arranged(PENN).ties}

    for one in above:
        seen = [one]
        while seen[-1] in above:
            seen.append(above[seen[-1]])
            assert len(seen) <= len(TIERS)
        assert len(set(seen)) == len(seen)


def test_chain_is_mended_when_a_middle_person_leaves():
    people = chain(["p1", "p2", "p3", "p4"], ["u1", "u2", "u3"], ["s1", "s2"])
    made = arrange(*people, track(PENN))
    gone = next(tie.mentor_id for tie in made.ties if tie.mentee_id == "p1")
    hung_on = {tie.mentee_id for tie in made.ties if tie.mentor_id == gone}

    mended = made.without(gone)

    assert mended.proved_best
    assert gone not in {one for tie in mended.ties for one in (tie.mentee_id, tie.mentor_id)}
    assert mended.left == ()
    assert hung_on <= {tie.mentee_id for tie in mended.ties}
    # Nobody else was moved.
    kept = {(tie.mentee_id, tie.mentor_id) for tie in made.ties if gone not in (tie.mentee_id, tie.mentor_id)}
    assert kept <= {(tie.mentee_id, tie.mentor_id) for tie in mended.ties}


def test_chain_says_who_is_left_when_nobody_can_take_over():
    made = arrange(*chain(["p1"], ["u1"], ["s1"]), track(PENN))

    mended = made.without("u1")

    assert mended.left == ("p1",)
    assert [(one, str(why.reason)) for one, why in mended.unmatched()] == [("p1", "There is no mentor for Mentee p1.")]
    with pytest.raises(PoseError, match="nobody with the id"):
        made.without("u9")
    assert arranged("urm-asco").without is None


def test_person_on_no_tier_is_named():
    mentees, mentors = chain(["p1"], ["u1"], ["s1"])
    lost = replace(mentees[0], answers={"tier": "Teacher"})

    with pytest.raises(PoseError, match="Mentee p1 stands on no tier"):
        arrange([lost, *mentees[1:]], mentors, track(PENN))


# ---- panels: pre-miami-hpm, early-harvard-ophthalmology


def test_each_mentee_has_three_kinds_of_mentor():
    mentees, mentors = (answers(side) for side in pools("pre-miami-hpm"))
    kind = {
        "Faculty mentor": "Faculty",
        "Medical student mentor": "Medical student",
        "Advanced undergraduate mentor": "Advanced undergraduate",
    }
    made = arranged("pre-miami-hpm")

    assert all(mentors[tie.mentor_id]["mentor_kind"] == kind[tie.label] for tie in made.ties)
    held = Counter((tie.mentee_id, tie.label) for tie in made.ties)
    assert set(held.values()) == {1}
    assert len(held) + len(made.open) == 3 * len(mentees)
    assert len(made.ties) > 2.5 * len(mentees)


def test_open_slot_is_reported():
    mentors = [mentor("f", mentor_kind="Faculty"), mentor("u", mentor_kind="Advanced undergraduate")]

    made = arrange([mentee("a")], mentors, track("pre-miami-hpm"))

    assert {tie.label for tie in made.ties} == {"Faculty mentor", "Advanced undergraduate mentor"}
    assert [(one.person_id, one.label) for one in made.open] == [("a", "Medical student mentor")]
    assert str(made.open[0].reason) == "No mentor is allowed for Mentee a in Medical student mentor."
    assert made.left == ()


def test_fix_of_an_open_slot_is_tried():
    mentors = [mentor("f", 1, mentor_kind="Faculty"), mentor("u", mentor_kind="Advanced undergraduate")]

    made = arrange([mentee("a"), mentee("b")], mentors, track("pre-miami-hpm"))

    assert len(made.open) == 3
    assert tuple(map(str, made.open_fixes())) == ("One more place with Mentor f.",)
    assert arranged("nurs-rutgers-groups").open_fixes() == ()


def test_one_mentor_for_each_function():
    mentors = answers(pools("early-harvard-ophthalmology")[1])
    made = arranged("early-harvard-ophthalmology")

    assert all(tie.label == f"{mentors[tie.mentor_id]['mentor_function']} mentor" for tie in made.ties)
    assert max(Counter((tie.mentee_id, tie.label) for tie in made.ties).values()) == 1
    assert {tie.label for tie in made.ties} == {"Clinical mentor", "Research mentor"}


def test_nobody_is_mentored_by_the_evaluator():
    mentees, _ = pools("early-harvard-ophthalmology")
    judged_by = {one.id: set(one.answers["evaluators"]) for one in mentees}
    ties = arranged("early-harvard-ophthalmology").ties

    assert all(judged_by.values())
    assert not [tie for tie in ties if tie.mentor_id in judged_by[tie.mentee_id]]
    chief = mentor("c", mentor_function="Clinical", department="Ophthalmology")
    made = arrange(
        [mentee("a", evaluators=("c",)), mentee("b", evaluators=())], [chief], track("early-harvard-ophthalmology")
    )
    assert {(tie.mentee_id, tie.mentor_id) for tie in made.ties} == {("b", "c")}
    assert ("a", "Clinical mentor") in {(one.person_id, one.label) for one in made.open}


# ---- peers: gend-ny-men-nursing


def test_peers_stand_in_one_population():
    mentees, mentors = pools("gend-ny-men-nursing")
    made = arranged("gend-ny-men-nursing")

    people = [one for tie in made.ties for one in (tie.mentee_id, tie.mentor_id)]
    assert mentors == ()
    assert len(set(people)) == len(people)
    assert len(people) >= len(mentees) - 1
    assert made.shape == "peers"


def test_peers_count_both_views():
    one, other = (mentee(name, interests=("Sport", "Research"), field="nursing") for name in "ab")

    made = arrange([one, other], [], track("gend-ny-men-nursing"))

    (tie,) = made.ties
    assert tie.fit == 2 * (35 + 25)
    assert {reason.rule: reason.points for reason in tie.reasons} == {"Common interests": 70, "Related field": 50}


# ---- other shapes, and what goes wrong


def rules(**shape):
    goals = {"name": "Goals", "kind": "coverage", "mentee": "goals", "mentor": "expertise", "points": 10}
    return Matching.model_validate({"rules": [goals], "shape": shape})


def crowd(make, count):
    topics = "abcdef"
    return [
        make(f"{make.__name__}{at}", goals=(topics[at % 6], topics[at % 5]), expertise=(topics[at % 4], topics[at % 6]))
        for at in range(count)
    ]


def test_circles_seat_everybody():
    made = arrange(crowd(mentee, 13), [], rules(kind="circles", least=3, most=5))

    assert sorted(one for group in made.groups for one in group.mentees) == sorted(one.id for one in crowd(mentee, 13))
    assert all(3 <= len(group.mentees) <= 5 for group in made.groups)
    assert made.left == ()
    assert sum(tie.fit for tie in made.ties) == made.steps[-1].value <= made.steps[-1].bound


def test_teams_have_two_mentors_with_four_mentees():
    made = arrange(crowd(mentee, 8), crowd(mentor, 4), rules(kind="teams", mentors=2, mentees=4))

    assert [(len(group.mentees), len(group.mentors)) for group in made.groups] == [(4, 2), (4, 2)]
    assert {tie.label for tie in made.ties} == {"Team 1", "Team 2"}
    assert len(made.ties) == 16


def test_each_mentee_meets_another_mentor_in_each_round():
    made = arrange(crowd(mentee, 10), crowd(mentor, 10), rules(kind="rounds", meetings=3))

    assert made.proved_best
    assert Counter(tie.mentee_id for tie in made.ties) == {one.id: 3 for one in crowd(mentee, 10)}
    assert max(Counter((tie.mentor_id, tie.label) for tie in made.ties).values()) == 1
    assert max(Counter((tie.mentee_id, tie.mentor_id) for tie in made.ties).values()) == 1
    assert {tie.label for tie in made.ties} == {"Round 1", "Round 2", "Round 3"}


def test_plan_of_pairs_refuses_larger_shapes():
    with pytest.raises(PoseError, match='the shape "peers"'):
        make_plan(mentees=[mentee("a")], mentors=[mentor("x")], matching=rules(kind="peers"))


def test_aim_that_a_shape_does_not_know_is_named():
    with pytest.raises(
        PoseError, match=r'The shape "chain" cannot aim for worst-off\. Choose one of: everyone, total\.'
    ):
        arrange(*chain(["p"], ["u"], ["s"]), track(PENN), aim="worst-off")


def test_programmes_together_are_pairs_and_each_once():
    part = SharedProgram(track("early-uw-im-peer"), [], [])
    with pytest.raises(PoseError, match="twice"):
        arrange_together([part, part])
    with pytest.raises(PoseError, match="cannot share"):
        arrange_together([part, SharedProgram(track(PENN), [], [])])


def test_broken_plan_is_caught(monkeypatch):
    right = panel.solve
    monkeypatch.setattr(
        panel,
        "solve",
        lambda problem, **more: replace(
            right(problem, **more), ties=right(problem, **more).ties[:, [0, 1, 2]] + [[0, 0, 1]]
        ),
    )

    with pytest.raises(RefereeError, match="The plan breaks a rule"):
        arrange(*pools("pre-miami-hpm", 12), track("pre-miami-hpm"))
