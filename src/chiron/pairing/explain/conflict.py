"""Why no plan can meet everything that must hold: the smallest set of demands in conflict.

Locked pairs are fixed, so each single demand that they break gives a smallest set at once. Least numbers of pairs and
that everyone must be matched are judged by flows: demands are dropped one by one while the rest stays impossible (a
deletion filter, Chinneck 1997), and then all smaller sets are tried, as far as that is a bounded piece of work.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow

from chiron.pairing.explain.lower_quotas import QuotaNetwork, left_and_lacking
from chiron.pairing.model.problem import Cap, cap_parents
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.scoring import Pairs, Scoring

MOST_WORK = 40_000_000
"""Pairs looked at in the search for smaller sets; beyond that the set found is minimal, and perhaps not smallest."""
MOST_NAMED = 3
PLACES = ("places", 0)

Demand = tuple[str, int]
Trouble = Callable[[Sequence[Demand]], Sequence[object]]
"""What is wrong when only these demands hold; empty where nothing is."""


@dataclass(frozen=True, slots=True, eq=False)
class Demands:
    """Everything that must hold together.

    Attributes:
        scoring: people and must rules.
        capacity: places of each mentor (m,).
        wanted: how many mentors each mentee may have (n,).
        caps: nested limits.
        clashes: pairs of mentors whom one mentee may not both have.
        locked: (mentee, mentor) positions of pairs that must be made.
        forbidden: positions of pairs that are kept apart.
        everyone: True if every mentee who may have a mentor must be matched.
        least: how many mentees each mentor must have (m,); empty where nobody must have any.
    """

    scoring: Scoring
    capacity: Sequence[int]
    wanted: Sequence[int]
    caps: Sequence[Cap] = ()
    clashes: Sequence[tuple[int, int]] = ()
    locked: Sequence[tuple[int, int]] = ()
    forbidden: Sequence[tuple[int, int]] = ()
    everyone: bool = False
    least: Sequence[int] = ()

    @property
    def minima(self) -> list[Demand]:
        """Return the least numbers as demands, mentors first."""
        return [
            *(("least", at) for at, least in enumerate(self.least) if least),
            *(("cap least", at) for at, cap in enumerate(self.caps) if cap.least),
        ]


def conflict(demands: Demands, *, mentee_names: Sequence[str], mentor_names: Sequence[str]) -> tuple[Sentence, ...]:
    """Return the smallest set of demands that cannot hold together; empty if a plan exists."""
    words = _Words(demands, mentee_names, mentor_names)
    found = min(_broken_by_locks(demands, words), key=len, default=())
    if found or not (demands.everyone or demands.minima):
        return found
    judge = _Judge(demands)
    found = _too_few(judge, words) if demands.minima else ()
    if found or not demands.everyone:
        return found
    return _nobody_left_out(judge, words)


class _Words:
    """Demands as people know them."""

    def __init__(self, demands: Demands, mentee_names: Sequence[str], mentor_names: Sequence[str]) -> None:
        self.demands, self.mentees, self.mentors = demands, mentee_names, mentor_names

    def lock(self, pair: tuple[int, int]) -> Sentence:
        return Sentence("conflict.lock", {"mentee": self.mentees[pair[0]], "mentor": self.mentors[pair[1]]})

    def apart(self, pair: tuple[int, int]) -> Sentence:
        return Sentence("conflict.apart", {"mentee": self.mentees[pair[0]], "mentor": self.mentors[pair[1]]})

    def places(self, mentor: int) -> Sentence:
        return Sentence("conflict.places", {"mentor": self.mentors[mentor], "n": int(self.demands.capacity[mentor])})

    def cap(self, cap: Cap) -> Sentence:
        return Sentence("conflict.cap", {"cap": cap.name, "n": cap.limit})

    def least(self, mentor: int) -> Sentence:
        return Sentence("conflict.least", {"mentor": self.mentors[mentor], "n": int(self.demands.least[mentor])})

    def cap_least(self, cap: Cap) -> Sentence:
        return Sentence("conflict.cap_least", {"cap": cap.name, "n": cap.least})

    def wanted(self, mentee: int) -> Sentence:
        return Sentence("conflict.wanted", {"mentee": self.mentees[mentee], "n": int(self.demands.wanted[mentee])})

    def clash(self, pair: tuple[int, int]) -> Sentence:
        return Sentence("conflict.clash", {"one": self.mentors[pair[0]], "other": self.mentors[pair[1]]})

    def demand(self, kind: str, at: int) -> Sentence:
        demands = self.demands
        if kind == "rule":
            return Sentence("conflict.rule", {"rule": demands.scoring.must_rules[at].name})
        if kind in ("cap", "cap least"):
            return self.cap(demands.caps[at]) if kind == "cap" else self.cap_least(demands.caps[at])
        if kind == "least":
            return self.least(at)
        if kind == "places":
            return Sentence("conflict.all_places", {"n": int(sum(demands.capacity))})
        return self.lock(demands.locked[at]) if kind == "lock" else self.apart(demands.forbidden[at])

    def everyone(self, alone: Sequence[int]) -> Sentence:
        names = tuple(self.mentees[at] for at in alone[:MOST_NAMED])
        if len(alone) > MOST_NAMED:
            return Sentence("conflict.everyone_of_many", {"names": names, "more": len(alone) - MOST_NAMED})
        return Sentence("conflict.everyone", {"names": names})


def _broken_by_locks(demands: Demands, words: _Words) -> Iterable[tuple[Sentence, ...]]:
    """Yield, for each demand that the locked pairs break, that demand and as many locks as it takes."""
    locked = list(dict.fromkeys((int(mentee), int(mentor)) for mentee, mentor in demands.locked))
    apart = {(int(mentee), int(mentor)) for mentee, mentor in demands.forbidden}
    scoring = demands.scoring
    allowed = scoring.allowed(locked).tolist() if locked else []
    for pair, may in zip(locked, allowed, strict=True):
        if pair in apart:
            yield words.lock(pair), words.apart(pair)
        if not may:
            rule = scoring.forbidding(*pair)[0]
            why = Sentence("conflict.forbids", {"rule": rule.name, "why": scoring.why(rule, *pair)})
            yield words.lock(pair), why
    groups: list[tuple[list[tuple[int, int]], int, Sentence]] = []
    for mentee in sorted({mentee for mentee, _ in locked}):
        own = [pair for pair in locked if pair[0] == mentee]
        groups.append((own, demands.wanted[mentee], words.wanted(mentee)))
        groups.extend(([pair for pair in own if pair[1] in clash], 1, words.clash(clash)) for clash in demands.clashes)
    groups.extend(
        ([pair for pair in locked if pair[1] == mentor], demands.capacity[mentor], words.places(mentor))
        for mentor in sorted({mentor for _, mentor in locked})
    )
    for cap in demands.caps:
        members = set(cap.mentors)
        groups.append(([pair for pair in locked if pair[1] in members], cap.limit, words.cap(cap)))
    for pairs, most, words_of_limit in groups:
        if len(pairs) > most:
            yield (*(words.lock(pair) for pair in pairs[: most + 1]), words_of_limit)


def _too_few(judge: "_Judge", words: _Words) -> tuple[Sentence, ...]:
    """Return the smallest set of demands whose least numbers cannot be filled, and by how much; empty if they can."""
    kept = _smallest(judge.lacking, judge)
    if not kept:
        return ()
    minima = [demand for demand in kept if demand in judge.demands.minima]
    rest = [demand for demand in kept if demand not in minima]
    code = "conflict.too_many" if len(minima) == 1 else "conflict.together_too_many"
    short = Sentence(code, {"n": sum(judge.lacking(kept))})
    return (*(words.demand(*demand) for demand in minima), short, *(words.demand(*demand) for demand in rest))


def _nobody_left_out(judge: "_Judge", words: _Words) -> tuple[Sentence, ...]:
    """Return the smallest set of demands that keeps some mentee without a mentor, empty if there is none."""
    kept = _smallest(judge.alone, judge)
    if kept is None:
        return ()
    return (words.everyone(judge.alone(kept)), *(words.demand(kind, at) for kind, at in kept))


def _smallest(trouble: Trouble, judge: "_Judge") -> list[Demand] | None:
    """Return the smallest set of demands that is in trouble, None if all together are not."""
    if not trouble(judge.every):
        return None
    kept = _dropped(trouble, judge.every, judge.every)
    return _smaller(trouble, judge, len(kept)) or kept


def _dropped(trouble: Trouble, kept: list[Demand], some: Sequence[Demand]) -> list[Demand]:
    """Return the demands kept, less those of `some` without which it stays impossible; halves are tried first."""
    without = [demand for demand in kept if demand not in some]
    if trouble(without):
        return without
    if len(some) < 2:  # noqa: PLR2004 -- one demand has no halves
        return kept
    middle = len(some) // 2
    kept = _dropped(trouble, kept, some[:middle])
    return _dropped(trouble, kept, some[middle:])


def _smaller(trouble: Trouble, judge: "_Judge", size: int) -> list[Demand] | None:
    """Return a set of demands in conflict that is smaller than `size`, the smallest first, None if there is none."""
    work = 0
    for fewer in range(size):
        for some in combinations(judge.every, fewer):
            work += judge.pairs
            if work > MOST_WORK:
                return None
            if trouble(some):
                return list(some)
    return None


class _Judge:
    """Tells who is left without a mentor when only some of the demands hold.

    Attributes:
        every: all demands that could be dropped.
        pairs: how many pairs one look costs.
    """

    def __init__(self, demands: Demands) -> None:
        self.demands = demands
        scoring = demands.scoring
        n, m = len(scoring.mentees.ids), len(scoring.mentors.ids)
        self.pairs = max(1, n * m)
        self.forbids = np.empty((len(scoring.must_rules), n, m), dtype=np.bool_)
        for mentee in range(n):
            row: Pairs = np.stack([np.full(m, mentee), np.arange(m)], axis=1).astype(np.int32)
            self.forbids[:, mentee] = scoring.forbidden(row)
        self.wants = np.asarray(demands.wanted, dtype=np.int64) > 0
        self.above, self.parents = cap_parents(tuple(demands.caps), m)
        self.every: list[Demand] = [
            *(("lock", at) for at in range(len(demands.locked))),
            *(("apart", at) for at in range(len(demands.forbidden))),
            *(("rule", at) for at in range(len(scoring.must_rules))),
            *(("cap", at) for at in range(len(demands.caps))),
            PLACES,
            *demands.minima,
        ]

    def alone(self, demands: Iterable[Demand]) -> list[int]:
        """Return mentees who are left out of a plan that matches the most people under these demands."""
        kinds = _by_kind(demands)
        if kinds["least"] or kinds["cap least"]:
            return self._with_minima(kinds)[0]
        allowed: NDArray[np.bool_] = np.logical_not(np.any(self.forbids[kinds["rule"]], axis=0))
        for at in kinds["apart"]:
            allowed[self.demands.forbidden[at]] = False
        locked = [self.demands.locked[at] for at in kinds["lock"]]
        served = {int(mentee) for mentee, _ in locked}
        allowed[list(served)] = False
        left = self._left(allowed, [int(mentor) for _, mentor in locked], set(kinds["cap"]), bool(kinds["places"]))
        return [mentee for mentee in left if mentee not in served]

    def lacking(self, demands: Iterable[Demand]) -> list[int]:
        """Return how many pairs the least numbers among these demands lack, where they lack some."""
        kinds = _by_kind(demands)
        return self._with_minima(kinds)[1] if kinds["least"] or kinds["cap least"] else []

    def _with_minima(self, kinds: dict[str, list[int]]) -> tuple[list[int], list[int]]:
        """Return who is left out, and what least numbers lack, of a plan that fills them first; see `minima`."""
        n, m = self.forbids.shape[1:]
        demands = self.demands
        locked = np.array([demands.locked[at] for at in kinds["lock"]], dtype=np.int64).reshape(-1, 2)
        allowed = np.logical_not(np.any(self.forbids[kinds["rule"]], axis=0))
        for mentee, mentor in (*locked.tolist(), *(demands.forbidden[at] for at in kinds["apart"])):
            allowed[mentee, mentor] = False
        wanted = np.asarray(demands.wanted, dtype=np.int64) - np.bincount(locked[:, 0], minlength=n)
        used = np.bincount(locked[:, 1], minlength=m)
        used = np.append(used, [int(used[list(cap.mentors)].sum()) for cap in demands.caps]).astype(np.int64)
        most = np.full(len(used), max(1, int(wanted.sum())))
        if kinds["places"]:
            most[:m] = np.asarray(demands.capacity) - used[:m]
        least = np.zeros_like(most)
        for at in kinds["least"]:
            least[at] = max(0, demands.least[at] - int(used[at]))
        for at in kinds["cap"]:
            most[m + at] = demands.caps[at].limit - used[m + at]
        for at in kinds["cap least"]:
            least[m + at] = max(0, demands.caps[at].least - int(used[m + at]))
        above = np.concatenate([self.above, self.parents])
        return left_and_lacking(
            QuotaNetwork(
                allowed=allowed,
                first=(wanted > 0) & ~np.isin(np.arange(n), locked[:, 0]),
                wanted=wanted,
                least=least,
                most=most,
                parent=np.where(above < 0, len(used), m + above),
            )
        )

    def _left(self, allowed: NDArray[np.bool_], taken: list[int], caps: set[int], has_places: bool) -> list[int]:  # noqa: FBT001 -- a demand like the others
        """Return the mentees whom a maximum flow leaves out; `taken` are the mentors of the locked pairs."""
        n, m = allowed.shape
        count = len(self.demands.caps)
        source, sink, many = n + m + count, n + m + count + 1, max(1, n)
        flow = SimpleMaxFlow()
        rows, columns = np.nonzero(allowed)
        arcs = flow.add_arcs_with_capacity(np.full(n, source), np.arange(n), self.wants.astype(np.int64))
        flow.add_arcs_with_capacity(rows, n + columns, np.ones(len(rows), dtype=np.int64))
        used = np.bincount(np.array(taken, dtype=np.int64), minlength=m)
        capacity = np.asarray(self.demands.capacity) - used if has_places else np.full(m, many)
        heads = np.where(self.above < 0, sink, n + m + self.above)
        flow.add_arcs_with_capacity(n + np.arange(m), heads, np.clip(capacity, 0, many))
        limits = np.array(
            [
                cap.limit - used[list(cap.mentors)].sum() if at in caps else many
                for at, cap in enumerate(self.demands.caps)
            ],
            dtype=np.int64,
        )
        heads = np.where(self.parents < 0, sink, n + m + self.parents)
        flow.add_arcs_with_capacity(n + m + np.arange(count), heads, np.clip(limits, 0, many))
        flow.solve(source, sink)
        return np.flatnonzero((flow.flows(arcs) == 0) & self.wants).tolist() if n else []


def _by_kind(demands: Iterable[Demand]) -> dict[str, list[int]]:
    kinds: dict[str, list[int]] = {
        kind: [] for kind in ("lock", "apart", "rule", "cap", "places", "least", "cap least")
    }
    for kind, at in demands:
        kinds[kind].append(at)
    return kinds
