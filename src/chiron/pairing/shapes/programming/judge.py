"""What the judges of panels, shared programmes and loads share: rules broken in words, and what prices cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Cap, Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.evidence import Prices
from chiron.pairing.shapes.model.judging import Ballot, Expected, UnsoundError, verdict
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import ShapeAim

Tie = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The limits of a shape with typed places, as the judge reads them.

    Attributes:
        capacity: units of each mentor, int64 (m,).
        units: of each kind, int64 (k,).
        place: places of a kind with a mentor, int64 (k, m), or None.
        caps: limits on pairs over mentors.
        of_kind: limits on the pairs of each kind, int64 (k,), or None.
        differ: the same mentor may fill only one place of a mentee.
    """

    capacity: Longs
    units: Longs
    place: Longs | None = None
    caps: tuple[Cap, ...] = ()
    of_kind: Longs | None = None
    differ: bool = False


def typed_violations(slots: Slots, rules: Rules, answer: ShapeAnswer) -> list[Sentence]:
    """Return every rule that a plan breaks; empty where it breaks none."""
    ties = [(int(mentee), int(mentor), int(kind)) for mentee, mentor, kind in np.asarray(answer.ties).reshape(-1, 3)]
    sizes = (len(slots.mentees), len(slots.mentors), len(slots.labels))
    if any(not (0 <= one < size) for tie in ties for one, size in zip(tie, sizes, strict=True)):
        return [Sentence("broken.unknown_place")]
    found = [
        Sentence(
            "broken.slot.not_allowed",
            {"mentee": slots.mentees[mentee], "mentor": slots.mentors[mentor], "slot": slots.labels[kind]},
        )
        for mentee, mentor, kind in ties
        if slots.place(mentee, kind, mentor) < 0
    ]
    found += [
        Sentence("broken.slot.several", {"mentee": slots.mentees[mentee], "n": times, "slot": slots.labels[kind]})
        for (mentee, kind), times in sorted(Counter((mentee, kind) for mentee, _, kind in ties).items())
        if times > 1
    ]
    if rules.differ:
        found += [
            Sentence(
                "broken.slot.same_mentor",
                {"mentor": slots.mentors[mentor], "n": times, "mentee": slots.mentees[mentee]},
            )
            for (mentee, mentor), times in sorted(Counter((mentee, mentor) for mentee, mentor, _ in ties).items())
            if times > 1
        ]
    filled = {(mentee, kind) for mentee, _, kind in ties}
    left = sorted((int(mentee), int(kind)) for mentee, kind in np.argwhere(slots.asked) if (mentee, kind) not in filled)
    if left != [(int(mentee), int(kind)) for mentee, kind in answer.open]:
        found.append(Sentence("broken.slot.open"))
    return [*found, *_crowded(slots, rules, ties)]


def _crowded(slots: Slots, rules: Rules, ties: Sequence[Tie]) -> list[Sentence]:
    """Return mentors, places, caps and kinds with more than they may have."""
    found: list[Sentence] = []
    load = np.zeros(len(slots.mentors), dtype=np.int64)
    for _, mentor, kind in ties:
        load[mentor] += rules.units[kind]
    found += [
        Sentence(
            "broken.load",
            {"mentor": slots.mentors[mentor], "n": int(load[mentor]), "most": int(rules.capacity[mentor])},
        )
        for mentor in np.flatnonzero(load > rules.capacity).tolist()
    ]
    for kind, label in enumerate(slots.labels):
        own = [mentor for _, mentor, one in ties if one == kind]
        if rules.of_kind is not None and len(own) > rules.of_kind[kind]:
            found.append(Sentence("broken.cap", {"cap": label, "n": len(own), "most": int(rules.of_kind[kind])}))
        for mentor, count in sorted(Counter(own).items()):
            if rules.place is not None and count > rules.place[kind, mentor]:
                values = {"mentor": slots.mentors[mentor], "n": count, "slot": label}
                found.append(Sentence("broken.slot.most", {**values, "most": int(rules.place[kind, mentor])}))
    for cap in rules.caps:
        count = sum(mentor in set(cap.mentors) for _, mentor, _ in ties)
        if count > cap.limit:
            found.append(Sentence("broken.cap", {"cap": cap.name, "n": count, "most": cap.limit}))
    return found


def taken_of(slots: Slots, answer: ShapeAnswer) -> Longs:
    """Return the places of an answer's ties in the input, once it has no violations: int64 (ties,)."""
    return np.array([slots.place(int(i), int(k), int(j)) for i, j, k in answer.ties], dtype=np.int64)


def plain_verdict(slots: Slots, rules: Rules, answer: ShapeAnswer, aim: ShapeAim) -> ShapeVerdict:
    """Return the verdict where the steps are "matched", "lowest fit" and "total", or "total" and "matched".

    Raises:
        KeyError: no aim has this name.
    """
    names = {"everyone": ["matched", "lowest fit", "total"], "total": ["total", "matched"]}[aim]
    found = typed_violations(slots, rules, answer)
    if found:
        return verdict(answer, found, None, ())
    fits = slots.fit.astype(np.int64)
    own = fits[taken_of(slots, answer)]
    steps = {
        "matched": Expected("matched", np.ones_like(fits), len(own)),
        "lowest fit": Expected("lowest fit", None, int(own.min(initial=1 << 40))),
        "total": Expected("total", fits, int(own.sum())),
    }
    expected = [steps[name] for name in names if len(own) or name != "lowest fit"]
    return verdict(answer, (), typed_ballot(slots, rules), expected)


