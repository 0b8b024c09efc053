"""Reads of publishing: what a plan would offer to whom, the messages about it, and what has become of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Stage
from chiron.site.matching.models import Offer, OfferMember, Plan, PlanPair, Publication
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.queries.plans import plans_reviewable_by
from chiron.site.matching.rules import Agreement, MatchShape, MemberPart, OfferState, Reply, first_reply, people_key
from chiron.site.mentorships.rules.letters import ToldOffer, offer_body, offer_subject
from chiron.site.mentorships.rules.reasons import Reason, reasons_in_words, reasons_kept
from chiron.site.notices.models import Notice
from chiron.site.notices.queries import notices_in_group
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import matching_of


@dataclass(frozen=True, slots=True)
class ProposedMember:
    """Somebody in a proposal: their application, their part, and which place of theirs it would take."""

    application: Application
    part: MemberPart
    place: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What publishing a plan would offer to some people: a pair, or a larger shape."""

    members: tuple[ProposedMember, ...]
    reasons: Sequence[Reason]
    shape: MatchShape = MatchShape.PAIR

    @property
    def people(self) -> str:
        """`people_key` of its people."""
        return people_key(one.application.pk for one in self.members)

    @property
    def mentors(self) -> tuple[ProposedMember, ...]:
        """Its mentors."""
        return tuple(one for one in self.members if one.part is MemberPart.MENTOR)

    @property
    def others(self) -> tuple[ProposedMember, ...]:
        """Everybody in it but the mentors."""
        return tuple(one for one in self.members if one.part is not MemberPart.MENTOR)

    def takes(self, member: ProposedMember) -> int:
        """Return how many places of a member it takes: of a mentor one a mentee."""
        return len(self.others) if member.part is MemberPart.MENTOR else 1


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


def proposals_of(plan: Plan, *, held_back: Collection[int] = ()) -> list[Proposal]:
    """Return what a plan would offer and has not offered yet, by the first mentee's name.

    Proposals with people who have left since, and with those in `held_back`, by application, are not among them.
    """
    offered = Offer.objects.filter(publication__plan=plan, publication__withdrawn_at=None)
    there = set(offered.values_list("people", flat=True))
    pairs = (
        PlanPair.objects.filter(plan=plan, mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
        .exclude(mentee__in=held_back)
        .exclude(mentor__in=held_back)
        .select_related("mentee__person", "mentor__person")
        .order_by("mentee__person__name", "pk")
    )
    matching = matching_of(plan.cohort)
    found = [_pair_proposed(pair, matching) for pair in pairs]
    return [proposal for proposal in found if proposal.people not in there]


def apart_in(plan: Plan) -> int:
    """Return how many pairs of a plan are kept apart, so must not be offered."""
    holds = plan.cohort.holds.filter(kind="apart").values_list("mentee", "mentor")
    pairs = set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"))
    return len(pairs & set(holds))


def gone_in(plan: Plan) -> int:
    """Return how many pairs of a plan have somebody who has left since, so must not be offered."""
    here = Q(mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
    return PlanPair.objects.filter(plan=plan).exclude(here).count()


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
    bags: dict[tuple[MemberPart, int], _Mailbag] = {}
    for proposal in proposals:
        for member in proposal.members:
            mentors = [one.application.person.name for one in proposal.mentors if one is not member]
            others = [one.application.person.name for one in proposal.others if one is not member]
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
                    link=link_of(proposal) if first_reply(member.part, agreement) is Reply.WAITING else "",
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


def _pair_proposed(pair: PlanPair, matching: Matching) -> Proposal:
    return Proposal(
        members=(
            ProposedMember(pair.mentee, MemberPart.MENTEE, str(pair.place)),
            ProposedMember(pair.mentor, MemberPart.MENTOR),
        ),
        reasons=reasons_kept(pair.parts, matching),
    )
