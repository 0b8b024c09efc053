"""Publishing, un-publishing and answering at the same moment: there is always one story."""

import threading
import time

import pytest
from django.db import connection, transaction

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, Plan, Publication
from chiron.site.matching.rules import OfferState, PlanState
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import ask_to_unpublish, publish_plan, unpublish_plan
from chiron.site.mentorships.tasks import publish, unpublish
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import write_notice
from chiron.site.shared.refusals import RefusedError
from cohort_factories import make_coordinator
from factories import NOW, make_person
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
from race.racing import faults, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4
PERSON_PAUSES = 0.02
LOOK = """
    SELECT (SELECT COUNT(*) FROM matching_offer), (SELECT COUNT(*) FROM applications_application WHERE taken > 0)
"""


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_coordinators_publish_a_plan_once(_round):
    scene = make_scene()
    plan = make_plan(scene)
    people = [scene.coordinator, make_coordinator(scene.cohort)]

    outcomes = race(*(lambda by=by: publish_plan(
        plan=plan, held_back=(), send_after=None, link_to=link_to, by=by, now=NOW
    ) for by in people))  # fmt: skip

    assert [isinstance(one, RefusedError) for one in faults(outcomes)] == [True]
    assert Publication.objects.count() == 1
    offers = Offer.objects.count()
    assert offers == plan.pairs.count()
    assert Notice.objects.filter(kind="match.offered_to_mentee").count() == offers


def test_two_plans_of_a_cohort_never_ask_the_same_people():
    scene = make_scene()
    plans = [make_plan(scene), make_plan(scene)]

    outcomes = race(*(lambda plan=plan: make_publication(scene, plan) for plan in plans))

    assert [isinstance(one, RefusedError) for one in faults(outcomes)] == [True]
    assert Plan.objects.filter(state=PlanState.PUBLISHED).count() == 1
    assert Offer.objects.count() == 4


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_answer_and_un_publishing_end_in_one_story(_round):
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    say_yes(offer, "mentor")

    said, taken = race(
        lambda: say_yes(offer, "mentee"),
        lambda: unpublish_plan(publication=publication, by=scene.coordinator, now=NOW),
    )

    offer.refresh_from_db()
    publication.refresh_from_db()
    story = (OfferState(offer.state), Match.objects.filter(offer=offer).exists(), publication.withdrawn_at is None)
    if isinstance(said, Exception):
        assert isinstance(said, RefusedError)
        assert (taken, story) == (4, (OfferState.TAKEN_BACK, False, False))
    else:
        assert (taken, story) == (3, (OfferState.AGREED, True, True))


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_answer_and_un_publishing_by_a_job_end_in_one_story(_round):
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentor")

    def undo() -> int:
        publishing = ask_to_unpublish(publication=publication, by=scene.coordinator, now=NOW)
        unpublish(publishing_id=publishing.pk)
        return publishing.undone_to

    said, asked, again = race(lambda: say_yes(offer, "mentee"), undo, undo)

    offer.refresh_from_db()
    [count] = [one for one in (asked, again) if not isinstance(one, Exception)]
    held = sum(Application.objects.values_list("taken", flat=True))
    if isinstance(said, Exception):
        assert isinstance(said, RefusedError)
        assert (count, held, Match.objects.filter(offer=offer).exists()) == (4, 0, False)
    else:
        assert (count, held, offer.state, Match.objects.filter(offer=offer).exists()) == (3, 2, "agreed", True)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_both_sides_say_yes_at_once_and_are_told_so_once(_round):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    outcomes = race(lambda: say_yes(offer, "mentee"), lambda: say_yes(offer, "mentor"))

    offer.refresh_from_db()
    assert faults(outcomes) == []
    assert offer.state == OfferState.AGREED
    assert Match.objects.get(offer=offer).members.count() == 2
    assert Notice.objects.filter(kind="match.agreed").count() == 2


