"""Stable plans by deferred acceptance: one side asks, the other holds the best of who asked so far.

Gale and Shapley (1962), with capacities as in Roth (1984). Nested caps belong to the mentors' side, which is then an
ordered matroid, as the side of mentees who want several mentors is one; deferred acceptance between two ordered
matroids ends with a plan that no pair blocks, the best such plan for the side that asks (Fleiner 2003). In which order
people ask does not matter, so the pair that its asker wishes most is asked first: it is seldom given up later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from chiron.pairing.measures.certificate import StoppedError, no_certificate, sorted_pairs, stopped_answer
from chiron.pairing.model.answer import Aim, Answer, Step
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import AimError, Ints, LocksError, Longs, Problem, cap_parents
from chiron.pairing.solvers.deferred.ties import everyone_stable, left_out

Observer = Callable[[str, Answer | None], bool]
METHOD, TIES = "deferred", "integer programming"
PHASE = "letting people choose"
FEW = 32
"""Wishes of somebody that are looked up at a time: by the next time, many later ones are surely refused."""
OFTEN = 4096
"""Questions between two looks at whether to stop."""
LEAST = -(1 << 62)

Offer = tuple[int, int, int, int]
"""What a pair counts for the side that is asked (key, then lottery; greatest first), who asks, who is asked."""


def solve(problem: Problem, *, aim: Aim, seed: int, observer: Observer | None, start: Answer | None) -> Answer:  # noqa: ARG001 -- every solver takes a start
    """Return the stable plan that is best for the mentees, or under "stable-mentors" for the mentors.

    Where everybody is needed and that plan leaves somebody out only because of how equal wishes were put in order, it
    is a stable plan that leaves nobody out.

    Raises:
        LocksError: no plan can hold every locked pair.
        AimError: mentors clash or must have a least number of mentees: stable plans need not exist then.
        KeyError: the aim is none of these two.
    """
    mentees_ask = {"stable": True, "stable-mentors": False}[aim]
    _refuse(problem)
    market = _Market(problem, seed)
    sides = _sides(problem, market)
    askers, held = sides if mentees_ask else sides[::-1]
    look = market.of_mentee if mentees_ask else market.of_mentor()
    asking = _Asking(look, askers, _Holders(held), market.liking(mentees=mentees_ask))

    def pairs() -> Ints:
        found = np.array([offer[2:] for offer in asking.holders.held], dtype=np.int32).reshape(-1, 2)
        return sorted_pairs(np.concatenate([found if mentees_ask else found[:, ::-1], problem.locked]))

    def tell() -> None:
        if observer is not None:
            known = stopped_answer(problem, pairs(), steps=[], aim=aim, method=METHOD, seed=seed)
            if not observer(PHASE, known if len(known.pairs) else None):
                raise StoppedError

    try:
        asking.run(tell)
    except StoppedError:
        return stopped_answer(problem, pairs(), steps=[], aim=aim, method=METHOD, seed=seed)
    found, method = pairs(), METHOD
    if problem.needs_everyone and left_out(problem, found):
        # Equal wishes were put in order by the lottery; another order may leave nobody out.
        other = everyone_stable(problem, seed, mentees_first=mentees_ask).pairs
        found, method = (found, method) if other is None else (sorted_pairs(other), TIES)
    step = Step(name="blocking pairs", value=0, bound=0, certificate=no_certificate(problem))
    return Answer(pairs=found, steps=(step,), aim=aim, method=method, seed=seed)


def _refuse(problem: Problem) -> None:
    """Refuse what leaves no stable plan to be sure of."""
    if problem.clashes and problem.wanted.max(initial=1) > 1:
        raise AimError("A stable plan cannot keep mentors apart who clash for one mentee. Choose another aim.")
    if problem.has_least:
        raise AimError("A stable plan cannot promise a least number of mentees. Choose another aim.")


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side: how many pairs each node may hold, and the nodes of each person from the inside out.

    Nodes are the people, then the caps over them. `rank` is the order of the lottery.
    """

    limit: list[int]
    chains: list[tuple[int, ...]]
    rank: list[int]


