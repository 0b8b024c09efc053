"""What an application may be and become: roles, stages, and the limits of a capacity."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.blueprints.schema.person import Role as Side
from chiron.site.applications.rules.intake import places_fault
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