def test_yes_and_no_of_one_person_is_one_answer():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    outcomes = race(*[lambda: say_yes(offer, "mentee")] * 3)

    assert len(faults(outcomes)) == 2
    assert all(isinstance(one, RefusedError) for one in faults(outcomes))


def test_job_and_button_at_once_publish_a_plan_once():
    scene = make_scene()
    plan = make_plan(scene)
    publishing = asked_publishing(scene, plan)

    outcomes = race(*[lambda: publish(publishing_id=publishing.pk)] * 3, lambda: make_publication(scene, plan))

    assert [one for one in faults(outcomes) if not isinstance(one, RefusedError)] == []
    told = list(Notice.objects.filter(kind__startswith="match.offered").values_list("to", "kind"))
    assert (Publication.objects.count(), Offer.objects.count()) == (1, 4)
    assert len(told) == len(set(told))
    publishing.refresh_from_db()
    assert publishing.state == "done"


def test_others_write_while_a_plan_is_published_and_never_see_half_of_it():
    pairs = 400
    scene = make_scene()
    plan = make_large_plan(scene, pairs=pairs)
    publishing = asked_publishing(scene, plan)
    done = threading.Event()

    def publish_it() -> None:
        try:
            publish(publishing_id=publishing.pk)
        finally:
            done.set()

    def write_meanwhile(scope: str) -> int:
        reader, count = make_person(), 0
        while not done.is_set():
            write_notice(to=reader, kind="other", subject="Other", body="Other", scope=scope, by=None, now=NOW)
            count += 1
            time.sleep(PERSON_PAUSES)
        return count

    def look_meanwhile() -> set[tuple[int, int]]:
        seen = set()
        while not done.is_set():
            with connection.cursor() as cursor:  # one statement, so that both numbers are of one moment
                cursor.execute(LOOK)
                seen.add(cursor.fetchone())
            time.sleep(PERSON_PAUSES)
        return seen

    outcomes = race(
        publish_it, lambda: write_meanwhile(scene.cohort.scope), lambda: write_meanwhile(""), look_meanwhile
    )

    assert faults(outcomes) == []
    assert min(outcomes[1:3]) > 0
    assert outcomes[3] <= {(0, 0), (pairs, 2 * pairs)}
    assert Notice.objects.filter(kind__startswith="match.offered").count() == 2 * pairs


@pytest.mark.postgres
def test_without_a_lock_a_plan_would_be_announced_twice():
    scene = make_scene()
    plan = make_plan(scene)
    reader = make_person()

    @transaction.atomic
    def publish_without_lock() -> None:
        """Look, then act: what `publish_plan` would be without its lock."""
        if Plan.objects.get(pk=plan.pk).state == PlanState.DRAFT:
            time.sleep(0.3)
            write_notice(to=reader, kind="control", subject="Twice", body="Twice", scope="", by=None, now=NOW)
            Plan.objects.filter(pk=plan.pk).update(state=PlanState.PUBLISHED, published_at=NOW)

    assert faults(race(publish_without_lock, publish_without_lock)) == []
    assert Notice.objects.filter(kind="control").count() == 2


@pytest.mark.postgres
def test_without_a_lock_an_answer_would_be_lost_in_un_publishing():
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentor")

    @transaction.atomic
    def unpublish_without_lock() -> None:
        """Look which wait, then act: what `unpublish_plan` would be without its lock."""
        waiting = list(Offer.objects.filter(publication=publication, state=OfferState.OFFERED).values_list("pk"))
        time.sleep(0.5)
        Offer.objects.filter(pk__in=[key for (key,) in waiting]).update(
            state=OfferState.TAKEN_BACK, ended_at=NOW, ended_because="unpublished"
        )

    def answer() -> None:
        time.sleep(0.1)
        say_yes(offer, "mentee")

    assert faults(race(unpublish_without_lock, answer)) == []
    offer.refresh_from_db()
    assert (offer.state, Match.objects.get(offer=offer).state) == (OfferState.TAKEN_BACK, "active")
