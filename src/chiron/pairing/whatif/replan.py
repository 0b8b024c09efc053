"""What one change does to everybody: the best new plan, from the old one by a few shortest paths, not a new search.

Among the best new plans it takes one that moves the fewest people. Where the old plan is not proved best, the aim is
neither `everyone` nor `total`, or a change would need too many paths, the problem is solved again from the start.
"""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.counts import mentors_counted, people_counted
from chiron.pairing.model.problem import LocksError, Longs, Problem, QuotaError
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.solve import solve
from chiron.pairing.whatif.bottleneck import Bottleneck
from chiron.pairing.whatif.change import (
    Change,
    ChangeError,
    Effect,
    Move,
    Totals,
    apply_change,
    moves,
    swapped,
    totals,
)
from chiron.pairing.whatif.residual import NEVER, Path, Residual, guessed_prices, lowest_prices

__all__ = ["Change", "ChangeError", "Effect", "Move", "Replanner", "Totals", "apply_change", "effect"]

SAFE = 1 << 58
LOCKED_OUT = Sentence("change.locked_out")
TOO_FEW = Sentence("change.too_few_mentees")
NO_PLACE = Sentence("change.no_place")
STAY = Path(0, ())


def effect(problem: Problem, answer: Answer, change: Change) -> Effect:
    """Return what a change does; for several changes to one plan make one `Replanner`.

    Raises:
        IndexError: the change names somebody who is not in the problem.
    """
    return Replanner(problem, answer).effect(change)


