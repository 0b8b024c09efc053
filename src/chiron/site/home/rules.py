"""What each person should do next: the tasks of a cohort's stage, and who may be looked at in a demo."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from chiron.site.applications.rules import Stage
from chiron.site.matching.rules import MemberPart, OfferState, Reply
from chiron.site.mentorships.rules import MatchState
from chiron.site.programs.rules import CohortStage

DEMO_DOMAINS = ("demo.example", "example.org")
"""Made-up people have addresses that belong to nobody; a demo signs in as nobody else."""
PLAN_PAGES = frozenset({"matching:review", "mentorships:publish"})
"""Names of addresses that take a plan's key beside the cohort's."""


STAGE_WORDS: Mapping[Stage, tuple[str, str]] = {
    Stage.DRAFT: (gettext_noop("Your application is not sent yet"), gettext_noop("Send it when you are ready.")),
    Stage.SUBMITTED: (
        gettext_noop("Your application was received"),
        gettext_noop("The coordinator reads it and decides. There is nothing for you to do now."),
    ),
    Stage.ACCEPTED: (
        gettext_noop("You are in"),
        gettext_noop("The coordinator is working out the pairs. You will hear as soon as yours is ready."),
    ),
    Stage.DECLINED: (
        gettext_noop("There was no place for you this time"),
        gettext_noop("The coordinator can tell you when the programme opens again."),
    ),
    Stage.WITHDRAWN: (
        gettext_noop("You have left this programme"),
        gettext_noop("If you change your mind, ask the coordinator."),
    ),
}
"""What the stage of their application means for a mentor or mentee: a heading and a sentence."""


class TaskState(TextChoices):
    """How far a task is."""

    NOT_STARTED = "not_started", gettext_lazy("Not yet started")
    IN_PROGRESS = "in_progress", gettext_lazy("In progress")
    COMPLETED = "completed", gettext_lazy("Completed")
    BLOCKED = "blocked", gettext_lazy("Cannot start yet")


class Look(TextChoices):
    """As whom the demo is looked at."""

    COORDINATOR = "coordinator", gettext_lazy("Coordinator")
    MENTOR = "mentor", gettext_lazy("Mentor")
    MENTEE = "mentee", gettext_lazy("Mentee")
    LEADER = "leader", gettext_lazy("Leader")
    PUBLIC = "public", gettext_lazy("Public")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that a coordinator does at a stage: a verb, the name of its page's address, and how far it is.

    The address of a page about the plan also takes the plan's key.
    """

    label: str
    page: str
    state: TaskState
    query: str = ""

    @property
    def is_about_plan(self) -> bool:
        """True where the page is about one plan."""
        return self.page in PLAN_PAGES


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a coordinator, with the name of the address where it is dealt with."""

    text: str
    page: str
    query: str = ""

    @property
    def is_about_plan(self) -> bool:
        """True where the page is about one plan."""
        return self.page in PLAN_PAGES


@dataclass(frozen=True, slots=True)
class Facts:
    """What a coordinator's first page is made of, about one cohort.

    Attributes:
        mentors: accepted mentors.
        mentees: accepted mentees.
        waiting: applications that wait for a decision.
        rules_version: how often the rules were changed, plus one.
        plans: how many plans there are.
        plan: the name of the published plan, else of the newest; empty where there is none.
        plan_id: its key; 0 where there is none.
        is_published: whether it is published.
        matched: mentees with a mentor in it.
        left_out: mentees without one.
        to_look_at: its pairs that need a look.
        drafts: messages that wait for release.
        held: messages that were held back.
        unanswered: published pairs in which somebody has not answered yet.
        declined: offers that somebody declined, or did not answer in time, and that nobody has looked at since.
        free: mentees with a free place, once a plan is published.
        over: people with more matches than places.
    """

    mentors: int = 0
    mentees: int = 0
    waiting: int = 0
    rules_version: int = 1
    plans: int = 0
    plan: str = ""
    plan_id: int = 0
    is_published: bool = False
    matched: int = 0
    left_out: int = 0
    to_look_at: int = 0
    drafts: int = 0
    held: int = 0
    unanswered: int = 0
    declined: int = 0
    free: int = 0
    over: int = 0

    @property
    def has_pools(self) -> bool:
        """True when there is somebody to match on both sides."""
        return bool(self.mentors and self.mentees)


def offer_words(part: MemberPart, state: OfferState, reply: Reply, other: str) -> tuple[str, str, str]:
    """Return a heading, a sentence and the words of a button for somebody's offer that is no match."""
    if state is OfferState.OFFERED and reply is Reply.WAITING:
        heading = _("We suggest a mentee for you") if part is MemberPart.MENTOR else _("We suggest a mentor for you")
        if part is MemberPart.PEER:
            heading = _("We suggest somebody for you")
        return heading, _("Read about %(other)s, then say yes or no.") % {"other": other}, _("Read and answer")
    if state is OfferState.OFFERED:
        return _("You have answered"), _("%(other)s has not answered yet.") % {"other": other}, _("See the offer")
    return _("This match will not go ahead"), _("The coordinator looks for another one."), _("See the offer")


