"""What a coordinator decides about offers that did not become matches."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer
from chiron.site.matching.rules import STANDING, OfferState, OfferStepNotAllowedError
from chiron.site.people.models import Person


@transaction.atomic
def lift_refusal(*, offer: Offer, by: Person, now: datetime) -> Offer:
    """Let the people of an offer that was declined, lapsed or is over be proposed to each other again.

    Raises:
        OfferStepNotAllowedError: the offer stands, so its people are together.
    """
    offer = Offer.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=offer.pk)
    state = OfferState(offer.state)
    if state in STANDING:
        raise OfferStepNotAllowedError(_("This offer stands at: %s. There is nothing to lift.") % state.label)
    if offer.lifted_at is None:
        offer.lifted_at, offer.lifted_by = now, by
        offer.save(update_fields=["lifted_at", "lifted_by"])
        record("offer.lifted", subject=offer, by=by, now=now, scope=offer.cohort.scope)
    return offer
