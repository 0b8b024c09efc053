"""Un-publishing in turns: from the first moment nobody can say yes; places and messages follow, and end as at once."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, OfferMember, Plan
from chiron.site.matching.rules import OfferState, OfferStepNotAllowedError
from chiron.site.mentorships.models import Match, Publishing
from chiron.site.mentorships.operations import ask_to_unpublish, unpublish_plan, withdraw_participant
from chiron.site.mentorships.operations import unpublishing as steps
from chiron.site.mentorships.operations.carrying_out import begin_some, carry_out_offers
from chiron.site.mentorships.operations.unpublishing import finish_unpublishing, undo_some
from chiron.site.mentorships.rules import PublishingState, UnpublishNotAllowedError
from chiron.site.mentorships.tasks import publish, unpublish
from chiron.site.notices.models import Notice
from chiron.site.notices.rules import NoticeState
from chiron.site.shared.jobs.operations import run_waiting_jobs
from cohort_factories import signed_in
from factories import NOW
from plan_factories import (
    asked_publishing,
    link_to,
    make_large_plan,
    make_plan,
    make_publication,
    make_scene,
    offer_of,
    say_yes,
)

pytestmark = pytest.mark.django_db


def taken():
    """Return how many places are taken in all."""
    return sum(Application.objects.values_list("taken", flat=True))


def outbox():
    """Return what stands in the outbox: how many messages of which kind to whom, and where they stand."""
    return Counter(Notice.objects.values_list("to__name", "kind", "state", "body"))


def published():
    """Return a scene with a published plan: Anna's message has left, and the mentor of Bela has said yes."""
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    anna = Notice.objects.get(to=scene.people["Anna"].person)
    Notice.objects.filter(pk=anna.pk).update(state=NoticeState.SENT, sent_at=NOW)
    say_yes(offer_of(scene, "Bela"), "mentor", "mentee")
    return scene, publication


def test_from_the_moment_it_is_asked_for_nobody_can_say_yes_and_places_follow():
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    before = taken()

    publishing = ask_to_unpublish(publication=publication, by=scene.coordinator, now=NOW)

    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.TAKEN_BACK}
    assert (taken(), publishing.state, Plan.objects.get().state) == (before, PublishingState.UNDOING, "published")
    with pytest.raises(OfferStepNotAllowedError):
        say_yes(offer_of(scene, "Anna"), "mentee")
    with pytest.raises(UnpublishNotAllowedError, match="being un-published already"):
        ask_to_unpublish(publication=publication, by=scene.coordinator, now=NOW)

    run_waiting_jobs(now=NOW)

    publishing.refresh_from_db()
    assert (taken(), publishing.state, Plan.objects.get().state) == (0, PublishingState.DRAFT, "draft")
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.WITHDRAWN}
    # What was taken back can be published again.
    assert make_publication(scene, Plan.objects.get()).offers.count() == 4


def test_turn_by_turn_it_ends_as_it_does_at_once(monkeypatch):
    scene, publication = published()
    assert unpublish_plan(publication=publication, by=scene.coordinator, now=NOW) == 3
    at_once = outbox()
    assert at_once["Anna", "match.taken_back", NoticeState.DRAFT, next(b for n, k, s, b in at_once if "taken" in k)]

    monkeypatch.setattr(steps, "OFFERS_A_TURN", 1)
    other, publication = published()
    before = {notice.pk for notice in Notice.objects.exclude(scope=other.cohort.scope)}
    publishing = ask_to_unpublish(publication=publication, by=other.coordinator, now=NOW)
    counts = []
    while undo_some(publishing=publishing, now=NOW):
        counts.append(taken())
        finish_unpublishing(publishing=publishing, now=NOW)
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == 3
    in_turns = Counter(Notice.objects.exclude(pk__in=before).values_list("to__name", "kind", "state", "body"))

    def told(found):
        return Counter((*one[:3], "taken" in one[3]) for one in found.elements() if one[2] != NoticeState.WITHDRAWN)

    assert told(in_turns) == told(at_once)
    publishing.refresh_from_db()
    publication.refresh_from_db()
    assert (publishing.state, publication.withdrawn_at) == (PublishingState.DONE, None)
    assert offer_of(other, "Bela").state == OfferState.AGREED


