"""Tiny random panels, shared programmes and loads from a seed, and the best of each by trying every plan."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Cap
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, PanelProblem, SharedProblem


def slots_from_tables(
    fits: Sequence[Sequence[Sequence[int | None]]],
    *,
    mentees: Sequence[str],
    mentors: Sequence[str],
    labels: Sequence[str],
    asked: NDArray[np.bool_] | None = None,
) -> Slots:
    """Return typed places from a table for each kind: fits[kind][mentee][mentor], None where it is not allowed."""
    wants = np.ones((len(mentees), len(labels)), dtype=np.bool_) if asked is None else np.asarray(asked, dtype=np.bool_)
    starts, partner, fit = [0], [], []
    for mentee in range(len(mentees)):
        for kind in range(len(labels)):
            for mentor in range(len(mentors)) if wants[mentee, kind] else ():
                points = fits[kind][mentee][mentor]
                if points is not None:
                    partner.append(mentor)
                    fit.append(points)
            starts.append(len(partner))
    return Slots(
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        labels=tuple(labels),
        starts=np.array(starts, dtype=np.int64),
        partner=np.array(partner, dtype=np.int32),
        fit=np.array(fit, dtype=np.int32),
        asked=wants,
    )


def random_slots(rng: np.random.Generator, *, most: int = 3) -> Slots:
    n, m, k = int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1)), int(rng.integers(1, 4))
    if n * k > 6:
        n = 6 // k
    top = int(rng.choice([1, 4, 20]))
    low = int(rng.choice([0, -top]))
    allowed = rng.random((k, n, m)) < rng.choice([0.5, 0.8, 1.0])
    fits = [
        [[int(rng.integers(low, top + 1)) if allowed[q, i, j] else None for j in range(m)] for i in range(n)]
        for q in range(k)
    ]
    return slots_from_tables(
        fits,
        mentees=[f"mentee {at}" for at in range(n)],
        mentors=[f"mentor {at}" for at in range(m)],
        labels=[f"kind {at}" for at in range(k)],
        asked=rng.random((n, k)) < 0.85,
    )


def some_served(slots: Slots, seed: int) -> Slots:
    """Return typed places of which some people have somebody already."""
    return replace(slots, served=np.random.default_rng(seed).random(len(slots.mentees)) < 0.5)


def first_mentors(slots: Slots, plan) -> int:
    """Return how many people a plan gives somebody who have nobody, counted by hand."""
    return len({tie[0] for tie in plan if slots.served is None or not slots.served[tie[0]]})


def random_caps(rng: np.random.Generator, mentors: int) -> tuple[Cap, ...]:
    if rng.random() < 0.6:
        return ()
    some = tuple(sorted(rng.permutation(mentors)[: int(rng.integers(1, mentors + 1))].tolist()))
    caps = (Cap("site", int(rng.integers(0, 4)), some),)
    return (*caps, Cap("all", int(rng.integers(0, 5)), tuple(range(mentors)))) if rng.random() < 0.5 else caps


def random_loads(seed: int) -> LoadsProblem:
    rng = np.random.default_rng(seed)
    slots = random_slots(rng)
    return LoadsProblem(
        slots=slots,
        budget=rng.integers(0, 6, len(slots.mentors)),
        units=rng.integers(0 if rng.random() < 0.2 else 1, 4, slots.kinds),
        caps=random_caps(rng, len(slots.mentors)),
        differ=bool(rng.random() < 0.4),
    )


def random_panel(seed: int) -> PanelProblem:
    rng = np.random.default_rng(seed)
    slots = random_slots(rng)
    with_places = rng.random() < 0.4
    return PanelProblem(
        slots=slots,
        capacity=rng.integers(0, 4, len(slots.mentors)),
        required=rng.random(slots.kinds) < 0.5,
        slot_capacity=rng.integers(0, 3, (slots.kinds, len(slots.mentors))) if with_places else None,
        caps=random_caps(rng, len(slots.mentors)),
    )


def random_shared(seed: int) -> SharedProblem:
    rng = np.random.default_rng(seed)
    slots = random_slots(rng)
    return SharedProblem(
        slots=slots,
        capacity=rng.integers(0, 4, len(slots.mentors)),
        program_capacity=rng.integers(0, 3, (slots.kinds, len(slots.mentors))),
        caps=random_caps(rng, len(slots.mentors)),
        differ=bool(rng.random() < 0.5),
        program_limit=rng.integers(0, 4, slots.kinds) if rng.random() < 0.3 else None,
    )


def typed_plans(slots: Slots, capacity, units, *, place=None, caps=(), of_kind=None, differ=False):
    """Yield every plan that keeps the rules, as a list of (mentee, mentor, kind, fit); written without the judges."""
    rows = [(i, q) for i in range(len(slots.mentees)) for q in range(slots.kinds) if slots.asked[i, q]]
    choices = []
    for i, q in rows:
        row = i * slots.kinds + q
        own = range(int(slots.starts[row]), int(slots.starts[row + 1]))
        choices.append([None, *((i, int(slots.partner[at]), q, int(slots.fit[at])) for at in own)])
    for chosen in product(*choices):
        plan = [tie for tie in chosen if tie is not None]
        load, places, kinds = np.zeros(len(slots.mentors), int), np.zeros((slots.kinds, len(slots.mentors)), int), {}
        for _, j, q, _ in plan:
            load[j] += int(units[q])
            places[q, j] += 1
            kinds[q] = kinds.get(q, 0) + 1
        if (
            (load <= capacity).all()
            and (place is None or (places <= place).all())
            and all(sum(j in cap.mentors for _, j, _, _ in plan) <= cap.limit for cap in caps)
            and (of_kind is None or all(count <= of_kind[q] for q, count in kinds.items()))
            and not (differ and len({(i, j) for i, j, _, _ in plan}) < len(plan))
        ):
            yield plan
