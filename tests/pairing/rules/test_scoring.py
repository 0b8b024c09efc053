"""Tests of scoring: blocks, parts, reasons and the problem that is posed."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.pairing.model.problem import Cap
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.kind import Rule, RuleError
from chiron.pairing.rules.scoring import Pool, Reason, Scoring, impossible_locks, pose
from chiron.pairing.rules.vocabulary import KINDS, options_of
from pairing.made import SETTINGS, Case, cases, pools, rules, shuffled
from pairing.slow import SHARES, met, points


def values_of(rule, pool, column):
    extras = [name for name in KINDS[rule.kind].options if name.endswith("_column")]
    options = options_of(rule)
    main = [None] * len(pool.ids) if rule.kind == "apart" and column == "id" else pool.column(column)
    further = [pool.column(options[name]) or [None] * len(main) for name in extras]
    return list(zip(main, *further, strict=True)) if extras else main


def shared_out(soft, mentee, mentees):
    """The points of each soft rule for one mentee: largest remainders of points times importance."""
    if not any(rule.importance for rule in soft):
        return [rule.points for rule in soft]
    stars = [mentees.column(rule.importance)[mentee] if rule.importance else None for rule in soft]
    weights = [max(r.points, 0) * (3 if s is None else s) for r, s in zip(soft, stars, strict=True)]
    total = sum(max(rule.points, 0) for rule in soft)
    if not sum(weights):
        return [rule.points for rule in soft]
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    whole = [int(part) for part in exact]
    order = sorted(range(len(soft)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: total - sum(whole)]:
        whole[at] += 1
    return [part + min(rule.points, 0) for part, rule in zip(whole, soft, strict=True)]


def slow_block(case):
    """Allowed and fit of every pair, from the plain meaning of each kind."""
    n, m = len(case.mentees.ids), len(case.mentors.ids)
    allowed, fit = np.ones((n, m), bool), np.zeros((n, m), int)
    soft = [rule for rule in case.rules if not rule.must]
    for rule in case.rules:
        options = options_of(rule)
        lefts = values_of(rule, case.mentees, rule.mentee)
        rights = values_of(rule, case.mentors, rule.mentor)
        world = {"mentees": lefts, "mentors": rights}
        for i, left in enumerate(lefts):
            for j, right in enumerate(rights):
                share = SHARES[rule.kind](left, right, options, world)
                if rule.must:
                    holds = options["unknown"] == "pass"
                    if share is not None:
                        holds = met(rule.kind, share, options) != rule.different
                    allowed[i, j] &= holds
                    continue
                if rule.different and share is not None:
                    share = 1000 - share
                full = shared_out(soft, i, case.mentees)[soft.index(rule)]
                missed = rule.missed
                if any(r.importance for r in soft) and rule.points > 0:
                    missed = (2 * rule.missed * full + rule.points) // (2 * rule.points)
                fit[i, j] += points(share, full, missed)
    return allowed, fit


def whole_block(scoring):
    return scoring.block(0, len(scoring.mentees.ids))


@given(case=cases())
def test_block_equals_the_meaning_of_every_kind_pair_by_pair(case):
    allowed, fit = whole_block(Scoring(*case))

    slow_allowed, slow_fit = slow_block(case)
    assert allowed.tolist() == slow_allowed.tolist()
    assert fit.tolist() == slow_fit.tolist()


@pytest.mark.parametrize("kind", sorted(SETTINGS))
@given(data=st.data())
def test_each_kind_equals_its_meaning_pair_by_pair(kind, data):
    rule = data.draw(rules(kind, kind))
    case = Case((rule,), data.draw(pools("e", [rule])), data.draw(pools("o", [rule])))

    allowed, fit = whole_block(Scoring(*case))

    slow_allowed, slow_fit = slow_block(case)
    assert allowed.tolist() == slow_allowed.tolist()
    assert fit.tolist() == slow_fit.tolist()


@given(case=cases())
def test_parts_sum_to_the_fit_of_every_pair(case):
    scoring = Scoring(*case)
    pairs = [(i, j) for i in range(len(case.mentees.ids)) for j in range(len(case.mentors.ids))]

    parts = scoring.parts(pairs)

    allowed, fit = whole_block(scoring)
    assert parts.dtype == np.int32
    assert parts.shape == (len(pairs), len(scoring.soft_rules))
    assert parts.sum(axis=1).tolist() == fit.reshape(-1).tolist()
    assert scoring.allowed(pairs).tolist() == allowed.reshape(-1).tolist()
    assert all(value <= scoring.most for value in fit.reshape(-1))


@given(case=cases(), data=st.data())
def test_block_does_not_depend_on_where_it_begins(case, data):
    scoring = Scoring(*case)
    last = data.draw(st.integers(0, len(case.mentees.ids)))
    first = data.draw(st.integers(0, last))

    allowed, fit = scoring.block(first, last)

    whole_allowed, whole_fit = whole_block(scoring)
    assert np.array_equal(allowed, whole_allowed[first:last])
    assert np.array_equal(fit, whole_fit[first:last])


@given(case=cases(), data=st.data())
def test_order_of_people_changes_no_pair(case, data):
    rows = data.draw(st.permutations(range(len(case.mentees.ids))))
    columns = data.draw(st.permutations(range(len(case.mentors.ids))))

    allowed, fit = whole_block(Scoring(case.rules, shuffled(case.mentees, rows), shuffled(case.mentors, columns)))

    old_allowed, old_fit = whole_block(Scoring(*case))
    assert np.array_equal(allowed, old_allowed[rows][:, columns])
    assert np.array_equal(fit, old_fit[rows][:, columns])


@given(case=cases())
def test_same_input_gives_the_same_bytes(case):
    one, other = whole_block(Scoring(*case)), whole_block(Scoring(*case))

    assert [array.tobytes() for array in one] == [array.tobytes() for array in other]


@given(case=cases())
def test_reasons_have_the_points_of_the_parts(case):
    scoring = Scoring(*case)

    for i in range(len(case.mentees.ids)):
        for j in range(len(case.mentors.ids)):
            reasons = scoring.reasons(i, j)
            parts = dict(zip((rule.name for rule in scoring.soft_rules), scoring.parts([(i, j)])[0], strict=True))

            assert sum(reason.points for reason in reasons) == sum(parts.values())
            assert all(parts[reason.rule] == reason.points and reason.text for reason in reasons)
            assert {name for name, got in parts.items() if got} <= {reason.rule for reason in reasons}
            assert bool(scoring.forbidding(i, j)) != bool(scoring.allowed([(i, j)])[0])


@given(case=cases())
def test_pose_lists_the_allowed_pairs_with_their_fit(case):
    scoring = Scoring(*case)
    n, m = len(case.mentees.ids), len(case.mentors.ids)
    forbidden = [(0, 0)] if n and m else []

    problem = pose(scoring, capacity=[1] * m, forbidden=forbidden)

    allowed, fit = whole_block(scoring)
    for i, j in forbidden:
        allowed[i, j] = False
    assert problem.partner.tolist() == np.nonzero(allowed)[1].tolist()
    assert problem.fit.tolist() == fit[allowed].tolist()
    assert np.diff(problem.starts).tolist() == allowed.sum(axis=1).tolist()
    assert problem.starts.dtype == np.int64
    assert (problem.partner.dtype, problem.fit.dtype) == (np.int32, np.int32)


SITES = Rule("Same site", "same", "site", "site", must=True)
LANGUAGES = Rule("Languages", "overlap", "languages", "languages", 10, options={"words": "speak"})
GOALS = Rule("Goals", "coverage", "goals", "goals", 30)
MENTEES = Pool(
    ("e1", "e2"),
    {"site": ["Leeds", "York"], "languages": [("Spanish",), None], "goals": [("exams", "research", "sleep"), ("x",)]},
)
MENTORS = Pool(
    ("o1", "o2"),
    {"site": ["leeds", "York"], "languages": [("Spanish", "Welsh"), ()], "goals": [("research", "exams"), ("y",)]},
)


def test_reasons_are_plain_sentences_with_points():
    scoring = Scoring([SITES, LANGUAGES, GOALS], MENTEES, MENTORS)

    assert scoring.reasons(0, 0) == (
        Reason("Languages", "overlap", 10, Sentence("overlap.both", {"verb": "speak", "common": ("Spanish",)})),
        Reason("Goals", "coverage", 20, Sentence("coverage.some", {"n": 3, "count": 2, "met": ("exams", "research")})),
    )
    assert scoring.reasons(1, 1) == (Reason("Goals", "coverage", 0, Sentence("coverage.none", {"n": 1})),)
    assert [reason.text for reason in scoring.reasons(1, 1)] == ["does not cover the one listed"]


def test_forbidding_names_the_rules_that_forbid_a_pair():
    scoring = Scoring([SITES, LANGUAGES], MENTEES, MENTORS)

    assert scoring.forbidding(0, 0) == ()
    assert scoring.forbidding(0, 1) == (SITES,)
    assert str(scoring.why(SITES, 0, 1)) == "different: Leeds for the mentee, York for the mentor"


def test_pose_keeps_locks_that_no_rule_forbids_and_lists_the_others():
    scoring = Scoring([SITES], MENTEES, MENTORS)
    locked = [(0, 0), (0, 1), (1, 1)]

    problem = pose(scoring, capacity=[1, 1], locked=locked, forbidden=[(1, 1)])

    assert problem.locked.tolist() == [[0, 0]]
    assert impossible_locks(scoring, locked, [(1, 1)]) == ((0, 1), (1, 1))


def test_pose_hands_everything_else_over():
    cap = Cap("two", 2, (0, 1))

    problem = pose(
        Scoring([LANGUAGES], MENTEES, MENTORS),
        capacity=[2, 0],
        wanted=[2, 1],
        tier=[1, 0],
        caps=[cap],
        clashes=[(0, 1)],
    )

    assert (problem.mentees, problem.mentors) == (("e1", "e2"), ("o1", "o2"))
    assert (problem.capacity.tolist(), problem.wanted.tolist(), problem.tier.tolist()) == ([2, 0], [2, 1], [1, 0])
    assert (problem.caps, problem.clashes) == ((cap,), ((0, 1),))


def test_importance_moves_points_and_keeps_the_total():
    people = Pool(("e1", "e2", "e3"), {"a": ["x"] * 3, "b": ["x"] * 3, "stars": [5, None, 0]})
    rules = [Rule("A", "same", "a", "a", 30, importance="stars"), Rule("B", "same", "b", "b", 30)]

    parts = Scoring(rules, people, Pool(("o1",), {"a": ["x"], "b": ["x"]})).parts([(0, 0), (1, 0), (2, 0)])

    assert parts.tolist() == [[38, 22], [30, 30], [0, 60]]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Rule("R", "same", "nothing", "site"), "Rule “R”: mentees have no column “nothing”."),
        (Rule("R", "same", "site", "nothing"), "Rule “R”: mentors have no column “nothing”."),
        (Rule("R", "same", "site", "site", importance="nothing"), "for its importance"),
        (Rule("R", "distance", "site", "site", options={"remote_column": "x"}), "nobody has the column “x”"),
        (Rule("R", "ladder", "site", "site", options={"ladder": ("A",)}), "the stage “Leeds” is not on the ladder"),
        (Rule("R", "near", "site", "site"), "Rule “R”: could not convert string to float"),
    ],
)
def test_scoring_names_a_rule_that_cannot_be_used(rule, message):
    with pytest.raises(RuleError, match=message):
        Scoring([rule], MENTEES, MENTORS)


def test_importance_must_be_0_to_5():
    people = Pool(("e1",), {"site": ["x"], "stars": [6]})

    with pytest.raises(RuleError, match=r"importance must be 0 to 5, not 6 \(mentee e1\)"):
        Scoring([Rule("R", "same", "site", "site", 5, importance="stars")], people, MENTORS)


def test_pool_columns_must_have_one_value_a_person():
    with pytest.raises(ValueError, match="Column site has 1 values for 2 people"):
        Pool(("a", "b"), {"site": ["x"]})


def test_an_exception_may_be_made_although_a_must_rule_forbids_it():
    mentees, mentors = Pool(("a", "b"), {"site": ["N", "S"]}), Pool(("x", "y"), {"site": ["S", "N"]})
    rule = Rule("Same site", "same", "site", "site", must=True)
    scoring = Scoring([rule], mentees, mentors, [(0, 0)])

    assert scoring.block(0, 2)[0].tolist() == [[True, True], [True, False]]
    assert scoring.allowed([(0, 0), (1, 1)]).tolist() == [True, False]
    assert scoring.forbidden([(0, 0), (1, 1)]).tolist() == [[False, True]]
    assert scoring.forbidding(0, 0) == (rule,)
