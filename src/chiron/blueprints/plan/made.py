"""The one answer of every shape: who belongs with whom and why, who is left out, what stays open, how it was proved."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chiron.blueprints.plan.pairs import PairsPlan, Tie
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.sentences import Sentence

ONE_POPULATION = frozenset({"peers", "circles"})
"""Shapes without a side of mentors: two who are tied help each other."""
ONE_ID = frozenset({*ONE_POPULATION, "chain"})
"""Shapes in which an id means one person, whichever end of a tie they stand at."""


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place that nobody fills: whose it is, which one, and why."""

    person_id: str
    label: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class StepMade:
    """One step of the aim: what was reached, and what no plan can exceed; `level` as in `pairing.model.answer.Step`."""

    name: str
    value: int
    bound: int
    level: int | None = None

    @property
    def proved_best(self) -> bool:
        """True if no plan does better in this step, given the earlier ones."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class GroupMade:
    """A group, a circle or a team: what it is called, and its members by id."""

    name: str
    mentors: tuple[str, ...]
    mentees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhyLeft:
    """Why somebody is tied to nobody.

    Attributes:
        code: a short name that stays the same when the words change.
        reason: why.
        fixes: what would change it, the cheapest first; each was tried.
        note: what the programme's priority has to do with it, or None.
        changes: each fix as values, in the order of `fixes`: see `chiron.pairing.explain.fixes.Fix.values`.
    """

    code: str
    reason: Sentence
    fixes: tuple[Sentence, ...] = ()
    note: Sentence | None = None
    changes: tuple[Mapping[str, Any], ...] = ()


Explain = Callable[[str], WhyLeft]


class ShownPlan(Protocol):
    """What a page or a sheet says of a plan, however it was made: see `MadePlan`."""

    @property
    def shape(self) -> str: ...  # noqa: D102 -- see the class
    @property
    def matching(self) -> Matching: ...  # noqa: D102 -- see the class
    @property
    def ties(self) -> Iterable[Tie]: ...  # noqa: D102 -- see the class
    @property
    def left(self) -> tuple[str, ...]: ...  # noqa: D102 -- see the class
    @property
    def open(self) -> tuple[OpenPlace, ...]: ...  # noqa: D102 -- see the class
    @property
    def steps(self) -> tuple[StepMade, ...]: ...  # noqa: D102 -- see the class
    @property
    def proved_best(self) -> bool: ...  # noqa: D102 -- see the class
    @property
    def method(self) -> str: ...  # noqa: D102 -- see the class
    @property
    def stopped(self) -> str | None: ...  # noqa: D102 -- see the class
    @property
    def choosers(self) -> int: ...  # noqa: D102 -- see the class
    @property
    def why_left(self) -> Explain: ...  # noqa: D102 -- see the class
    @property
    def open_fixes(self) -> Callable[[], tuple[Sentence, ...]]: ...  # noqa: D102 -- see the class


@dataclass(frozen=True, slots=True, eq=False)
class MadePlan:
    """A plan of any shape that the judge found no fault in.

    Attributes:
        shape: "pairs", "groups", "panel", "chain", "peers", "circles", "teams", "rounds" or "shared".
        mentees: who may be helped, in their order; in one population everybody.
        mentors: who may help; empty in one population.
        matching: the rules; of programmes that share a plan those of the first.
        aim: the aim in use.
        ties: in the order of the people who are helped.
        left: ids of people who asked and are tied to nobody, in their order.
        idle: ids of mentors who are tied to nobody, in their order.
        steps: in the order of the aim, with the judge's bounds.
        proved_best: the judge recomputed every bound, and each is reached.
        method: the name of the method.
        seed: as it was given.
        stopped: why the search ended early, or None.
        open: places that nobody fills.
        groups: groups, circles or teams; empty for other shapes.
        room: how many more each mentor could take, by id.
        pairs: the plan behind pairs and groups, which also answers what-if; None for other shapes.
        choosers: how many who are helped made ranked choices of their own.
        why_left: from the id of somebody in `left`, why.
        why_idle: from the id of somebody in `idle`, why.
        open_fixes: what would fill more open places, the cheapest first, each tried.
        without: from the id of somebody who leaves, the plan without them that changes least; None where a shape
            cannot be mended.
    """

    shape: str
    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    aim: str
    ties: tuple[Tie, ...]
    left: tuple[str, ...]
    steps: tuple[StepMade, ...]
    proved_best: bool
    method: str
    seed: int
    why_left: Explain = field(repr=False)
    why_idle: Explain = field(repr=False)
    idle: tuple[str, ...] = ()
    stopped: str | None = None
    open: tuple[OpenPlace, ...] = ()
    groups: tuple[GroupMade, ...] = ()
    room: Mapping[str, int] = field(default_factory=dict)
    pairs: PairsPlan | None = None
    choosers: int = 0
    open_fixes: Callable[[], tuple[Sentence, ...]] = field(default=tuple, repr=False)
    without: "Callable[[str], MadePlan] | None" = field(default=None, repr=False)

    @property
    def mentee_names(self) -> dict[str, str]:
        """What people call those who may be helped, by id."""
        return {one.id: one.name for one in self.mentees}

    @property
    def mentor_names(self) -> dict[str, str]:
        """What people call those who may help, by id; in one population everybody."""
        return {one.id: one.name for one in self.mentors} if self.mentors else self.mentee_names

    def unmatched(self) -> Iterator[tuple[str, WhyLeft]]:
        """Yield the id of everybody who asked and is tied to nobody, with why."""
        for person in self.left:
            yield person, self.why_left(person)

    def matched(self) -> set[str]:
        """Return the ids of people who asked and are tied to somebody."""
        found = {tie.mentee_id for tie in self.ties}
        return found | {tie.mentor_id for tie in self.ties} if self.shape in ONE_POPULATION else found