class Replanner:
    """A plan that was taken apart once, so that many single changes can be tried on it, each from the same start."""

    def __init__(self, problem: Problem, answer: Answer) -> None:
        """Take the plan apart; all its pairs must be allowed."""
        self.problem, self.answer = problem, answer
        self.before = totals(problem, answer.pairs)
        self.full: Longs = np.empty(0, dtype=np.int64)
        self.net = self._opened()

    def effect(self, change: Change) -> Effect:
        """Return what a change does to the plan."""
        try:
            changed = apply_change(self.problem, change, pairs=self.answer.pairs)
            pairs = self._fast(change, changed)
            if pairs is None:
                pairs = solve(changed, aim=self.answer.aim, seed=self.answer.seed, start=self.answer).pairs
        except (ChangeError, LocksError, QuotaError) as fault:
            reasons: dict[type[ValueError], Sentence] = {LocksError: LOCKED_OUT, QuotaError: TOO_FEW}
            why = fault.sentence if isinstance(fault, ChangeError) else reasons[type(fault)]
            return Effect(
                possible=False, why_not=why, moves=(), before=self.before, after=self.before, pairs=self.answer.pairs
            )
        after = totals(self.problem, pairs)
        moved = moves(self.problem, self.answer.pairs, pairs)
        return Effect(possible=True, why_not=None, moves=moved, before=self.before, after=after, pairs=pairs)

    def _fast(self, change: Change, changed: Problem) -> NDArray[np.int32] | None:
        """Return the best plan after a change, None if it must be solved from the start.

        Raises:
            ChangeError: no plan allows the change.
        """
        if self.net is None:
            return None
        net = self.net.copied()
        bottleneck = Bottleneck(net, self.full) if self.answer.aim == "everyone" else None
        before = bottleneck.counts() if bottleneck is not None else ()
        if not self._make(net, change, bottleneck):
            return None
        if bottleneck is not None:
            if not bottleneck.mend(before, may_gain=_may_gain(change), may_rise=change.kind != "forbid"):
                return None
            net = bottleneck.net
        locked = {(int(mentee), int(mentor)) for mentee, mentor in changed.locked}
        pairs = np.array(sorted({*net.pairs(), *locked}), dtype=np.int32).reshape(-1, 2)
        pairs.flags.writeable = False
        return pairs

    def _make(self, net: Residual, change: Change, bottleneck: Bottleneck | None) -> bool:
        """Make the change and mend the plan around it; False if that needs a new search."""
        if change.kind == "assign":
            return self._assign(net, change.mentee, change.mentor, bottleneck)
        if change.kind == "swap":
            try:
                wanted = swapped(change, self.answer.pairs)
                return all(self._assign(net, mentee, mentor, bottleneck) for mentee, mentor in wanted)
            except ChangeError:
                # One lock after the other can fail where both at once are possible.
                return False
        if change.kind == "forbid":
            return self._forbid(net, change.mentee, change.mentor, bottleneck)
        if change.kind == "free":
            return self._free(net, change.mentee, change.mentor, bottleneck)
        node = len(self.problem.mentors) + change.other if change.kind == "cap" else change.mentor
        return self._resize(net, node, change.amount)

    def _assign(self, net: Residual, mentee: int, mentor: int, bottleneck: Bottleneck | None) -> bool:
        """Lock a pair: its mentor has one too many, its mentee gives up a place, and a path mends both."""
        if any((int(i), int(j)) == (mentee, mentor) for i, j in self.problem.locked):
            return True
        if self.problem.capacity[mentor] < 1:
            raise ChangeError(NO_PLACE)
        locks = [int(other) for who, other in self.problem.locked if who == mentee]
        if len(locks) >= self.problem.wanted[mentee]:
            net.reserve(locks[0])
            path = net.between(mentor, to=locks[0])
            net.spare[mentee] += 1
            if bottleneck is not None:
                bottleneck.locked.discard((mentee, locks[0]))
        elif mentor in net.holds[mentee]:
            net.drop(mentee, mentor)
            path = STAY
        else:
            net.weight[net.place(mentee, mentor)] = NEVER
            path = net.to_mentee(mentor, mentee)
        if path is None:
            return self._refuse()
        net.move_along(path)
        net.freeze(mentee, mentor, is_loaded=True)
        if bottleneck is not None:
            bottleneck.locked.add((mentee, mentor))
        return True

    def _forbid(self, net: Residual, mentee: int, mentor: int, bottleneck: Bottleneck | None) -> bool:
        """Take a pair away and give its mentee the best of what is left."""
        at = net.place(mentee, mentor)
        if at < 0:
            return True
        if bottleneck is not None:
            bottleneck.banned.add(at)
        net.weight[at] = NEVER
        if mentor in net.holds[mentee]:
            net.drop(mentee, mentor)
            path = net.from_mentee(mentee, to=mentor)
            if path is None:
                return False
            net.move_along(path)
        return True

    def _free(self, net: Residual, mentee: int, mentor: int, bottleneck: Bottleneck | None) -> bool:
        """Unlock a pair: its mentee takes the best there is, which may be the same."""
        at = net.place(mentee, mentor)
        if bottleneck is not None:
            if self.problem.fit[at] < bottleneck.level:
                return False
            bottleneck.locked.discard((mentee, mentor))
        net.thaw(mentee, mentor, int(self.full[at]))
        net.drop(mentee, mentor)
        path = net.from_mentee(mentee, to=mentor)
        if path is None:
            return False
        net.move_along(path)
        return True

    def _resize(self, net: Residual, node: int, amount: int) -> bool:
        """Give a mentor or a cap more or fewer places, one at a time."""
        parent = int(net.parent[node])
        for _ in range(abs(amount)):
            if amount < 0:
                if net.load[node] == net.limit[node]:
                    path = net.between(node, to=parent)
                    if path is None:
                        return self._refuse()
                    net.move_along(path)
                    net.load[node] -= 1
                net.limit[node] -= 1
                continue
            if net.load[node] == net.limit[node]:
                # The new place is only there once the way to it is known: until then its arc would cost less than 0.
                gain = int(net.price[node] - net.price[parent])
                path = net.between(parent, to=node, most=gain)
                if path is not None:
                    net.move_along(path)
                    net.load[node] += 1
            net.limit[node] += 1
        return True

    def _refuse(self) -> bool:
        """Say that there is no way; where least numbers may be the reason, leave that to a new search.

        Raises:
            ChangeError: every way is held by a locked pair.
        """
        if self.problem.has_least:
            return False
        raise ChangeError(LOCKED_OUT)

    def _opened(self) -> Residual | None:
        """Return the plan taken apart, with prices that prove it; None if it is not proved or too large."""
        problem, answer = self.problem, self.answer
        if answer.aim not in {"everyone", "total"} or not answer.proved_best or answer.stopped is not None:
            return None
        if problem.wanted.max(initial=0) > 1:
            # A mentee's first mentor counts for more than the second, which these shortest paths do not know.
            return None
        places = problem.positions(answer.pairs)
        if (places < 0).any() or not self._is_as_proved():
            return None
        scale = 1 << len(places).bit_length()
        full = self._weights(places, scale)
        if full is None:
            return None
        self.full = full
        certificate = answer.step("total").certificate
        guess = guessed_prices(problem, certificate.prices, certificate.cap_prices, scale) // certificate.scale
        if answer.aim == "total" and not problem.needs_everyone:
            guess *= self._per_point()
        level = _lowest_free(problem, places) if answer.aim == "everyone" else None
        for price in (guess, lowest_prices(problem, self._enough(full))):
            weight = full.copy() if level is None else np.where(problem.fit < level, NEVER, full)
            net = Residual(problem, weight, answer.pairs, price)
            if not net.is_out_of_bounds() and net.settle():
                return net
        return None

    def _per_point(self) -> int:
        """Return how much a point counts beside a person of the last tier, where the total comes first."""
        return len(np.unique(self.problem.tier)) + 1

    def _enough(self, full: Longs) -> int:
        """Return more than a chain of changes can gain that takes a pair from a least number; 0 without any."""
        problem = self.problem
        if not problem.has_least:
            return 0
        low, high = int(problem.fit.min(initial=0)), int(problem.fit.max(initial=0))
        chain = (high - low + 1) * (min(len(problem.mentees), len(problem.mentors)) + 3)
        enough = 2 * int(np.abs(full).max(initial=0)) + chain * (1 << len(self.answer.pairs).bit_length())
        # The prices of nested nodes add up; where that is too much, the search begins at 0, and may find nothing.
        return enough if enough < SAFE // (len(problem.caps) + 1) else 0

    def _is_as_proved(self) -> bool:
        """Return True if the pairs still reach what the steps say, so that the proof is about them."""
        for step in self.answer.steps:
            if step.name == "total" and step.value != self.before.total:
                return False
            if mentors_counted(step.name):
                count = people_counted(self.problem, self.answer.pairs, step.name, step.level)
                if count != step.value:
                    return False
        return True

    def _weights(self, places: Longs, scale: int) -> Longs | None:
        """Return what each pair counts: people by tier, then points, then staying where one is; None if too large."""
        problem = self.problem
        full: Longs = problem.fit.astype(np.int64) * scale
        tiers, tier = np.unique(problem.tier, return_inverse=True)
        low, high = int(problem.fit.min(initial=0)), int(problem.fit.max(initial=0))
        if self.answer.aim == "total" and not problem.needs_everyone:
            if max(high, -low) * self._per_point() * scale >= SAFE:
                return None
            # A point counts for more than a person, and a person for more than staying.
            full = full * self._per_point() + np.repeat((len(tiers) - tier) * scale, np.diff(problem.starts))
            full[places] += 1
            return full
        full[places] += 1
        swing = ((high - low) * (min(len(problem.mentees), len(problem.mentors)) + 3) + high + 1) * scale
        largest = 2 * swing << len(tiers)
        if largest >= SAFE:
            return None
        bonus = np.array([2 * swing << (len(tiers) - 1 - at) for at in range(len(tiers))], dtype=np.int64)
        full += np.repeat(bonus[tier], np.diff(problem.starts))
        return full


def _lowest_free(problem: Problem, places: Longs) -> int | None:
    """Return the lowest fit of the free pairs of a plan, None without any."""
    free = np.setdiff1d(places, problem.positions(problem.locked))
    return int(problem.fit[free].min()) if len(free) else None


def _may_gain(change: Change) -> bool:
    """Return True if a change could let more people be matched."""
    return change.kind == "free" or (change.kind in {"capacity", "cap"} and change.amount > 0)
