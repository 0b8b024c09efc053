"""What an application may be and become: roles, stages, and the limits of a capacity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Role as Side
from chiron.site.applications.rules.intake import MOST_PLACES, places_fault
from chiron.site.shared.refusals import RefusedError


class Role(TextChoices):
    """What somebody applies to be in a cohort."""

    MENTOR = "mentor", gettext_lazy("Mentor")
    MENTEE = "mentee", gettext_lazy("Mentee")


SIDES: Mapping[Role, Side] = {Role.MENTOR: "mentor", Role.MENTEE: "mentee"}
"""What rules and sheets call the roles."""


class Stage(TextChoices):
    """Where an application stands."""

    DRAFT = "draft", gettext_lazy("Not sent yet")
    SUBMITTED = "submitted", gettext_lazy("Waiting for a decision")
    ACCEPTED = "accepted", gettext_lazy("Accepted")
    DECLINED = "declined", gettext_lazy("Declined")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


NEXT_STAGES: Mapping[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.SUBMITTED, Stage.WITHDRAWN}),
    Stage.SUBMITTED: frozenset({Stage.ACCEPTED, Stage.DECLINED, Stage.WITHDRAWN}),
    Stage.ACCEPTED: frozenset({Stage.WITHDRAWN}),
    Stage.DECLINED: frozenset(),
    Stage.WITHDRAWN: frozenset(),
}

DECIDED = (Stage.ACCEPTED, Stage.DECLINED)
"""The stages that a coordinator's decision leads to."""


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Which applications a list shows; None and empty words leave nobody out."""

    role: Role | None = None
    stage: Stage | None = None
    words: str = ""


class StepNotAllowedError(RefusedError):
    """The application cannot go from its present stage to the proposed one."""


class CapacityError(RefusedError):
    """A capacity lies outside its limits."""


class PlacesTakenError(RefusedError):
    """Fewer places were asked for than offers and matches that stand have taken."""


class PlacesFullError(RefusedError):
    """Somebody has fewer free places than were to be taken."""


def usual_places(matching: Mapping[str, Any]) -> int | None:
    """Return how many mentees the rules of a cohort give a mentor who did not say; None: even groups decide."""
    rules = Matching.model_validate(matching)
    if rules.groups is not None and rules.groups.most is not None:
        return min(rules.groups.most, MOST_PLACES)
    if rules.groups is not None and rules.groups.balanced_by is not None:
        return None
    return min(rules.capacity, MOST_PLACES)


def require_places(*, places: int | None, taken: int, over_because: str) -> None:
    """Raise PlacesTakenError where fewer places are asked for than are taken, unless somebody says why that is right.

    Args:
        places: how many there shall be; None: no limit.
        taken: how many offers and matches that stand have taken.
        over_because: the coordinator's reason for going over; empty: none was given.
    """
    if places is not None and places < taken and not over_because.strip():
        raise PlacesTakenError(
            ngettext(
                "%(taken)d place is taken by a match or an offer, so there cannot be %(places)d. "
                "End that first, or say why there shall be more matches than places.",
                "%(taken)d places are taken by matches or offers, so there cannot be %(places)d. "
                "End some of them first, or say why there shall be more matches than places.",
                taken,
            )
            % {"taken": taken, "places": places}
        )


def require_step(current: Stage, proposed: Stage) -> None:
    """Raise StepNotAllowedError unless the proposed stage may come next."""
    if proposed not in NEXT_STAGES[current]:
        raise StepNotAllowedError(
            _("This application is now “%(current)s”, so it cannot become “%(proposed)s”.")
            % {"current": current.label, "proposed": proposed.label}
        )


def require_capacity(capacity: int | None) -> None:
    """Raise CapacityError unless the capacity is unknown or a whole number within its limits."""
    fault = places_fault(capacity)
    if fault:
        raise CapacityError(fault)
