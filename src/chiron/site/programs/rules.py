"""What a cohort may be and become, the limits of its settings, and the words of its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from chiron.site.notices.rules import NoticeState
from chiron.site.shared.keeping.rules import KEPT_AFTER_THE_END, Until
from chiron.site.shared.refusals import RefusedError

SMALLEST_GROUP = 5
"""No site may show figures about fewer people than this."""
LARGEST_GROUP = 100
HIGHEST_LINE = 100


class CohortStage(TextChoices):
    """Where one run of a programme stands."""

    APPLYING = "applying", gettext_lazy("Applying")
    MATCHING = "matching", gettext_lazy("Matching")
    RUNNING = "running", gettext_lazy("Running")
    FINISHED = "finished", gettext_lazy("Finished")


def until_over(way: str) -> Until:
    """Return for how long rows are kept that belong to a cohort.

    Args:
        way: from a row to its cohort, as Django writes it, such as "plan__cohort".
    """
    return Until(KEPT_AFTER_THE_END, f"{way}__finished_at")


class StaffRole(TextChoices):
    """What a member of staff does in one cohort."""

    COORDINATOR = "coordinator", gettext_lazy("Coordinator")
    LEADER = "leader", gettext_lazy("Leader")


NOTICE_STATES: Mapping[NoticeState, str] = {
    NoticeState.DRAFT: gettext_noop("Draft"),
    NoticeState.HELD: gettext_noop("Held back"),
    NoticeState.READY: gettext_noop("Released"),
    NoticeState.SENDING: gettext_noop("Being sent"),
    NoticeState.SENT: gettext_noop("Sent"),
    NoticeState.WITHDRAWN: gettext_noop("Withdrawn"),
}
"""Where a message stands, in the order in which the outbox offers them."""


class OutboxAct(StrEnum):
    """What a coordinator does with many messages at once."""

    RELEASE = "release"
    HOLD = "hold"
    SENT = "sent"


ACT_LEADS_TO: Mapping[OutboxAct, NoticeState] = {
    OutboxAct.RELEASE: NoticeState.READY,
    OutboxAct.HOLD: NoticeState.HELD,
    OutboxAct.SENT: NoticeState.SENT,
}
ACT_ON_ALL: Mapping[OutboxAct, frozenset[NoticeState]] = {
    OutboxAct.RELEASE: frozenset({NoticeState.DRAFT}),
    OutboxAct.HOLD: frozenset({NoticeState.DRAFT, NoticeState.READY}),
    OutboxAct.SENT: frozenset({NoticeState.READY}),
}
"""Which of all messages that are shown an act is about: what was held back leaves only where it is ticked."""
UNDECIDED = frozenset({NoticeState.DRAFT, NoticeState.HELD, NoticeState.READY})
"""States of messages that something can be done with."""


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One choice above a list: its words, its address, whether it is the present one, and how many it shows."""

    label: str
    url: str
    is_current: bool
    number: int | None = None


@dataclass(frozen=True, slots=True)
class FinderAsked:
    """Which programmes a finder shows."""

    is_open: bool = False
    organization: str = ""


@dataclass(frozen=True, slots=True)
class OutboxAsked:
    """Which messages an outbox shows, what is done with them, and which of them the page showed.

    Attributes:
        state, words: which it shows; empty: all.
        act: what is done.
        ticked: with which, as the page showed them; none: with all that are shown and can be.
        seen: the digest of those that the button was about, where it is about all that are shown.
    """

    state: str = ""
    words: str = ""
    act: "OutboxAct | None" = None
    ticked: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, slots=True)
class ActPossible:
    """With how many messages an act can be done, and the digest of their keys."""

    number: int
    seen: str


NEXT_STAGES: Mapping[CohortStage, frozenset[CohortStage]] = {
    CohortStage.APPLYING: frozenset({CohortStage.MATCHING}),
    CohortStage.MATCHING: frozenset({CohortStage.APPLYING, CohortStage.RUNNING}),
    CohortStage.RUNNING: frozenset({CohortStage.MATCHING, CohortStage.FINISHED}),
    CohortStage.FINISHED: frozenset({CohortStage.RUNNING}),
}


class CohortFile(StrEnum):
    """A file that somebody may take away from a cohort."""

    PEOPLE = "people"
    ROWS_TO_FIX = "rows_to_fix"
    PAIRS = "pairs"
    OFFERS = "offers"
    MESSAGES = "messages"
    REPORT = "report"


class CohortStepError(RefusedError):
    """The cohort cannot go from its present stage to the proposed one."""


class ApprovedAct(TextChoices):
    """What one coordinator asks for and another one does, where a cohort needs a second person."""

    PUBLISH = "publish", gettext_lazy("Publish a plan, or what was held back of it")
    RUNNING = "running", gettext_lazy("Bring in matches that run already")
    NEXT = "next", gettext_lazy("Offer a mentor to the next")
    UNPUBLISH = "unpublish", gettext_lazy("Un-publish a plan")
    ONE_PERSON = "one_person", gettext_lazy("Let one person publish")


