"""One call of the flow solver: its network, its best plan so far, and the person who watches."""

from collections.abc import Callable

import numpy as np

from chiron.pairing.measures.certificate import LooseBounds, StoppedError, sorted_pairs, steps_of, stopped_answer, value
from chiron.pairing.model.answer import Aim, Answer, Certificate, Step
from chiron.pairing.model.problem import Ints, Longs, Problem, QuotaError
from chiron.pairing.solvers.flow.best import Candidates, Proof, best, reach
from chiron.pairing.solvers.flow.network import Network, network
from chiron.pairing.solvers.flow.objective import PairObjective, counting, falling

Observer = Callable[[str, Answer | None], bool]
METHOD = "flow"


class FlowRun:
    """What the steps of an aim share: network, candidates, best plan so far, proved steps."""

    def __init__(self, problem: Problem, aim: Aim, seed: int, observer: Observer | None, start: Answer | None) -> None:
        """Take the locked pairs out, and choose the first candidates."""
        self.problem, self.aim, self.seed, self.observer = problem, aim, seed, observer
        self.net: Network = network(problem, seed)
        self.steps: list[Step] = []
        self.loose: LooseBounds = {}
        self.phase = "reading the pairs"
        self.pairs: Ints = sorted_pairs(problem.locked)
        self.fixed: Ints = problem.locked
        self.fixed_fits: list[int] = []
        self.candidates = Candidates(self.net)
        self.candidates.begin()
        if start is not None:
            self.candidates.add(self._places(start.pairs))
        self.plan: Longs = np.empty(0, dtype=np.int64)

    def _places(self, pairs: Ints) -> Longs:
        """Return the places of pairs in the free network; pairs that are not free are left out."""
        net, found = self.net, []
        for mentee, mentor in pairs.tolist():
            first, last = int(net.starts[mentee]), int(net.starts[mentee + 1])
            place = first + int(np.searchsorted(net.partner[first:last], mentor))
            if place < last and net.partner[place] == mentor:
                found.append(place)
        return np.array(found, dtype=np.int64)

    def pairs_of(self, plan: Longs) -> Ints:
        """Return a plan with the locked pairs, sorted."""
        row = np.searchsorted(self.net.starts, plan, side="right") - 1
        free = np.stack([row, self.net.partner[plan]], axis=1)
        return sorted_pairs(np.concatenate([free, self.fixed]))

    def fix(self, places: Longs) -> None:
        """Hold these pairs of the network in every plan from now on."""
        row = np.searchsorted(self.net.starts, places, side="right") - 1
        self.fixed = np.concatenate([self.fixed, np.stack([row, self.net.partner[places]], axis=1).astype(np.int32)])
        self.fixed_fits.extend(self.net.fit[places].tolist())

    def use(self, net: Network, candidates: Longs, plan: Longs) -> None:
        """Go on with a smaller network; candidates and plan are places in it."""
        self.net, self.plan = net, plan
        self.candidates = Candidates(net)
        self.candidates.add(candidates)

    def enter(self, phase: str) -> None:
        """Begin a phase and tell the observer."""
        self.phase = phase
        self.tell(None)

    def keep(self, plan: Longs) -> None:
        """Make this the best plan so far."""
        self.plan, self.pairs = plan, self.pairs_of(plan)

    def tell(self, plan: Longs | None) -> None:
        """Tell the observer the phase and the best plan so far, after looking whether this plan is better.

        Raises:
            StoppedError: the observer said stop.
        """
        if self.observer is None:
            return
        if plan is not None and not (self.net.has_least and self.net.shortage(plan).any()):
            pairs = self.pairs_of(plan)
            if self._merit(pairs) > self._merit(self.pairs):
                self.pairs = pairs
        known = self.stopped() if len(self.pairs) else None
        if not self.observer(self.phase, known):
            raise StoppedError

    def _merit(self, pairs: Ints) -> list[int]:
        names = [step for step in steps_of(self.problem, pairs, self.aim) if step[0] != "people above"]
        merit = [value(self.problem, pairs, name, level) for name, level in names]
        if self.aim == "worst-off":
            fits = np.sort(self.problem.fit[self.problem.positions(pairs)])
            return [*merit[:-1], *fits.tolist()]
        return merit

    def best(self, objective: PairObjective, plan: Longs | None, *, may_be_short: bool = False) -> Proof:
        """Return the best plan for an objective, with its proof; see `best.best`.

        Raises:
            QuotaError: no plan fills every least number of pairs, unless `may_be_short` says that this is an answer.
        """
        proof = best(self.candidates, objective, plan, self.tell)
        if proof.is_short and not may_be_short:
            lacking = np.flatnonzero(self.net.shortage(proof.plan)).tolist()
            names = [*self.problem.mentors, *(cap.name for cap in self.problem.caps)]
            raise QuotaError(
                "least: no plan gives everybody the least number of pairs; "
                f"too few are left for {', '.join(names[node] for node in lacking)}"
            )
        return proof

    def fill(self) -> None:
        """Find a plan with every least number of pairs, so that wherever the search is stopped there is one.

        Raises:
            QuotaError: there is none.
        """
        if self.net.has_least:
            observer, self.observer = self.observer, None
            self.keep(self.best(counting(self.net, falling(self.net)), None).plan)
            self.observer = observer

    def reach(self, objective: PairObjective, target: int) -> Longs | None:
        """Return a plan that reaches a value of an objective, or None where none does; see `best.reach`."""
        return reach(self.candidates, objective, target, self.tell)

    def certificate(
        self, price: Longs, weights: tuple[int, ...] = (), *, face: bool = False, shift: Longs | int = 0
    ) -> Certificate:
        """Return node prices, which include those above, as a certificate; `shift` is taken off each node's own."""
        own = price[:-1] - price[self.net.parent] - shift
        return Certificate(
            prices=own[: self.net.mentors], cap_prices=own[self.net.mentors :], weights=weights, face=face
        )

    def prove(self, name: str, level: int | None, certificate: Certificate) -> None:
        """Add a step whose value is its bound."""
        reached = value(self.problem, self.pairs, name, level)
        self.steps.append(Step(name=name, value=reached, bound=reached, certificate=certificate, level=level))

    def answer(self) -> Answer:
        """Return the proved answer."""
        return Answer(pairs=self.pairs, steps=tuple(self.steps), aim=self.aim, method=METHOD, seed=self.seed)

    def stopped(self) -> Answer:
        """Return the best plan so far with what is proved of it."""
        return stopped_answer(
            self.problem, self.pairs, steps=self.steps, aim=self.aim, method=METHOD, seed=self.seed, known=self.loose
        )