def _sides(problem: Problem, market: "_Market") -> tuple[_Side, _Side]:
    """Return mentees and mentors with what the locked pairs leave them.

    Raises:
        LocksError: the locked pairs alone break a capacity, a cap or what a mentee may have.
    """
    mentees, mentors = len(problem.mentees), len(problem.mentors)
    row, column = problem.locked[:, 0], problem.locked[:, 1]
    wanted = problem.wanted - np.bincount(row, minlength=mentees)
    places = problem.capacity - np.bincount(column, minlength=mentors)
    caps = np.array([cap.limit - int(np.isin(column, cap.mentors).sum()) for cap in problem.caps], dtype=np.int64)
    if min(wanted.min(initial=0), places.min(initial=0), caps.min(initial=0)) < 0:
        raise LocksError("locked: the locked pairs exceed a capacity, a cap or what a mentee may have")
    innermost, above = cap_parents(problem.caps, mentors)
    chains = []
    for mentor, cap in enumerate(innermost.tolist()):
        chain, node = [mentor], cap
        while node >= 0:
            chain.append(mentors + node)
            node = int(above[node])
        chains.append(tuple(chain))
    return (
        _Side(wanted.tolist(), [(mentee,) for mentee in range(mentees)], market.mentee_rank.tolist()),
        _Side([*places.tolist(), *caps.tolist()], chains, market.mentor_rank.tolist()),
    )


