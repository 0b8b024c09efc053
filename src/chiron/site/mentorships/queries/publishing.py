"""Reads of publishing: what a plan would offer to whom, the messages about it, and what has become of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db.models import Count, Prefetch, Q, QuerySet

from chiron.site.applications.rules import Stage
from chiron.site.matching.models import Offer, OfferMember, Plan, PlanPair, PlanUnmatched, Publication
from chiron.site.matching.queries.offers import offered_before, offers_spec_of
from chiron.site.matching.queries.plans import plans_reviewable_by
from chiron.site.matching.rules import (
    Agreement,
    MemberPart,
    OfferState,
    Reply,
    first_reply,
)
from chiron.site.mentorships.queries.proposals import Proposal, proposals_of
from chiron.site.mentorships.rules.letters import (
    NewsKind,
    ToldOffer,
    news_body,
    news_subject,
    offer_body,
    offer_subject,
)
from chiron.site.mentorships.rules.reasons import reasons_in_words
from chiron.site.notices.models import Notice
from chiron.site.notices.queries import notices_in_group
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a publication before or while it is written."""

    to: Person
    part: MemberPart
    subject: str
    body: str


@dataclass
class _Mailbag:
    """What one person is told in one part."""

    to: Person
    part: MemberPart
    offers: list[ToldOffer] = field(default_factory=list)


def plans_publishable_by(person: Person) -> QuerySet[Plan]:
    """Return the plans that a person may publish or take back: those of the cohorts that they coordinate."""
    return plans_reviewable_by(person)


def publication_of(plan: Plan) -> Publication | None:
    """Return the publishing of a plan that stands, or None."""
    return publications_standing(plan).first()


def publications_standing(plan: Plan) -> QuerySet[Publication]:
    """Return the publishing of a plan that was not taken back: one row, or none."""
    return Publication.objects.filter(plan=plan, withdrawn_at=None).select_related("published_by")


def digest_of(proposals: Sequence[Proposal]) -> str:
    """Return a short text that differs where the proposals do: what was read is what is published."""
    return sha256(repr(sorted(one.people for one in proposals)).encode()).hexdigest()[:24]


def may_publish(plan: Plan, person: Person, seen: str) -> bool:
    """Return whether a coordinator may publish a plan, or has to ask another one: see `Cohort.publish_needs_second`.

    Args:
        plan: the plan.
        person: who would publish it.
        seen: the digest of what it offers.
    """
    if not plan.cohort.publish_needs_second:
        return True
    return plan.asked_by_id is not None and plan.asked_by_id != person.pk and plan.asked_for == seen


def apart_in(plan: Plan) -> int:
    """Return how many pairs of a plan are kept apart, so must not be offered."""
    holds = plan.cohort.holds.filter(kind="apart").values_list("mentee", "mentor")
    pairs = set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"))
    return len(pairs & set(holds))


