"""The judge of chains: rules broken in words, and each bound recomputed from the input and the prices alone."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from chiron.pairing.model.problem import Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.evidence import Prices
from chiron.pairing.shapes.model.judging import LARGEST, Ballot, Expected, UnsoundError, verdict
from chiron.pairing.shapes.model.typed_problems import ChainProblem, ShapeAim

Tie = tuple[int, int]


def judge(problem: ChainProblem, answer: ShapeAnswer, *, aim: ShapeAim = "everyone") -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: no aim has this name.
    """
    names = {"everyone": ["matched", "lowest fit", "total"], "total": ["total", "matched"]}[aim]
    return _judge(problem, answer, names, frozenset())


def judge_repair(problem: ChainProblem, before: ShapeAnswer, person: int, answer: ShapeAnswer) -> ShapeVerdict:
    """Return the verdict on a plan made when a person left a chain; `problem` and `before` are those before it."""
    mentee = np.repeat(np.arange(len(problem.people)), np.diff(problem.starts))
    stays = (mentee != person) & (problem.partner != person)
    is_other = np.arange(len(problem.people)) != person
    rest = ChainProblem(
        people=problem.people,
        seeking=problem.seeking & is_other,
        capacity=np.where(is_other, problem.capacity, 0),
        starts=np.concatenate([[0], np.cumsum(np.bincount(mentee[stays], minlength=len(problem.people)))]),
        partner=problem.partner[stays],
        fit=problem.fit[stays],
        level=problem.level,
        within_level=problem.within_level,
        needs_mentor=problem.needs_mentor,
        caps=problem.caps,
    )
    old = frozenset((int(one), int(other)) for one, other, _ in before.ties)
    return _judge(rest, answer, ["matched", "kept", "total"], old)


def _judge(problem: ChainProblem, answer: ShapeAnswer, names: Sequence[str], old: frozenset[Tie]) -> ShapeVerdict:
    found = chain_violations(problem, answer)
    if found:
        return verdict(answer, found, None, ())
    mentee = np.repeat(np.arange(len(problem.people)), np.diff(problem.starts))
    listed = list(zip(mentee.tolist(), problem.partner.tolist(), strict=True))
    place = {tie: at for at, tie in enumerate(listed)}
    own = np.array([place[int(one), int(other)] for one, other, _ in answer.ties], dtype=np.int64)
    marks = np.zeros(len(problem.people) if problem.needs_mentor else 0, dtype=np.int64)
    fit = problem.fit.astype(np.int64)
    coefficients_of = {
        "matched": np.ones_like(fit),
        "kept": np.array([tie in old for tie in listed], dtype=np.int64).reshape(-1),
        "total": fit,
    }
    expected = [
        Expected(name, np.concatenate([coefficients_of[name], marks]), int(coefficients_of[name][own].sum()))
        if name in coefficients_of
        else Expected(name, None, int(fit[own].min(initial=1 << 40)))
        for name in names
        if len(own) or name in coefficients_of
    ]
    return verdict(answer, (), _ballot(problem, mentee), expected)


def chain_violations(problem: ChainProblem, answer: ShapeAnswer) -> list[Sentence]:
    """Return every rule that a plan breaks; empty where it breaks none."""
    names = problem.people
    ties = [(int(one), int(other)) for one, other, _ in np.asarray(answer.ties).reshape(-1, 3)]
    if any(not (0 <= at < len(names)) for tie in ties for at in tie):
        return [Sentence("broken.unknown_tie")]
    found: list[Sentence] = []
    for mentee, mentor in ties:
        own = problem.partner[problem.starts[mentee] : problem.starts[mentee + 1]]
        if mentor not in own.tolist():
            found.append(Sentence("broken.may_not_mentor", {"mentee": names[mentee], "mentor": names[mentor]}))
    for mentee, times in sorted(Counter(mentee for mentee, _ in ties).items()):
        if times > 1:
            found.append(Sentence("broken.several_mentors", {"mentee": names[mentee], "n": times}))
    for mentor, count in sorted(Counter(mentor for _, mentor in ties).items()):
        if count > problem.capacity[mentor]:
            values = {"mentor": names[mentor], "n": count, "most": int(problem.capacity[mentor])}
            found.append(Sentence("broken.capacity", values))
    for cap in problem.caps:
        count = sum(mentor in set(cap.mentors) for _, mentor in ties)
        if count > cap.limit:
            found.append(Sentence("broken.cap", {"cap": cap.name, "n": count, "most": cap.limit}))
    return [*found, *_coupled(problem, ties), *_misplaced(problem, answer, ties)]


