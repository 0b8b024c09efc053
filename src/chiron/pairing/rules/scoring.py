"""Answers and rules become allowed pairs and points, one block of mentees at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.listing import CHUNK, list_pairs
from chiron.pairing.model.problem import Cap, Ints, Problem
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.importance import HIGHEST, USUAL, share_points
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Rule, RuleError, Shares
from chiron.pairing.rules.vocabulary import KINDS, check_rules, options_of

Pairs = Sequence[tuple[int, int]] | NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pool:
    """The people of one side: identifiers, and one value (or None) a person in each column.

    The column `id` is there without being listed.

    Raises:
        ValueError: a column is not as long as the list of people.
    """

    ids: tuple[str, ...]
    columns: Mapping[str, Sequence[Any]]

    def __post_init__(self) -> None:
        for name, values in self.columns.items():
            if len(values) != len(self.ids):
                raise ValueError(f"Column {name} has {len(values)} values for {len(self.ids)} people.")

    def column(self, name: str) -> Sequence[Any] | None:
        """Give a column's values, or None if there is no such column."""
        return self.columns.get(name, self.ids if name == "id" else None)


@dataclass(frozen=True, slots=True)
class Reason:
    """What one rule says about one pair, and the points that it gave."""

    rule: str
    kind: str
    points: int
    sentence: Sentence

    @property
    def text(self) -> str:
        """Return what the rule says in English."""
        return str(self.sentence)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    """A rule that is ready to be asked.

    Attributes:
        points: int32 (n, 1) or (1, 1), for a full share.
        missed: int32 (n, 1) or (1, 1), for a share of none.
    """

    rule: Rule
    kind: Kind
    options: Mapping[str, Any]
    prepared: Any
    points: Ints
    missed: Ints

    def said_of(self, mentee: int, mentor: int) -> Sentence:
        """Say in one plain sentence what the rule sees in a pair, without answers where it is discreet."""
        return self.kind.said_of(self.prepared, mentee, mentor, discreet=self.rule.discreet)

    def judged(self, share: Shares) -> NDArray[np.bool_]:
        """Judge a must: may these pairs be made? In the shape of `share`."""
        holds = self.kind.holds(share, self.options)
        return np.where(share == UNKNOWN, holds, ~holds) if self.rule.different else holds

    def points_of(self, share: Shares, rows: Any) -> Ints:
        """Turn shares into whole points, half rounded up; unknown gives none. `rows` indexes (n, 1) by mentee."""
        if self.rule.different:
            share = np.where(share == UNKNOWN, share, np.int16(FULL) - share)
        points, missed = self.points, self.missed
        if len(points) > 1:
            points, missed = points[rows], missed[rows]
        found = share * (points - missed)
        found += FULL // 2
        found //= FULL
        if missed.any():
            found += missed
        if share.size and share.min() == UNKNOWN:
            found *= share != UNKNOWN
        return found


