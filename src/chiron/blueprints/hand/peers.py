"""Pairs of peers of whom two come together, or one is alone; whoever is free then is paired anew."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from chiron.pairing.shapes.model.gathering_problems import Peers
from chiron.pairing.shapes.peers.solve import solve


def mates_after(
    problem: Peers,
    mates: Mapping[int, int],
    person: int,
    other: int | None,
    *,
    fixed: frozenset[frozenset[int]],
    aim: str,
) -> Mapping[int, int] | None:
    """Return who is with whom once somebody has another partner, or none; None where a fixed pair would part.

    Args:
        problem: who may be paired, and what each pair is worth.
        mates: who is with whom now, both ways round.
        person: whose partner changes.
        other: the new partner; None: nobody.
        fixed: pairs that stay.
        aim: as the programme asks.
    """
    after = dict(mates)
    for one in (person, other):
        mate = None if one is None else after.pop(one, None)
        if mate is None:
            continue
        if one != person and frozenset((one, mate)) in fixed:
            return None
        after.pop(mate, None)
    if other is not None:
        after[person], after[other] = other, person
    alone = np.ones(len(problem.people), dtype=np.bool_)
    alone[[*after, person]] = False
    free = alone[problem.pairs].all(axis=1)
    if free.any():
        rest = replace(problem, pairs=problem.pairs[free], fit=problem.fit[free])
        for one, mate, _ in solve(rest, aim="total" if aim == "total" else "everyone").ties.tolist():
            after[one], after[mate] = mate, one
    return after
