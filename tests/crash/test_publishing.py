"""A worker that is killed while it publishes a plan leaves nothing half-published, and the next one does the rest once."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, OfferMember, Publication
from chiron.site.matching.rules import OfferState
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations import ask_to_unpublish
from chiron.site.mentorships.rules import PublishingState
from chiron.site.mentorships.tasks import publish
from chiron.site.notices.models import Notice
from chiron.site.notices.rules import NoticeState
from chiron.site.shared.jobs.models import Job
from crash.test_jobs import start_worker, until  # noqa: F401 -- a fixture
from plan_factories import asked_publishing, make_large_plan, make_scene

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 900
MOMENTS = ("asked", "writing", "writing", "writing")


def state() -> str:
    return Publishing.objects.get().state


def kill(worker) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    Job.objects.filter(name="mentorships.publish").update(leased_until=timezone.now() - timedelta(seconds=1))


def places_taken() -> Counter[int]:
    return Counter(Application.objects.values_list("taken", flat=True))


def test_worker_that_is_killed_again_and_again_leaves_all_or_nothing_and_nothing_twice(start_worker):  # noqa: F811
    scene = make_scene()
    plan = make_large_plan(scene, pairs=PAIRS)
    asked_publishing(scene, plan, now=timezone.now())
    seen = []

    for moment in MOMENTS:
        before = Notice.objects.count()
        worker = start_worker()
        if moment == "asked":
            until(lambda: Job.objects.get(name="mentorships.publish").tries, "the job is taken")
            time.sleep(0.3)
        else:
            until(lambda count=before: Notice.objects.count() > count or state() == "done", "messages are written")
        kill(worker)
        offers = Offer.objects.count()
        seen.append((state(), offers, Notice.objects.count()))
        assert offers in {0, PAIRS}
        assert OfferMember.objects.count() == 2 * offers
        assert places_taken()[1] == 2 * offers
        assert Publication.objects.count() == bool(offers)

    start_worker()
    until(lambda: state() == PublishingState.DONE, "the last worker has published the plan")

    assert (Offer.objects.count(), Publication.objects.count()) == (PAIRS, 1)
    told = Counter(Notice.objects.filter(kind__startswith="match.offered").values_list("to", flat=True))
    assert (len(told), set(told.values())) == (2 * PAIRS, {1})
    # At least once a worker was killed after the offers were made, and before all messages were written.
    assert any(offers and notices < 2 * PAIRS for _state, offers, notices in seen), seen


def test_worker_that_is_killed_while_it_un_publishes_leaves_the_rest_to_the_next(start_worker):  # noqa: F811
    """From the press on nobody can say yes; each offer has given its places back and is told of, or not yet."""
    pairs = 500
    scene = make_scene()
    plan = make_large_plan(scene, pairs=pairs)
    publish(publishing_id=asked_publishing(scene, plan, now=timezone.now()).pk)
    Notice.objects.update(state=NoticeState.SENT, sent_at=timezone.now())
    ask_to_unpublish(publication=Publication.objects.get(), by=scene.coordinator, now=timezone.now())
    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.TAKEN_BACK}

    worker = start_worker()
    told = Notice.objects.filter(kind="match.taken_back")
    until(lambda: told.count() > 0, "some are told")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    Job.objects.filter(name="mentorships.unpublish").update(leased_until=timezone.now() - timedelta(seconds=1))
    holding = OfferMember.objects.filter(holds_place=True).values("offer").distinct().count()
    assert told.count() == 2 * (pairs - holding)
    assert sum(Application.objects.values_list("taken", flat=True)) == 2 * holding

    start_worker()
    until(lambda: state() == PublishingState.DRAFT, "the next worker has taken the rest back")
    told_to = Counter(told.values_list("to", flat=True))
    assert (len(told_to), set(told_to.values())) == (2 * pairs, {1})
    assert sum(Application.objects.values_list("taken", flat=True)) == 0
