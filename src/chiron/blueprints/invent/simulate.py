"""A programme tried on made-up people before anybody applies: who gets a mentor, who waits, whom to recruit."""

from collections import Counter
from dataclasses import dataclass

from chiron.blueprints.invent.supply_demand import Outlook, outlook
from chiron.blueprints.invent.track import MadeUpPeople, invent_track
from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.eligibility import Admitted, admitted
from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.plan.made import MadePlan
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.pairing.model.answer import Aim

TWO_SIDED = frozenset({"pairs", "groups"})


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """One trial of a programme.

    Attributes:
        people: the made-up people who applied.
        mentees: who of them may take part as a mentee, and who may not.
        mentors: the same for mentors.
        arrangement: the plan.
        outlook: supply and demand; None for shapes in which places do not belong to single mentors.
    """

    people: MadeUpPeople
    mentees: Admitted
    mentors: Admitted
    arrangement: MadePlan
    outlook: Outlook | None

    @property
    def open_places(self) -> dict[str, int]:
        """How many places of each kind nobody fills."""
        return dict(Counter(place.label for place in self.arrangement.open))


def simulate(
    blueprint: Blueprint,
    *,
    mentees: int = 60,
    mentors: int | None = None,
    seed: int = 0,
    aim: Aim | None = None,
    recruits: int = 3,
) -> Simulation:
    """Return what happens when made-up people apply to a programme.

    Args:
        blueprint: the programme.
        mentees: how many mentees apply.
        mentors: how many mentors apply; without it about as many as the mentees need.
        seed: the same seed gives the same people and the same plan.
        aim: another aim than that of the rules.
        recruits: how many further mentors to look for at most.

    Raises:
        ConflictError: no plan can meet the must rules and `everyone` together.
        PoseError: people and rules do not fit together.
    """
    people = invent_track(blueprint, mentees=mentees, mentors=mentors, seed=seed)
    learners, guides = admitted(people.mentees, blueprint), admitted(people.mentors, blueprint)
    plan = arrange(learners.people, guides.people, blueprint, aim=aim, seed=seed)
    ahead = None
    if blueprint.matching.shape.kind in TWO_SIDED:
        placed = with_levels(learners.people, blueprint)
        ahead = outlook(placed, guides.people, blueprint.matching, most=recruits)
    return Simulation(people=people, mentees=learners, mentors=guides, arrangement=plan, outlook=ahead)