def test_letter_of_a_mentor_with_an_agreed_match_is_written_again_once(monkeypatch):
    """Mira's letter told of two mentees; one match stands, so the letter tells of that one, and is there once."""
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    mentors = Counter(OfferMember.objects.filter(part="mentor").values_list("application", flat=True))
    busiest = Application.objects.get(pk=mentors.most_common(1)[0][0])
    offers = list(Offer.objects.filter(members__application=busiest).order_by("pk"))
    assert len(offers) == 2
    say_yes(offers[0], "mentor", "mentee")
    monkeypatch.setattr(steps, "OFFERS_A_TURN", 1)

    unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)

    letters = Notice.objects.filter(to=busiest.person, kind="match.offered_to_mentor")
    [standing] = letters.exclude(state=NoticeState.WITHDRAWN)
    names = {key: offer.members.get(part="mentee").application.person.name for key, offer in enumerate(offers)}
    assert names[0] in standing.body
    assert names[1] not in standing.body
    assert letters.count() == 2


def test_a_large_plan_is_un_published_by_a_job_that_the_page_shows(client):
    scene = make_scene()
    pairs = 230
    plan = make_large_plan(scene, pairs=pairs)
    publish(publishing_id=asked_publishing(scene, plan).pk)
    client = signed_in(client, scene.coordinator)
    page = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])

    client.post(reverse("mentorships:unpublish", args=[scene.cohort.pk, plan.pk]), follow=True)

    text = client.get(page).content.decode()
    assert "Un-publishing" in text
    assert f"0 of {pairs}" in text
    assert (Offer.objects.filter(state="taken_back").count(), taken()) == (pairs, 2 * pairs)
    run_waiting_jobs(now=timezone.now())
    assert (taken(), Publishing.objects.get().state) == (0, PublishingState.DRAFT)
    assert Notice.objects.exclude(state=NoticeState.WITHDRAWN).count() == 0


def test_a_turn_costs_about_as_many_queries_for_few_offers_as_for_many(monkeypatch):
    scene = make_scene()
    publication = make_publication(scene, make_large_plan(scene, pairs=110))
    Notice.objects.update(state=NoticeState.SENT, sent_at=NOW)
    publishing = ask_to_unpublish(publication=publication, by=scene.coordinator, now=NOW)
    counts = []
    for offers in (20, 90):
        monkeypatch.setattr(steps, "OFFERS_A_TURN", offers)
        with CaptureQueriesContext(connection) as queries:
            assert undo_some(publishing=publishing, now=NOW) == offers
        counts.append(len(queries))

    assert max(counts) <= 40
    assert abs(counts[0] - counts[1]) <= 5


def nobody_is_asked(scene):
    scene.cohort.matching = {**scene.cohort.matching, "offers": {"agree": "nobody"}}
    scene.cohort.save()


def test_where_nobody_is_asked_matches_begin_in_turns_and_whoever_leaves_in_between_leaves_no_half():
    scene = make_scene()
    nobody_is_asked(scene)
    publishing = asked_publishing(scene, make_plan(scene))
    publishing, _offered = carry_out_offers(publishing=publishing, now=NOW)
    assert (Offer.objects.filter(state="agreed").count(), Match.objects.count()) == (4, 0)

    withdraw_participant(application=scene.people["Anna"], link_to=link_to, by=scene.coordinator, now=NOW)
    assert begin_some(publishing=publishing, now=NOW) == 3
    assert begin_some(publishing=publishing, now=NOW) == 0
    publish(publishing_id=publishing.pk)

    assert Counter(Match.objects.values_list("state", flat=True)) == {"active": 3, "closed": 1}
    assert {match.members.count() for match in Match.objects.all()} == {2}
    assert Publishing.objects.get().state == PublishingState.DONE
    unpublish(publishing_id=publishing.pk)  # was not asked for
    assert Match.objects.filter(state="active").count() == 3