class Scoring:
    """Rules applied to two pools: which pairs may be made, what each is worth, and why."""

    def __init__(self, rules: Sequence[Rule], mentees: Pool, mentors: Pool, exceptions: Pairs = ()) -> None:
        """Check the rules and encode every column once; the pairs in `exceptions` may be made whatever a rule says.

        Raises:
            RuleError: a rule is wrong, or a column that it compares is missing or holds what it cannot use.
        """
        check_rules(rules)
        self.exceptions = frozenset((int(i), int(j)) for i, j in exceptions)
        self.mentees = mentees
        self.mentors = mentors
        self.soft_rules = tuple(rule for rule in rules if not rule.must)
        self.must_rules = tuple(rule for rule in rules if rule.must)
        points, missed = self._points()
        none = np.zeros((1, 1), dtype=np.int32)
        self._soft = tuple(
            self._compiled(rule, points[:, at : at + 1], missed[:, at : at + 1])
            for at, rule in enumerate(self.soft_rules)
        )
        self._must = tuple(self._compiled(rule, none, none) for rule in self.must_rules)
        best = np.maximum(np.maximum(points, missed), 0).sum(axis=1)
        self.most = int(best.max()) if len(best) else 0

    @property
    def compiled(self) -> tuple[CompiledRule, ...]:
        """The soft rules, ready to be asked, in order."""
        return self._soft

    @property
    def compiled_must(self) -> tuple[CompiledRule, ...]:
        """The must rules, ready to be asked, in order."""
        return self._must

    def _points(self) -> tuple[Ints, Ints]:
        """Give points and missed by mentee and soft rule, (n, rules), or (1, rules) where no one was asked."""
        points = np.array([[rule.points for rule in self.soft_rules]], dtype=np.int32)
        missed = np.array([[rule.missed for rule in self.soft_rules]], dtype=np.int32)
        if not any(rule.importance for rule in self.soft_rules):
            return points, missed
        asked = np.column_stack([self._importance(rule) for rule in self.soft_rules])
        shared = share_points(points[0].tolist(), asked)
        # What a miss costs follows what a hit gives, so that an unimportant rule costs nothing either.
        safe = np.where(points > 0, points, 1).astype(np.int64)
        kept = np.where(points > 0, (2 * missed * shared.astype(np.int64) + safe) // (2 * safe), missed)
        return shared, kept.astype(np.int32)

    def _importance(self, rule: Rule) -> NDArray[np.int64]:
        """Give each mentee's importance of a rule (n,); the usual one where nothing is said."""
        if rule.importance is None:
            return np.full(len(self.mentees.ids), USUAL, dtype=np.int64)
        values = self.mentees.column(rule.importance)
        if values is None:
            raise RuleError(f"Rule “{rule.name}”: mentees have no column “{rule.importance}” for its importance.")
        for who, value in zip(self.mentees.ids, values, strict=True):
            if value is not None and value not in range(HIGHEST + 1):
                raise RuleError(f"Rule “{rule.name}”: importance must be 0 to {HIGHEST}, not {value!r} (mentee {who}).")
        return np.array([USUAL if value is None else value for value in values], dtype=np.int64)

    def _compiled(self, rule: Rule, points: Ints, missed: Ints) -> CompiledRule:
        """Encode the columns of one rule."""
        kind, options = KINDS[rule.kind], options_of(rule)
        left, right = _compared(self.mentees, rule.mentee, kind), _compared(self.mentors, rule.mentor, kind)
        for values, name, side in ((left, rule.mentee, "mentees"), (right, rule.mentor, "mentors")):
            if values is None and not (kind.one_sided and (left is not None or right is not None)):
                raise RuleError(f"Rule “{rule.name}”: {side} have no column “{name}”.")
        extras = [name for name in kind.options if name.endswith("_column")]
        for name in extras:
            column = rule.options.get(name)
            if column and self.mentees.column(column) is None and self.mentors.column(column) is None:
                raise RuleError(f"Rule “{rule.name}”: nobody has the column “{column}” of its option “{name}”.")
        try:
            prepared = kind.prepare(
                _joined(self.mentees, left, [options[name] for name in extras]),
                _joined(self.mentors, right, [options[name] for name in extras]),
                options,
            )
        except TypeError as fault:
            needed = f"the kind {rule.kind} compares {kind.mentee_type} with {kind.mentor_type}"
            held = f"“{rule.mentee}” or “{rule.mentor}” holds something else"
            raise RuleError(
                f"Rule “{rule.name}”: {needed}, and {held}. Choose other fields, or another kind."
            ) from fault
        except ValueError as fault:
            raise RuleError(f"Rule “{rule.name}”: {fault}.") from fault
        return CompiledRule(rule, kind, options, prepared, np.ascontiguousarray(points), np.ascontiguousarray(missed))

    @property
    def compiled_musts(self) -> tuple[CompiledRule, ...]:
        """Give the must rules, ready to be asked, in order."""
        return self._must

    @property
    def compiled_softs(self) -> tuple[CompiledRule, ...]:
        """Give the rules that give points, ready to be asked, in order."""
        return self._soft

    def block(self, first: int, last: int) -> tuple[NDArray[np.bool_], Ints]:
        """Score mentees `first` to before `last` against all mentors.

        Returns:
            allowed, bool (rows, m): no must rule forbids the pair; fit, int32 (rows, m), whole points.
        """
        return self.allowed_block(first, last), self.fit_block(first, last)

    def allowed_block(self, first: int, last: int) -> NDArray[np.bool_]:
        """Flag the pairs of mentees `first` to before `last` that no must rule forbids, (rows, m)."""
        allowed = np.ones((last - first, len(self.mentors.ids)), dtype=np.bool_)
        for begin, end in self._parts_of(first, last) if self._must else ():
            for must in self._must:
                allowed[begin - first : end - first] &= must.judged(must.kind.shares(must.prepared, begin, end))
        for mentee, mentor in self.exceptions:
            if first <= mentee < last:
                allowed[mentee - first, mentor] = True
        return allowed

    def fit_block(self, first: int, last: int) -> Ints:
        """Give what each pair of mentees `first` to before `last` is worth, allowed or not: int32 (rows, m)."""
        fit = np.zeros((last - first, len(self.mentors.ids)), dtype=np.int32)
        for begin, end in self._parts_of(first, last):
            for soft in self._soft:
                share = soft.kind.shares(soft.prepared, begin, end)
                fit[begin - first : end - first] += soft.points_of(share, slice(begin, end))
        return fit

    def _parts_of(self, first: int, last: int) -> list[tuple[int, int]]:
        """Give runs of mentees (first, last + 1) with about CHUNK pairs each."""
        height = max(1, CHUNK // max(1, len(self.mentors.ids)))
        return [(begin, min(begin + height, last)) for begin in range(first, last, height)]

    def parts(self, pairs: Pairs) -> Ints:
        """Give the points of every soft rule for each pair, int32 (k, soft rules); a row's sum is the pair's fit."""
        left, right = _split(pairs)
        parts = np.zeros((len(left), len(self._soft)), dtype=np.int32)
        for at, soft in enumerate(self._soft):
            share = soft.kind.pairs(soft.prepared, left, right)
            parts[:, at] = soft.points_of(share[:, None], left)[:, 0]
        return parts

    def allowed(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Flag the pairs that no must rule forbids (k,)."""
        left, right = _split(pairs)
        allowed = np.ones(len(left), dtype=np.bool_)
        for must in self._must:
            allowed &= must.judged(must.kind.pairs(must.prepared, left, right))
        return allowed | self._excepted(left, right)

    def _excepted(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        """Flag the pairs that are exceptions (k,)."""
        excepted = np.zeros(len(left), dtype=np.bool_)
        for mentee, mentor in self.exceptions:
            excepted |= (left == mentee) & (right == mentor)
        return excepted

    def forbidden(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Flag which must rule, in order, forbids which of the pairs: bool (must rules, k)."""
        left, right = _split(pairs)
        bound = ~self._excepted(left, right)
        rows = [bound & ~must.judged(must.kind.pairs(must.prepared, left, right)) for must in self._must]
        return np.array(rows, dtype=np.bool_).reshape(len(self._must), len(left))

    def forbidding(self, mentee: int, mentor: int) -> tuple[Rule, ...]:
        """Name the must rules that forbid a pair, in order; those too that an exception bends."""
        left, right = _split([(mentee, mentor)])
        return tuple(
            must.rule for must in self._must if not must.judged(must.kind.pairs(must.prepared, left, right))[0]
        )

    def reasons(self, mentee: int, mentor: int) -> tuple[Reason, ...]:
        """Say what speaks for and against a pair: each soft rule with points, and each wish that was missed."""
        return self.reasons_of([(mentee, mentor)])[0]

    def reasons_of(self, pairs: Pairs) -> list[tuple[Reason, ...]]:
        """Give `reasons` for many pairs at once: each rule looks at all of them together, and words what it finds."""
        left, right = _split(pairs)
        found: list[list[Reason]] = [[] for _ in left]
        for soft in self._soft:
            share = soft.kind.pairs(soft.prepared, left, right)
            points = soft.points_of(share[:, None], left)[:, 0]
            said = (points != 0) | ((share == 0) & soft.kind.wish)
            for at in np.flatnonzero(said).tolist():
                said_of = soft.said_of(int(left[at]), int(right[at]))
                found[at].append(Reason(soft.rule.name, soft.kind.name, int(points[at]), said_of))
        return [tuple(each) for each in found]

    def why(self, rule: Rule, mentee: int, mentor: int) -> Sentence:
        """Say in one plain sentence what a rule, hard or soft, sees in a pair."""
        compiled = next(each for each in (*self._must, *self._soft) if each.rule == rule)
        return compiled.said_of(mentee, mentor)


def _compared(pool: Pool, name: str, kind: Kind) -> Sequence[Any] | None:
    """Give the compared column; where one side is enough, an id says nothing: nobody has listed anybody with it."""
    return None if kind.one_sided and name == "id" else pool.column(name)


def _joined(pool: Pool, values: Sequence[Any] | None, extras: Sequence[str]) -> Sequence[Any]:
    """Give each person's value, or a tuple of it and the extra columns' values."""
    main = [None] * len(pool.ids) if values is None else values
    if not extras:
        return main
    nothing = [None] * len(pool.ids)
    columns = [pool.column(name) for name in extras]
    return list(zip(main, *(nothing if column is None else column for column in columns), strict=True))


def _split(pairs: Pairs) -> tuple[Ints, Ints]:
    """Give the positions of mentees and of mentors, int32 (k,) each."""
    both = np.asarray(pairs, dtype=np.int32).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def impossible_locks(scoring: Scoring, locked: Pairs, forbidden: Pairs = ()) -> tuple[tuple[int, int], ...]:
    """List the locked pairs that a must rule or `forbidden` rules out, in order and once each."""
    apart = {(int(i), int(j)) for i, j in forbidden}
    pairs = list(dict.fromkeys((int(i), int(j)) for i, j in locked))
    allowed = scoring.allowed(pairs)
    return tuple(pair for pair, may in zip(pairs, allowed, strict=True) if not may or pair in apart)


def pose(  # noqa: PLR0913 -- each is one part of a problem
    scoring: Scoring,
    *,
    capacity: Sequence[int] | Ints,
    wanted: Sequence[int] | Ints | None = None,
    tier: Sequence[int] | Ints | None = None,
    caps: Sequence[Cap] = (),
    clashes: Sequence[tuple[int, int]] = (),
    locked: Pairs = (),
    forbidden: Pairs = (),
    needs_everyone: bool = False,
    least: Sequence[int] | Ints | None = None,
) -> Problem:
    """Write down the allowed pairs and their fit as a problem, block by block.

    A locked pair that a must rule or `forbidden` rules out is left out; `impossible_locks` lists these.
    """
    n, m = len(scoring.mentees.ids), len(scoring.mentors.ids)
    apart = np.array(sorted({(int(i), int(j)) for i, j in forbidden}), dtype=np.int64).reshape(-1, 2)
    starts, partner, fit = list_pairs(scoring, n, m, apart)
    impossible = set(impossible_locks(scoring, locked, forbidden))
    kept = sorted({(int(i), int(j)) for i, j in locked} - impossible)
    return Problem(
        mentees=scoring.mentees.ids,
        mentors=scoring.mentors.ids,
        starts=starts,
        partner=partner,
        fit=fit,
        capacity=np.asarray(capacity, dtype=np.int32),
        wanted=np.ones(n, dtype=np.int32) if wanted is None else np.asarray(wanted, dtype=np.int32),
        tier=np.zeros(n, dtype=np.int32) if tier is None else np.asarray(tier, dtype=np.int32),
        caps=tuple(caps),
        clashes=tuple(clashes),
        locked=np.array(kept, dtype=np.int32).reshape(-1, 2),
        needs_everyone=needs_everyone,
        least=np.zeros(m, dtype=np.int32) if least is None else np.asarray(least, dtype=np.int32),
    )