class _Market:
    """The free pairs with what each counts for either side, as whole numbers without ties inside a row or column."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.n, self.m = max(1, len(problem.mentees)), max(1, len(problem.mentors))
        self.starts, self.partner = problem.starts, problem.partner
        self.by_mentee = problem.fit if problem.mentee_fit is None else problem.mentee_fit
        self.by_mentor = problem.fit if problem.mentor_fit is None else problem.mentor_fit
        self.is_free = np.ones(len(self.partner), dtype=np.bool_)
        self.is_free[problem.positions(problem.locked)] = False
        self.mentee_rank = lottery(problem.mentees, seed, "mentee")
        self.mentor_rank = lottery(problem.mentors, seed, "mentor")
        low, high = int(self.by_mentor.min(initial=0)), int(self.by_mentor.max(initial=0))
        tiers, tier = np.unique(problem.tier, return_inverse=True)
        # An earlier tier comes before any wish of a mentor.
        self.shift = tier.astype(np.int64) * (high - low + 1)
        if ((high - low + 1) * (len(tiers) + 1) + abs(low)) * self.n >= 1 << 61:
            raise AimError("The points are too large for a stable plan in whole numbers. Use smaller points.")

    def _keys(self, places: slice | Longs, row: Ints | int, column: Ints | int) -> tuple[Longs, Longs]:
        """Return what pairs count for their mentees and for their mentors, greatest first."""
        for_mentees = self.by_mentee[places].astype(np.int64) * self.m - self.mentor_rank[column]
        for_mentors = (self.by_mentor[places] - self.shift[row]) * self.n - self.mentee_rank[row]
        return for_mentees, for_mentors

    def liking(self, *, mentees: bool) -> Longs:
        """Return the people of a side, whom the others like most on average first; it only saves time."""
        degree = np.diff(self.starts)
        if mentees:
            total = np.append(0, np.cumsum(self.by_mentor, dtype=np.int64))
            mean = np.diff(total[self.starts]) / np.maximum(degree, 1) - self.shift
            return np.asarray(np.argsort(-mean, kind="stable"), dtype=np.int64)
        total = np.bincount(self.partner, weights=self.by_mentee, minlength=len(self.mentor_rank))
        mean = total / np.maximum(np.bincount(self.partner, minlength=len(self.mentor_rank)), 1)
        return np.asarray(np.argsort(-mean, kind="stable"), dtype=np.int64)

    def of_mentee(self, mentee: int) -> tuple[Ints, Longs, Longs]:
        """Return the mentors of a mentee, what each pair counts for the mentee, and for the mentor."""
        places = slice(int(self.starts[mentee]), int(self.starts[mentee + 1]))
        column = self.partner[places]
        own, theirs = self._keys(places, mentee, column)
        free = self.is_free[places]
        return column[free], own[free], theirs[free]

    def of_mentor(self) -> Callable[[int], tuple[Ints, Longs, Longs]]:
        """Return what gives the mentees of a mentor, with what each pair counts for the mentor and for the mentee."""
        # A stable sort of short numbers is a radix sort, which is many times as quick.
        short = self.partner.astype(np.uint16) if self.m <= 1 << 16 else self.partner
        order = np.argsort(short, kind="stable")
        order = order[self.is_free[order]]
        ends = np.searchsorted(self.partner[order], np.arange(self.m + 1))
        row = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))[order]

        def look(mentor: int) -> tuple[Ints, Longs, Longs]:
            piece = slice(int(ends[mentor]), int(ends[mentor + 1]))
            theirs, own = self._keys(order[piece], row[piece], mentor)
            return row[piece], own, theirs

        return look


class _Holders:
    """The side that is asked: it holds the best of who asked, and knows what it would surely refuse."""

    def __init__(self, side: _Side) -> None:
        self.side, self.count = side, [0] * len(side.limit)
        self.heaps: list[list[Offer]] = [[] for _ in side.limit]
        self.held: set[Offer] = set()
        line = [LEAST if limit else -LEAST for limit in side.limit]
        self.floor = line[: len(side.chains)]
        self.line = np.array(self.floor, dtype=np.int64)
        self.caps = {node: line[node] for node in range(len(side.chains), len(side.limit))}
        self.under: dict[int, list[int]] = {node: [] for node in self.caps}
        for person, chain in enumerate(side.chains):
            for node in chain[1:]:
                self.under[node].append(person)

    def lines(self) -> Longs:
        """Return the key that each person would refuse anything below: int64."""
        if not self.caps:
            return self.line
        line = self.line.copy()
        for node, least in self.caps.items():
            line[self.under[node]] = np.maximum(line[self.under[node]], least)
        return line

    def ask(self, offer: Offer) -> Offer | None:
        """Hold an offer if it is better than what is held; return what is given up for it, itself if it is refused."""
        chain, out = self.side.chains[offer[3]], None
        full = next((node for node in chain if self.count[node] >= self.side.limit[node]), -1)
        if full >= 0:
            out = self._worst(full)
            if out is None or out > offer:
                return offer
            self._count(out, -1)
            self.held.discard(out)
        self.held.add(offer)
        for node in chain:
            heappush(self.heaps[node], offer)
        self._count(offer, 1)
        for node in chain:
            if self.count[node] >= self.side.limit[node]:
                self._raise(node)
        return out

    def _count(self, offer: Offer, by: int) -> None:
        for node in self.side.chains[offer[3]]:
            self.count[node] += by

    def _worst(self, node: int) -> Offer | None:
        """Return the worst offer that is held under a node."""
        heap = self.heaps[node]
        while heap and heap[0] not in self.held:
            heappop(heap)
        return heap[0] if heap else None

    def _raise(self, node: int) -> None:
        """Remember what a full node would refuse; what it refused once, it refuses for good."""
        worst = self._worst(node)
        if worst is None:
            return
        if node < len(self.floor):
            self.floor[node] = self.line[node] = max(self.floor[node], worst[0])
        else:
            self.caps[node] = max(self.caps[node], worst[0])


Front = tuple[int, int, int]
"""An asker's next wish: minus its key, the asker's lottery, the asker; the smallest asks first."""


class _Asking:
    """The side that asks: each person's wishes in order, and who waits for room under which limit."""

    def __init__(
        self, look: Callable[[int], tuple[Ints, Longs, Longs]], side: _Side, holders: _Holders, order: Longs
    ) -> None:
        self.look, self.side, self.holders, self.order = look, side, holders, order.tolist()
        self.asked = 0
        people = len(side.chains)
        self.count = [0] * len(side.limit)
        self.wishes: list[list[tuple[int, int, int]]] = [[] for _ in range(people)]
        self.last = [1 << 62] * people
        self.active: list[Front] = []
        self.parked: list[list[Front]] = [[] for _ in side.limit]

    def run(self, tell: Callable[[], None]) -> None:
        """Ask until nobody has a wish left that there is room for."""
        if len(self.side.limit) > len(self.side.chains):
            for person in self.order:
                self._bring(person)
            self._drain(tell)
            return
        # Without caps over them askers do not mind each other: who is liked most asks first and is seldom given up.
        for person in self.order:
            self._bring(person)
            self._drain(tell)

    def _drain(self, tell: Callable[[], None]) -> None:
        """Ask until nobody who was put forward has a wish left that there is room for."""
        while self.active or self._woken():
            front = heappop(self.active)
            if self._waits(front):
                continue
            if self.asked % OFTEN == 0:
                tell()
            self.asked += 1
            self._ask(front[2])

    def _ask(self, person: int) -> None:
        """Ask for a person's best wish that is left; whoever is given up for it has room again."""
        _, other, theirs = self.wishes[person].pop()
        self._count(person, 1)
        out = self.holders.ask((theirs, -self.holders.side.rank[other], person, other))
        if out is not None:
            self._count(out[2], -1)
            for node in self.side.chains[out[2]]:
                if self.parked[node]:
                    heappush(self.active, heappop(self.parked[node]))
        self._bring(person)

    def _waits(self, front: Front) -> bool:
        """Return True if somebody must wait: for room, or for a better wish under the same limit."""
        chain = self.side.chains[front[2]]
        full = next((node for node in chain if self.count[node] >= self.side.limit[node]), -1)
        if full >= 0:
            heappush(self.parked[full], front)
            return True
        for node in chain:
            if self.parked[node] and self.parked[node][0] < front:
                heappush(self.active, heappop(self.parked[node]))
                heappush(self.active, front)
                return True
        return False

    def _woken(self) -> bool:
        """Bring back one who waits at each shared limit that has room; True if there was one."""
        for node in range(len(self.side.chains), len(self.parked)):
            waiting = self.parked[node]
            if waiting and self.count[node] < self.side.limit[node]:
                heappush(self.active, heappop(waiting))
        return bool(self.active)

    def _count(self, person: int, by: int) -> None:
        for node in self.side.chains[person]:
            self.count[node] += by

    def _bring(self, person: int) -> None:
        """Put a person's next wish forward, unless there is none that may be granted."""
        floor = self.holders.floor
        wishes = self.wishes[person]
        while True:
            while wishes and wishes[-1][2] < floor[wishes[-1][1]]:
                wishes.pop()
            if wishes:
                heappush(self.active, (-wishes[-1][0], self.side.rank[person], person))
                return
            if self.last[person] == LEAST or not self.side.limit[person]:
                return
            wishes = self._look_up(person)

    def _look_up(self, person: int) -> list[tuple[int, int, int]]:
        """Return the next few wishes of a person, the next one last, without those that would surely be refused."""
        others, own, theirs = self.look(person)
        useful = np.flatnonzero((own < self.last[person]) & (theirs >= self.holders.lines()[others]))
        if len(useful) > FEW:
            useful = useful[np.argpartition(own[useful], len(useful) - FEW)[len(useful) - FEW :]]
        order = useful[np.argsort(own[useful])]
        self.last[person] = int(own[order[0]]) if len(order) else LEAST
        found = [each[order].tolist() for each in (own, others, theirs)]
        self.wishes[person] = list(zip(*found, strict=True))
        return self.wishes[person]
