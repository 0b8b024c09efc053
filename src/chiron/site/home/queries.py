"""Reads for each person's first page: how their cohorts stand, and whom a demo may be looked at as."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.applications.queries import applications_of, counts_of
from chiron.site.applications.queries.application import decisions_untold
from chiron.site.applications.rules import Role, Stage
from chiron.site.home.rules import DEMO_DOMAINS, STAGE_WORDS, Facts, Look, match_words, offer_words
from chiron.site.matching.models import OfferMember, Plan
from chiron.site.matching.queries.offers import round_facts_of
from chiron.site.matching.queries.plans import left_out_of, newest_published, pair_counts_of, plans_of
from chiron.site.matching.rules import OfferState, Reply
from chiron.site.mentorships.queries.offers import (
    SeenMatch,
    SeenOffer,
    matches_of,
    offers_open_for,
    seen_match,
    seen_offer,
)
from chiron.site.notices.queries import counts_by_state
from chiron.site.notices.rules import NoticeState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort, Staff
from chiron.site.programs.queries import cohorts_coordinated_by, cohorts_reported_to
from chiron.site.programs.rules import StaffRole
from chiron.site.shared.keeping.rules import KEPT_AFTER_THE_END


@dataclass(frozen=True, slots=True)
class CohortPlaces:
    """A person's places in cohorts, the newest first."""

    coordinated: tuple[Cohort, ...]
    reported: tuple[Cohort, ...]
    applications: tuple[Application, ...]


def places_of(person: Person) -> CohortPlaces:
    """Return where a person has a place: three queries."""
    return CohortPlaces(
        coordinated=tuple(cohorts_coordinated_by(person).defer("matching")),
        reported=tuple(cohorts_reported_to(person).defer("matching")),
        applications=tuple(applications_of(person)),
    )


def facts_of(cohort: Cohort) -> Facts:
    """Return what a coordinator's first page is made of."""
    counts = counts_of(cohort)
    messages = counts_by_state(cohort.scope)
    plans = list(plans_of(cohort).defer("run__answer"))
    published = newest_published(plans)
    plan = published or (plans[0] if plans else None)
    round_facts = round_facts_of(cohort)
    return Facts(
        mentors=counts.get((Role.MENTOR, Stage.ACCEPTED), 0),
        mentees=counts.get((Role.MENTEE, Stage.ACCEPTED), 0),
        waiting=sum(number for (_role, stage), number in counts.items() if stage is Stage.SUBMITTED),
        rules_version=cohort.matching_version,
        plans=len(plans),
        plan=plan.name if plan else "",
        plan_id=plan.pk if plan else 0,
        is_published=published is not None,
        drafts=messages[NoticeState.DRAFT],
        held=messages[NoticeState.HELD],
        unanswered=round_facts.waiting,
        declined=round_facts.refused,
        free=round_facts.free_mentees,
        over=round_facts.over,
        **(_plan_numbers(cohort, plan) if plan else {}),
    )


def demo_cohorts() -> list[Cohort]:
    """Return every cohort of a demo, the newest first; a demo has few, at different stages."""
    return list(Cohort.objects.select_related("program").order_by("-pk"))


def demo_person(look: Look, cohort: Cohort) -> Person | None:
    """Return the made-up person as whom a demo is looked at: of this role, if possible with an offer to answer."""
    domains = Q(email__endswith=f"@{DEMO_DOMAINS[0]}") | Q(email__endswith=f"@{DEMO_DOMAINS[1]}")
    made_up = Person.objects.filter(domains, is_active=True)
    if look in {Look.COORDINATOR, Look.LEADER}:
        places = Staff.objects.filter(cohort=cohort, role=StaffRole(look.value)).values("person")
        return made_up.filter(pk__in=places).order_by("pk").first()
    side = look.value
    asked = OfferMember.objects.filter(
        offer__cohort=cohort,
        offer__state=OfferState.OFFERED,
        part=side,
        reply=Reply.WAITING,
        application__person__in=made_up,
    )
    waiting = asked.order_by("pk").values_list("application__person", flat=True).first()
    if waiting is not None:
        return made_up.get(pk=waiting)
    applied = Application.objects.filter(cohort=cohort, role=Role(side)).order_by("stage", "pk")
    first = applied.filter(person__in=made_up).values_list("person", flat=True).first()
    return made_up.get(pk=first) if first is not None else None


