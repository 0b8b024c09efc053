"""Which cells of a table of counts to hide, so that no small count is shown or can be worked out from the totals.

A table with its totals is a circulation: every inner cell carries its count from its row to its column, the column
totals carry it on to the total row, the grand total to the total column, and the row totals back to the rows. What a
reader can work out about a hidden cell is how much more or less could flow through it while the cells shown stay as
they are, which is a maximum flow. The cells hidden in addition lie on a cheapest path of that flow (after Kelly,
Golden and Assad 1992, "Cell suppression: disclosure protection for sensitive tabular data").
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEFAULT_THRESHOLD = 10
LEAST_THRESHOLD = 5
UNBOUNDED = 2**40
TOTAL_COSTS = 8
GRAND_TOTAL_COSTS = 1_000_000

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Arc = tuple[int, int, tuple[int, int], int]


class ThresholdError(ValueError):
    """The threshold for small groups is under the floor."""


@dataclass(frozen=True, slots=True, eq=False)
class CellBounds:
    """What a reader knows of each cell beforehand: int64 (r + 1, c + 1) lowest and highest count."""

    low: Counts
    high: Counts


def check_threshold(k: int) -> int:
    """Return the threshold, if it may be used.

    Raises:
        ThresholdError: it is under 5.
    """
    if k < LEAST_THRESHOLD:
        raise ThresholdError(f"Small groups are hidden below {k}. Type {LEAST_THRESHOLD} or more.")
    return k


def with_totals(counts: Counts) -> Counts:
    """Return the table (r, c) with its totals: int64 (r + 1, c + 1), the last row and column being the totals."""
    table = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1), dtype=np.int64)
    table[:-1, :-1] = counts
    table[-1, :-1] = counts.sum(axis=0)
    table[:, -1] = table.sum(axis=1)
    return table


def hide(counts: Counts, *, k: int = DEFAULT_THRESHOLD, known: Mask | None = None) -> Mask:
    """Return which cells to hide: bool (r + 1, c + 1), totals last.

    Every count under `k` is hidden, 0 too. Then more cells are hidden until each hidden count could, for all that the
    rest shows, lie anywhere in a range of at least `k`.

    Args:
        counts: int (r, c), without totals.
        k: the threshold, at least 5.
        known: bool (r + 1, c + 1), cells that readers have from elsewhere, so that hiding them is no use. With such
            cells the range can stay under `k`, and be a single count where a known total is 0.

    Raises:
        ThresholdError: the threshold is under 5.
    """
    check_threshold(k)
    table = with_totals(np.asarray(counts, dtype=np.int64))
    fixed = np.zeros(table.shape, dtype=bool) if known is None else known
    hidden = (table < k) & ~fixed
    bounds = unbounded(table)
    todo = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    while todo:
        cell = todo.pop()
        for other in _hide_more(table, hidden, fixed, bounds, cell, k):
            hidden[other] = True
            todo.append(other)
    return hidden


def hide_with_sums(counts: Counts, sums: Sequence[Sequence[int]], *, k: int = DEFAULT_THRESHOLD, known: Mask) -> Mask:
    """Return which cells to hide, as `hide`, where readers have the sums of some rows from elsewhere.

    Args:
        counts: int (r, c), without totals.
        sums: the rows of each sum.
        k: the threshold, at least 5.
        known: as `hide` takes it; of each sum those cells are known that are known of the totals.

    Raises:
        ThresholdError: the threshold is under 5.
    """
    mask = hide(counts, k=k, known=known)
    for rows in map(list, sums):
        mask[rows] |= hide(counts[rows], k=k, known=known[[*rows, -1]])[:-1]
    return mask


def unbounded(table: Counts) -> CellBounds:
    """Return what a reader knows of any count: that it is not negative."""
    return CellBounds(np.zeros_like(table), np.full_like(table, UNBOUNDED))


def ranges(table: Counts, hidden: Mask, bounds: CellBounds, *, enough: int = UNBOUNDED) -> Counts:
    """Return the width of what a reader can say of each cell: int64 (r + 1, c + 1), 0 where it is known exactly.

    `table` has its totals. The search stops at `enough`, so that a wider range counts as that.
    """
    width = np.zeros_like(table)
    for row, column in np.argwhere(hidden):
        cell = (int(row), int(column))
        width[cell] = _range(table, hidden, bounds, cell, enough)[0]
    return width


def _hide_more(
    table: Counts, hidden: Mask, fixed: Mask, bounds: CellBounds, cell: tuple[int, int], k: int
) -> list[tuple[int, int]]:
    """Return further cells to hide so that this one's range reaches `k`, or as far as that can be done."""
    more: list[tuple[int, int]] = []
    trial = hidden.copy()
    while True:
        width, flows = _range(table, trial, bounds, cell, k)
        if width >= k:
            return more
        found = [
            path for sign, flow in flows if (path := _path(table, trial, ~fixed, bounds, cell, sign, flow)) is not None
        ]
        if not found:
            return more
        _, arcs = min(found, key=lambda path: path[0])
        for _, _, other, _ in arcs:
            if not trial[other]:
                trial[other] = True
                more.append(other)


