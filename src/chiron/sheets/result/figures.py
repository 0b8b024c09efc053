"""Numbers fit to be shown: with how many people and an interval, small groups hidden, and only then rounded.

The same figures go on pages, into files, the API and the command line, so that none of them tells what another hides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.fairness import (
    HIGHER,
    LOWER,
    NOT_COMPARED,
    TOO_FEW,
    UNCLEAR,
    Mean,
    mean,
    means_beside_everyone,
    rate,
    rates_beside_everyone,
)
from chiron.pairing.model.sentences import Sentence
from chiron.sheets.result.hiding import (
    DEFAULT_THRESHOLD,
    CellBounds,
    Mask,
    check_threshold,
    hide,
    hide_with_sums,
    ranges,
    unbounded,
    with_totals,
)

HIDDEN = "[c]"
NOTE = "[c]: hidden, so that nobody in a small group can be recognised."
NO_DATA = "no data"
NOT_SHOWN = Sentence("beside.not_shown")
"""What is said of a hidden group, whether it is small or hidden so that a small one stays hidden: which of the two it
is would tell about its size."""
NEAR_NONE, NEAR_ALL = "0–5 %", "95–100 %"
END = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A number about one group.

    Attributes:
        by: what people are grouped by.
        group: the group.
        n: how many people it is about; None where hidden.
        value: the number, rounded: a mean in points, or a rate from 0 to 1; None where hidden or near an end.
        low: lower end of the 95 % interval (or of the band near an end).
        high: upper end.
        hidden: True if the numbers may not be shown.
        text: the number as it is shown.
        verdict: whether the group differs from everyone together: `HIGHER`, `LOWER`, `UNCLEAR`, `TOO_FEW`, `NOT_SHOWN`
            or `NOT_COMPARED`.
    """

    by: str
    group: str
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    hidden: bool
    text: str
    verdict: Sentence

    @property
    def differs(self) -> bool:
        """True if the group is shown, and clearly higher or lower than everyone together."""
        return not self.hidden and self.verdict in (HIGHER, LOWER)

    @property
    def can_tell(self) -> bool:
        """True if the group was compared with everyone together."""
        return self.verdict in (HIGHER, LOWER, UNCLEAR)


def mean_figures(
    by: str,
    groups: Mapping[str, Sequence[float]],
    *,
    k: int = DEFAULT_THRESHOLD,
    sizes: Mapping[str, int] | None = None,
    sums: Sequence[Sequence[int]] = (),
) -> tuple[Figure, ...]:
    """Return the mean of each group, in the order given; everyone's number and mean count as known.

    Args:
        by: what people are grouped by.
        groups: the values by group.
        k: the smallest number of values whose mean is shown.
        sizes: how many people each group has, where some have no value; `n` of a figure stays the number of values.
        sums: rows whose numbers together are known from elsewhere; see `hiding.hide_with_sums`.

    Raises:
        ThresholdError: the threshold is under 5.
    """
    check_threshold(k)
    counts = np.array([[len(values)] for values in groups.values()], dtype=np.int64).reshape(-1, 1)
    known = np.zeros((counts.shape[0] + 1, 2), dtype=bool)
    known[-1] = True
    mask = hide_with_sums(counts, sums, k=k, known=known)
    words = {beside.group: beside.verdict for beside in means_beside_everyone(groups, sizes=sizes)}
    return tuple(
        hidden_figure(by, name) if mask[row, 0] else _mean(by, name, mean(values), words[name])
        for row, (name, values) in enumerate(groups.items())
    )


def rate_figures(
    by: str,
    groups: Mapping[str, tuple[int, int]],
    *,
    k: int = DEFAULT_THRESHOLD,
    totals_known: bool = True,
    shown: Sequence[bool] | None = None,
    sums: Sequence[Sequence[int]] = (),
) -> tuple[Figure, ...]:
    """Return the rate of each group, given as (part, whole), in the order given.

    A rate is hidden where its part or the rest is under the threshold; up to 5 % and from 95 % it becomes a band
    instead, if no count can be worked out from the bands. With `totals_known` everyone's part and whole count as
    known, because they stand on the same page; so do those of the rows of each of `sums` together.

    Args:
        by: what people are grouped by.
        groups: the groups.
        k: the threshold.
        totals_known: whether everyone's part is known.
        shown: which wholes are shown in any case, and with them everyone's; no other group's rate is shown, because its
            interval would tell how many there are. None: whatever gives nothing away.
        sums: rows whose counts together are known from elsewhere; see `hiding.hide_with_sums`.

    Raises:
        ThresholdError: the threshold is under 5.
        FairnessError: a part is negative or larger than its whole.
    """
    check_threshold(k)
    rates = {name: rate(part, whole) for name, (part, whole) in groups.items()}
    counts = np.array([[part, whole - part] for part, whole in groups.values()], dtype=np.int64).reshape(-1, 2)
    known = np.zeros((counts.shape[0] + 1, 3), dtype=bool)
    known[-1] = totals_known
    if shown is not None:
        known[:, 2] = [*shown, True]
    mask = hide_with_sums(counts, sums, k=k, known=known)
    if shown is not None:
        mask[:-1][~known[:-1, 2]] = True
    bands = _bands(with_totals(counts), mask)
    for rows in map(list, sums):
        if (_bands(with_totals(counts[rows]), mask[[*rows, -1]]) != bands[rows]).any():
            bands = np.zeros_like(bands)
    words = {beside.group: beside.verdict for beside in rates_beside_everyone(groups)}
    figures = []
    for row, (name, found) in enumerate(rates.items()):
        if mask[row, :2].any():
            whole = None if mask[row, 2] else found.whole
            figures.append(_banded(by, name, whole, int(bands[row])) if bands[row] else hidden_figure(by, name, whole))
        elif found.value is None or found.low is None or found.high is None:
            figures.append(Figure(by, name, 0, None, None, None, hidden=False, text=NO_DATA, verdict=TOO_FEW))
        else:
            value, low, high = round(found.value, 2), round(found.low, 2), round(found.high, 2)
            text = f"{percent(value)} ({percent(low)} to {percent(high)})"
            figures.append(
                Figure(by, name, found.whole, value, low, high, hidden=False, text=text, verdict=words[name])
            )
    return tuple(figures)