def _plan_numbers(cohort: Cohort, plan: Plan) -> dict[str, int]:
    """Return how many mentees a plan matches and leaves out, and how many of its pairs need a look: two queries."""
    plan.cohort = cohort
    return {**pair_counts_of(plan), "left_out": left_out_of(plan).count()}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a mentor or mentee should do next in one cohort: a heading, a sentence, and where to do it."""

    heading: str
    text: str
    program: str
    url: str = ""
    button: str = ""
    waits: bool = False
    """True where nothing goes on before this person has answered."""


def next_steps_of(
    person: Person, applications: Sequence[Application], *, now: datetime, first: int = 0
) -> tuple[NextStep, ...]:
    """Return the one thing to do next: for each of a person's matches, else for the application itself.

    What waits for the person's answer comes first, whichever cohort it is in.

    Args:
        person: whose steps these are.
        applications: the person's.
        now: when.
        first: the key of the cohort whose steps come first; 0 for none.
    """
    matches = list(matches_of(person, now=now)) if applications else []
    offers = list(offers_open_for(person, now=now)) if applications else []
    placed = {member.application_id for match in matches for member in match.members.all()}
    placed |= {member.application_id for offer in offers for member in offer.members.all()}
    steps = [
        (match.cohort_id, _step_of_match(seen_match(match, person), program=_place(match.cohort))) for match in matches
    ]
    steps += [
        (offer.cohort_id, _step_of_offer(seen_offer(offer, person), program=_place(offer.cohort))) for offer in offers
    ]
    untold = decisions_untold(applications)
    steps += [
        (one.cohort_id, _step_of(one, is_told=one.pk not in untold)) for one in applications if one.pk not in placed
    ]
    return tuple(step for cohort_id, step in sorted(steps, key=lambda one: (not one[1].waits, one[0] != first)))


def _step_of_match(match: SeenMatch, *, program: str) -> NextStep:
    """Return what somebody does next about a match."""
    heading, text, button = match_words(match.state, match.other, has_left=match.has_left)
    url = reverse("mentorships:match", args=[match.match_id])
    return NextStep(heading=heading, text=text, program=program, url=url, button=button)


def _step_of_offer(offer: SeenOffer, *, program: str) -> NextStep:
    """Return what somebody does next about an offer."""
    heading, text, button = offer_words(offer.part, offer.state, offer.my_reply, offer.other)
    url = reverse("mentorships:offer", args=[offer.offer_id])
    return NextStep(heading=heading, text=text, program=program, url=url, button=button, waits=offer.waits_for_me)


def _step_of(application: Application, *, is_told: bool) -> NextStep:
    """Return what follows from the stage of an application alone; a decision counts once its message has left."""
    heading, text = STAGE_WORDS[Stage(application.stage) if is_told else Stage.SUBMITTED]
    return NextStep(heading=_(heading), text=_(text), program=_place(application.cohort))


def _place(cohort: Cohort) -> str:
    return f"{cohort.program.name}: {cohort.name}"


def idle_people(*, now: datetime) -> QuerySet[Person]:
    """Return who has had no place in any programme, and has not signed in, for as long as such accounts are kept."""
    before = now - timedelta(days=KEPT_AFTER_THE_END)
    quiet = Q(last_login=None) | Q(last_login__lt=before)
    idle = Person.objects.filter(quiet, is_active=True, is_staff=False, joined_at__lt=before)
    return idle.filter(applications=None, staff_places=None).order_by("pk")
