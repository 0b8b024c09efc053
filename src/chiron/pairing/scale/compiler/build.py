"""A `Scoring` becomes a program for the kernels: tables where answers are few, columns where they are many."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import TOP_FIT, Ints
from chiron.pairing.rules.scoring import CompiledRule, Pairs, Scoring
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.compiler.dense_points import Written, gathered, lay_written, write
from chiron.pairing.scale.compiler.layout import Layout, fields, padded
from chiron.pairing.scale.compiler.lists import ListedMentors, lay_flips, lay_nudges, lists_of
from chiron.pairing.scale.compiler.recipes import RECIPES, Laid, lay_planes, lay_table, lay_tally
from chiron.pairing.scale.compiler.tables import COLUMNS, AnswerTable, distinct, points_by_class, shares_between
from chiron.pairing.scale.kernels import compiled_rules
from chiron.pairing.scale.kernels.compiled_rules import FIELDS, CompiledRules

COUNTED = ("overlap", "hours", "coverage")
LISTED = ("ranked", "apart", "text")
ALWAYS_TABLES = ("ladder", "related", "score")
FEW = 1 << 16
"""Cells of a table of equal answers: beyond it, a list of the mentors with each answer is quicker."""

PRUNED_FROM = 2
"""From this cost of a lane on, pairs that cannot come among the best any more are dropped before a step."""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How large tables may grow before a rule keeps its columns; the answer never depends on them.

    Attributes:
        cells: of a table of shares by distinct answers.
        bits: of a map of bits, distinct answers of mentees times mentors.
        spread: of points written out, distinct answers of mentees times mentors.
    """

    cells: int = 1 << 24
    bits: int = 1 << 28
    spread: int = 1 << 23


def table_of(compiled: CompiledRule, limits: TableLimits, rows_counted: int) -> AnswerTable | None:
    """Make a rule's table of shares, or None where it would be too large or the kind knows none.

    A kind that counts common items has a quicker form than a table of more than `rows_counted` rows.

    Raises:
        ScaleError: the kind is not known here.
    """
    kind = compiled.kind.name
    if kind in LISTED:
        return None
    if kind not in COLUMNS:
        raise ScaleError(f"Rule “{compiled.rule.name}”: the kind {kind} has no compiled form yet.")
    always = kind in ALWAYS_TABLES
    cells = min(limits.cells, FEW) if kind in ("same", "different") else limits.cells
    left, right = COLUMNS[kind](compiled.prepared)
    most = len(left[0]) + len(right[0]) if always else cells
    rows = distinct(left, min(most, rows_counted) if kind in COUNTED else most)
    columns = distinct(right, most) if rows is not None else None
    if rows is None or columns is None or not (always or len(rows[0]) * len(columns[0]) <= cells):
        return None
    return AnswerTable(shares_between(compiled, rows[0], columns[0]), rows[1], columns[1])


@dataclass(frozen=True, slots=True, eq=False)
class Ruled:
    """A rule with its table, if it has one."""

    compiled: CompiledRule
    table: AnswerTable | None


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A must as a map of bits: who may be paired with whom by number of answer, bool (a, b), and how often (0 to 1)."""

    may: NDArray[np.bool_]
    left: Ints
    right: Ints
    passes: float


def map_of(ruled: Ruled, limits: TableLimits) -> Map | None:
    """Make a must's map of bits from its table, or None where there is none or it would be too large."""
    table = ruled.table
    if table is None or len(table.shares) * len(table.right) > limits.bits:
        return None
    may = ruled.compiled.judged(table.shares)
    left = np.bincount(table.left, minlength=len(may)).astype(np.float64)
    right = np.bincount(table.right, minlength=may.shape[1]).astype(np.float64)
    passing = sum(float(left[at] * right[may[at]].sum()) for at in range(len(may)))
    passes = passing / max(1.0, left.sum() * right.sum())
    return Map(may, table.left, table.right, passes)


def ordered(numbers: list[Ints], people: int) -> Ints:
    """Put people with like answers next to each other, the first list counting most; ties stand as they came."""
    if not numbers:
        return np.arange(people, dtype=np.int32)
    return np.lexsort(numbers[::-1]).astype(np.int32)


def build(scoring: Scoring, apart: Pairs, limits: TableLimits) -> CompiledRules:
    """Lay a rule set and both sides' columns out for the kernels.

    Raises:
        ScaleError: a kind is not known here, or fits could grow too large.
    """
    n, m = len(scoring.mentees.ids), len(scoring.mentors.ids)
    nobody = not n or not m
    room = limits.spread // padded(m)
    musts = [] if nobody else [Ruled(each, table_of(each, limits, limits.cells)) for each in scoring.compiled_musts]
    softs = [] if nobody else [Ruled(each, table_of(each, limits, room)) for each in scoring.compiled_softs]
    maps = [(must, map_of(must, limits)) for must in musts]
    selective = sorted((each for _, each in maps if each is not None), key=lambda each: each.passes)
    layout = Layout(n, ordered([each.right for each in selective], m))
    bits = [lay_map(each, layout) for each in selective]
    by_lane: list[Laid] = []
    for must in (must for must, found in maps if found is None):
        lists = lists_of(must.compiled)
        row = lay_flips(must.compiled, lists, layout) if lists else lay_planes(must.compiled, layout)
        if row is None:
            by_lane.append(judged_by_lane(must, layout))
        else:
            bits.append(row)
    bits.sort(key=lambda row: row[compiled_rules.FORM] == compiled_rules.PLANES)
    by_lane.sort(key=lambda laid: laid.cost)
    steps = [*bits, *(laid.row for laid in by_lane), *lay_pairs(scoring, apart, layout)]
    must_steps = len(steps)
    pieces = [piece for soft in softs for piece in lay_points(soft, layout, room)]
    points = [piece for piece in pieces if isinstance(piece, ScanStep)]
    written = gathered([piece for piece in pieces if isinstance(piece, Written)], room)
    points += [ScanStep(lay_written(each, layout), 0, each.lowest, each.highest) for each in written]
    points.sort(key=lambda step: (step.cost, step.lowest - step.highest))
    steps += with_rests(points)
    most = sum(max(abs(step.lowest), abs(step.highest)) for step in points)
    if most > TOP_FIT:
        raise ScaleError(f"The points of all rules together can reach {most}, which is beyond {TOP_FIT}.")
    return CompiledRules(
        mentees=n,
        mentors=m,
        steps=np.array(steps, dtype=np.int64).reshape(-1, FIELDS),
        bit_steps=len(bits),
        must_steps=must_steps,
        lane_steps=must_steps + sum(step.cost < PRUNED_FROM for step in points),
        words=layout.words.whole(),
        index=layout.index.whole(),
        codes=layout.codes.whole(),
        flags=layout.flags.whole(),
        spread=layout.spread.whole(),
        points=layout.points.whole(),
        floats=layout.floats.whole(),
        order=layout.order,
        place=layout.place,
        rank=ordered([each.left for each in selective], n),
        most=most,
    )


