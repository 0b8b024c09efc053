"""Work of mentorships that comes back by itself: offers are remembered, and lapse."""

from datetime import timedelta

from django.utils import timezone

from chiron.site.mentorships.http import match_link, offer_link
from chiron.site.mentorships.operations.offers import lapse_offers, remind_of_offers
from chiron.site.shared.jobs.rules import Lane, job


@job("mentorships.look_after_offers", lane=Lane.MAIL, every=timedelta(hours=1))
def look_after_offers() -> None:
    """Remind those who have not answered, and let offers lapse whose day has passed; twice is the same as once."""
    now = timezone.now()
    remind_of_offers(link_to=offer_link, now=now)
    while lapse_offers(link_to=match_link, now=now):
        pass
