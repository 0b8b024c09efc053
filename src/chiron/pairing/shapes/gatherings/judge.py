"""The judge of circles and teams: no broken rule, and bounds recomputed from the input and the evidence alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep, ShapeVerdict
from chiron.pairing.shapes.model.gathering_problems import Circles, Teams
from chiron.pairing.shapes.model.odd_sets import Branch, Cases, Leaf, Shares

ROWS = 1 << 16
"""Possible groups looked at together."""
LARGEST = 1 << 62
"""Sums beyond this could overflow; evidence that needs them proves nothing here."""
CHAINS = (("total",), ("matched", "total"))

Sides = tuple[tuple[range, int, int], ...]
"""For each kind of people: who they are, the fewest and the most of them in a group."""


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The input as the judge reads it: names, kinds with sizes, and fit and permission of any two."""

    names: tuple[str, ...]
    sides: Sides
    fits: Longs
    allowed: NDArray[np.bool_]


def verdict(problem: Circles | Teams, answer: ShapeAnswer) -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: a step has a name that groups do not know.
    """
    table = _read(problem)
    broken = _violations(table, answer, problem)
    if broken:
        return ShapeVerdict(tuple(broken), tuple(step.bound for step in answer.steps), proved_best=False)
    total = sum(int(table.fits[one, other]) for group in answer.groups for one, other in combinations(group, 2))
    values = {"matched": sum(map(len, answer.groups)), "total": total}
    bounds, kept = [], dict[str, int]()
    for step in answer.steps:
        if values[step.name] != step.value:
            broken.append(Sentence("broken.value", {"step": step.name, "said": step.value, "value": values[step.name]}))
        bounds.append(_bound(table, step, kept))
        kept[step.name] = step.value
    is_proved = tuple(step.name for step in answer.steps) in CHAINS and not broken and answer.stopped is None
    is_proved = is_proved and all(step.value == each for step, each in zip(answer.steps, bounds, strict=True))
    return ShapeVerdict(tuple(broken), tuple(bounds), proved_best=is_proved)


def _read(problem: Circles | Teams) -> _Table:
    if isinstance(problem, Circles):
        people = len(problem.people)
        fits = np.zeros((people, people), dtype=np.int64)
        allowed = np.full((people, people), not problem.only_listed)
        for (one, other), fit in zip(problem.pairs.tolist(), problem.fit.tolist(), strict=True):
            fits[one, other] = fits[other, one] = fit
            allowed[one, other] = allowed[other, one] = True
        return _Table(problem.people, ((range(people), problem.least, problem.most),), fits, allowed)
    mentees, mentors = len(problem.mentees), len(problem.mentors)
    between = np.where(problem.allowed, problem.fit.astype(np.int64), 0)
    fits = np.block([[np.zeros((mentees, mentees), dtype=np.int64), between], [between.T, problem.mentor_fit]])
    same = np.ones((mentees, mentees), dtype=np.bool_), np.ones((mentors, mentors), dtype=np.bool_)
    allowed = np.block([[same[0], problem.allowed], [problem.allowed.T, same[1]]])
    sides = (
        (range(mentees), problem.mentees_least, problem.mentees_most),
        (range(mentees, mentees + mentors), problem.mentors_least, problem.mentors_most),
    )
    return _Table((*problem.mentees, *problem.mentors), sides, fits.astype(np.int64), allowed)


def _violations(table: _Table, answer: ShapeAnswer, problem: Circles | Teams) -> list[Sentence]:
    """Return every rule that groups break."""
    found: list[Sentence] = []
    times = Counter[int]()
    for number, group in enumerate(answer.groups, start=1):
        if not all(0 <= person < len(table.names) for person in group):
            return [Sentence("broken.group.unknown", {"group": number})]
        times.update(group)
        for kind, least, most in table.sides:
            count = sum(person in kind for person in group)
            if not least <= count <= most:
                who = ("members" if len(table.sides) == 1 else "mentees") if kind.start == 0 else "mentors"
                values = {"group": number, "n": count, "least": least, "most": most}
                found.append(Sentence(f"broken.group.{who}", values))
        found.extend(
            Sentence("broken.group.not_allowed", {"one": table.names[one], "other": table.names[other]})
            for one, other in combinations(group, 2)
            if not table.allowed[one, other]
        )
    found.extend(
        Sentence("broken.group.several", {"person": table.names[one], "n": count})
        for one, count in sorted(times.items())
        if count > 1
    )
    if not found and sorted(map(tuple, answer.ties[:, :2].tolist())) != _ties(answer, problem):
        found.append(Sentence("broken.group.ties"))
    return found


def _ties(answer: ShapeAnswer, problem: Circles | Teams) -> list[tuple[int, int]]:
    pairs = [tuple(sorted(pair)) for group in answer.groups for pair in combinations(group, 2)]
    if isinstance(problem, Circles):
        return sorted((one, other) for one, other in pairs)
    mentees = len(problem.mentees)
    return sorted((one, other - mentees) for one, other in pairs if one < mentees <= other)


def _bound(table: _Table, step: ShapeStep, kept: dict[str, int]) -> int:
    """Return what no plan can exceed in a step, given how many people the step before put in groups."""
    evidence = step.evidence if _is_sound(table, step.evidence) else None
    if step.name == "matched":
        seats = _seats(table)
        return min(seats, _cases(table, evidence, 0, None)) if isinstance(evidence, Cases) else seats
    if step.name != "total":
        raise KeyError(step.name)
    if isinstance(evidence, Cases):
        return _cases(table, evidence, 1, kept.get("matched"))
    return _shares(table, evidence if isinstance(evidence, Shares) else Shares(()))


def _is_sound(table: _Table, evidence: object) -> bool:
    """Return True if the scale is above zero, and no sum of the numbers of this evidence can overflow."""
    members = sum(most for _, _, most in table.sides)
    if isinstance(evidence, Shares):
        prices, times, pairs = (
            [np.asarray(price, dtype=np.int64).tolist() for _, _, price in evidence.prices],
            1,
            table.fits.size,
        )
    elif isinstance(evidence, Cases):
        leaves = [leaf for leaf, _ in _leaves(evidence.tree, ())]
        prices = [[*leaf.people.tolist(), leaf.member * members, leaf.group] for leaf in leaves]
        # What some thousands of groups lack is added up.
        times, pairs = ROWS, members * members
    else:
        return True
    size = max((sum(map(abs, own)) for own in prices), default=0)
    top = max(1, int(np.abs(table.fits).max(initial=0)))
    return evidence.scale > 0 and times * (size + evidence.scale * top * pairs) < LARGEST


def _seats(table: _Table) -> int:
    """Return how many people fit into groups at most, whoever they are."""
    most = min(len(kind) // least for kind, least, _ in table.sides)
    seated = (sum(min(len(kind), groups * many) for kind, _, many in table.sides) for groups in range(1, most + 1))
    return max(seated, default=0)


def _cases(table: _Table, evidence: Cases, counts_fit: int, seated: int | None) -> int:
    """Return the largest bound of all cases, after somebody paid for groups that the prices do not cover.

    What a group counts is the sum of its fits, or the number of its members. Only where the number of
    people in groups is fixed may members and groups count something besides.
    """
    if evidence.scale < 1:
        raise ValueError("the scale must be above zero")
    fewest = 0 if seated is None else -(-seated // sum(most for _, _, most in table.sides))
    cases, wholes = [], []
    for leaf, rules in _leaves(evidence.tree, ()):
        price = np.asarray(leaf.people, dtype=np.int64).copy()
        if price.shape != (len(table.names),):
            raise ValueError("the prices do not belong to these people")
        # Only whoever surely has a group may have a price below zero.
        free = [one for one, other, together in rules if together and one == other]
        is_bound = ~np.isin(np.arange(len(price)), free)
        price[is_bound] = np.maximum(price[is_bound], 0)
        member, group = (0, 0) if seated is None else (leaf.member, max(leaf.group, 0))
        cases.append((price, member, group, rules))
        wholes.append(int(price.sum()) - member * (seated or 0) - group * fewest)
    for groups in _possible(table):
        seats = list(combinations(range(groups.shape[1]), 2))
        fits = sum((table.fits[groups[:, one], groups[:, other]] for one, other in seats), np.zeros(len(groups), int))
        count = evidence.scale * (fits if counts_fit else np.full(len(groups), groups.shape[1]))
        for at, (price, member, group, rules) in enumerate(cases):
            asked = count + member * groups.shape[1] + group
            lack = np.where(_follows(groups, rules), asked - price[groups].sum(axis=1), 0)
            # What a group lacks is paid once for each such group: seldom needed, and never too little.
            wholes[at] += int(np.maximum(lack, 0).sum())
    return max(wholes) // evidence.scale


def _leaves(
    tree: Branch | Leaf, rules: tuple[tuple[int, int, bool], ...]
) -> Iterator[tuple[Leaf, tuple[tuple[int, int, bool], ...]]]:
    """Yield each case with its rules (one, other, together)."""
    if isinstance(tree, Leaf):
        yield tree, rules
        return
    yield from _leaves(tree.together, (*rules, (tree.one, tree.other, True)))
    yield from _leaves(tree.apart, (*rules, (tree.one, tree.other, False)))


def _follows(groups: Longs, rules: tuple[tuple[int, int, bool], ...]) -> NDArray[np.bool_]:
    """Return which groups a case leaves possible."""
    follows = np.ones(len(groups), dtype=np.bool_)
    for one, other, together in rules:
        has_one, has_other = (groups == one).any(axis=1), (groups == other).any(axis=1)
        follows &= (has_one == has_other) if together else ~(has_one & has_other)
    return follows


def _possible(table: _Table) -> Iterator[Longs]:
    """Yield every possible group, some thousands of one size together."""
    for sizes in product(*(range(least, most + 1) for _, least, most in table.sides)):
        choices = product(*(combinations(kind, size) for (kind, _, _), size in zip(table.sides, sizes, strict=True)))
        while chunk := [sum(parts, ()) for _, parts in zip(range(ROWS), choices, strict=False)]:
            groups = np.array(chunk, dtype=np.int64)
            for one, other in combinations(range(sum(sizes)), 2):
                groups = groups[table.allowed[groups[:, one], groups[:, other]]]
            yield groups


def _shares(table: _Table, evidence: Shares) -> int:
    """Return Σ companions · price + Σ over pairs of what the prices do not cover, for each two kinds."""
    given = {(one, other): price for one, other, price in evidence.prices}
    people, whole = len(table.names), 0
    for first, (rows, _, most_rows) in enumerate(table.sides):
        for second, (columns, _, most_columns) in list(enumerate(table.sides))[first:]:
            price = np.maximum(np.asarray(given.get((first, second), np.zeros(people)), dtype=np.int64), 0)
            part = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
            gain = evidence.scale * table.fits[part] - price[part[0]][:, None] - price[part[1]]
            over = np.maximum(np.where(table.allowed[part], gain, 0), 0)
            if first == second:
                whole += (most_rows - 1) * int(price[part[0]].sum()) + int(np.triu(over, 1).sum())
            else:
                whole += most_columns * int(price[part[0]].sum()) + most_rows * int(price[part[1]].sum())
                whole += int(over.sum())
    return whole // evidence.scale
