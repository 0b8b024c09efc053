"""Tests of the scan: bit for bit what `Scoring.block` says, for every kind, however it is laid out."""

import pickle
from dataclasses import replace
from functools import cache

import numba
import numpy as np
import pytest

from chiron.pairing.rules.kinds.distance import share_of_square
from chiron.pairing.rules.scoring import Pool, Scoring
from chiron.pairing.rules.vocabulary import KINDS
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.compiler.build import COLUMNS, TableLimits
from chiron.pairing.scale.compiler.great_circle import thresholds
from chiron.pairing.scale.kernels.compiled_rules import FORM, WORDS
from chiron.pairing.scale.national.scan import NEVER, Scan, compile_scan, scan_block
from pairing.made import shuffled
from pairing.scale import people

N, M = 23, 1100  # a full block of mentors and a part of one
NO_TABLES = TableLimits(cells=0, bits=0, spread=0)
LAYOUTS = (TableLimits(), NO_TABLES, TableLimits(bits=0, spread=0), TableLimits(cells=0, bits=0))


@cache
def pools():
    return people.pools(np.random.default_rng(5), N, M)


def random_scoring(rng, kinds, must=None, exceptions=0):
    rules = [people.rule(rng, kind, f"{at} {kind}", must) for at, kind in enumerate(kinds)]
    return Scoring(rules, *pools(), people.pairs(rng, exceptions, N, M))


def same_as_block(scan, scoring, apart=()):
    allowed, fit = scan.whole(np.arange(scan.mentees, dtype=np.int32))
    wanted, points = scoring.block(0, scan.mentees)
    for mentee, mentor in apart:
        wanted[mentee, mentor] = False
    return np.array_equal(allowed, wanted) and np.array_equal(fit, np.where(wanted, points, 0))


def slow_best(allowed, worth, keep, floor=None):
    """Positions of the best pairs of one row, ascending, and the best of the rest."""
    allowed = np.flatnonzero(allowed)
    order = allowed[np.lexsort((allowed, -worth[allowed]))]
    kept = min(keep, len(order)) if floor is None else min(keep, int((worth[order] > floor).sum()))
    return sorted(order[:kept].tolist()), worth[order[kept]] if kept < len(order) else NEVER


def same_as_slow(found, scoring, apart, prices, keep, profit=None):
    wanted, points = scoring.block(0, N)
    for mentee, mentor in apart:
        wanted[mentee, mentor] = False
    for at, row in enumerate(found.rows.tolist()):
        here = slice(found.starts[at], found.starts[at + 1])
        floor = None if profit is None else profit[at]
        partner, cutoff = slow_best(wanted[row], points[row].astype(np.int64) - prices, keep, floor)
        assert found.partner[here].tolist() == partner
        assert found.fit[here].tolist() == points[row, partner].tolist()
        assert found.cutoff[at] == cutoff


def test_every_kind_of_rule_is_tried():
    assert set(people.KINDS) == set(KINDS)


@pytest.mark.parametrize("kind", people.KINDS)
def test_each_kind_is_scored_bit_for_bit_as_by_its_numpy_form(kind):
    rng = np.random.default_rng(people.KINDS.index(kind))
    for limits in LAYOUTS:
        for trial in range(6):
            must = bool(trial % 2) and kind != "asked"
            scoring = random_scoring(rng, [kind], must, exceptions=5 * (trial == 1))

            assert same_as_block(compile_scan(scoring, limits=limits), scoring), (limits, scoring.must_rules)


def test_the_trials_above_reach_every_form_of_step():
    rng = np.random.default_rng(10)
    reached = set()
    for kind in people.KINDS:
        for limits in LAYOUTS:
            for must in (True, False, False):
                scoring = random_scoring(rng, [kind], must and kind != "asked", exceptions=1)
                reached |= set(compile_scan(scoring, apart=[(0, 0)], limits=limits).program.steps[:, FORM].tolist())

    assert reached == set(range(WORDS + 1))


def test_the_trial_above_notices_a_point_too_many_and_a_pair_too_many():
    rng = np.random.default_rng(1)
    scoring = random_scoring(rng, ["same", "near", "overlap"], must=False)
    program = compile_scan(scoring, limits=NO_TABLES).program
    points = program.points.copy()
    points[points != 0] += 1
    bounded = random_scoring(rng, ["ladder"], must=True)
    lax = compile_scan(bounded).program

    assert not same_as_block(Scan(replace(program, points=points)), scoring)
    assert not same_as_block(Scan(replace(lax, bit_steps=0, must_steps=0, lane_steps=0, steps=lax.steps[:0])), bounded)


def test_whole_rule_sets_with_exceptions_and_pairs_kept_apart_are_scored_and_sorted_as_by_hand():
    rng = np.random.default_rng(2)
    for trial in range(10):
        kinds = [people.one_of(rng, people.KINDS) for _ in range(int(rng.integers(1, 7)))]
        scoring = random_scoring(rng, kinds, exceptions=30 * (trial % 2))
        apart = people.pairs(rng, 40 * (trial % 3), N, M)
        prices = rng.integers(-5, 60, M)
        rows = rng.permutation(N)[: N - 3].astype(np.int32)
        profit = rng.integers(-20, 60, len(rows))
        for limits in (TableLimits(), NO_TABLES):
            scan = compile_scan(scoring, apart=apart, limits=limits)

            assert same_as_block(scan, scoring, apart)
            assert np.array_equal(scan.count_allowed(), scan.whole(np.arange(N))[0].sum(axis=1))
            for keep in (1, 7, 2000):
                none = np.zeros(M, dtype=np.int64)
                same_as_slow(scan.best(rows, keep=keep), scoring, apart, none, keep)
                same_as_slow(scan.best(rows, prices=prices, keep=keep), scoring, apart, prices, keep)
                above = scan.above(rows, prices=prices, profit=profit, most=keep)
                same_as_slow(above, scoring, apart, prices, keep, profit)


