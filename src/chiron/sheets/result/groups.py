"""Groups beside everyone: how many people each has, the share with a partner, and their mean fit, small groups hidden.

One rule for whoever asks: the pages of a site, its files, and `chiron fairness`. Where two questions part people along
the same lines (the wards of a hospital, the grades of a profession), what one shows is known to readers of the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chiron.sheets.result.figures import Figure, hidden_figure, mean_figures, rate_figures
from chiron.sheets.result.hiding import DEFAULT_THRESHOLD, hide_with_sums

Rows = list[int]


@dataclass(frozen=True, slots=True)
class MatchedPerson:
    """Whether somebody has a partner, and how well they fit; the fit of a pair that was never scored is not known."""

    matched: bool
    fit: float | None = None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Everything that is said of one group.

    Attributes:
        group: the group.
        n: how many people it has; None where hidden, and then both figures are, too.
        share: the share of them who have a partner.
        fit: the mean fit of those; its `n` is that of the group, because the number behind it would tell the share.
    """

    group: str
    n: int | None
    share: Figure
    fit: Figure

    @property
    def figures(self) -> tuple[Figure, Figure]:
        """Both figures."""
        return self.share, self.fit

    @property
    def differs(self) -> bool:
        """True if a figure is shown that is clearly higher or lower than that of everyone together."""
        return any(figure.differs for figure in self.figures)

    @property
    def can_tell(self) -> bool:
        """True if a figure was compared with that of everyone together."""
        return any(figure.can_tell for figure in self.figures)

    @property
    def hidden(self) -> bool:
        """True if no figure of the group is shown."""
        return all(figure.hidden for figure in self.figures)


def compare_groups(
    people: Sequence[MatchedPerson],
    answers: Mapping[str, Sequence[str]],
    *,
    none: str,
    k: int = DEFAULT_THRESHOLD,
) -> dict[str, tuple[GroupFigures, ...]]:
    """Return the groups of each question, in the order of the alphabet, those who gave no answer last.

    Args:
        people: everybody who is compared, those without a partner too.
        answers: by question the answer of each of them, in their order; empty where somebody gave none.
        none: what the group without an answer is called.
        k: groups of fewer people are hidden; at least 5.

    Raises:
        ThresholdError: the threshold is under 5.
    """
    codes, names = {}, {}
    for question, said in answers.items():
        order = sorted(set(said), key=lambda answer: (not answer, answer.casefold(), answer))
        at = {answer: place for place, answer in enumerate(order)}
        names[question] = [answer or none for answer in order]
        codes[question] = np.fromiter((at[answer] for answer in said), dtype=np.int64, count=len(said))
    return {
        question: _groups(question, names[question], own, people, tuple(_sums(question, codes)), k)
        for question, own in codes.items()
    }


def _groups(
    by: str,
    names: Sequence[str],
    codes: NDArray[np.int64],
    people: Sequence[MatchedPerson],
    sums: Sequence[Rows],
    k: int,
) -> tuple[GroupFigures, ...]:
    """Return the groups of one question."""
    members: list[list[MatchedPerson]] = [[] for _ in names]
    for place, one in zip(codes.tolist(), people, strict=True):
        members[place].append(one)
    # Two answers may read alike ("Not provided" as a typed word): a figure is found by its place, not by its name.
    keys = [str(place) for place in range(len(names))]
    sizes = {key: len(group) for key, group in zip(keys, members, strict=True)}
    counts = np.array([len(group) for group in members], dtype=np.int64).reshape(-1, 1)
    known = np.zeros((len(members) + 1, 2), dtype=bool)
    known[-1] = True
    is_small = hide_with_sums(counts, sums, k=k, known=known)[:-1, 0]
    fits = mean_figures(
        by,
        {key: [one.fit for one in group if one.fit is not None] for key, group in zip(keys, members, strict=True)},
        k=k,
        sizes=sizes,
        sums=sums,
    )
    shown = [not (hidden or fit.hidden) for hidden, fit in zip(is_small.tolist(), fits, strict=True)]
    matched = sum(one.matched for one in people)
    shares = rate_figures(
        by,
        {key: (sum(one.matched for one in group), len(group)) for key, group in zip(keys, members, strict=True)},
        k=k,
        totals_known=min(matched, len(people) - matched) >= k,
        shown=shown,
        sums=sums,
    )
    found = []
    for name, share, fit in zip(names, shares, fits, strict=True):
        figure = hidden_figure(by, name) if share.n is None else replace(fit, group=name, n=share.n)
        found.append(GroupFigures(name, share.n, replace(share, group=name), figure))
    return tuple(found)


def _sums(question: str, codes: Mapping[str, NDArray[np.int64]]) -> Iterator[Rows]:
    """Yield the groups of a question whose people together are all the people of some groups of another question."""
    for other, theirs in codes.items():
        if other != question:
            blocks = _blocks(codes[question], theirs)
            if len(blocks) > 1:
                yield from blocks


def _blocks(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> list[Rows]:
    """Return the finest way to part our groups so that no group of theirs has people of two parts."""
    parts: list[tuple[set[int], set[int]]] = []
    for own, other in np.unique(np.stack([ours, theirs], axis=1), axis=0).tolist():
        touched = [part for part in parts if own in part[0] or other in part[1]]
        joined = ({own}.union(*(part[0] for part in touched)), {other}.union(*(part[1] for part in touched)))
        parts = [part for part in parts if part not in touched] + [joined]
    return [sorted(part[0]) for part in parts]
