from itertools import combinations

import numpy as np
import pytest

from chiron.pairing.explain.conflict import Demands, conflict
from chiron.pairing.model.problem import Cap
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring, pose
from chiron.pairing.solve import solve

SITE = Rule(name="same site", kind="same", mentee="site", mentor="site", must=True)
FIELD = Rule(name="same field", kind="same", mentee="field", mentor="field", must=True)


def scoring_of(sites, mentor_sites, fields=None, mentor_fields=None, rules=(SITE, FIELD)):
    """Return the must rules over a few people."""
    n, m = len(sites), len(mentor_sites)
    mentees = Pool(tuple(f"e{at}" for at in range(n)), {"site": sites, "field": fields or ["a"] * n})
    mentors = Pool(tuple(f"o{at}" for at in range(m)), {"site": mentor_sites, "field": mentor_fields or ["a"] * m})
    return Scoring(rules, mentees, mentors)


def told(scoring, capacity, **more):
    """Return the smallest conflict."""
    n = len(scoring.mentees.ids)
    demands = Demands(scoring, capacity, more.pop("wanted", [1] * n), **more)
    found = conflict(
        demands,
        mentee_names=["Ama", "Lena", "Sam", "Kim"][:n],
        mentor_names=["Jo", "Sid", "Max", "Eve"][: len(capacity)],
    )
    return tuple(map(str, found))


def test_conflict_of_a_lock_with_a_rule_names_both() -> None:
    found = told(scoring_of(["x"], ["y"]), [1], locked=[(0, 0)])

    assert found[0] == "Ama and Jo are locked together."
    assert found[1].startswith("The rule “same site” forbids it: ")
    assert len(found) == 2


def test_conflict_of_a_lock_with_a_pair_kept_apart_names_both() -> None:
    found = told(scoring_of(["x"], ["x"]), [1], locked=[(0, 0)], forbidden=[(0, 0)])

    assert found == ("Ama and Jo are locked together.", "Ama and Jo are kept apart.")


def test_conflict_of_locks_with_places_names_as_many_locks_as_it_takes() -> None:
    found = told(scoring_of(["x"] * 4, ["x", "x"]), [1, 9], locked=[(0, 0), (1, 0), (2, 0), (3, 1)])

    assert found == ("Ama and Jo are locked together.", "Lena and Jo are locked together.", "Jo has 1 place.")


@pytest.mark.parametrize(
    ("more", "last"),
    [
        ({"caps": (Cap("at x", 1, (0, 1)),), "locked": [(0, 0), (1, 1)]}, "“at x” allows at most 1 pair."),
        ({"locked": [(0, 0), (0, 1)]}, "Ama may have 1 mentor."),
        ({"wanted": [2, 1], "clashes": [(0, 1)], "locked": [(0, 0), (0, 1)]}, "Nobody may have both Jo and Sid."),
    ],
)
def test_conflict_of_locks_names_the_limit_that_they_break(more, last) -> None:
    found = told(scoring_of(["x", "x"], ["x", "x"]), [2, 2], **more)

    assert len(found) == 3
    assert found[-1] == last


def test_conflict_takes_the_smallest_of_several() -> None:
    found = told(scoring_of(["x", "x", "y"], ["x"]), [1], locked=[(0, 0), (1, 0), (2, 0)])

    assert len(found) == 2


def test_conflict_of_everyone_names_the_rule_alone_that_is_to_blame() -> None:
    found = told(scoring_of(["x", "y"], ["x", "x"]), [1, 1], everyone=True)

    assert found == ("Every mentee must have a mentor. Without one: Lena.", "The rule “same site” must hold.")


def test_conflict_of_everyone_names_places() -> None:
    found = told(scoring_of(["x", "x"], ["x"]), [1], everyone=True)

    assert found[1:] == ("The mentors have 1 place.",)


def test_conflict_of_everyone_names_cap_lock_and_pair_kept_apart() -> None:
    scoring = scoring_of(["x", "x"], ["x", "x"])

    capped = told(scoring, [2, 2], caps=(Cap("at x", 1, (0, 1)),), everyone=True)
    apart = told(scoring, [2, 2], forbidden=[(0, 0), (0, 1)], everyone=True)
    locked = told(scoring, [1, 1], forbidden=[(1, 1)], locked=[(0, 0)], everyone=True)

    assert capped[1:] == ("“at x” allows at most 1 pair.",)
    assert apart[1:] == ("Ama and Jo are kept apart.", "Ama and Sid are kept apart.")
    assert set(locked[1:]) == {
        "Ama and Jo are locked together.",
        "Lena and Sid are kept apart.",
        "The mentors have 2 places.",
    }


@pytest.mark.parametrize("more", [{}, {"everyone": True}])
def test_conflict_is_empty_where_a_plan_exists(more) -> None:
    assert told(scoring_of(["x", "y"], ["x", "y"]), [1, 1], locked=[(0, 0)], **more) == ()


@pytest.mark.parametrize("seed", range(30))
def test_conflict_of_everyone_is_the_smallest_set_that_is_impossible(seed) -> None:
    chance = np.random.default_rng(seed)
    n, m = int(chance.integers(1, 5)), int(chance.integers(1, 5))
    letters = [[str(chance.choice(["a", "b"])) for _ in range(size)] for size in (n, m, n, m)]
    capacity = chance.integers(0, 3, m).tolist()
    caps = (Cap("first", int(chance.integers(0, 3)), (0,)), Cap("all", int(chance.integers(1, 5)), tuple(range(m))))
    rules = (SITE, FIELD)

    found = told(scoring_of(*letters, rules), capacity, caps=caps, everyone=True)

    sizes = []
    every = [*rules, *caps, "places"]
    for size in range(len(every) + 1):
        for some in combinations(every, size):
            problem = pose(
                scoring_of(*letters, tuple(rule for rule in rules if rule in some)),
                capacity=capacity if "places" in some else [n] * m,
                caps=tuple(cap for cap in caps if cap in some),
            )
            if len(solve(problem).pairs) < n:
                sizes.append(size)
    assert len(found) == (min(sizes) + 1 if sizes else 0)
