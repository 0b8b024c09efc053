"""What a coordinator has read before people are asked or matched, as a digest, and whether they may do it alone."""

import json
from collections.abc import Sequence
from hashlib import sha256

from django.db.models import Q

from chiron.site.matching.bridge.next_mentee import NextMentee
from chiron.site.matching.models import Offer, OfferMember, Plan, Publication
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import ANSWER_DAYS, OfferState
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.queries.letters import left_out_named
from chiron.site.mentorships.queries.proposals import Proposal
from chiron.site.mentorships.rules.publishing import LetterWording, wording_from
from chiron.site.mentorships.rules.running import RunningPair
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import may_act
from chiron.site.programs.rules import ApprovedAct
from chiron.site.shared.forms import DIGEST_LENGTH


def may_publish(plan: Plan, person: Person, seen: str) -> bool:
    """Return whether a coordinator may publish a plan, or has to ask another one.

    Args:
        plan: the plan.
        person: who would publish it.
        seen: the digest of what it offers.
    """
    return may_act(plan.cohort, ApprovedAct.PUBLISH, plan.pk, seen=seen, by=person)


def digest_of(proposals: Sequence[Proposal], publishing: Publishing) -> str:
    """Return a short text that differs where what people read, or when, does: what was read is what is published.

    Args:
        proposals: everything that a plan would offer, with why.
        publishing: how, kept or not: whose pairs wait, when the messages leave, how long people may answer, the words.
    """
    moment, cohort = publishing.send_after, publishing.plan.cohort
    how = (
        sorted(publishing.held_back),
        moment.timestamp() if moment is not None else None,
        left_out_named(publishing.plan),
    )
    words = _told_in(cohort, publishing.answer_days, wording_from(publishing.wording))
    return _digest([_offered(one) for one in sorted(proposals, key=lambda one: one.people)], how, words)


def digest_of_next(offer: Offer, following: NextMentee, proposal: Proposal, *, state: OfferState) -> str:
    """Return a short text that differs where the next mentee, or what they and the mentor would read, does.

    Args:
        offer: whose place is taken.
        following: who is next.
        proposal: what the two would be offered.
        state: where the offer stands before that.
    """
    publication = offer.publication
    wording = wording_from(publication.wording if publication is not None else {})
    moment = publication.send_after if publication is not None else None
    how = (offer.pk, state.value, following.mentee, moment.timestamp() if moment is not None else None)
    return _digest(_offered(proposal), how, _told_in(offer.cohort, None, wording))


def digest_of_pairs(pairs: Sequence[RunningPair]) -> str:
    """Return a short text that differs where other people, or from another day, would be matched."""
    return _digest(sorted((one.mentee, one.mentor, one.since.isoformat(), one.place) for one in pairs))


def digest_of_publication(publication: Publication) -> str:
    """Return a short text that differs where a publishing has made other offers, or asked others to join a group.

    Answers change nothing of it: what waits when it is un-published is what is taken back.
    """
    of_it = Q(publication=publication) | Q(publication=None, offer__publication=publication)
    return _digest(publication.pk, list(OfferMember.objects.filter(of_it).order_by("pk").values_list("pk", flat=True)))


def _offered(proposal: Proposal) -> object:
    """Return everything of a proposal that stands in a message: who, as what, to whom beside, and why."""
    people = sorted(
        (one.application.pk, one.application.person.name, one.part.value, one.place) for one in proposal.everybody
    )
    reasons = [(reason["code"], reason["values"]) for reason in proposal.reasons]
    return people, proposal.shape.value, proposal.joins, reasons


def _told_in(cohort: Cohort, answer_days: int | None, wording: LetterWording) -> object:
    """Return what else all messages of a cohort follow from."""
    spec = offers_spec_of(cohort)
    days = answer_days or spec.answer_days or ANSWER_DAYS
    return cohort.program.name, cohort.may_have_minors, spec.agree, spec.least, days, wording.kept()


def _digest(*values: object) -> str:
    # A database may keep the keys of what people have written in an order of its own.
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:DIGEST_LENGTH]
