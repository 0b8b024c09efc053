"""Rules of matching: the states of a run and a plan, what may follow what, and the refusals that people read."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.site.shared.refusals import RefusedError

MOST_PLANS_COMPARED = 4
ROWS_A_PAGE = 25
CARDS_A_PAGE = 10
"""A card has up to ten reasons, and a page stays under 60 KB."""
ALTERNATIVES_A_PAGE = 20
ALTERNATIVES_AMONG_MANY = 5
MANY = 500
"""With more mentees than this, each effect takes a third of a second, so a page shows fewer of them."""
VERY_MANY = 5_000
"""With more mentees than this an effect takes a second, so the list of mentors says their fit alone."""
FORBIDDEN_LISTED = 50
"""How many mentors whom a must rule forbids a page lists."""
TOP_CHOICES = 3
NAMES_LISTED = 100
"""How many names that are nobody's a plan's page lists."""


class RunState(TextChoices):
    """Where one call of the engine stands."""

    QUEUED = "queued", gettext_lazy("Waiting to start")
    RUNNING = "running", gettext_lazy("At work")
    STOPPING = "stopping", gettext_lazy("Stopping")
    DONE = "done", gettext_lazy("Finished")
    STOPPED = "stopped", gettext_lazy("Stopped")
    FAILED = "failed", gettext_lazy("Failed")


NEXT_RUN_STATES: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.STOPPED, RunState.FAILED}),
    RunState.RUNNING: frozenset({RunState.STOPPING, RunState.DONE, RunState.STOPPED, RunState.FAILED}),
    RunState.STOPPING: frozenset({RunState.DONE, RunState.STOPPED, RunState.FAILED}),
    RunState.DONE: frozenset(),
    RunState.STOPPED: frozenset(),
    RunState.FAILED: frozenset(),
}

OPEN_RUN_STATES = frozenset(state for state, following in NEXT_RUN_STATES.items() if following)


class PlanState(TextChoices):
    """Where one full set of pairs stands."""

    DRAFT = "draft", gettext_lazy("Draft")
    PUBLISHED = "published", gettext_lazy("Published")
    RETIRED = "retired", gettext_lazy("Put away")


NEXT_PLAN_STATES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.PUBLISHED, PlanState.RETIRED}),
    PlanState.PUBLISHED: frozenset({PlanState.DRAFT}),
    PlanState.RETIRED: frozenset({PlanState.DRAFT}),
}


class Origin(TextChoices):
    """Who proposed a pair."""

    ENGINE = "engine", gettext_lazy("Worked out")
    HAND = "hand", gettext_lazy("Changed by hand")


class Hold(TextChoices):
    """What a coordinator has fixed about two people."""

    LOCK = "lock", gettext_lazy("Locked")
    APART = "apart", gettext_lazy("Kept apart")


class RunStepNotAllowedError(RefusedError):
    """The run has already moved on."""


class PlanStepNotAllowedError(RefusedError):
    """The plan is not in a state that allows this."""


class PlanIsPublishedError(RefusedError):
    """A published plan is changed only after it is un-published."""


class ChangeNotPossibleError(RefusedError):
    """The change cannot be made; the message says why."""


class PreviewIsOldError(RefusedError):
    """The plan has changed since the coordinator saw what the change would do."""


class NothingToUndoError(RefusedError):
    """There is no change to take back, or it is not the last one."""


class RuleNotUsableError(RefusedError):
    """The rule cannot be kept; the message says what to write instead."""


class NobodyToMatchError(RefusedError):
    """One of the two pools is empty."""


class RunIsOpenError(RefusedError):
    """Another run of the same cohort has not finished."""


def require_run_step(current: RunState, proposed: RunState) -> None:
    """Raise RunStepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_RUN_STATES[current]:
        raise RunStepNotAllowedError(
            _("This run cannot be changed now. It stands at: %(state)s.") % {"state": current.label}
        )


def require_plan_step(current: PlanState, proposed: PlanState) -> None:
    """Raise PlanStepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_PLAN_STATES[current]:
        raise PlanStepNotAllowedError(
            _("This plan stands at %(current)s, so it cannot go to %(proposed)s.")
            % {"current": current.label, "proposed": proposed.label}
        )


def require_draft(state: PlanState, name: str) -> None:
    """Raise PlanIsPublishedError unless the plan can still be changed."""
    if state is PlanState.PUBLISHED:
        raise PlanIsPublishedError(_("%(plan)s is published. Un-publish it first, then change it.") % {"plan": name})
    if state is PlanState.RETIRED:
        raise PlanIsPublishedError(_("%(plan)s is put away. Take it out first, then change it.") % {"plan": name})


def phase_words(phase: str) -> str:
    """Return what a run is doing, for people; `phase` is a key that the bridge reports."""
    return {
        "": _("Waiting to start"),
        "reading": _("Reading answers"),
        "scoring": _("Working out who fits whom"),
        "solving": _("Looking for the best plan"),
        "judging": _("Checking every rule again"),
        "writing": _("Writing down the reasons"),
    }[phase]


@dataclass(frozen=True, slots=True)
class AimWords:
    """What an aim is called, what it does, and what it gives up."""

    name: str
    does: str
    gives_up: str


def aim_words() -> Mapping[str, AimWords]:
    """Return the words for each aim of the engine, the default first."""
    return {
        "everyone": AimWords(
            _("Nobody left out"),
            _("As many mentees as possible get a mentor. Then the lowest fit is made as high as it can be. ")
            + _("Then the total."),
            _("It may give up some total fit so that the worst-off person is better off."),
        ),
        "worst-off": AimWords(
            _("Fairest to the worst-off"),
            _("The same, but after the lowest fit comes the second lowest, then the third, and so on."),
            _("It may give up more total fit, and it takes longer to work out."),
        ),
        "total": AimWords(
            _("Highest total fit"),
            _("The sum of all fits is made as high as it can be."),
            _("It may leave somebody out, or give one person a poor fit, where that helps the total."),
        ),
        "stable": AimWords(
            _("Nobody would rather swap"),
            _("No mentee and mentor would both rather have each other than what they have."),
            _("It may leave more mentees out, and give up some total fit."),
        ),
        "profile": AimWords(
            _("Most first choices"),
            _("As many mentees as possible get a mentor. Then as many first choices as can be, then second choices, ")
            + _("and so on."),
            _("It may give one person a late choice, so that more get their first."),
        ),
        "rank": AimWords(
            _("Nearest to the choices"),
            _("As many mentees as possible get a mentor. Then the sum of the places on their lists is made as small ")
            + _("as it can be."),
            _("It may give up some first choices, and some total fit."),
        ),
        "parity": AimWords(
            _("Groups near each other"),
            _("As “Nobody left out”, but the mean fits of the groups that the rules name stay near each other."),
            _("It gives up some total fit, and is seldom proved to the last point."),
        ),
        "stable-mentors": AimWords(
            _("Nobody would rather swap, mentors first"),
            _("As “Nobody would rather swap”; of such plans, the best for the mentors."),
            _("Mentees get the least of what such plans can give them."),
        ),
    }


CHOSEN_AIMS = ("everyone", "worst-off", "total", "stable", "profile", "rank")
"""Aims that every programme can choose; the others need something in its rules."""


def signed_points(points: int) -> str:
    """Return points with their sign, for people."""
    return f"+{points}" if points > 0 else f"\N{MINUS SIGN}{-points}" if points < 0 else "0"


def plan_name(number: int) -> str:
    """Return the name of a cohort's plan by its number from 0: Plan A to Plan Z, then Plan AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"Plan {letters}"