def people_first_verdict(
    slots: Slots, rules: Rules, answer: ShapeAnswer, aim: ShapeAim, *, required: NDArray[np.bool_] | None = None
) -> ShapeVerdict:
    """Return the verdict where the steps are "mentees", "required slots" and "slots", with "total" last or first.

    Args:
        slots: the places and who may fill them.
        rules: what limits them.
        answer: the plan.
        aim: "everyone" or "total".
        required: bool (k,), which kinds of place matter before the others; a step only where some do and some do not.

    Raises:
        KeyError: no aim has this name.
    """
    names = {
        "everyone": ["mentees", "required slots", "slots", "total"],
        "total": ["total", "mentees", "required slots", "slots"],
    }[aim]
    found = typed_violations(slots, rules, answer)
    if found:
        return verdict(answer, found, None, ())
    own = taken_of(slots, answer)
    first = np.ones(slots.kinds, dtype=np.bool_) if required is None else required
    is_required = np.tile(first, len(slots.mentees)).repeat(np.diff(slots.starts)).astype(np.int64)
    fits, marks = slots.fit.astype(np.int64), np.zeros(len(slots.mentees), dtype=np.int64)
    # Whoever has somebody already counts for nobody who gets a first mentor.
    firsts = marks + 1 if slots.served is None else 1 - slots.served.astype(np.int64)
    reached = np.unique(answer.ties[:, 0]) if len(answer.ties) else np.empty(0, dtype=np.int64)
    coefficients_of = {"required slots": is_required, "slots": np.ones_like(fits), "total": fits}
    expected = [
        Expected(name, np.concatenate([coefficients_of[name], marks]), int(coefficients_of[name][own].sum()))
        if name in coefficients_of
        else Expected(name, np.concatenate([np.zeros_like(fits), firsts]), int(firsts[reached].sum()))
        for name in names
        if name != "required slots" or len(set(first.tolist())) > 1
    ]
    return verdict(answer, (), typed_ballot(slots, rules, with_marks=True), expected)


def typed_ballot(slots: Slots, rules: Rules, *, with_marks: bool = False) -> Ballot:
    """Return what can be chosen, and what prices cost each tie and mark."""
    rows = np.repeat(np.arange(len(slots.starts) - 1), np.diff(slots.starts))
    mentee, kind = rows // max(1, slots.kinds), rows % max(1, slots.kinds)
    mentor = slots.partner.astype(np.int64)
    people, mentors = len(slots.mentees), len(slots.mentors)
    marks = people if with_marks else 0
    of_cap = {at: np.isin(mentor, cap.mentors) for at, cap in enumerate(rules.caps)}

    def charge(prices: Prices) -> tuple[Longs, int]:
        cost = np.zeros(len(mentor) + marks, dtype=np.int64)
        tie_cost = cost[: len(mentor)]
        if prices.kind == "mentor":
            table, given = _table(prices, rules.capacity)
            tie_cost += table[mentor] * rules.units[kind]
        elif prices.kind == "cap":
            table, given = _table(prices, np.array([cap.limit for cap in rules.caps], dtype=np.int64))
            for at, inside in of_cap.items():
                tie_cost += np.where(inside, table[at], 0)
        elif prices.kind == "place" and rules.place is not None:
            table, given = _table(prices, rules.place.reshape(-1))
            tie_cost += table[kind * mentors + mentor]
        elif prices.kind == "program" and rules.of_kind is not None:
            table, given = _table(prices, rules.of_kind)
            tie_cost += table[kind]
        elif prices.kind == "pair" and rules.differ:
            given = sum(prices.price.tolist())
            tie_cost += _looked_up(prices, mentee * mentors + mentor, people * mentors)
        elif prices.kind == "mark" and with_marks:
            table, given = _table(prices, np.zeros(people, dtype=np.int64))
            tie_cost -= table[mentee]
            cost[len(mentor) :] += table
        else:
            raise UnsoundError(f"there is no limit of the kind {prices.kind}")
        return cost, given

    block = np.concatenate([rows, len(slots.starts) + np.arange(marks)])
    return Ballot(block=block, fit=slots.fit.astype(np.int64), charge=charge)


def _table(prices: Prices, limits: NDArray[np.int64]) -> tuple[Longs, int]:
    """Return the price of every limit of a kind, and the sum of limit·price.

    Raises:
        UnsoundError: a price names a limit that does not exist.
    """
    if len(prices.at) and not (int(prices.at.min()) >= 0 and int(prices.at.max()) < len(limits)):
        raise UnsoundError("a price names a limit that does not exist")
    table = np.zeros(len(limits), dtype=np.int64)
    np.add.at(table, prices.at, prices.price)
    given = sum(one * int(limits[at]) for at, one in zip(prices.at.tolist(), prices.price.tolist(), strict=True))
    return table, given


def _looked_up(prices: Prices, keys: Longs, size: int) -> Longs:
    """Return the price of each key, 0 where it has none.

    Raises:
        UnsoundError: a price names a pair that does not exist, or one twice.
    """
    if len(prices.at) and not (int(prices.at.min()) >= 0 and int(prices.at.max()) < size):
        raise UnsoundError("a price names a pair that does not exist")
    order = np.argsort(prices.at, kind="stable")
    at, price = prices.at[order], prices.price[order]
    if (np.diff(at) == 0).any():
        raise UnsoundError("a pair is priced twice")
    if not len(at):
        return np.zeros(len(keys), dtype=np.int64)
    found = np.minimum(np.searchsorted(at, keys), len(at) - 1)
    return np.asarray(np.where(at[found] == keys, price[found], 0))
