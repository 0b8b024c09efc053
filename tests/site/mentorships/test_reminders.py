"""Reminders of offers go once each, whatever the clock of the server does (T20)."""

from datetime import UTC, datetime, timedelta

import pytest

from chiron.site.matching.models import Offer
from chiron.site.mentorships.operations.offers import lapse_offers, remind_of_offers
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import hold_notice, send_due_notices
from factories import NOW
from plan_factories import link_to, make_plan, make_publication, make_scene

pytestmark = pytest.mark.django_db
# The days in which clocks are put forward and back in most places of the north, and in those of the south.
CHANGES = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)]


SKIPS = {"right": 0, "two hours ahead": 2, "two hours behind": -2}
CLOCKS = [
    pytest.param(middle, skips, id=f"{name}-{middle:%d-%b}", marks=() if at == which else (pytest.mark.nightly,))
    for at, middle in enumerate(CHANGES)
    for which, (name, skips) in enumerate(SKIPS.items())
]
"""Each change of the clocks with each wrong clock; in every run each of both once."""


@pytest.mark.parametrize(("middle", "skips"), CLOCKS)
def test_every_reminder_goes_once_whatever_the_clock_does(mail_server, middle, skips):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    send_due_notices(now=NOW)
    begun = middle - timedelta(days=7)
    Offer.objects.update(offered_at=begun, answer_by=begun + timedelta(days=14))
    asked = sum(offer.members.count() for offer in Offer.objects.all())

    for hour in range(14 * 24 + 3):
        # Every third hour the clock is wrong, as that of another server may be.
        moment = begun + timedelta(hours=hour + (skips if hour % 3 == 0 else 0))
        remind_of_offers(link_to=link_to, now=moment)

    reminders = Notice.objects.filter(kind="match.reminder")
    assert reminders.count() == 2 * asked
    assert lapse_offers(link_to=link_to, now=begun + timedelta(days=14, seconds=1)) == Offer.objects.count()
    assert remind_of_offers(link_to=link_to, now=begun + timedelta(days=14, hours=-1)) == 0


def test_nobody_whose_message_is_held_back_is_reminded_of_what_it_says(mail_server):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    anna = scene.people["Anna"].person
    hold_notice(notice=Notice.objects.get(to=anna), because="On leave", by=scene.coordinator, now=NOW)
    send_due_notices(now=NOW)

    remind_of_offers(link_to=link_to, now=NOW + timedelta(days=8))

    reminded = set(Notice.objects.filter(kind="match.reminder").values_list("to__name", flat=True))
    assert "Bela" in reminded
    assert "Anna" not in reminded
