"""A plan in hand: fixed pairs stay, other mentors are tried, and a must rule is bent on request."""

from chiron.blueprints.plan.in_hand import plan_in_hand
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import Participant

SITE = RuleSpec(name="Same site", kind="same", field="site", must=True)
GOALS = RuleSpec(name="Goals covered", kind="coverage", mentee="goals", mentor="expertise", points=20)


def opened(**more):
    mentees = tuple(
        Participant(one, one.upper(), "mentee", {"site": "N", "goals": (goal,)})
        for one, goal in (("a", "x"), ("b", "y"))
    )
    mentors = tuple(
        Participant(one, one.upper(), "mentor", {"site": site, "expertise": ("x",)})
        for one, site in (("m", "N"), ("n", "N"), ("far", "S"))
    )
    pairs = [("a", "m"), ("b", "n")]
    return plan_in_hand(mentees=mentees, mentors=mentors, matching=Matching(rules=(SITE, GOALS)), pairs=pairs, **more)


def test_possible_mentors_stand_best_first_and_forbidden_ones_name_their_rules():
    hand = opened()

    assert hand.possible("a") == ("m", "n")
    assert hand.bends("a", "far") == ("Same site",)
    assert hand.bends("a", "n") == ()
    assert hand.fit("a", "far") == 20


def test_another_mentor_moves_whoever_is_in_the_way():
    effect = opened().effect("a", "n")

    assert effect.possible
    assert effect.pairs.tolist() == [[0, 1], [1, 0]]


def test_pair_that_is_fixed_stays():
    effect = opened(fixed=[("b", "n")]).effect("a", "n")

    assert not effect.possible


def test_must_rule_is_bent_for_one_pair_only():
    hand = opened()

    effect = hand.effect("a", "far")

    assert effect.possible
    assert effect.pairs.tolist() == [[0, 2], [1, 1]]
    assert set(hand.allowing("a", "far").possible("a")) == {"m", "n", "far"}
    assert hand.possible("b") == ("m", "n")
