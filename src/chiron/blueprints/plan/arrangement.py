"""What every shape gives back to people: who is tied to whom and why, what stayed open, and how it was proved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chiron.blueprints.plan.pairs import MadePlan
from chiron.pairing.rules.scoring import Reason


@dataclass(frozen=True, slots=True)
class Tie:
    """Two people who belong together: who is helped, who helps, as what, how well it fits, and why.

    Attributes:
        mentee_id: who is helped; among peers the one whose id comes first.
        mentor_id: who helps.
        label: the slot, the link of a chain, the round or the programme; empty where there is nothing to tell apart.
        fit: whole points; among peers those of both views together.
        reasons: what speaks for it and against it; the points add up to the fit.
    """

    mentee_id: str
    mentor_id: str
    label: str
    fit: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place that nobody fills: whose it is, which one, and why."""

    person_id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class StepMade:
    """One step of the aim: what was reached, and what no plan can exceed."""

    name: str
    value: int
    bound: int

    @property
    def proved_best(self) -> bool:
        """True if no plan does better in this step, given the earlier ones."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """A plan of any shape that the judge found no fault in.

    Attributes:
        shape: "pairs", "groups", "panel", "chain", "peers", "circles", "teams", "rounds" or "shared".
        ties: in the order of the people who are helped.
        left: ids of people who asked and are tied to nobody, in their order.
        open: places that nobody fills.
        groups: members of each group, circle or team by id; empty for other shapes.
        steps: in the order of the aim, with the judge's bounds.
        proved_best: the judge recomputed every bound, and each is reached.
        method: the name of the method.
        seed: as it was given.
        plan: the plan behind pairs and groups, which also answers what-if; None for other shapes.
        why_left: from the id of somebody who is tied to nobody, the reason in a sentence.
        inside: what a larger shape needs to be mended later; nobody else looks at it.
    """

    shape: str
    ties: tuple[Tie, ...]
    left: tuple[str, ...]
    steps: tuple[StepMade, ...]
    proved_best: bool
    method: str
    seed: int
    open: tuple[OpenPlace, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    plan: MadePlan | None = None
    why_left: Callable[[str], str] = field(default=lambda _: "No place was free.", repr=False)
    inside: Any = field(default=None, repr=False)

    def unmatched(self) -> Iterator[tuple[str, str]]:
        """Yield the id of everybody who is tied to nobody, with the reason in a sentence."""
        for person in self.left:
            yield person, self.why_left(person)

    def partners_of(self, person: str) -> tuple[str, ...]:
        """Return the ids of those to whom a person is tied, whichever side they stand on."""
        helped = [tie.mentor_id for tie in self.ties if tie.mentee_id == person]
        return (*helped, *(tie.mentee_id for tie in self.ties if tie.mentor_id == person))
