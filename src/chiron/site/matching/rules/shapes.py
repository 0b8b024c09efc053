"""Shapes of plans: how ties of two people make up groups, panels, chains and circles, and as what these are offered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.site.matching.rules.offers import MatchShape
from chiron.site.matching.rules.plans import ChangeNotPossibleError


class PlanShape(TextChoices):
    """Who belongs together in a plan; the names are those of a blueprint's `[matching.shape]`."""

    PAIRS = "pairs", gettext_lazy("Pairs")
    GROUPS = "groups", gettext_lazy("Groups")
    PANEL = "panel", gettext_lazy("Panels")
    CHAIN = "chain", gettext_lazy("Chains")
    PEERS = "peers", gettext_lazy("Peers")
    CIRCLES = "circles", gettext_lazy("Circles")
    TEAMS = "teams", gettext_lazy("Teams")
    ROUNDS = "rounds", gettext_lazy("Rounds")


TWO_SIDED = frozenset({PlanShape.PAIRS, PlanShape.GROUPS})
"""Shapes whose pairs are changed, and whose rules are bent, pair by pair."""
ONE_POPULATION = frozenset({PlanShape.PEERS, PlanShape.CIRCLES})
"""Shapes without mentors: two who are tied help each other."""
ROUNDS_AND_PANELS = frozenset({PlanShape.PANEL, PlanShape.ROUNDS})
"""Shapes in which a mentee has several places, each with a name."""
SHAPE_AIMS = frozenset({"everyone", "total"})
"""What a plan of the other shapes can be best at."""
UNITS_A_PAGE = 10
"""A card of a group or a panel has several ties with their reasons, and a page stays small."""
SEATS_A_PAGE = 10
"""Changes of a place that are listed together, each worked out."""
OFFERED_AS: Mapping[PlanShape, MatchShape] = {
    PlanShape.PAIRS: MatchShape.PAIR,
    PlanShape.GROUPS: MatchShape.GROUP,
    PlanShape.PANEL: MatchShape.PAIR,
    PlanShape.CHAIN: MatchShape.PAIR,
    PlanShape.PEERS: MatchShape.PAIR,
    PlanShape.CIRCLES: MatchShape.CIRCLE,
    PlanShape.TEAMS: MatchShape.TEAM,
    PlanShape.ROUNDS: MatchShape.PAIR,
}
"""What each part of a plan is offered as; each link of a panel or a chain is a pair of its own."""
ROOMS: Mapping[PlanShape, MatchShape] = {PlanShape.PANEL: MatchShape.PANEL, PlanShape.CHAIN: MatchShape.CHAIN}
"""Shapes whose pairs begin within a room that holds what they have in common."""


def named_places(shape: Mapping[str, Any]) -> int:
    """Return how many places with a name each mentee has, by a cohort's `[matching.shape]`; 0: they are counted."""
    if shape.get("kind") == PlanShape.PANEL:
        return len(shape["slots"])
    return int(shape["meetings"]) if shape.get("kind") == PlanShape.ROUNDS else 0


def require_two_sided(shape: PlanShape) -> None:
    """Raise ChangeNotPossibleError unless pairs of a plan of this shape are changed one by one."""
    if shape not in TWO_SIDED:
        raise ChangeNotPossibleError(
            _("A plan of this shape (%s) is changed place by place: open the plan and press Change beside the place.")
            % shape.label
        )


@dataclass(frozen=True, slots=True)
class UnitTie:
    """Two people of a plan by the keys of the row, of their applications and of themselves, and what parts them."""

    key: int
    mentee: int
    mentor: int
    mentee_person: int
    mentor_person: int
    label: str = ""


Unit = tuple[UnitTie, ...]
"""A pair, a group, the panel of one mentee, a chain, a circle, a team, or all meetings of one mentee."""


def units_of(shape: PlanShape, ties: Sequence[UnitTie]) -> list[Unit]:
    """Return the ties of a plan as what they make up, in the order in which the ties first name it."""
    numbers = count()
    chains = _chains(ties) if shape is PlanShape.CHAIN else {}
    found: dict[object, list[UnitTie]] = defaultdict(list)
    for tie in ties:
        found[_unit_key(shape, tie, chains, numbers)].append(tie)
    return [tuple(unit) for unit in found.values()]


def _unit_key(shape: PlanShape, tie: UnitTie, chains: Mapping[int, int], numbers: "count[int]") -> object:
    match shape:
        case PlanShape.GROUPS:
            return tie.mentor
        case PlanShape.PANEL | PlanShape.ROUNDS:
            return tie.mentee
        case PlanShape.CHAIN:
            return chains[tie.mentee_person]
        case PlanShape.CIRCLES | PlanShape.TEAMS:
            return tie.label
        case PlanShape.PAIRS | PlanShape.PEERS:
            return next(numbers)


def _chains(ties: Sequence[UnitTie]) -> dict[int, int]:
    """Return, by person, the person on top of their chain: everybody has one mentor at most, and no circle exists."""
    above = {tie.mentee_person: tie.mentor_person for tie in ties}
    people = {person for tie in ties for person in (tie.mentee_person, tie.mentor_person)}
    top = {}
    for person in people:
        at = person
        while at in above:
            at = above[at]
        top[person] = at
    return top