def match_words(state: MatchState, other: str, *, has_left: bool) -> tuple[str, str, str]:
    """Return a heading, a sentence and the words of a button for somebody's match."""
    if has_left or state is MatchState.CLOSED:
        text = _("The match with %(other)s is over. Write to the coordinator if you would like another one.")
        return _("Your match has ended"), text % {"other": other}, _("See the match")
    text = _("You have both said yes. Write to %(other)s and find a first time to meet.")
    return _("You are matched"), text % {"other": other}, _("See what happens next")


def sentence(stage: CohortStage, facts: Facts) -> str:
    """Return how a cohort stands, in one or two sentences."""
    if not (facts.mentors or facts.mentees or facts.waiting):
        return _("Nobody is in this cohort yet. Start with your spreadsheets.")
    if stage is CohortStage.APPLYING or not facts.plans:
        accepted = _("%(mentors)s and %(mentees)s are accepted.") % {
            "mentors": ngettext("%(n)d mentor", "%(n)d mentors", facts.mentors) % {"n": facts.mentors},
            "mentees": ngettext("%(n)d mentee", "%(n)d mentees", facts.mentees) % {"n": facts.mentees},
        }
        waits = f"{_waiting(facts.waiting)}." if facts.waiting else _("Nothing waits for your decision.")
        return f"{accepted} {waits}"
    if facts.is_published:
        matched = ngettext("%(n)d mentee is in it", "%(n)d mentees are in it", facts.matched)
        unanswered = ngettext("%(n)d pair waits for an answer", "%(n)d pairs wait for an answer", facts.unanswered)
        return _("%(plan)s is published: %(matched)s. %(unanswered)s.") % {
            "plan": facts.plan,
            "matched": matched % {"n": facts.matched},
            "unanswered": unanswered % {"n": facts.unanswered},
        }
    return _("%(plan)s is ready. %(left_out)s; %(to_look_at)s.") % {
        "plan": facts.plan,
        "left_out": ngettext("%(n)d person has no mentor", "%(n)d people have no mentor", facts.left_out)
        % {"n": facts.left_out},
        "to_look_at": ngettext("%(n)d pair needs a look", "%(n)d pairs need a look", facts.to_look_at)
        % {"n": facts.to_look_at},
    }


def tasks(stage: CohortStage, facts: Facts) -> tuple[Task, ...]:
    """Return the tasks of a stage, in the order in which most coordinators do them."""
    return TASKS[stage](facts)


def next_act(stage: CohortStage, facts: Facts) -> Need:
    """Return the one act that waits the longest for a coordinator: what the main button of the first page does."""
    is_ready = bool(facts.plan_id) and not facts.is_published
    acts = (
        (stage is CohortStage.FINISHED, _("Read the report"), "outcomes:report", ""),
        (is_ready, _("Review plan"), "matching:review", ""),
        (facts.is_published and facts.drafts, _("Open the outbox"), "programs:outbox", ""),
        (facts.waiting, _("Decide about applications"), "applications:people", "?stage=submitted"),
        (not facts.has_pools, _("Import people"), "applications:imports", ""),
        (not facts.plan_id, _("Work out a plan"), "matching:plans", ""),
        (facts.declined or facts.left_out, _("Work out the next plan"), "matching:plans", ""),
        (facts.unanswered, _("See who has answered"), "mentorships:publish", ""),
        (True, _("Read the report"), "outcomes:report", ""),
    )
    return next(Need(words, page, query) for waits, words, page, query in acts if waits)