def same_bytes(one, other):
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("rows", "starts", "partner", "fit", "cutoff")
    )


def kinds_of_all():
    return ["same", "overlap", "ladder", "distance", "hours", "coverage", "near", "ranked", "asked"]


def test_threads_layouts_and_blocks_run_elsewhere_give_the_same_bytes():
    rng = np.random.default_rng(4)
    scoring = random_scoring(rng, kinds_of_all(), must=False)
    scan = compile_scan(scoring)
    prices = rng.integers(0, 40, M)

    def far_away(work, blocks):
        sent = pickle.dumps(work)
        return [pickle.loads(pickle.dumps(pickle.loads(sent)(block))) for block in blocks]

    whole = scan.best(prices=prices, keep=9)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    alone = scan.best(prices=prices, keep=9)
    numba.set_num_threads(threads)

    assert same_bytes(whole, alone)
    assert same_bytes(whole, compile_scan(scoring, limits=NO_TABLES).best(prices=prices, keep=9))
    assert same_bytes(whole, scan.best(prices=prices, keep=9, blocks=far_away, height=4))
    assert same_bytes(
        whole, scan_block(pickle.loads(pickle.dumps(scan.program)), prices, 9, np.arange(N, dtype=np.int32))
    )


def test_the_order_in_which_people_stand_does_not_matter():
    rng = np.random.default_rng(6)
    left, right = pools()
    rules = [
        people.rule(rng, kind, kind, must=kind == "ladder") for kind in ("ladder", "coverage", "distance", "hours")
    ]
    lefts, rights = rng.permutation(N), rng.permutation(M)
    scan = compile_scan(Scoring(rules, left, right))
    other = compile_scan(Scoring(rules, shuffled(left, lefts), shuffled(right, rights)))

    found, moved = scan.best(keep=30), other.best(keep=30)

    assert np.array_equal(found.cutoff[lefts], moved.cutoff)
    for at, row in enumerate(lefts.tolist()):
        here, there = slice(*found.starts[row : row + 2]), slice(*moved.starts[at : at + 2])
        over = found.fit[here] > found.cutoff[row]
        clear = {*zip(found.partner[here][over].tolist(), found.fit[here][over].tolist(), strict=True)}
        again = moved.fit[there] > moved.cutoff[at]
        mentors = rights[moved.partner[there][again]].tolist()
        assert clear == {*zip(mentors, moved.fit[there][again].tolist(), strict=True)}


@pytest.mark.parametrize(("mentees", "mentors"), [(0, 4), (4, 0), (0, 0), (1, 1)])
def test_tiny_pools_are_scanned_too(mentees, mentors):
    rng = np.random.default_rng(7)
    for kind in people.KINDS:
        scoring = people.scoring(rng, [kind], mentees, mentors, must=False)
        scan = compile_scan(scoring, limits=NO_TABLES)

        found = scan.best(keep=3)

        assert same_as_block(scan, scoring)
        assert found.starts.tolist() == [mentors * at for at in range(mentees + 1)]
        assert (found.cutoff == NEVER).all()


@pytest.mark.parametrize("kilometers", [1, 7, 50, 333, 5000])
def test_a_threshold_is_the_last_square_that_still_has_its_share(kilometers):
    squares = thresholds(kilometers)
    shares = np.arange(1, 1001)

    assert (share_of_square(squares[1:].copy(), kilometers) >= shares).all()
    assert (share_of_square(squares[1:] + 1, kilometers) < shares).all()


def test_distances_far_and_near_are_those_of_the_kind():
    rng = np.random.default_rng(8)
    places = [(float(a), float(b)) for a, b in zip(rng.uniform(-90, 90, 400), rng.uniform(-180, 180, 400), strict=True)]
    close = [(one + float(rng.normal(0, 0.01)), other) for one, other in places if abs(one) < 89]  # degrees
    for options in ({"km": 5000}, {"km": 3}):
        rule = replace(people.rule(rng, "distance", "near", must=False), options=options, importance=None)
        left = Pool(tuple(map(str, range(len(places)))), {"place": places})
        right = Pool(tuple(map(str, range(len(close)))), {"place": close})
        scoring = Scoring([rule], left, right)
        for limits in (TableLimits(), NO_TABLES):
            assert same_as_block(compile_scan(scoring, limits=limits), scoring)


def test_what_cannot_be_done_is_refused_with_its_reason(monkeypatch):
    rng = np.random.default_rng(9)
    scoring = random_scoring(rng, ["same"], must=False)
    scan = compile_scan(scoring)
    rows = np.arange(N, dtype=np.int32)

    with pytest.raises(ScaleError, match="at least one pair"):
        scan.best(keep=0)
    with pytest.raises(ScaleError, match=f"3 prices for {M} mentors"):
        scan.best(prices=np.zeros(3, dtype=np.int64))
    with pytest.raises(ScaleError, match="exact"):
        scan.best(prices=np.full(M, 1 << 60))
    with pytest.raises(ScaleError, match=f"2 profits for {N} rows"):
        scan.above(rows, prices=None, profit=np.zeros(2, dtype=np.int64), most=1)
    with pytest.raises(ScaleError, match=f"not one of the {N} mentees"):
        scan.best(np.array([N], dtype=np.int32))
    monkeypatch.setattr(
        "chiron.pairing.scale.compiler.build.COLUMNS", {k: v for k, v in COLUMNS.items() if k != "same"}
    )
    with pytest.raises(ScaleError, match="“0 same”: the kind same has no compiled form"):
        compile_scan(scoring)
