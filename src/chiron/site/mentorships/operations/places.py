"""Places that offers hold, and giving them back to their people; offers are locked before applications, everywhere."""

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from chiron.site.applications.models import Application
from chiron.site.applications.operations import give_places_back, take_places
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.programs.models import Cohort


def lock_offers(keys: Collection[int]) -> list[Offer]:
    """Return offers under a lock, in rising order of their keys, with their cohort."""
    return list(
        Offer.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=keys)
        .select_related("cohort__program")
        .order_by("pk")
    )


def lock_with_chains(keys: Collection[int]) -> list[Offer]:
    """Return offers whose matches may begin under a lock, as `lock_offers` does.

    Where one of them is a link of a chain it may join two chains: then its cohort is locked first, and with the offer
    all offers of the chains in which its people are, so that no two links join chains at the same moment.
    """
    links = Offer.objects.filter(pk__in=keys, room_shape=MatchShape.CHAIN)
    cohorts = sorted(set(links.values_list("cohort", flat=True)))
    if not cohorts:
        return lock_offers(keys)
    list(Cohort.objects.select_for_update(no_key=True).filter(pk__in=cohorts).order_by("pk").values_list("pk"))
    people = Application.objects.filter(offered_in__offer__in=links)
    wanted = set(keys)
    return [offer for offer in lock_offers(wanted | offers_in_chains_of(people)) if offer.pk in wanted]


def offers_in_chains_of(people: QuerySet[Application]) -> set[int]:
    """Return the keys of all offers of the chains in which those of some applications hold a place."""
    theirs = OfferMember.objects.filter(
        offer__room_shape=MatchShape.CHAIN,
        application__person__in=people.values("person"),
        application__cohort__in=people.values("cohort"),
        holds_place=True,
    )
    chains = Offer.objects.filter(members__in=theirs).values("cohort", "room").distinct()
    keys: set[int] = set()
    for chain in chains:
        keys |= set(Offer.objects.filter(**chain).values_list("pk", flat=True))
    return keys


def take_again(members: Sequence[OfferMember], *, shape: MatchShape) -> None:
    """Let members of a locked offer hold their places as they did; see `give_back`.

    Args:
        members: everybody who is in the offer now.
        shape: of the offer.

    Raises:
        PlacesFullError: somebody's place has been taken in the meantime.
    """
    missing = [one for one in members if not one.holds_place]
    places = Counter({one.application_id: one.takes for one in missing})
    returning = sum(one.part != MemberPart.MENTOR for one in missing)
    leading = [one for one in members if one.part == MemberPart.MENTOR and one.holds_place]
    if shape is MatchShape.GROUP:
        for one in leading:
            one.takes += returning
            places[one.application_id] += returning
        OfferMember.objects.bulk_update(leading, ["takes"])
    take_places(places)
    OfferMember.objects.filter(pk__in=[one.pk for one in missing]).update(holds_place=True)


def give_back(members: QuerySet[OfferMember]) -> None:
    """Let some members of locked offers hold their places no longer, and give these back to their people.

    Where a mentee leaves a group, its mentor who stays has one place more.
    """
    going = list(members.filter(holds_place=True).order_by("pk"))
    if not going:
        return
    keys = {row.pk for row in going}
    there = OfferMember.objects.filter(offer__in={row.offer_id for row in going}, holds_place=True)
    rows = list(there.select_related("offer").only("application", "part", "takes", "offer__shape").order_by("pk"))
    gone = Counter(row.offer_id for row in going if row.part != MemberPart.MENTOR)
    freed: Counter[int] = Counter()
    fewer = []
    for row in rows:
        if row.pk in keys:
            freed[row.application_id] += row.takes
        elif row.offer.shape == MatchShape.GROUP and row.part == MemberPart.MENTOR and gone[row.offer_id]:
            freed[row.application_id] += gone[row.offer_id]
            row.takes -= gone[row.offer_id]
            fewer.append(row)
    OfferMember.objects.filter(pk__in=keys).update(holds_place=False)
    OfferMember.objects.bulk_update(fewer, ["takes"])
    give_places_back(freed)