def _range(
    table: Counts, hidden: Mask, bounds: CellBounds, cell: tuple[int, int], enough: int
) -> tuple[int, list[tuple[int, Counts]]]:
    """Return the width of a hidden cell's range, cut at `enough`, and the flow that gave each of its two ends."""
    total, flows = 0, []
    nothing = np.zeros_like(hidden)
    for sign in (1, -1):
        flow = np.zeros_like(table)
        while total < enough:
            found = _path(table, hidden, nothing, bounds, cell, sign, flow)
            if found is None:
                break
            own = _room(table, flow, bounds, cell, sign)
            amount = min(own, enough - total, *(_room(table, flow, bounds, other, by) for _, _, other, by in found[1]))
            for _, _, other, by in found[1]:
                flow[other] += by * amount
            flow[cell] += sign * amount
            total += amount
        flows.append((sign, flow))
    return total, flows


def _path(
    table: Counts, hidden: Mask, hideable: Mask, bounds: CellBounds, cell: tuple[int, int], sign: int, flow: Counts
) -> tuple[int, list[Arc]] | None:
    """Return the cheapest way to make up for one more (or fewer) in a cell, and its cost; None if there is none.

    Cells that are already hidden cost nothing; cells that could be hidden cost what is lost with them.
    """
    start, end, _, _ = next(arc for arc in _arcs(table, cell) if arc[3] == sign)
    if _room(table, flow, bounds, cell, sign) <= 0:
        return None
    around = _around(table, hidden | hideable, cell)
    cost, came, queue = {end: 0}, dict[int, Arc](), [(0, end)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if node == start:
            break
        if so_far > cost[node]:
            continue
        for arc in around[node]:
            if _room(table, flow, bounds, arc[2], arc[3]) <= 0:
                continue
            price = so_far + (0 if hidden[arc[2]] else _price(table, arc[2]))
            if price < cost.get(arc[1], UNBOUNDED):
                cost[arc[1]], came[arc[1]] = price, arc
                heapq.heappush(queue, (price, arc[1]))
    if start not in came:
        return None
    arcs, node = [], start
    while node != end:
        arcs.append(came[node])
        node = came[node][0]
    return cost[start], arcs


def _around(table: Counts, usable: Mask, but: tuple[int, int]) -> list[list[Arc]]:
    """Return the arcs that leave each node, over the usable cells without one."""
    around: list[list[Arc]] = [[] for _ in range(sum(table.shape))]
    for row, column in np.argwhere(usable):
        cell = (int(row), int(column))
        if cell != but:
            for arc in _arcs(table, cell):
                around[arc[0]].append(arc)
    return around


def _arcs(table: Counts, cell: tuple[int, int]) -> Iterator[Arc]:
    """Yield a cell's two arcs as (from node, to node, cell, +1 or -1); rows are nodes from 0, columns come after."""
    rows, columns = table.shape
    row, column = cell[0], rows + cell[1]
    if (cell[0] == rows - 1) != (cell[1] == columns - 1):
        row, column = column, row
    yield (row, column, cell, 1)
    yield (column, row, cell, -1)


def _room(table: Counts, flow: Counts, bounds: CellBounds, cell: tuple[int, int], sign: int) -> int:
    """Return by how much a cell's count could still rise (or fall)."""
    count = table[cell] + flow[cell]
    return int(bounds.high[cell] - count if sign > 0 else count - bounds.low[cell])


def _price(table: Counts, cell: tuple[int, int]) -> int:
    """Return what is lost by hiding a cell: more for a larger count, more for a total, most for the grand total."""
    totals = (cell[0] == table.shape[0] - 1) + (cell[1] == table.shape[1] - 1)
    return (int(table[cell]) + 1) * (1, TOTAL_COSTS, GRAND_TOTAL_COSTS)[totals]
