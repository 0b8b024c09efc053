"""The judge of pairs of peers: no broken rule, and bounds recomputed from the input and the evidence alone."""

from collections import Counter

import numpy as np

from chiron.pairing.model.problem import Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import not_allowed
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep, ShapeVerdict
from chiron.pairing.shapes.model.gathering_problems import Peers
from chiron.pairing.shapes.model.odd_sets import OddSetPrices

CHAINS = (("total", "matched"), ("matched", "total"), ("matched", "lowest fit", "total"))
"""The steps that together prove a plan best under an aim."""
LARGEST = 1 << 62
"""Sums beyond this could overflow; evidence that needs them proves nothing here."""


def verdict(problem: Peers, answer: ShapeAnswer) -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: a step has a name that peers do not know.
    """
    broken = violations(problem, answer)
    if broken:
        return ShapeVerdict(tuple(broken), tuple(step.bound for step in answer.steps), proved_best=False)
    values = _values(problem, answer)
    bounds, kept = [], dict[str, int]()
    for step in answer.steps:
        if step.name not in values or step.value != values[step.name]:
            broken.append(Sentence("broken.not_reached", {"step": step.name, "said": step.value}))
        bounds.append(bound(problem, step, kept))
        kept[step.name] = step.value
    names = tuple(step.name for step in answer.steps)
    chains = CHAINS[:2] if not len(answer.ties) else CHAINS[::2]
    is_proved = names in chains and not broken and answer.stopped is None
    is_proved = is_proved and all(step.value == each for step, each in zip(answer.steps, bounds, strict=True))
    return ShapeVerdict(tuple(broken), tuple(bounds), proved_best=is_proved)


def violations(problem: Peers, answer: ShapeAnswer) -> list[Sentence]:
    """Return every rule that a plan breaks; empty where it breaks none."""
    people = len(problem.people)
    allowed = {(one, other) for one, other in problem.pairs.tolist()}
    found: list[Sentence] = []
    times = Counter[int]()
    for one, other, label in answer.ties.tolist():
        if not (0 <= one < people and 0 <= other < people and 0 <= label < len(answer.labels)):
            found.append(Sentence("broken.unknown_pair", {"one": one, "other": other}))
            continue
        if (one, other) not in allowed:
            found.append(not_allowed(problem.people[one], problem.people[other]))
        times.update((one, other))
    found.extend(
        Sentence("broken.partners", {"person": problem.people[person], "n": count})
        for person, count in sorted(times.items())
        if count > 1
    )
    return found


def _values(problem: Peers, answer: ShapeAnswer) -> dict[str, int]:
    """Return what a plan without violations reaches in each step."""
    fit = {(one, other): int(each) for (one, other), each in zip(problem.pairs.tolist(), problem.fit, strict=True)}
    fits = [fit[one, other] for one, other, _ in answer.ties.tolist()]
    values = {"matched": 2 * len(fits), "total": sum(fits)}
    return values | {"lowest fit": min(fits)} if fits else values


def bound(problem: Peers, step: ShapeStep, kept: dict[str, int]) -> int:
    """Return what no plan can exceed in a step, given the values that earlier steps keep.

    Args:
        problem: the peers.
        step: the step with its evidence; without evidence the bound is the trivial one.
        kept: the values of the earlier steps by name.

    Raises:
        KeyError: no step has this name.
    """
    evidence = step.evidence if isinstance(step.evidence, OddSetPrices) and _is_sound(problem, step.evidence) else None
    if step.name == "matched" and "total" in kept:
        return _people_at_total(problem, evidence, kept["total"])
    if step.name == "matched":
        # Only a number of pairs that is fixed pays for a bonus.
        counts = evidence if evidence is None or not evidence.bonus else None
        return 2 * _covered(problem, np.ones(len(problem.fit), dtype=np.int64), counts)
    if step.name == "lowest fit":
        return _lowest(problem, evidence, kept)
    if step.name == "total":
        return _whole(problem, evidence, kept)
    raise KeyError(step.name)


def _is_sound(problem: Peers, evidence: OddSetPrices) -> bool:
    """Return True if the scale is above zero, and no sum of these numbers can overflow."""
    people = np.asarray(evidence.people, dtype=np.int64)
    size = sum(map(abs, people.tolist())) + sum(max(cost, 0) for cost, _ in evidence.sets) + abs(evidence.bonus)
    # A point counts twice at most, beside a couple: see `_people_at_total`.
    top = 2 * int(np.abs(problem.fit.astype(np.int64)).max(initial=0)) + 1
    return evidence.scale > 0 and size + evidence.scale * top < LARGEST // max(1, len(people))


def _people_at_total(problem: Peers, evidence: OddSetPrices | None, total: int) -> int:
    """Return how many people plans of a total pair at most: a point counts 2, a couple 1, less the total."""
    ones = np.ones(len(problem.fit), dtype=np.int64)
    if evidence is None or evidence.bonus:
        return 2 * _covered(problem, ones, None)
    points = 2 * problem.fit.astype(np.int64)
    return 2 * _covered(problem, points + 1, evidence, taken_off=2 * total * evidence.scale)


def _lowest(problem: Peers, evidence: OddSetPrices | None, kept: dict[str, int]) -> int:
    """Return the highest fit below the level that cannot be reached with the number of pairs that is kept."""
    highest = int(problem.fit.max(initial=np.iinfo(np.int32).min))
    if evidence is None or evidence.floor is None or evidence.bonus:
        return highest
    above = problem.fit >= evidence.floor
    if 2 * _covered(problem, above.astype(np.int64), evidence, above) >= kept.get("matched", 0):
        return highest
    return int(problem.fit[~above].max(initial=np.iinfo(np.int32).min))


def _whole(problem: Peers, evidence: OddSetPrices | None, kept: dict[str, int]) -> int:
    """Return the bound on the total, with what each pair counts besides taken off again."""
    fit = problem.fit.astype(np.int64)
    if evidence is None:
        return _covered(problem, fit, None)
    if evidence.bonus and "matched" not in kept:
        return _covered(problem, fit, None)
    floor = kept.get("lowest fit", evidence.floor if "matched" in kept and not kept["matched"] else None)
    counted = np.ones(len(fit), dtype=np.bool_) if floor is None else fit >= floor
    pairs = kept.get("matched", 0) // 2
    return _covered(problem, fit, evidence, counted, evidence.bonus * pairs)


def _covered(
    problem: Peers,
    coefficients: Longs,
    evidence: OddSetPrices | None,
    counted: np.ndarray | None = None,
    taken_off: int = 0,
) -> int:
    """Return Σ prices + Σ set prices · ⌊members / 2⌋, after people paid for pairs that the prices do not cover."""
    people = len(problem.people)
    given = OddSetPrices(np.zeros(people, dtype=np.int64), scale=2) if evidence is None else evidence
    price = np.maximum(np.asarray(given.people, dtype=np.int64), 0)
    if price.shape != (people,) or given.scale < 1:
        raise ValueError("the prices do not belong to these people")
    places = np.arange(len(problem.pairs)) if counted is None else np.flatnonzero(counted)
    one, other = problem.pairs[places, 0], problem.pairs[places, 1]
    lack = given.scale * coefficients[places] + given.bonus - price[one] - price[other]
    short = np.flatnonzero(lack > 0)
    one, other, lack = one[short], other[short], lack[short]
    whole = 0
    for cost, members in given.sets:
        distinct = sorted({member for member in members if 0 <= member < people})
        inside = np.zeros(people, dtype=np.bool_)
        inside[distinct] = True
        lack = lack - max(cost, 0) * (inside[one] & inside[other])
        whole += max(cost, 0) * (len(distinct) // 2)
    if evidence is None:
        # The trivial bound: each of the two pays half of the best pair.
        share = np.zeros(people, dtype=np.int64)
        for side in (one, other):
            np.maximum.at(share, side, (lack + 1) // 2)
        return (int(share.sum()) - taken_off) // given.scale
    extra = np.zeros(people, dtype=np.int64)
    np.maximum.at(extra, one, lack)
    return (whole + int(price.sum() + np.maximum(extra, 0).sum()) - taken_off) // given.scale