def lay_map(found: Map, layout: Layout) -> NDArray[np.int64]:
    """Write a map of bits out over all mentors."""
    return fields(
        form=compiled_rules.BITS,
        left=layout.index.add(found.left),
        cells=layout.add_bits(found.may, found.right),
        width=layout.padded // 64,
    )


def lay_pairs(scoring: Scoring, apart: Pairs, layout: Layout) -> list[NDArray[np.int64]]:
    """Lay out the pairs that may be made whatever a must says, then those that may never be made."""
    steps = []
    for form, pairs in (
        (compiled_rules.EXCEPTIONS, scoring.exceptions),
        (compiled_rules.APART, {(int(i), int(j)) for i, j in apart}),
    ):
        if pairs:
            both = np.array(sorted(pairs), dtype=np.int64)
            starts, items, _ = layout.listed(both[:, 0], both[:, 1], layout.mentees)
            steps.append(fields(form=form, other=starts, known=items))
    return steps


def _laid(ruled: Ruled, layout: Layout) -> Laid:
    """Lay a rule out by its table or by its kind's own recipe."""
    if ruled.table is not None:
        return lay_table(layout, ruled.table.shares, ruled.table.left, ruled.table.right)
    return RECIPES[ruled.compiled.kind.name](ruled.compiled, layout)


def judged_by_lane(must: Ruled, layout: Layout) -> Laid:
    """Lay out a must that looks at each mentor who is left."""
    laid = _laid(must, layout)
    laid.row[compiled_rules.POINTS] = layout.points.add(must.compiled.judged(laid.shares))
    return laid


@dataclass(frozen=True, slots=True, eq=False)
class ScanStep:
    """A step that gives points: its row, its work for each lane, and the range of its points."""

    row: NDArray[np.int64]
    cost: int
    lowest: int
    highest: int


def with_rests(points: list[ScanStep]) -> list[NDArray[np.int64]]:
    """Write into each step how much it and those after it can add at most, and where pruning is worth it."""
    rest = 0
    for step in reversed(points):
        rest += step.highest
        step.row[compiled_rules.REST] = rest
        step.row[compiled_rules.PRUNE] = step.cost >= PRUNED_FROM
        step.row[compiled_rules.SOFT] = 1
    return [step.row for step in points]


def lay_points(soft: Ruled, layout: Layout, room: int) -> list[ScanStep | Written]:
    """Lay out a rule that gives points, in the quickest form that it has."""
    compiled, table = soft.compiled, soft.table
    written = write(compiled, table, room) if table is not None else None
    if written is not None:
        return [written]
    tally = lay_tally(compiled, layout, room)
    if tally is not None:
        row, points = tally
        return [ScanStep(row, 0, int(points.min(initial=0)), int(points.max(initial=0)))]
    if table is not None:
        return [lay_codes(compiled, lay_table(layout, table.shares, table.left, table.right), layout)]
    lists = lists_of(compiled)
    if lists is not None:
        return lay_listed_points(compiled, lists, layout, room)
    return [lay_codes(compiled, RECIPES[compiled.kind.name](compiled, layout), layout)]


def lay_codes(compiled: CompiledRule, laid: Laid, layout: Layout) -> ScanStep:
    """Give the codes of a rule their points."""
    points, own = points_by_class(compiled, laid.shares)
    laid.row[compiled_rules.POINTS] = layout.points.add(points)
    laid.row[compiled_rules.CODES] = len(laid.shares)
    laid.row[compiled_rules.CLASS] = -1 if own is None else layout.index.add(own)
    return ScanStep(laid.row, laid.cost, int(points.min(initial=0)), int(points.max(initial=0)))


def lay_listed_points(
    compiled: CompiledRule, lists: ListedMentors, layout: Layout, room: int
) -> list[ScanStep | Written]:
    """Lay out points for listed mentors: first those of the rest of the row, then the difference."""
    table = lists.rest
    rest = write(compiled, table, room) or lay_codes(
        compiled, lay_table(layout, table.shares, table.left, table.right), layout
    )
    if not len(lists.shares):
        return [rest]
    row, shares = lay_nudges(lists, layout)
    nudges = lay_codes(compiled, Laid(row, shares, 1), layout)
    most = nudges.highest - nudges.lowest
    return [rest, ScanStep(nudges.row, nudges.cost, -most, most)]
