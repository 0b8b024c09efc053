from itertools import combinations

import numpy as np

from chiron.pairing.shapes.advice.left_out import left_out_circles, left_out_peers
from chiron.pairing.shapes.gatherings import circles
from chiron.pairing.shapes.peers import solve as peers
from pairing.shapes.made_groups import make_circles
from pairing.shapes.made_peers import best_by_trying, make_peers, random_peers

NAMES = ("Ana", "Ben", "Cem", "Dea", "Eli", "Fay", "Gus", "Hal")


def reasons(problem, aim="everyone"):
    answer = peers.solve(problem, aim=aim)
    return {each.person: each for each in left_out_peers(problem, answer, names=NAMES)}


def test_nobody_allowed_is_said():
    found = reasons(make_peers(3, {(0, 1): 5}))

    assert found[2].code == "nobody_allowed"
    assert str(found[2].reason) == "Nobody is allowed as a partner for Cem."
    assert tuple(map(str, found[2].fixes)) == ("One more person who may be paired with Cem would be a partner.",)


def test_odd_number_is_said():
    (found,) = reasons(make_peers(3, {(0, 1): 5, (0, 2): 4, (1, 2): 9})).values()

    assert found.code == "odd_number"
    assert str(found.reason).startswith("Ana is one of 3 people")


def test_lost_out_is_said_with_the_pair_to_allow():
    found = reasons(make_peers(4, {(0, 1): 5, (0, 2): 4, (0, 3): 3}))

    assert {each.code for each in found.values()} == {"lost_out"}
    assert str(found[2].fixes[0]) == "If Cem and Dea were allowed to be paired, both would have a partner."


def test_a_loss_is_said():
    found = reasons(make_peers(2, {(0, 1): -5}), aim="total")

    assert {each.code for each in found.values()} == {"at_a_loss"}


def test_every_fix_gives_more_people_a_partner():
    rng = np.random.default_rng(83)
    tried = 0
    for _ in range(150):
        problem = random_peers(rng)
        most = best_by_trying(problem, "everyone")[0]
        fits = {tuple(pair): 0 for pair in problem.pairs.tolist()}
        for person, found in reasons(problem).items():
            assert found.fixes
            for fix in found.fixes:
                if fix.code == "peer.fix.pair":
                    other = NAMES.index(fix.values["other"])
                    changed = make_peers(len(problem.people), fits | {tuple(sorted((person, other))): 0})
                else:
                    changed = make_peers(len(problem.people) + 1, fits | {(person, len(problem.people)): 0})
                assert best_by_trying(changed, "everyone")[0] == most + 2
                tried += 1
    assert tried > 200


def circle_reasons(problem):
    return left_out_circles(problem, circles.solve(problem), names=NAMES)


def test_sizes_that_do_not_divide_are_said_with_the_size_that_would():
    (found,) = circle_reasons(make_circles(5, dict.fromkeys(combinations(range(5), 2), 1), 3, 4))

    assert found.code == "sizes"
    assert str(found.reason).startswith("5 people do not divide into circles of 3 to 4: at most 4 find a place")
    assert tuple(map(str, found.fixes)) == (
        f"With circles of up to 5, {NAMES[found.person]} would find a place.",
        f"If one person joined who may sit with everybody, {NAMES[found.person]} would find a place.",
    )


def test_too_few_allowed_is_said():
    fits = {(0, 1): 1, (1, 2): 1, (0, 2): 1, (0, 3): 1}
    (found,) = circle_reasons(make_circles(4, fits, 3, 3, only_listed=True))

    assert found.code == "too_few_allowed"
    assert str(found.reason) == "Only 1 person may sit with Dea, and a circle needs 2 others."


def test_nobody_left_out_needs_no_words():
    assert circle_reasons(make_circles(4, {}, 2, 2)) == ()
