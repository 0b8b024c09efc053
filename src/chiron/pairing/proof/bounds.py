"""The referee's arithmetic: values and bounds of the steps of an answer, from problem and certificates alone.

A bound follows from linear duality (Bertsimas and Tsitsiklis 1997, chapter 4): give each seat a price, let every
mentee choose freely at those prices, and no plan can be worth more than what they choose plus what all seats cost.
Only the referee uses this module; no solver does.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.evenness import excess_of, groups_of, slack, sums
from chiron.pairing.measures.stability import blocking_pairs
from chiron.pairing.model.answer import Answer, Certificate, Step
from chiron.pairing.model.choices import ranks
from chiron.pairing.model.counts import counting_steps, mentors_counted, people_counted
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.proof.best_pairs import CLOSED, SMALL, best_pairs
from chiron.pairing.proof.bundles import NEVER, SAFE, best_by_size, best_without_clash
from chiron.pairing.proof.terms import Terms

ON_FACE = frozenset({"people above", "choices up to", "total rank"})
"""Steps whose optimal face is kept for the steps after them, beside those that count people."""
BLOCK = 1 << 18


class Bounds:
    """Recomputes the bounds of an answer step by step, remembering what the earlier steps leave open."""

    def __init__(self, problem: Problem, answer: Answer) -> None:
        """Begin before the first step, with the locked pairs taken as given."""
        self.problem, self.answer = problem, answer
        self.starts, self.partner, self.fit = problem.starts, problem.partner, problem.fit
        self.fits = problem.fit[problem.positions(answer.pairs)].astype(np.int64)
        # Only these aims count choices; without them no array of choices is made.
        self.rank = ranks(problem) if answer.aim in {"profile", "rank"} else None
        self.ranks = np.empty(0) if self.rank is None else self.rank[problem.positions(answer.pairs)].astype(np.int64)
        self.given: list[tuple[int, int, int]] = []
        self.wanted = problem.wanted.astype(np.int64)
        self.capacity = problem.capacity.astype(np.int64)
        self.limits = np.array([cap.limit for cap in problem.caps], dtype=np.int64)
        self.least = problem.least.astype(np.int64)
        self.least_of_caps = np.array([cap.least for cap in problem.caps], dtype=np.int64)
        # How many mentors each mentee has by pairs that are taken as given, and must have beside those.
        self.held = np.zeros(len(problem.mentees), dtype=np.int64)
        self.must_have = np.zeros(len(problem.mentees), dtype=np.int64)
        # What the proofs so far leave possible: at least and at most so many pairs with a mentor, or under a cap.
        self.face: tuple[tuple[Longs, Longs], tuple[Longs, Longs]] = (
            (self.least.copy(), self.capacity.copy()),
            (self.least_of_caps.copy(), self.limits.copy()),
        )
        locked = problem.positions(problem.locked)
        self.free_fits = sorted(problem.fit[np.setdiff1d(problem.positions(answer.pairs), locked)].tolist())
        self.clash = _clash_table(problem)
        self._hold(locked)
        self._close_clashes()
        self.wants_faces = any(step.certificate.face for step in answer.steps) and not self.clash
        self.earlier: list[tuple[Step, int]] = []
        self.all_proved = True

    def _hold(self, places: Longs, stays: NDArray[np.bool_] | None = None) -> None:
        """Take the open pairs at these places as given, and keep open only what `stays` marks."""
        if not len(places) and stays is None:
            return
        row = np.searchsorted(self.starts, places, side="right") - 1
        mentor = self.partner[places]
        rank = np.ones(len(places), dtype=np.int32) if self.rank is None else self.rank[places]
        self.given += list(zip(row.tolist(), self.fit[places].tolist(), rank.tolist(), strict=True))
        np.subtract.at(self.wanted, row, 1)
        np.add.at(self.held, row, 1)
        np.subtract.at(self.must_have, row, 1)
        self.must_have = np.maximum(self.must_have, 0)
        for numbers in (self.least, self.capacity, *self.face[0]):
            np.subtract.at(numbers, mentor, 1)
        for at, cap in enumerate(self.problem.caps):
            held = int(np.isin(mentor, cap.mentors).sum())
            for numbers in (self.least_of_caps, self.limits, *self.face[1]):
                numbers[at] -= held
        stays = np.ones(len(self.partner), dtype=np.bool_) if stays is None else stays.copy()
        stays[places] = False
        self.starts = np.concatenate([[0], np.cumsum(stays)])[self.starts]
        self.partner, self.fit = self.partner[stays], self.fit[stays]
        self.rank = None if self.rank is None else self.rank[stays]

    def _close_clashes(self) -> None:
        """Close every pair whose mentor clashes with a locked mentor of the same mentee."""
        stays = np.ones(len(self.partner), dtype=np.bool_)
        for mentee, mentor in self.problem.locked.tolist():
            own = slice(int(self.starts[mentee]), int(self.starts[mentee + 1]))
            stays[own] &= ~np.isin(self.partner[own], sorted(self.clash.get(mentor, ())))
        if not stays.all():
            self._hold(np.empty(0, dtype=np.int64), stays)

    def expected_steps(self) -> list[tuple[str, int | None]]:
        """Return the steps by which the aim judges this plan."""
        steps: list[tuple[str, int | None]] = list(counting_steps(self.problem))
        if self.answer.aim == "total" and not self.problem.needs_everyone:
            return [("total", None), *steps]
        if self.answer.aim in {"stable", "stable-mentors"}:
            return [("blocking pairs", None)]
        if self.answer.aim in {"everyone", "parity"} and self.free_fits:
            steps.append(("lowest fit", None))
        if self.answer.aim == "worst-off":
            steps.extend(("people above", fit) for fit in sorted(set(self.free_fits)))
        if self.answer.aim == "profile":
            steps.extend(("choices up to", level + 1) for level in range(int(self.ranks.max(initial=0))))
        if self.answer.aim in {"rank", "parity"}:
            steps.append(("total rank" if self.answer.aim == "rank" else "spread", None))
        return [*steps, ("total", None)]

    def _value(self, step: Step) -> int:
        """Return what the pairs reach in a step."""
        if mentors_counted(step.name):
            return people_counted(self.problem, self.answer.pairs, step.name, step.level)
        if step.name == "lowest fit":
            return min(self.free_fits, default=0)
        if step.name == "people above" and step.level is not None:
            return int((self.fits > step.level).sum())
        if step.name == "total":
            return int(self.fits.sum())
        return self._value_of_wishes(step)

    def _value_of_wishes(self, step: Step) -> int:
        """Return what the pairs reach in a step about wishes and choices."""
        if step.name == "choices up to" and step.level is not None:
            return int((self.ranks <= step.level).sum())
        if step.name == "total rank":
            return -int(self.ranks.sum())
        if step.name == "blocking pairs":
            return -blocking_pairs(self.problem, self.answer.pairs)
        if step.name == "spread":
            groups = groups_of(self.problem)
            return -excess_of(groups, sums(self.problem, groups, self.answer.pairs))
        raise KeyError(step.name)

    def bound(self, step: Step) -> int:
        """Return what no plan can exceed in a step while it keeps the values of the earlier steps."""
        value, claimed = self._value(step), (step.value, step.bound)
        done = [(before.name, before.level) for before, _ in self.earlier]
        if (
            step.name == "total"
            and self.answer.aim == "worst-off"
            and self.all_proved
            and done == self.expected_steps()[:-1]
        ):
            # Proved counts above every fit that occurs fix the sorted list of fits, hence their sum.
            bound = value
        elif step.name in {"blocking pairs", "spread"}:
            bound = 0
        else:
            self._close_gap(step)
            bound, step = self._bound(step, value)
        if claimed != (value, value) or bound != value:
            self.all_proved = False
        elif self._keeps_face(step):
            self._keep_face(step)
        self.earlier.append((step, value))
        return bound

    def _keeps_face(self, step: Step) -> bool:
        """Return True if what a proved step leaves open matters to a later one."""
        is_kept = step.name in ON_FACE or bool(mentors_counted(step.name))
        return self.wants_faces and is_kept and step.certificate.scale == 1

    def _close_gap(self, step: Step) -> None:
        """Close the pairs between this level of the worst-off and the one before.

        This plan has no pair there. Of the plans that equal it up to the level before, one with a pair there is
        worse for the worst-off, so the bound need not hold for it.
        """
        if step.name == "people above" and step.level is not None:
            levels = [
                before.level for before, _ in self.earlier if before.name == step.name and before.level is not None
            ]
            self._hold(np.empty(0, dtype=np.int64), (self.fit <= max(levels, default=-SAFE)) | (self.fit >= step.level))

    def _bound(self, step: Step, value: int) -> tuple[int, Step]:
        """Return a bound, and the step with the certificate that gave it: its own, or none if that is unsound."""
        nothing = Certificate(prices=np.zeros_like(self.capacity), cap_prices=np.zeros_like(self.limits))
        without = Step(name=step.name, value=value, bound=step.bound, certificate=nothing, level=step.level)
        step = step if _is_whole(step.certificate) else without
        terms = Terms(self.problem, step, value, self.earlier)
        if not self._is_sound(step.certificate, terms):
            step, terms = without, Terms(self.problem, without, value, self.earlier)
        most = self._most(step.certificate, terms)
        if step.name != "lowest fit":
            return (most - terms.given + self._slack(step)) // step.certificate.scale, step
        if most < terms.given:
            return value, step
        return int(self.fit.max(initial=value)), step

    def _slack(self, step: Step) -> int:
        """Return what the weights of groups add to a bound, at the tolerance that this plan keeps."""
        if not step.certificate.groups:
            return 0
        groups = groups_of(self.problem)
        reached = excess_of(groups, sums(self.problem, groups, self.answer.pairs))
        return slack(groups, step.certificate.groups, groups.within + reached)

    def _is_sound(self, certificate: Certificate, terms: Terms) -> bool:
        """Return True if a certificate has the right shape, no wrong weight, and numbers that cannot overflow."""
        prices, caps = certificate.prices, certificate.cap_prices
        if [(prices.shape, prices.dtype), (caps.shape, caps.dtype)] != [
            (self.capacity.shape, np.dtype(np.int64)),
            (self.limits.shape, np.dtype(np.int64)),
        ]:
            return False
        if certificate.scale < 1 or any(weight < 0 for weight in certificate.weights):
            return False
        if certificate.groups and not self._may_weigh_groups(certificate):
            return False
        if certificate.face and not (self.all_proved and self.wants_faces):
            return False
        sizes = sum(abs(price) for price in (*prices.tolist(), *caps.tolist()))
        return bool(terms.size + sizes < SAFE // max(2, int(self.problem.wanted.max(initial=1))))

    def _may_weigh_groups(self, certificate: Certificate) -> bool:
        """Return True if the aim is about groups, and every group has its weight, a whole number."""
        if self.answer.aim != "parity" or self.problem.parity is None:
            return False
        names = [before.name for before, _ in self.earlier]
        weights = certificate.groups
        has_all = len(weights) == len(groups_of(self.problem).size) and all(type(one) is int for one in weights)
        return has_all and "spread" in names

    def _most(self, certificate: Certificate, terms: Terms) -> int:
        """Return the most that any plan can be worth at these prices, with the pairs that are held."""
        seats = self._seat_prices(certificate)
        of_mentors, of_caps = ((self.least, self.capacity), (self.least_of_caps, self.limits))
        if certificate.face:
            of_mentors, of_caps = self.face
        most = _cost_of_seats(certificate.prices, *of_mentors) + _cost_of_seats(certificate.cap_prices, *of_caps)
        is_plain = self._is_plain(terms, seats)
        for first, last in _blocks(self.starts):
            if is_plain:
                best = self._singles(terms, seats, first, last, face=certificate.face)
            else:
                best = self._bundles(terms, self._gains(terms, seats, first, last), first, last, face=certificate.face)
            most += sum(best.tolist())
        held_row, held_fit, held_rank = np.array(self.given, dtype=np.int64).reshape(-1, 3).T
        counted = terms.of_pairs(held_fit, held_rank, keep_all=True)
        held: list[int] = (counted + held_fit * terms.of_group[held_row]).tolist()
        return most + sum(held) + terms.of_held(self.held)

    def _seat_prices(self, certificate: Certificate) -> Longs:
        """Return the price of a seat with each mentor: the mentor's and those of all caps that hold the mentor."""
        seats = certificate.prices.copy()
        for cap, price in zip(self.problem.caps, certificate.cap_prices.tolist(), strict=True):
            seats[np.asarray(cap.mentors, dtype=np.int64)] += price
        return seats

    def _gains(self, terms: Terms, seats: Longs, first: int, last: int) -> Longs:
        """Return what each pair of the mentees first … last − 1 is worth after its price; NEVER where it is closed."""
        begin, end = int(self.starts[first]), int(self.starts[last])
        rank = None if self.rank is None else self.rank[begin:end]
        gain = terms.of_pairs(self.fit[begin:end], rank) - seats[self.partner[begin:end]]
        degree = np.diff(self.starts[first : last + 1])
        if terms.of_group.any():
            gain += self.fit[begin:end] * np.repeat(terms.of_group[first:last], degree)
        return np.where(gain > NEVER // 2, gain, NEVER)

    def _is_plain(self, terms: Terms, seats: Longs) -> bool:
        """Return True if nobody has several mentors and only people and points of fit count, in small numbers."""
        is_more = bool(terms.above or terms.up_to or terms.of_rank or terms.of_group.any())
        size = abs(terms.of_total) * terms.top + int(np.abs(seats).max(initial=0))
        return not is_more and size < SMALL and bool((self.wanted <= 1).all())

    def _singles(self, terms: Terms, seats: Longs, first: int, last: int, *, face: bool) -> Longs:
        """Return the best bundle of each mentee first … last − 1 where nobody has several mentors."""
        piece = slice(int(self.starts[first]), int(self.starts[last]))
        degree = np.diff(self.starts[first : last + 1])
        fit, partner = self.fit[piece], self.partner[piece]
        top = best_pairs(fit, partner, degree, seats, per_point=terms.of_total, floor=terms.floor)
        top = np.where(top == CLOSED, NEVER, top + terms.of_next(self.held, first, last, 1)[:, 0])
        best = np.where(self.must_have[first:last] > 0, top, np.maximum(top, 0)) if face else np.maximum(top, 0)
        return np.where((self.wanted[first:last] == 1) & (degree > 0), best, 0)

    def _bundles(self, terms: Terms, gain: Longs, first: int, last: int, *, face: bool) -> Longs:
        """Return what the best bundle of each mentee first … last − 1 counts at these gains of the pairs."""
        starts = self.starts[first : last + 1] - self.starts[first]
        wanted, degree = self.wanted[first:last], np.diff(starts)
        forced = self.must_have[first:last] if face else np.zeros(last - first, dtype=np.int64)
        own = terms.of_next(self.held, first, last, max(1, int(wanted.max(initial=1))))
        best = np.zeros(last - first, dtype=np.int64)
        some = np.flatnonzero(degree)
        if len(some):
            top = np.zeros(last - first, dtype=np.int64)
            top[some] = np.maximum.reduceat(gain, starts[some]) + own[some, 0]
            top = np.where(forced > 0, top, np.maximum(top, 0))
            best = np.where((wanted == 1) & (degree > 0), top, 0)
        for at in np.flatnonzero(wanted > 1):
            gains = gain[starts[at] : starts[at + 1]]
            if self.clash:
                partner = self.partner[self.starts[first + at] : self.starts[first + at + 1]]
                best[at] = best_without_clash(gains, partner, own[at, : wanted[at]].tolist(), self.clash)
            else:
                best[at] = best_by_size(gains, own[at, : wanted[at]])[forced[at] :].max(initial=NEVER)
        return best

    def _keep_face(self, step: Step) -> None:
        """Leave open only what a plan with all values so far may still contain (complementary slackness)."""
        terms = Terms(self.problem, step, step.value, self.earlier)
        certificate = step.certificate
        seats = self._seat_prices(certificate)
        stays, sure = np.zeros(len(self.partner), dtype=np.bool_), np.zeros(len(self.partner), dtype=np.bool_)
        for first, last in _blocks(self.starts):
            self._mark_face(terms, self._gains(terms, seats, first, last), (first, last), (stays, sure))
        for price, (least, most) in zip((certificate.prices, certificate.cap_prices), self.face, strict=True):
            # Seats that cost something are all taken; those that cost less than nothing only as far as they must be.
            least[price > 0] = most[price > 0]
            most[price < 0] = np.maximum(least[price < 0], 0)
        self._hold(np.flatnonzero(sure), stays)

    def _mark_face(
        self,
        terms: Terms,
        gain: Longs,
        rows: tuple[int, int],
        marks: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    ) -> None:
        """Mark which pairs of these mentees some best bundle holds, and which all do, and how many each has."""
        first, last = rows
        stays, sure = (mark[self.starts[first] : self.starts[last]] for mark in marks)
        starts = self.starts[first : last + 1] - self.starts[first]
        degree = np.diff(starts)
        own = terms.of_next(self.held, first, last, max(1, int(self.wanted[first:last].max(initial=1))))
        some = np.flatnonzero((self.wanted[first:last] == 1) & (degree > 0))
        if len(some):
            # One pair: the best, or none where nothing is lost by that.
            top = np.maximum.reduceat(gain, starts[np.flatnonzero(degree)])[
                np.searchsorted(np.flatnonzero(degree), some)
            ]
            line = np.full(last - first, SAFE, dtype=np.int64)
            line[some] = np.where(self.must_have[first + some] > 0, top, np.maximum(top, -own[some, 0]))
            stays |= gain >= np.repeat(line, degree)
            self.must_have[first + some[top + own[some, 0] > 0]] = 1
        for at in np.flatnonzero(self.wanted[first:last] > 1).tolist():
            gains, mentee = gain[starts[at] : starts[at + 1]], first + at
            counted = best_by_size(gains, own[at, : self.wanted[mentee]])
            counted[: self.must_have[mentee]] = NEVER
            sizes = np.flatnonzero(counted == counted.max())
            fewest, most = int(sizes[0]), int(sizes[-1])
            falling = np.append(np.sort(gains)[::-1], NEVER)
            stays[starts[at] : starts[at + 1]] = (gains >= falling[most - 1]) if most else False
            sure[starts[at] : starts[at + 1]] = gains > falling[fewest]
            self.must_have[mentee], self.wanted[mentee] = fewest, most


def _is_whole(certificate: Certificate) -> bool:
    """Return True if a certificate has whole numbers only; fractions are not exact."""
    return all(isinstance(number, int) for number in (certificate.scale, *certificate.weights, *certificate.groups))


def _cost_of_seats(prices: Longs, least: Longs, most: Longs) -> int:
    """Return the most that the seats taken can cost: all of them at a price above 0, the fewest at one below."""
    return sum(
        price * (high if price > 0 else max(low, 0))
        for price, low, high in zip(prices.tolist(), least.tolist(), most.tolist(), strict=True)
        if price
    )


def _blocks(starts: Longs) -> list[tuple[int, int]]:
    """Return runs of mentees (first, last + 1) with about BLOCK pairs each."""
    cuts = [0, *(np.flatnonzero(np.diff(starts[1:] // BLOCK)) + 1).tolist(), len(starts) - 1]
    return [(first, last) for first, last in pairwise(cuts) if last > first]


def _clash_table(problem: Problem) -> dict[int, set[int]]:
    """Return the mentors with whom each mentor clashes."""
    table: dict[int, set[int]] = {}
    if problem.wanted.max(initial=0) > 1:
        for one, other in problem.clashes:
            table.setdefault(one, set()).add(other)
            table.setdefault(other, set()).add(one)
    return table
