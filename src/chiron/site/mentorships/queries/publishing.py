"""Reads of publishing: whose plans, how far a publishing is, and what has become of what was offered."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from chiron.site.matching.models import Offer, OfferMember, Plan, Publication
from chiron.site.matching.queries.plans import plans_reviewable_by
from chiron.site.matching.rules import OfferState, Reply, TakenBackBecause
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.queries.letters import recipients_of
from chiron.site.mentorships.queries.proposals import Offered
from chiron.site.mentorships.rules.publishing import FORWARD, PublishingState, turns
from chiron.site.notices.models import Notice
from chiron.site.notices.queries import notices_in_group
from chiron.site.people.models import Person


def plans_publishable_by(person: Person) -> QuerySet[Plan]:
    """Return the plans that a person may publish or take back: those of the cohorts that they coordinate."""
    return plans_reviewable_by(person)


def publication_of(plan: Plan) -> Publication | None:
    """Return the publishing of a plan that stands, or None."""
    return publications_standing(plan).first()


def publications_standing(plan: Plan) -> QuerySet[Publication]:
    """Return the publishing of a plan that was not taken back: one row, or none."""
    return Publication.objects.filter(plan=plan, withdrawn_at=None).select_related("published_by")


def publishing_of(plan: Plan) -> Publishing | None:
    """Return how a plan is to be published and how far that is, or None where nobody has prepared that."""
    return Publishing.objects.filter(plan=plan).select_related("plan__cohort__program", "publication").first()


def publishings_at_work() -> QuerySet[Publishing]:
    """Return what was asked to be published and is not finished."""
    return Publishing.objects.filter(state__in=sorted(FORWARD)).select_related("plan__cohort__program", "publication")


def publishings_being_undone() -> QuerySet[Publishing]:
    """Return what is being taken back and is not finished."""
    of_state = Publishing.objects.filter(state=PublishingState.UNDOING)
    return of_state.select_related("plan__cohort__program", "publication", "undone_by")


def offers_to_undo(publication: Publication) -> QuerySet[Offer]:
    """Return the offers of a publishing that are taken back and still hold places, so that their people wait."""
    holding = OfferMember.objects.filter(offer=OuterRef("pk"), holds_place=True)
    return Offer.objects.filter(
        Exists(holding),
        publication=publication,
        state=OfferState.TAKEN_BACK,
        ended_because=TakenBackBecause.UNPUBLISHED,
    ).order_by("pk")


def joining_to_undo(publication: Publication) -> QuerySet[OfferMember]:
    """Return whom a publishing has asked to join a group that was there and who has not answered."""
    return _joining(publication).filter(reply=Reply.WAITING, holds_place=True).order_by("pk")


def left_to_undo(publishing: Publishing) -> int:
    """Return for how many offers and invitations of what is being taken back that is still to be done."""
    if publishing.publication is None:
        return 0
    return offers_to_undo(publishing.publication).count() + joining_to_undo(publishing.publication).count()


def is_being_undone(publication_id: int) -> bool:
    """Return whether a publishing is being taken back, so that nobody may answer it any more."""
    return Publishing.objects.filter(publication=publication_id, state=PublishingState.UNDOING).exists()


def people_to_write_to(publishing: Publishing, offered: Offered) -> list[int]:
    """Return the keys of the people who read of what was offered, mentors last, but those who were written to."""
    written = set(notices_of(publishing).values_list("to", flat=True))
    recipients = recipients_of(publishing.plan.cohort, (proposal for _key, proposal in offered))
    return [key for key in dict.fromkeys(one.to.pk for one in recipients) if key not in written]


def turns_to_write(publishing: Publishing, offered: Offered, size: int) -> Iterator[tuple[Sequence[int], Offered]]:
    """Yield the people who read of what was offered a few at a time, each time with what was offered to them."""
    theirs: dict[int, list[int]] = defaultdict(list)
    for at, (_key, proposal) in enumerate(offered):
        for person in {one.application.person_id for one in proposal.named}:
            theirs[person].append(at)
    for people in turns(people_to_write_to(publishing, offered), size):
        yield people, [offered[at] for at in sorted({at for person in people for at in theirs[person]})]


def offers_to_begin(publication: Publication) -> QuerySet[Offer]:
    """Return the offers of a publishing that are agreed and whose matches have still to begin."""
    return Offer.objects.filter(publication=publication, state=OfferState.AGREED, match=None).order_by("pk")


def notices_of(publishing: Publishing) -> QuerySet[Notice]:
    """Return the messages that a publishing has written since it was last asked for."""
    group = publishing.publication.group if publishing.publication is not None else ""
    return Notice.objects.filter(group=group, pk__gt=publishing.notices_from)


def offers_published(publication: Publication) -> QuerySet[Offer]:
    """Return the offers of a publishing, and the groups that it fills, with their members, mentees first."""
    members = OfferMember.objects.select_related("application__person").order_by("part", "place", "pk")
    return (
        Offer.objects.filter(Q(publication=publication) | Exists(_joining(publication).filter(offer=OuterRef("pk"))))
        .prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))
        .order_by("pk")
    )


def notices_published(publication: Publication) -> QuerySet[Notice]:
    """Return the messages of a publishing, in the order they were written."""
    return notices_in_group(publication.group)


def has_answers(publication: Publication) -> bool:
    """Return whether somebody has answered an offer of a publishing."""
    asked = OfferMember.objects.filter(Q(offer__publication=publication, publication=None) | Q(publication=publication))
    return asked.filter(reply__in=[Reply.YES, Reply.NO]).exists()


def counts_of(publication: Publication) -> Mapping[str, int]:
    """Return how many offers of a publishing stand where.

    Under "waiting" stands how many answers can be taken back: offers, and people who were asked to join a group.
    """
    joining = joining_to_undo(publication).count()
    found = Offer.objects.filter(publication=publication).values_list("state").annotate(number=Count("pk"))
    counts = {state.value: 0 for state in OfferState} | dict(found.order_by("state"))
    return counts | {"waiting": counts[OfferState.OFFERED] + joining}


def _joining(publication: Publication) -> QuerySet[OfferMember]:
    """Return those whom a publishing has asked to join, or has put into, a group that was there."""
    return OfferMember.objects.filter(publication=publication)