def _coupled(problem: ChainProblem, ties: Sequence[Tie]) -> list[Sentence]:
    """Return mentors who lack the mentor they need, and people who are in a circle of mentors."""
    names, above = problem.people, dict(ties)
    found = [
        Sentence("broken.chain.needs_mentor", {"mentor": names[mentor]})
        for mentor in sorted({mentor for _, mentor in ties})
        if problem.needs_mentor and problem.seeking[mentor] and mentor not in above
    ]
    for first in sorted(above):
        seen, at = {first}, above[first]
        while at in above and at not in seen:
            seen.add(at)
            at = above[at]
        if at == first:
            found.append(Sentence("broken.chain.cycle", {"person": names[first]}))
    return found


def _misplaced(problem: ChainProblem, answer: ShapeAnswer, ties: Sequence[Tie]) -> list[Sentence]:
    """Return what is wrong with the labels of the ties and the list of open places."""
    levels = [0] * len(problem.people) if problem.level is None else problem.level.tolist()
    order = sorted(set(levels))
    labels = ("",) if problem.level is None else tuple(str(level) for level in order)
    found: list[Sentence] = []
    links = [int(link) for link in np.asarray(answer.ties).reshape(-1, 3)[:, 2]]
    if answer.labels != labels or links != [order.index(levels[mentee]) for mentee, _ in ties]:
        found.append(Sentence("broken.chain.link"))
    served = {mentee for mentee, _ in ties}
    waits = [(at, order.index(levels[at])) for at in np.flatnonzero(problem.seeking).tolist() if at not in served]
    if waits != [(int(one), int(link)) for one, link in answer.open]:
        found.append(Sentence("broken.chain.open"))
    return found


def _ballot(problem: ChainProblem, mentee: Longs) -> Ballot:
    """Return what can be chosen, and what prices cost each tie and mark."""
    ties, people = len(mentee), len(problem.people)
    mentor = problem.partner.astype(np.int64)
    marks = people if problem.needs_mentor else 0
    capacity = problem.capacity.astype(np.int64)

    def charge(prices: Prices) -> tuple[Longs, int]:
        cost = np.zeros(ties + marks, dtype=np.int64)
        given = 0
        if prices.kind == "circle":
            return cost + _circle_cost(problem, mentee, prices, len(cost)), _circle_limits(prices)
        most = {"person": people, "cap": len(problem.caps), "mark": marks, "tie": ties if marks else 0}
        if prices.kind not in most or not all(0 <= at < most[prices.kind] for at in prices.at.tolist()):
            raise UnsoundError(f"there is no such limit of the kind {prices.kind}")
        table = np.zeros(most[prices.kind], dtype=np.int64)
        np.add.at(table, prices.at, prices.price)
        if prices.kind == "person":
            if int(table.max(initial=0)) * int(capacity.max(initial=0)) > LARGEST:
                raise UnsoundError("a price times a capacity is too large")
            is_coupled = problem.seeking & problem.needs_mentor
            cost[:ties] = table[mentor]
            cost[ties:] -= np.where(is_coupled, table * capacity, 0)[: len(cost) - ties]
            given = sum((table * np.where(is_coupled, 0, capacity)).tolist())
        elif prices.kind == "cap":
            for cap, price in zip(problem.caps, table.tolist(), strict=True):
                cost[:ties] += np.where(np.isin(mentor, cap.mentors), price, 0)
                given += cap.limit * price
        elif prices.kind == "mark":
            cost[:ties] = -table[mentee]
            cost[ties:] = table
        else:
            if (problem.seeking[mentor[prices.at]] == 0).any():
                raise UnsoundError("a tie is priced whose mentor needs no mark")
            cost[:ties] = table
            np.subtract.at(cost, ties + mentor, table)
        return cost, given

    block = np.concatenate([mentee, people + np.arange(marks)])
    return Ballot(block=block, fit=problem.fit.astype(np.int64), charge=charge)


def _circle_cost(problem: ChainProblem, mentee: Longs, prices: Prices, size: int) -> Longs:
    """Return what the prices of sets of people cost each tie inside them.

    Raises:
        UnsoundError: a set is missing or names somebody twice.
    """
    if len(prices.members) != len(prices.price):
        raise UnsoundError("a price has no set of people")
    cost = np.zeros(size, dtype=np.int64)
    for members, price in zip(prices.members, prices.price.tolist(), strict=True):
        if (
            not members
            or len(set(members)) != len(members)
            or not 0 <= min(members) <= max(members) < len(problem.people)
        ):
            raise UnsoundError("a set of people is malformed")
        inside = np.zeros(len(problem.people), dtype=np.bool_)
        inside[list(members)] = True
        cost[: len(mentee)] += np.where(inside[mentee] & inside[problem.partner], price, 0)
    return cost


def _circle_limits(prices: Prices) -> int:
    return sum((len(own) - 1) * price for own, price in zip(prices.members, prices.price.tolist(), strict=True))
