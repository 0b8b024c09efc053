"""The order of those who wait, and who is offered a place that becomes free."""

import numpy as np

from blueprints.tracks import mentee, mentor
from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.plan.waitlist import waitlist
from chiron.blueprints.schema.matching import CapSpec, Matching, PrioritySpec, RuleSpec

FIELD = RuleSpec(name="field", kind="same", field="field", points=10)
SITE = RuleSpec(name="site", kind="same", field="site", must=True)


def plan(mentees, mentors, **more):
    return make_plan(mentees=mentees, mentors=mentors, matching=Matching(**{"rules": (FIELD,), **more}))


def programme_of(limit):
    return {"caps": (CapSpec(name="Pairs in the programme", limit=limit),)}


def order(made):
    return [one.mentee_id for one in waitlist(made)]


def test_better_fit_comes_first_and_uses_up_the_place():
    mentees = [mentee(f"e{at}", field="heart") for at in range(3)] + [mentee("other", field="skin")]
    mentors = [mentor("m1", field="heart"), mentor("m2", field="heart"), mentor("m3", field="skin")]
    made = plan(mentees, mentors, **programme_of(1))

    found = waitlist(made)

    assert sorted(one.fit for one in found) == [0, 10, 10]
    assert found[-1].fit == 0
    assert found[-1].mentor_id == ""
    offered = [one.mentor_id for one in found[:-1]]
    assert len(set(offered)) == len(offered)


def test_nobody_waits_where_all_are_matched():
    made = plan([mentee("a", field="x")], [mentor("m", field="x")])

    assert waitlist(made) == ()


def test_priority_stands_before_fit_and_a_place_at_hand_before_priority():
    mentees = [
        mentee("in", site="A", year="2", field="heart"),
        mentee("late", site="A", year="1", field="skin"),
        mentee("early", site="A", year="2", field="heart"),
        mentee("nowhere", site="C", year="2", field="heart"),
    ]
    mentors = [
        mentor("m1", site="A", field="heart"),
        mentor("m2", site="A", field="heart"),
        mentor("m3", site="A", field="skin"),
    ]
    made = plan(
        mentees, mentors, rules=(FIELD, SITE), priority=PrioritySpec(by="year", first=("2",)), **programme_of(1)
    )

    found = waitlist(made)

    waiting = {"in", "early"} - {made.mentees[at].id for at in made.answer.pairs[:, 0]}
    assert [one.mentee_id for one in found] == [*waiting, "late", "nowhere"]
    assert str(found[-1].reason) == "No mentor whom Mentee nowhere may have has a place."
    assert str(found[0].reason).startswith("Would be offered Mentor m")
    assert str(found[0].reason).endswith("Served in place 1 of the programme's order: year 2.")


def test_full_site_offers_nothing_although_the_mentor_has_room():
    mentees = [mentee("a", site="A"), mentee("b", site="A")]
    mentors = [mentor("m1", site="A"), mentor("m2", site="A"), mentor("m3", site="B")]
    made = plan(mentees, mentors, rules=(SITE, FIELD), caps=(CapSpec(name="Site", by="site", limit=1),))

    (left,) = waitlist(made)

    assert left.mentor_id == ""


def test_order_of_the_people_does_not_matter():
    chance = np.random.default_rng(4)
    for _ in range(30):
        fields = chance.choice(["a", "b", "c"], 12)
        mentees = [mentee(f"e{at}", field=field) for at, field in enumerate(fields[:8])]
        mentors = [mentor(f"m{at}", int(chance.integers(1, 3)), field=field) for at, field in enumerate(fields[8:])]
        limit = programme_of(int(chance.integers(1, 4)))
        shuffled = [mentees[at] for at in chance.permutation(8)]

        assert order(plan(mentees, mentors, **limit)) == order(plan(shuffled, mentors[::-1], **limit))


def test_offers_break_no_rule_and_take_no_place_twice():
    chance = np.random.default_rng(5)
    some = 0
    for _ in range(60):
        sites = chance.choice(["A", "B"], 14)
        mentees = [mentee(f"e{at}", site=site, field=str(at % 3)) for at, site in enumerate(sites[:10])]
        mentors = [
            mentor(f"m{at}", int(chance.integers(0, 4)), site=site, field=str(at)) for at, site in enumerate(sites[10:])
        ]
        made = plan(mentees, mentors, rules=(FIELD, SITE), **programme_of(int(chance.integers(0, 6))))
        used = dict.fromkeys((one.id for one in mentors), 0)
        for row in made.rows():
            used[row.mentor_id] += 1
        place = {one.id: one for one in (*mentees, *mentors)}

        for one in waitlist(made):
            if one.mentor_id:
                some += 1
                used[one.mentor_id] += 1
                assert place[one.mentee_id].answers["site"] == place[one.mentor_id].answers["site"]
        assert all(used[one.id] <= one.capacity for one in mentors)
    assert some > 50
