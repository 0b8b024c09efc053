"""People and rules as the scan over all pairs takes them, with what is fixed taken out: locks, and who stays alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from chiron.blueprints.plan.pairs import ConflictError, IdPairs
from chiron.blueprints.pose.pairs import scoring_of
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.explain.conflict import Demands, conflict
from chiron.pairing.model.problem import Ints
from chiron.pairing.rules.scoring import Scoring

AIMS = frozenset({"everyone", "total", "stable"})
"""The aims that are known over all pairs; the names of their steps are those of every plan."""
Places = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class AllPairsQuestion:
    """Two large pools, the rules over everybody, what is fixed, and what is left to decide; people are positions.

    Attributes:
        mentees, mentors: everybody. All of them are scored, because how well two texts meet depends on all texts.
        matching: the rules.
        scoring: the rules over everybody.
        locked: pairs that the plan holds.
        apart: pairs that it may not hold.
        alone: the mentees and the mentors whom no plan may pair, except by a lock.
        open: the mentees who are not settled by a lock or by staying alone: int32 (f,).
        capacity: int32 (m,), the places of mentors beside those that locked pairs fill; none of whoever stays alone.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    locked: Places
    apart: Places
    alone: tuple[frozenset[int], frozenset[int]]
    open: Ints
    capacity: Ints

    def may_pair(self, mentee: int, mentor: int) -> bool:
        """Return whether a coordinator's word leaves two people free for each other, whatever the rules say."""
        if (mentee, mentor) in self.locked:
            return True
        return not (mentee in self.alone[0] or mentor in self.alone[1] or (mentee, mentor) in self.apart)


def takes_all_pairs(mentees: Sequence[Participant], matching: Matching) -> bool:
    """Return whether rules and people ask for nothing that only a plan over listed pairs knows.

    Those are caps, a priority, groups, nobody left out at any price, several mentors for one mentee, other aims, and
    stable plans in which the two sides wish differently.
    """
    if matching.caps or matching.priority or matching.groups is not None or matching.everyone:
        return False
    if matching.shape.kind != "pairs" or matching.aim not in AIMS:
        return False
    if matching.aim == "stable" and any(rule.voice != "both" for rule in matching.rules):
        return False
    return all(person.wanted == 1 for person in mentees)


def all_pairs_question(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    *,
    locks: IdPairs = (),
    apart: IdPairs = (),
    exceptions: IdPairs = (),
    alone: Collection[str] = (),
) -> AllPairsQuestion:
    """Return large pools as the scan takes them.

    Args:
        mentees: in the order in which ties are broken.
        mentors: who has places.
        matching: the rules.
        locks: (mentee id, mentor id) pairs that the plan must hold.
        apart: pairs that it may not hold.
        exceptions: pairs that it may hold although a must rule forbids them.
        alone: ids of people of either side whom no plan may pair, except by a lock.

    Raises:
        ConflictError: no plan can hold the locked pairs.
        RuleError: a rule cannot be used on these columns.
    """
    at = _positions(mentees), _positions(mentors)
    locked, kept_apart, bent = (
        tuple(sorted({(at[0][one], at[1][two]) for one, two in pairs})) for pairs in (locks, apart, exceptions)
    )
    places = [matching.capacity if one.capacity is None else one.capacity for one in mentors]
    scoring = scoring_of(mentees, mentors, matching, exceptions=bent)
    demands = Demands(scoring, places, [one.wanted for one in mentees], locked=locked, forbidden=kept_apart)
    names = [one.name for one in mentees], [one.name for one in mentors]
    if found := conflict(demands, mentee_names=names[0], mentor_names=names[1]):
        raise ConflictError(found)
    alone_at = tuple(
        frozenset(place for place, one in enumerate(people) if one.id in alone) for people in (mentees, mentors)
    )
    settled = {mentee for mentee, _mentor in locked} | alone_at[0]
    capacity = np.array(places, dtype=np.int64)
    np.subtract.at(capacity, [mentor for _mentee, mentor in locked], 1)
    capacity[sorted(alone_at[1])] = 0
    return AllPairsQuestion(
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        matching=matching,
        scoring=scoring,
        locked=locked,
        apart=kept_apart,
        alone=(alone_at[0], alone_at[1]),
        open=np.array([place for place in range(len(mentees)) if place not in settled], dtype=np.int32),
        capacity=np.maximum(capacity, 0).astype(np.int32),
    )


def _positions(people: Sequence[Participant]) -> dict[str, int]:
    return {person.id: place for place, person in enumerate(people)}