def count_texts(counts: NDArray[np.int64], *, k: int = DEFAULT_THRESHOLD) -> list[list[str]]:
    """Return a table of counts as it is shown, (r + 1) lists of c + 1 texts, totals last and hidden cells "[c]".

    Raises:
        ThresholdError: the threshold is under 5.
    """
    mask = hide(counts, k=k)
    return [
        [HIDDEN if mask[row, column] else str(count) for column, count in enumerate(cells)]
        for row, cells in enumerate(with_totals(counts).tolist())
    ]


class Comparable(Protocol):
    """A group that may have been compared with everyone together."""

    @property
    def differs(self) -> bool:
        """True if it is shown, and clearly higher or lower than everyone together."""

    @property
    def can_tell(self) -> bool:
        """True if it was compared with everyone together."""


def differences(figures: Sequence[Comparable]) -> Sentence:
    """Return one sentence on whether the groups differ, after allowing for how many were compared."""
    told = sum(figure.differs for figure in figures)
    if told:
        return Sentence("beside.to_look_at", {"n": told, "count": len(figures)})
    if any(figure.can_tell for figure in figures):
        return UNCLEAR
    return TOO_FEW


def verdict_of(words: str) -> Sentence:
    """Return the verdict that was written in these words; words that are not ours say nothing: too few."""
    known = (HIGHER, LOWER, UNCLEAR, NOT_SHOWN, NOT_COMPARED)
    return next((verdict for verdict in known if str(verdict) == words), TOO_FEW)


def percent(share: float) -> str:
    """Return a share from 0 to 1 as a whole number of per cent."""
    return f"{round(share * 100)} %"


def _mean(by: str, group: str, found: Mean, verdict: Sentence) -> Figure:
    """Return the figure of a mean that may be shown."""
    if found.value is None or found.low is None or found.high is None:
        return Figure(by, group, found.n, None, None, None, hidden=False, text=NO_DATA, verdict=TOO_FEW)
    value, low, high = round(found.value), round(found.low), round(found.high)
    text = f"{value} ({low} to {high})"
    return Figure(by, group, found.n, value, low, high, hidden=False, text=text, verdict=verdict)


def hidden_figure(by: str, group: str, n: int | None = None) -> Figure:
    """Return the figure of a group about which nothing is shown, or only how many it has."""
    return Figure(by, group, n, None, None, None, hidden=True, text=HIDDEN, verdict=NOT_SHOWN)


def _banded(by: str, group: str, whole: int | None, band: int) -> Figure:
    """Return the figure of a rate near an end: -1 near none, 1 near all."""
    low, high = (0.95, 1.0) if band > 0 else (0.0, 0.05)
    text = NEAR_ALL if band > 0 else NEAR_NONE
    return Figure(by, group, whole, None, low, high, hidden=False, text=text, verdict=NOT_COMPARED)


def _bands(table: NDArray[np.int64], mask: Mask) -> NDArray[np.int64]:
    """Return which hidden rates may be shown as a band: int64 (r,), -1 near none, 1 near all, 0 not.

    `table` (r + 1, 3) holds part, rest and whole, totals last. Bands are given to all rates near an end or to none:
    they are what a reader knows, and with them (and with what a missing band says) every hidden count that had more
    than one possible value must still have.
    """
    whole = table[:-1, 2]
    near = whole // END
    hidden = mask[:-1, :2].any(axis=1) & ~mask[:-1, 2] & (near > 0)
    bands = np.where(hidden & (table[:-1, 0] <= near), -1, np.where(hidden & (table[:-1, 1] <= near), 1, 0))
    free = unbounded(table)
    bounds = CellBounds(free.low.copy(), free.high.copy())
    for row in np.flatnonzero(hidden):
        small = {-1: 0, 1: 1}.get(int(bands[row]))
        if small is None:
            bounds.low[row, :2], bounds.high[row, :2] = near[row] + 1, whole[row] - near[row] - 1
        else:
            bounds.high[row, small], bounds.low[row, 1 - small] = near[row], whole[row] - near[row]
    open_before = ranges(table, mask, free, enough=1) > 0
    open_after = ranges(table, mask, bounds, enough=1) > 0
    return bands if (open_after | ~open_before).all() else np.zeros_like(bands)