ACTS_ASKED: Mapping[ApprovedAct, str] = {
    ApprovedAct.PUBLISH: "plan.publishing_asked",
    ApprovedAct.RUNNING: "matches.asked_to_come_in",
    ApprovedAct.NEXT: "offer.next_asked",
    ApprovedAct.UNPUBLISH: "plan.unpublishing_asked",
    ApprovedAct.ONE_PERSON: "cohort.one_person_asked",
}
"""What is recorded when a coordinator asks another one for an act."""
PREFIX_OF_MATCHES = "match."
"""How the kinds of all messages begin that tell people of offers and matches."""


class ApprovalNeededError(RefusedError):
    """Another coordinator has to do this, and only as it was asked for."""

    def __init__(self, text: str = "") -> None:
        """Say what to do instead."""
        super().__init__(
            text or _("In this cohort another coordinator does this, as it was asked for. Open the page again and ask.")
        )


class OutboxChangedError(RefusedError):
    """The outbox holds other messages than those that the coordinator saw."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("The outbox changed since you opened it. Nothing was done. Read it again."))


class SettingError(RefusedError):
    """A setting of a cohort lies outside its limits."""


def require_step(current: CohortStage, proposed: CohortStage) -> None:
    """Raise CohortStepError unless the proposed stage may come next; staying is always allowed."""
    if proposed != current and proposed not in NEXT_STAGES[current]:
        raise CohortStepError(
            _("A cohort cannot go from %(current)s to %(proposed)s. Choose a stage next to the present one.")
            % {"current": current.label, "proposed": proposed.label}
        )


def require_settings(*, small_group: int, look_line: int) -> None:
    """Raise SettingError unless the threshold for small groups and the look line lie within their limits."""
    if not SMALLEST_GROUP <= small_group <= LARGEST_GROUP:
        raise SettingError(
            _("The smallest group that reports show must be from %(low)d to %(high)d people.")
            % {"low": SMALLEST_GROUP, "high": LARGEST_GROUP}
        )
    if not 0 <= look_line <= HIGHEST_LINE:
        raise SettingError(
            _("The line for pairs that need a look must be from 0 to %(high)d per cent.") % {"high": HIGHEST_LINE}
        )


EVENT_WORDS: Mapping[str, str] = {
    "approval.used": gettext_noop("Did what another coordinator had asked for"),
    "application.accepted": gettext_noop("Accepted an application"),
    "application.capacity_changed": gettext_noop("Changed the number of places"),
    "application.decision_undone": gettext_noop("Undid a decision"),
    "application.declined": gettext_noop("Declined an application"),
    "application.over_capacity": gettext_noop("Let somebody have more matches than places"),
    "application.submitted": gettext_noop("Applied"),
    "application.withdrawn": gettext_noop("Withdrew an application"),
    "match.begun_again": gettext_noop("A match goes on after all"),
    "match.joined_again": gettext_noop("Somebody is in a match again"),
    "match.ended": gettext_noop("A match ended"),
    "match.left": gettext_noop("Somebody left a match"),
    "match.mentee_said_no": gettext_noop("The mentee said no to a match"),
    "match.mentee_said_yes": gettext_noop("The mentee said yes to a match"),
    "match.mentor_said_no": gettext_noop("The mentor said no to a match"),
    "match.mentor_said_yes": gettext_noop("The mentor said yes to a match"),
    "matches.asked_to_come_in": gettext_noop("Asked another coordinator to bring in matches that run already"),
    "notice.edited": gettext_noop("Changed a message"),
    "notice.held": gettext_noop("Held a message back"),
    "notice.released": gettext_noop("Released a message"),
    "notice.sent": gettext_noop("A message left"),
    "notice.withdrawn": gettext_noop("Withdrew a message"),
    "notice.written": gettext_noop("Wrote a message"),
    "notices.written": gettext_noop("Wrote messages"),
    "notices.held": gettext_noop("Held messages back"),
    "notices.sent_by_hand": gettext_noop("Said that messages were sent by hand"),
    "notices.released": gettext_noop("Released messages"),
    "notices.withdrawn": gettext_noop("Withdrew messages"),
    "cohort.moved": gettext_noop("Moved the cohort to another stage"),
    "cohort.opened": gettext_noop("Opened the cohort"),
    "cohort.one_person_asked": gettext_noop("Asked another coordinator to let one person publish"),
    "cohort.one_person_refused": gettext_noop("Kept the rule that publishing needs a second person"),
    "cohort.rules_changed": gettext_noop("Changed the rules for matching"),
    "cohort.settings_changed": gettext_noop("Changed the settings"),
    "matches.came_in": gettext_noop("Brought in matches that run already"),
    "file.messages_taken": gettext_noop("Took a file of the messages away"),
    "file.offers_taken": gettext_noop("Took a file of the offers away"),
    "file.pairs_taken": gettext_noop("Took a file of the pairs away"),
    "file.people_taken": gettext_noop("Took a file of the people away"),
    "file.report_taken": gettext_noop("Took a file of the report away"),
    "file.rows_to_fix_taken": gettext_noop("Took a file of rows to fix away"),
    "import.done": gettext_noop("Imported a spreadsheet"),
    "import.nobody_meant": gettext_noop("Said that an unclear exclusion means nobody"),
    "import.nobody_taken_back": gettext_noop("Took back that an unclear exclusion means nobody"),
    "import.cells_corrected": gettext_noop("Corrected how answers of a spreadsheet are read"),
    "import.sheet_chosen": gettext_noop("Chose another sheet of a workbook"),
    "import.mapped": gettext_noop("Chose the columns of a spreadsheet"),
    "import.uploaded": gettext_noop("Uploaded a spreadsheet"),
    "import.undone": gettext_noop("Undid an import"),
    "offer.answer_taken_back": gettext_noop("Somebody took an answer back"),
    "offer.lapsed": gettext_noop("An offer was not answered in time"),
    "offer.lifted": gettext_noop("Let two people be proposed to each other again"),
    "offer.made_to_next": gettext_noop("Offered a mentor to the next of those who wait"),
    "offer.member_added": gettext_noop("Asked somebody to join a group"),
    "offer.members_taken_back": gettext_noop("Took back that people join a group"),
    "offer.member_left": gettext_noop("Somebody left a group that was offered"),
    "offer.mentee_said_no": gettext_noop("A mentee said no to an offer"),
    "offer.mentee_said_yes": gettext_noop("A mentee said yes to an offer"),
    "offer.mentor_said_no": gettext_noop("A mentor said no to an offer"),
    "offer.mentor_said_yes": gettext_noop("A mentor said yes to an offer"),
    "offer.next_asked": gettext_noop("Asked another coordinator to offer a mentor to the next"),
    "offer.peer_said_no": gettext_noop("Somebody said no to an offer"),
    "offer.peer_said_yes": gettext_noop("Somebody said yes to an offer"),
    "offer.waits_again": gettext_noop("An offer waits for an answer again"),
    "offer.taken_back": gettext_noop("Took an offer back"),
    "plan.change_undone": gettext_noop("Took a change of a plan back"),
    "plan.mentor_changed": gettext_noop("Changed a mentor"),
    "plan.noted": gettext_noop("Wrote a note on a plan"),
    "plan.offered": gettext_noop("Offered the rest of a plan"),
    "plan.pair_freed": gettext_noop("Freed a pair"),
    "plan.pair_kept_apart": gettext_noop("Kept two people apart"),
    "plan.pair_locked": gettext_noop("Locked a pair"),
    "plan.messages_written": gettext_noop("Wrote all messages of a published plan"),
    "plan.published": gettext_noop("Published a plan"),
    "plan.publishing_asked": gettext_noop("Asked another coordinator to publish a plan"),
    "plan.publishing_begun": gettext_noop("Began to publish a plan"),
    "plan.publishing_prepared": gettext_noop("Prepared the messages of a plan"),
    "plan.publishing_refused": gettext_noop("A plan could not be published"),
    "plan.publishing_stopped": gettext_noop("Stopped the publishing of a plan"),
    "plan.put_away": gettext_noop("Put a plan away"),
    "plan.seat_changed": gettext_noop("Changed who is where in a plan"),
    "plan.taken_out": gettext_noop("Took a plan out again"),
    "plan.unpublishing_begun": gettext_noop("Began to take a published plan back"),
    "plan.unpublished": gettext_noop("Took a published plan back"),
    "plan.unpublishing_asked": gettext_noop("Asked another coordinator to un-publish a plan"),
    "rules.change_undone": gettext_noop("Took a change of the rules back"),
    "run.answered": gettext_noop("A plan was worked out"),
    "run.asked": gettext_noop("Asked for a plan"),
    "run.failed": gettext_noop("No plan could be worked out"),
    "run.stopped": gettext_noop("Stopped a run"),
    "site.added": gettext_noop("Added a site"),
    "staff.coordinator_added": gettext_noop("Added a coordinator"),
    "staff.leader_added": gettext_noop("Added a leader"),
}
"""What an event is called in a cohort's history; an event that is not here is called by its kind."""

EVENT_PAGES: Mapping[str, str] = {
    "import.done": "applications:import",
    "import.undone": "applications:import",
    "application.accepted": "applications:person",
    "application.declined": "applications:person",
    "plan.change_undone": "matching:review",
    "plan.mentor_changed": "matching:review",
    "plan.offered": "matching:review",
    "plan.published": "matching:review",
    "plan.seat_changed": "matching:review",
    "plan.unpublished": "matching:review",
    "run.answered": "matching:run",
}
"""Addresses of the page where an event's subject can be seen, and undone where that is possible."""


def event_words(kind: str) -> str:
    """Return what an event is called: its own words, or its kind with spaces ("plan.published": "Plan: published")."""
    if kind in EVENT_WORDS:
        return _(EVENT_WORDS[kind])
    noun, _dot, verb = kind.partition(".")
    return f"{noun.replace('_', ' ').capitalize()}: {verb.replace('_', ' ')}"
