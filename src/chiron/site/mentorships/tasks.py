"""Work of mentorships that is done later: large plans are published, offers are remembered, and lapse."""

from datetime import timedelta
from time import sleep
from typing import Final

from django.utils import timezone

from chiron.site.mentorships.http import match_link, offer_link
from chiron.site.mentorships.operations.carrying_out import (
    begin_some,
    carry_out_offers,
    finish_publishing,
    write_messages,
    write_to_left_out,
)
from chiron.site.mentorships.operations.offers import lapse_offers, remind_of_offers
from chiron.site.mentorships.operations.unpublishing import finish_unpublishing, undo_some
from chiron.site.mentorships.queries.letters import left_out_of_all
from chiron.site.mentorships.queries.publishing import publishings_at_work, publishings_being_undone, turns_to_write
from chiron.site.mentorships.rules.publishing import LEFT_OUT_A_TURN, PEOPLE_A_TURN, turns
from chiron.site.shared.jobs.operations import leave_if_stopping
from chiron.site.shared.jobs.rules import Lane, job
from chiron.site.shared.process.garbage import walks_put_off

# SQLite has one writer at a time, and whoever waits looks again after up to a tenth of a second.
SECONDS_BETWEEN_TURNS: Final = 0.03


@job("mentorships.publish")
def publish(publishing_id: int) -> None:
    """Publish a plan in short steps, between which others write; a worker that comes after another does the rest."""
    with walks_put_off():
        for asked in publishings_at_work().filter(pk=publishing_id):
            publishing, offered = carry_out_offers(publishing=asked, now=timezone.now())
            while begin_some(publishing=publishing, now=timezone.now()):
                _let_others_write()
            for people, theirs in turns_to_write(publishing, offered, PEOPLE_A_TURN):
                _let_others_write()
                now = timezone.now()
                write_messages(publishing=publishing, people=people, offered=theirs, link_to=offer_link, now=now)
            for told in turns(left_out_of_all(publishing.plan), LEFT_OUT_A_TURN):
                _let_others_write()
                write_to_left_out(publishing=publishing, people=told, now=timezone.now())
            finish_publishing(publishing=publishing, now=timezone.now())


@job("mentorships.unpublish")
def unpublish(publishing_id: int) -> None:
    """Give back what a large un-publishing has taken back, in short steps; a worker that comes later does the rest."""
    with walks_put_off():
        for asked in publishings_being_undone().filter(pk=publishing_id):
            while undo_some(publishing=asked, now=timezone.now()):
                _let_others_write()
            finish_unpublishing(publishing=asked, now=timezone.now())


def _let_others_write() -> None:
    leave_if_stopping()
    sleep(SECONDS_BETWEEN_TURNS)


@job("mentorships.look_after_offers", lane=Lane.MAIL, every=timedelta(hours=1))
def look_after_offers() -> None:
    """Remind those who have not answered, and let offers lapse whose day has passed; twice is the same as once."""
    now = timezone.now()
    remind_of_offers(link_to=offer_link, now=now)
    while lapse_offers(link_to=match_link, now=now):
        pass