def gone_in(plan: Plan) -> int:
    """Return how many pairs of a plan have somebody who has left since, so must not be offered."""
    here = Q(mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
    return PlanPair.objects.filter(plan=plan).exclude(here).count()


def taken_in(plan: Plan) -> int:
    """Return how many pairs or groups of a plan cannot be offered any more.

    Those are the ones whose people were offered each other since, and those for whom there is no free place: also where
    several of the plan together need more than are free.
    """
    own = set(Offer.objects.filter(publication__plan=plan, publication__withdrawn_at=None).values_list("pk", flat=True))
    before = {pair for pair, offered in offered_before(plan.cohort).items() if offered.offer_id not in own}
    free: dict[int, int] = {}
    fault = 0
    for proposal in proposals_of(plan):
        is_short = False
        for one in proposal.everybody:
            places = one.application.free_places
            if places is not None:
                free.setdefault(one.application.pk, places)
                free[one.application.pk] -= proposal.takes(one)
                is_short |= free[one.application.pk] < 0
        keys = [one.application.pk for one in proposal.members]
        everybody = [one.application.pk for one in proposal.everybody]
        fault += is_short or any((one, other) in before for one in keys for other in everybody)
    return fault


def left_out_letters(plan: Plan) -> list[Letter]:
    """Return what everybody is told whom a plan leaves out, except for those who have or wait for something else.

    Nobody is told twice by the same plan.
    """
    told = Notice.objects.filter(group=f"left out:{plan.pk}").values_list("to", flat=True)
    out = PlanUnmatched.objects.filter(plan=plan, application__stage=Stage.ACCEPTED, application__taken=0)
    news = NewsKind.LEFT_OUT
    return [
        Letter(
            to=person,
            part=MemberPart.MENTEE,
            subject=news_subject(news),
            body=news_body(news, name=person.name, others="", answered=False),
        )
        for person in (row.application.person for row in out.select_related("application__person").order_by("pk"))
        if person.pk not in set(told)
    ]


def letters_for(
    cohort: Cohort,
    proposals: Sequence[Proposal],
    *,
    link_of: Callable[[Proposal], str],
    answer_by: datetime | None,
) -> list[Letter]:
    """Return one message for each person and part, those to mentors last.

    Args:
        cohort: theirs.
        proposals: what is offered.
        link_of: gives the address where a proposal is answered; an example before there is one.
        answer_by: until when.
    """
    agreement = Agreement(offers_spec_of(cohort).agree)

    def asks(part: MemberPart) -> bool:
        return first_reply(part, agreement) is Reply.WAITING

    bags: dict[tuple[MemberPart, int], _Mailbag] = {}
    for proposal in proposals:
        # Whoever leads a group that somebody joins unasked reads of it now; where they are asked, once they say yes.
        for member in proposal.members if asks(MemberPart.MENTEE) else proposal.named:
            beside = proposal.members if member in proposal.there else proposal.everybody
            names = [(one.part, one.application.person.name) for one in beside if one is not member]
            mentors = [name for part, name in names if part is MemberPart.MENTOR]
            others = [name for part, name in names if part is not MemberPart.MENTOR]
            bag = bags.setdefault(
                (member.part, member.application.pk), _Mailbag(member.application.person, member.part)
            )
            bag.offers.append(
                ToldOffer(
                    shape=proposal.shape,
                    mentors=mentors,
                    others=others,
                    reasons=reasons_in_words(
                        proposal.reasons,
                        reader=member.part,
                        other=", ".join([*mentors, *others]),
                        with_places=not cohort.may_have_minors,
                    ),
                    link=link_of(proposal) if member in proposal.members and asks(member.part) else "",
                )
            )
    letters = [
        Letter(
            to=bag.to,
            part=bag.part,
            subject=offer_subject(bag.part, bag.offers),
            body=offer_body(
                name=bag.to.name,
                program=cohort.program.name,
                part=bag.part,
                offers=bag.offers,
                answer_by=answer_by,
                with_contacts=not cohort.may_have_minors,
            ),
        )
        for bag in bags.values()
    ]
    return sorted(letters, key=lambda letter: letter.part is MemberPart.MENTOR)


def offers_published(publication: Publication) -> QuerySet[Offer]:
    """Return the offers of a publishing for the coordinator, with their members, mentees first."""
    members = OfferMember.objects.select_related("application__person").order_by("part", "place", "pk")
    return (
        Offer.objects.filter(publication=publication)
        .prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))
        .order_by("pk")
    )


def notices_published(publication: Publication) -> QuerySet[Notice]:
    """Return the messages of a publishing, in the order they were written."""
    return notices_in_group(publication.group)


def has_answers(publication: Publication) -> bool:
    """Return whether somebody has answered an offer of a publishing."""
    asked = OfferMember.objects.filter(offer__publication=publication)
    return asked.filter(reply__in=[Reply.YES, Reply.NO]).exists()


def counts_of(publication: Publication) -> Mapping[str, int]:
    """Return how many offers of a publishing stand where."""
    found = Offer.objects.filter(publication=publication).values_list("state").annotate(number=Count("pk"))
    return {state.value: 0 for state in OfferState} | dict(found.order_by("state"))
