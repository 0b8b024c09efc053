"""Groups, panels, chains, circles and teams of a plan as drawings, each with the table that says the same."""

from collections.abc import Sequence

from chiron.site.matching.models import Plan, PlanPair
from chiron.site.matching.queries.units import title_of, units_shown
from chiron.site.matching.rules import PlanShape, Unit
from chiron.site.matching.rules.drawing import Drawing, drawn_in_circle, drawn_in_rows

DRAWN = frozenset({PlanShape.GROUPS, PlanShape.PANEL, PlanShape.CHAIN, PlanShape.CIRCLES, PlanShape.TEAMS})
"""Shapes whose parts hold more than two people, so that a drawing shows more than a line."""


def drawn_units(plan: Plan) -> list[Unit]:
    """Return what a plan's ties make up, where that is drawn in its own shape; nothing for other shapes."""
    return units_shown(plan, only_to_look_at=False) if plan.shape in DRAWN else []


def drawings_of(plan: Plan, units: Sequence[Unit]) -> list[Drawing]:
    """Return the drawings of what is on one page: two queries at most."""
    keys = [tie.key for unit in units for tie in unit]
    pairs = PlanPair.objects.filter(pk__in=keys).select_related("mentee__person", "mentor__person").in_bulk()
    draw = drawn_in_circle if plan.shape == PlanShape.CIRCLES else drawn_in_rows
    found = []
    for unit in units:
        rows = [pairs[tie.key] for tie in unit]
        names = {one.person_id: str(one.person) for row in rows for one in (row.mentee, row.mentor)}
        ties = [(tie.mentee_person, tie.mentor_person) for tie in unit]
        found.append(draw(title_of(PlanShape(plan.shape), rows), ties, names))
    return found
