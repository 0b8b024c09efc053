"""The messages of a publishing before or while they are written: who gets one, and what each says."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db.models import Exists, OuterRef, QuerySet

from chiron.site.applications.rules import Stage
from chiron.site.matching.models import OfferMember, Plan, PlanPair, PlanUnmatched
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import STANDING, Agreement, MemberPart, Reply, first_reply
from chiron.site.mentorships.queries.proposals import Proposal, ProposedMember, Reader
from chiron.site.mentorships.rules.letters import (
    NewsKind,
    ToldOffer,
    day_words,
    left_out_body,
    news_subject,
    offer_body,
    offer_subject,
)
from chiron.site.mentorships.rules.publishing import KIND_OF_PART, LetterKind, LetterWording
from chiron.site.mentorships.rules.reasons import reasons_in_words, without_contacts
from chiron.site.notices.models import Notice
from chiron.site.notices.rules import NoticeState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a publication before or while it is written."""

    to: Reader | Person
    part: MemberPart
    subject: str
    body: str
    is_left_out: bool = False

    @property
    def kind(self) -> LetterKind:
        """To whom it is, which decides its words."""
        return LetterKind.LEFT_OUT if self.is_left_out else KIND_OF_PART[self.part]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a message of a publication: who, as what, and by which application."""

    to: Reader
    part: MemberPart
    application: int


@dataclass
class _Mailbag:
    """What one person is told in one part."""

    to: Reader
    part: MemberPart
    offers: list[ToldOffer] = field(default_factory=list)


def recipients_of(cohort: Cohort, proposals: Iterable[Proposal]) -> list[Recipient]:
    """Return who gets a message about some proposals, one for each person and part, mentors last."""
    agreement = Agreement(offers_spec_of(cohort).agree)
    found = {
        (member.part, member.application.pk): Recipient(member.application.person, member.part, member.application.pk)
        for proposal in proposals
        for member in _readers(proposal, mentees_asked=_is_asked(MemberPart.MENTEE, agreement))
    }
    return sorted(found.values(), key=lambda one: one.part is MemberPart.MENTOR)


def letters_for(
    cohort: Cohort,
    proposals: Sequence[Proposal],
    *,
    link_of: Callable[[Proposal], str],
    answer_by: datetime | None,
    wording: LetterWording,
    only: Collection[int] | None = None,
) -> list[Letter]:
    """Return one message for each person and part, those to mentors last.

    Args:
        cohort: theirs.
        proposals: what is offered.
        link_of: gives the address where a proposal is answered; an example before there is one.
        answer_by: until when.
        wording: what the coordinator wrote into the messages.
        only: keys of the applications of those whose messages are wanted; None: everybody's.
    """
    agreement = Agreement(offers_spec_of(cohort).agree)
    asked = {part: _is_asked(part, agreement) for part in MemberPart}
    day = day_words(answer_by) if answer_by is not None else ""
    clean = cache(without_contacts)  # goals and places of work come again in thousands of messages
    bags: dict[tuple[MemberPart, int], _Mailbag] = {}
    for proposal in proposals:
        for member in _readers(proposal, mentees_asked=asked[MemberPart.MENTEE]):
            if only is not None and member.application.pk not in only:
                continue
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
                        clean=clean,
                    ),
                    link=link_of(proposal) if asked[member.part] and member in proposal.members else "",
                )
            )
    letters = [
        Letter(
            to=bag.to,
            part=bag.part,
            subject=offer_subject(bag.part, bag.offers, wording.of(KIND_OF_PART[bag.part])),
            body=offer_body(
                name=bag.to.name,
                program=cohort.program.name,
                part=bag.part,
                offers=bag.offers,
                day=day,
                with_contacts=not cohort.may_have_minors,
                words=wording.of(KIND_OF_PART[bag.part]),
                contact=wording.contact,
            ),
        )
        for bag in bags.values()
    ]
    return sorted(letters, key=lambda letter: letter.part is MemberPart.MENTOR)


def left_out_of_all(plan: Plan) -> list[Person]:
    """Return whom a plan leaves out and who has and waits for nothing else, but those whom it has told before."""
    written = Notice.objects.filter(group=left_out_group(plan)).exclude(state=NoticeState.WITHDRAWN)
    told = set(written.values_list("to", flat=True))
    out = _left_out(plan).select_related("application__person")
    people = {row.application.person_id: row.application.person for row in out}
    return [people[key] for key in sorted(people) if key not in told]


def left_out_named(plan: Plan) -> list[tuple[int, str]]:
    """Return the keys and names of the people of `left_out_of_all`."""
    written = Notice.objects.filter(group=left_out_group(plan)).exclude(state=NoticeState.WITHDRAWN)
    told = set(written.values_list("to", flat=True))
    people = set(_left_out(plan).values_list("application__person", "application__person__name"))
    return sorted((key, name) for key, name in people if key not in told)


def _left_out(plan: Plan) -> QuerySet[PlanUnmatched]:
    """Return the rows of those who have nobody: neither by this plan nor by an offer or a match that stands.

    A place that has a name is not counted among the places taken, so it is looked for itself.
    """
    held = OfferMember.objects.filter(
        application=OuterRef("application"), holds_place=True, offer__state__in=sorted(STANDING)
    )
    paired = PlanPair.objects.filter(plan=plan, mentee=OuterRef("application"))
    rows = PlanUnmatched.objects.filter(plan=plan, application__stage=Stage.ACCEPTED)
    return rows.exclude(Exists(held)).exclude(Exists(paired))


def left_out_letters(people: Sequence[Person], *, wording: LetterWording) -> list[Letter]:
    """Return what people are told whom a plan leaves out."""
    words = wording.of(LetterKind.LEFT_OUT)
    return [
        Letter(
            to=person,
            part=MemberPart.MENTEE,
            subject=words.subject or news_subject(NewsKind.LEFT_OUT),
            body=left_out_body(name=person.name, words=words, contact=wording.contact),
            is_left_out=True,
        )
        for person in people
    ]


def left_out_group(plan: Plan) -> str:
    """Return the name under which the messages to those stand whom a plan leaves out."""
    return f"left out:{plan.pk}"


def _readers(proposal: Proposal, *, mentees_asked: bool) -> Sequence[ProposedMember]:
    """Return who reads of a proposal: its members, and whoever leads a group that somebody joins unasked.

    Where those who join are asked, the mentor reads of it once they say yes.
    """
    return proposal.members if mentees_asked else proposal.named


def _is_asked(part: MemberPart, agreement: Agreement) -> bool:
    return first_reply(part, agreement) is Reply.WAITING
