"""Rules that treat a few listed mentors of each mentee otherwise than the rest: ranked, apart, equal answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.rules.encoding import SparseShares
from chiron.pairing.rules.kind import FULL, UNKNOWN, Shares
from chiron.pairing.rules.kinds.same import Answers
from chiron.pairing.rules.scoring import CompiledRule
from chiron.pairing.scale.compiler.layout import Layout, fields
from chiron.pairing.scale.compiler.tables import AnswerTable
from chiron.pairing.scale.kernels import compiled_rules


@dataclass(frozen=True, slots=True, eq=False)
class ListedMentors:
    """A rule by lists of mentors.

    Attributes:
        rest: what holds for mentors who are not on a mentee's list.
        own: int64 (n,), the number of each mentee's list; two mentees may share one.
        starts: int64 (lists + 1,).
        mentors: int32 (k,), positions of mentors by list.
        shares: int16 (k,), of the listed.
        instead: int16 (k,), what they would have if they were not listed.
    """

    rest: AnswerTable
    own: Longs
    starts: Longs
    mentors: Ints
    shares: Shares
    instead: Shares

    @property
    def numbers(self) -> Longs:
        """Give the list of each entry (k,)."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def lists_of(compiled: CompiledRule) -> ListedMentors | None:
    """Give a rule's lists, or None where its kind has none."""
    prepared = compiled.prepared
    if compiled.kind.name == "ranked":
        prepared = prepared.sparse
    if isinstance(prepared, SparseShares):
        return _sparse_lists(prepared)
    if isinstance(prepared, Answers):
        equal, other = (FULL, 0) if compiled.kind.name == "same" else (0, FULL)
        return _answer_lists(prepared, equal, other)
    return None


def _sparse_lists(sparse: SparseShares) -> ListedMentors:
    """Give each mentee a list; the share of the rest follows from the mentee or from the mentor."""
    n, m = len(sparse.starts) - 1, sparse.count
    rows, columns = sparse.rest.shape
    known, numbers = np.unique(sparse.rest, return_inverse=True)
    numbers = numbers.reshape(-1).astype(np.int32)
    by_mentee = rows > 1 or columns == 1
    left = (np.resize(numbers, n) if by_mentee else np.zeros(n)).astype(np.int32)
    right = (np.zeros(m) if by_mentee else numbers).astype(np.int32)
    grid = known[:, None] if by_mentee else known[None, :]
    mentees = np.repeat(np.arange(n), np.diff(sparse.starts))
    return ListedMentors(
        rest=AnswerTable(grid.astype(np.int16), left, right),
        own=np.arange(n),
        starts=sparse.starts,
        mentors=sparse.mentors,
        shares=sparse.shares,
        instead=known[numbers[mentees if rows > 1 else 0 if by_mentee else sparse.mentors]]
        + np.zeros(len(mentees), dtype=np.int16),
    )


def _answer_lists(answers: Answers, equal: int, other: int) -> ListedMentors:
    """Give each answer the list of the mentors who gave it too; whoever has not answered has an empty list."""
    most = max(int(answers.left.max(initial=-1)), int(answers.right.max(initial=-1))) + 1
    said = np.flatnonzero(answers.known_right)
    order = said[np.argsort(answers.right[said], kind="stable")]
    starts = np.searchsorted(answers.right[order], np.arange(most + 1))
    grid = np.array([[UNKNOWN, UNKNOWN], [UNKNOWN, other]], dtype=np.int16)
    return ListedMentors(
        rest=AnswerTable(grid, answers.known_left.astype(np.int32), answers.known_right.astype(np.int32)),
        own=np.where(answers.known_left, answers.left, most).astype(np.int64),
        starts=np.append(starts, starts[-1]),
        mentors=order.astype(np.int32),
        shares=np.full(len(order), equal, dtype=np.int16),
        instead=np.full(len(order), other, dtype=np.int16),
    )


def lay_flips(compiled: CompiledRule, lists: ListedMentors, layout: Layout) -> NDArray[np.int64]:
    """Lay out a must: what holds for the rest as a map of bits, and who turns round."""
    turned = compiled.judged(lists.shares) != compiled.judged(lists.instead)
    starts, items, _ = layout.listed(lists.numbers[turned], lists.mentors[turned], len(lists.starts) - 1)
    return fields(
        form=compiled_rules.FLIPS,
        left=layout.index.add(lists.rest.left),
        cells=layout.add_bits(compiled.judged(lists.rest.shares), lists.rest.right),
        width=layout.padded // 64,
        other=starts,
        known=items,
        extra=layout.index.add(lists.own),
    )


def lay_nudges(lists: ListedMentors, layout: Layout) -> tuple[NDArray[np.int64], Shares]:
    """Lay out the listed mentors with the code of their share and of the rest's; give the shares of the codes too."""
    both = np.stack([lists.shares, lists.instead], axis=1)
    shares, codes = np.unique(both, return_inverse=True)
    starts, items, order = layout.listed(lists.numbers, lists.mentors, len(lists.starts) - 1)
    row = fields(
        form=compiled_rules.NUDGES,
        other=starts,
        known=items,
        cells=layout.codes.add(codes.reshape(-1, 2)[order]),
        extra=layout.index.add(lists.own),
    )
    return row, shares.astype(np.int16)