def needs(facts: Facts) -> tuple[Need, ...]:
    """Return what waits for a coordinator, the most pressing first; nothing where nothing does."""
    asked = (
        (facts.unanswered, _unanswered, "mentorships:answers", ""),
        (0 if facts.is_published and not facts.free else facts.declined, _declined, "mentorships:answers", ""),
        (facts.free if facts.is_published else 0, _free, "matching:plans", ""),
        (facts.over, _over, "applications:people", "?role=mentor"),
        (facts.waiting, _waiting, "applications:people", "?stage=submitted"),
        (0 if facts.is_published else facts.left_out, _left_out, "matching:review", "?show=left-out"),
        (0 if facts.is_published else facts.to_look_at, _to_look_at, "matching:review", ""),
        (facts.drafts, _drafts, "programs:outbox", "?state=draft"),
        (facts.held, _held, "programs:outbox", "?state=held"),
    )
    return tuple(Need(words(number), page, query) for number, words, page, query in asked if number)


def _applying(facts: Facts) -> tuple[Task, ...]:
    both = facts.has_pools
    some = facts.mentors or facts.mentees or facts.waiting
    return (
        Task(_("Import people"), "applications:imports", _progress(done=both, begun=bool(some))),
        Task(
            _("Decide about applications"),
            "applications:people",
            _progress(done=bool(some) and not facts.waiting, begun=bool(facts.waiting)),
            "?stage=submitted",
        ),
        Task(_("Choose the rules"), "matching:rules", _progress(done=facts.rules_version > 1, begun=False)),
        Task(_("Move on to matching"), "programs:settings", TaskState.NOT_STARTED if both else TaskState.BLOCKED),
    )


def _matching(facts: Facts) -> tuple[Task, ...]:
    return (
        Task(
            _("Choose the rules"),
            "matching:rules",
            _progress(done=facts.rules_version > 1 or facts.plans > 0, begun=False),
        ),
        Task(
            _("Work out a plan"),
            "matching:plans",
            _progress(done=facts.plans > 0, begun=False) if facts.has_pools else TaskState.BLOCKED,
        ),
        Task(
            _("Review the plan"),
            "matching:review",
            _progress(done=facts.is_published, begun=True) if facts.plans else TaskState.BLOCKED,
        ),
        Task(
            _("Publish the plan"),
            "mentorships:publish",
            _progress(done=facts.is_published, begun=False) if facts.plans else TaskState.BLOCKED,
        ),
    )


def _running(facts: Facts) -> tuple[Task, ...]:
    published = facts.is_published
    return (
        Task(
            _("Release the messages"),
            "programs:outbox",
            _progress(done=published and not facts.drafts, begun=bool(facts.drafts)),
        ),
        Task(
            _("Follow up answers"),
            "matching:plans",
            _progress(done=published and not facts.unanswered, begun=bool(facts.unanswered)),
        ),
        Task(_("Read the report"), "outcomes:report", TaskState.NOT_STARTED),
    )


def _finished(_facts: Facts) -> tuple[Task, ...]:
    return (Task(_("Read the report"), "outcomes:report", TaskState.NOT_STARTED),)


TASKS = {
    CohortStage.APPLYING: _applying,
    CohortStage.MATCHING: _matching,
    CohortStage.RUNNING: _running,
    CohortStage.FINISHED: _finished,
}


def _progress(*, done: bool, begun: bool) -> TaskState:
    if done:
        return TaskState.COMPLETED
    return TaskState.IN_PROGRESS if begun else TaskState.NOT_STARTED


def _declined(number: int) -> str:
    return ngettext("%(n)d pair was declined", "%(n)d pairs were declined", number) % {"n": number}


def _unanswered(number: int) -> str:
    return ngettext("%(n)d offer waits for an answer", "%(n)d offers wait for answers", number) % {"n": number}


def _free(number: int) -> str:
    return ngettext("%(n)d mentee has no match yet", "%(n)d mentees have no match yet", number) % {"n": number}


def _over(number: int) -> str:
    text = ngettext("%(n)d person has too many matches", "%(n)d people have too many matches", number)
    return text % {"n": number}


def _waiting(number: int) -> str:
    text = ngettext("%(n)d application waits for your decision", "%(n)d applications wait for your decision", number)
    return text % {"n": number}


def _left_out(number: int) -> str:
    return ngettext("%(n)d mentee has no mentor", "%(n)d mentees have no mentor", number) % {"n": number}


def _to_look_at(number: int) -> str:
    return ngettext("%(n)d pair needs a look", "%(n)d pairs need a look", number) % {"n": number}


def _drafts(number: int) -> str:
    return ngettext("%(n)d message waits to be released", "%(n)d messages wait to be released", number) % {"n": number}


def _held(number: int) -> str:
    return ngettext("%(n)d message is held back", "%(n)d messages are held back", number) % {"n": number}
