"""Places of people: how many there are, and taking and giving them back as offers and matches come and go."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.applications.rules.application import (
    PlacesFullError,
    Role,
    Stage,
    require_capacity,
    require_places,
    usual_places,
)
from chiron.site.audit.operations import record
from chiron.site.people.models import Person
from chiron.site.shared.database import keys_at_once

WITHIN = Q(role=Role.MENTOR, capacity=None) | Q(role=Role.MENTOR, taken__lte=F("capacity"))
WITHIN |= Q(role=Role.MENTEE, taken__lte=F("wanted"))


@transaction.atomic
def change_capacity(
    *, application: Application, capacity: int | None, over_because: str = "", by: Person, now: datetime
) -> Application:
    """Change how many people an applicant can take.

    Args:
        application: whose.
        capacity: how many; None: as the cohort's rules say, for an accepted mentor their number at this moment.
        over_because: why there may be fewer than are taken; the application is then flagged until they fit again.
        by: who says so.
        now: when.

    Raises:
        CapacityError: the number lies outside its limits.
        PlacesTakenError: more places are taken than this, and nobody said why that is right.
    """
    require_capacity(capacity)
    application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort", "person")
        .get(pk=application.pk)
    )
    if capacity is None and application.role == Role.MENTOR and application.stage == Stage.ACCEPTED:
        capacity = usual_places(application.cohort.matching)
    if application.role == Role.MENTOR:
        require_places(places=capacity, taken=application.taken, over_because=over_because)
    details: dict[str, int | str] = {"was": _words(application.capacity), "is": _words(capacity)}
    application.capacity = capacity
    application.over_because = over_because.strip()[:200] if application.is_over else ""
    if application.is_over:
        details["taken"] = application.taken
    application.save(update_fields=["capacity", "over_because"])
    kind = "application.over_capacity" if application.is_over else "application.capacity_changed"
    record(kind, subject=application, by=by, now=now, scope=application.cohort.scope, details=details)
    return application


def take_places(needed: Mapping[int, int]) -> None:
    """Take places of accepted people, all of them or none; call it inside the transaction that makes the offers.

    Each row is changed only where its places suffice at that moment, so that two who want the last one cannot both
    have it, on any database.

    Args:
        needed: how many places, by the key of the application.

    Raises:
        PlacesFullError: somebody has fewer free places, or has left.
    """
    with transaction.atomic():
        for number, keys in _by_number(needed):
            free = Q(role=Role.MENTOR, capacity=None) | Q(role=Role.MENTOR, capacity__gte=F("taken") + number)
            free |= Q(role=Role.MENTEE, wanted__gte=F("taken") + number)
            asked = Application.objects.filter(pk__in=keys_at_once(keys), stage=Stage.ACCEPTED)
            if asked.filter(free).update(taken=F("taken") + number) != len(keys):
                full = Application.objects.filter(pk__in=keys_at_once(keys)).exclude(free & Q(stage=Stage.ACCEPTED))
                names = ", ".join(str(one.person) for one in full.select_related("person").order_by("pk")[:5])
                raise PlacesFullError(
                    _("There is no free place left for: %s. Work the plan out again, or add places.") % names
                )


def give_places_back(given: Mapping[int, int]) -> None:
    """Give places back that an offer or a match no longer takes; a flag for too many goes once they fit again."""
    for number, keys in _by_number(given):
        there = Application.objects.filter(pk__in=keys_at_once(keys))
        # First the number, then the flag: a flag without need is harmless, a number without its flag is not.
        there.update(taken=F("taken") - number)
        there.filter(WITHIN).exclude(over_because="").update(over_because="")


def _by_number(counts: Mapping[int, int]) -> list[tuple[int, list[int]]]:
    """Return keys by how many places each is about, in rising order."""
    groups: dict[int, list[int]] = defaultdict(list)
    for key in sorted(counts):
        if counts[key] > 0:
            groups[counts[key]].append(key)
    return sorted(groups.items())


def _words(capacity: int | None) -> int | str:
    return "" if capacity is None else capacity
