"""What an application may be and become: roles, stages, and the limits of a capacity."""

from collections.abc import Collection, Mapping
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
    Stage.ACCEPTED: frozenset({Stage.SUBMITTED, Stage.WITHDRAWN}),
    Stage.DECLINED: frozenset({Stage.SUBMITTED, Stage.ACCEPTED}),
    Stage.WITHDRAWN: frozenset({Stage.SUBMITTED, Stage.ACCEPTED}),
}
"""Back to waiting: a decision that is undone before its message has left. Back in from declined or withdrawn: anew."""

DECIDED = (Stage.ACCEPTED, Stage.DECLINED)
"""The stages that a coordinator's decision leads to."""
WAITING = (Stage.SUBMITTED,)
"""The stage in which a decision is asked for."""
OUT = (Stage.DECLINED, Stage.WITHDRAWN)
"""The stages from which somebody is taken back in."""


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Which applications a list shows; None and empty words leave nobody out."""

    role: Role | None = None
    stage: Stage | None = None
    words: str = ""


class StepNotAllowedError(RefusedError):
    """The application cannot go from its present stage to the proposed one."""


class UndoDecisionError(RefusedError):
    """A decision cannot be undone any more."""


class CapacityError(RefusedError):
    """A capacity lies outside its limits."""


class PlacesTakenError(RefusedError):
    """Fewer places were asked for than offers and matches that stand have taken."""


class PlacesFullError(RefusedError):
    """Somebody has fewer free places than were to be taken."""


def places_of(role: Role, capacity: int | None, wanted: int) -> int | None:
    """Return how many people of the other side an applicant can have; None: as many as a plan of the cohort says."""
    return capacity if role is Role.MENTOR else wanted


def free_places_of(places: int | None, taken: int) -> int | None:
    """Return how many of some places are free; None: as many as a plan of the cohort says."""
    return None if places is None else max(places - taken, 0)


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


def require_step(current: Stage, proposed: Stage, *, of: Collection[Stage] = tuple(Stage)) -> None:
    """Raise StepNotAllowedError unless the proposed stage may come next.

    Args:
        current: where the application stands.
        proposed: where it shall stand.
        of: the stages from which this act leads there; others need another act.
    """
    if proposed not in NEXT_STAGES[current] or current not in of:
        raise StepNotAllowedError(
            _("This application is now “%(current)s”, so it cannot become “%(proposed)s”.")
            % {"current": current.label, "proposed": proposed.label}
        )


def require_undoable(*, is_told: bool, taken: int) -> None:
    """Raise UndoDecisionError where a decision is known or used: its message has left, or an offer took a place."""
    if is_told:
        raise UndoDecisionError(
            _("The message about this decision has left. Withdraw the application, or accept it after all.")
        )
    if taken:
        raise UndoDecisionError(_("This person has an offer or a match. Take that back, or withdraw the application."))


def decision_text(stage: Stage, *, name: str, program: str, is_new: bool = False) -> tuple[str, str]:
    """Return the subject and the text of the message about a decision.

    Args:
        stage: what was decided: accepted or declined.
        name: whom it is to.
        program: the name of the programme.
        is_new: whether it follows a decision or a withdrawal that they know of.
    """
    dear = _("Dear %s,") % name
    if stage is Stage.DECLINED:
        return (
            _("Your application to %s") % program,
            "\n\n".join(
                [
                    dear,
                    _("Thank you for applying to %s. There is no place for you this time.") % program,
                    _("It says nothing about you. Write to us if you would like to know when it opens again."),
                ]
            ),
        )
    after_all = _("You can take part in %s after all.") if is_new else _("You can take part in %s.")
    return (
        _("You are in: %s") % program,
        "\n\n".join([dear, after_all % program, _("We work out who fits whom, and write to you as soon as we know.")]),
    )


def require_capacity(capacity: int | None) -> None:
    """Raise CapacityError unless the capacity is unknown or a whole number within its limits."""
    fault = places_fault(capacity)
    if fault:
        raise CapacityError(fault)
