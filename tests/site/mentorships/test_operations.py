"""Publishing, taking back, saying yes and no."""

from datetime import timedelta

import pytest
from django.utils.formats import date_format

from chiron.site.applications.operations import withdraw_application
from chiron.site.audit.models import Event
from chiron.site.matching.models import Offer, Plan, Publication
from chiron.site.matching.operations.changes import hold_pair
from chiron.site.matching.rules import (
    DeclineReason,
    Hold,
    OfferState,
    OfferStepNotAllowedError,
    PlanStepNotAllowedError,
    Reply,
)
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations import decline_offer, offer_rest, publish_plan, unpublish_plan
from chiron.site.mentorships.operations.offers import lapse_offers
from chiron.site.mentorships.queries.offers import seen_offer
from chiron.site.mentorships.rules import MatchState, PublishNotAllowedError, UnpublishNotAllowedError
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import send_due_notices
from chiron.site.notices.rules import NoticeState
from chiron.site.programs.models import Cohort
from factories import NOW
from plan_factories import link_to, make_plan, make_publication, make_scene, member_of, offer_of, say_yes

pytestmark = pytest.mark.django_db


def test_publishing_offers_every_pair_and_writes_one_message_each():
    scene = make_scene()
    plan = make_plan(scene)

    publication = make_publication(scene, plan)

    notices = Notice.objects.filter(group=publication.group)
    mentors = plan.pairs.values("mentor").distinct().count()
    assert Offer.objects.filter(state=OfferState.OFFERED).count() == 4
    assert notices.count() == 4 + mentors
    assert set(notices.values_list("state", flat=True)) == {NoticeState.READY}
    assert Cohort.objects.get(pk=scene.cohort.pk).stage == "running"


def test_mentees_and_mentors_get_different_messages():
    scene = make_scene()

    publication = make_publication(scene, make_plan(scene))

    notices = Notice.objects.filter(group=publication.group)
    anna = notices.get(to=scene.people["Anna"].person)
    mentor = member_of(offer_of(scene, "Anna"), "mentor").application.person
    assert anna.kind == "match.offered_to_mentee"
    assert mentor.name in anna.body
    assert notices.get(to=mentor).kind == "match.offered_to_mentor"
    assert "Anna" in notices.get(to=mentor).body


def test_pairs_held_back_are_offered_later():
    scene = make_scene()
    plan = make_plan(scene)
    anna = scene.people["Anna"]
    publication = publish_plan(
        plan=plan, held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW
    )
    assert not Offer.objects.filter(members__application=anna).exists()

    offer_rest(publication=publication, link_to=link_to, by=scene.coordinator, now=NOW)

    assert Offer.objects.get(members__application=anna).state == OfferState.OFFERED
    assert Notice.objects.filter(to=anna.person).count() == 1


def test_pairs_held_back_of_a_scheduled_publishing_leave_with_the_others():
    scene = make_scene()
    anna, later = scene.people["Anna"], NOW + timedelta(days=2)
    publication = publish_plan(
        plan=make_plan(scene), held_back=[anna.pk], send_after=later, link_to=link_to, by=scene.coordinator, now=NOW
    )

    offer_rest(publication=publication, link_to=link_to, by=scene.coordinator, now=NOW)

    assert Notice.objects.get(to=anna.person).send_after == later


def test_pairs_held_back_have_as_long_to_answer_as_the_others_had():
    scene = make_scene()
    anna, later = scene.people["Anna"], NOW + timedelta(days=20)
    publication = publish_plan(
        plan=make_plan(scene), held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW
    )

    offer_rest(publication=publication, link_to=link_to, by=scene.coordinator, now=later)
    lapse_offers(link_to=link_to, now=later + timedelta(hours=1))

    offer = Offer.objects.get(members__application=anna)
    assert (offer.state, offer.answer_by) == (OfferState.OFFERED, later + timedelta(days=14))
    assert date_format(offer.answer_by, "j F Y") in Notice.objects.get(to=anna.person).body


def test_plan_with_somebody_who_has_left_is_not_published():
    scene = make_scene()
    plan = make_plan(scene)
    withdraw_application(application=scene.people["Anna"], by=scene.coordinator, now=NOW)

    with pytest.raises(PublishNotAllowedError, match="1 pair"):
        make_publication(scene, plan)

    assert not Offer.objects.exists()


def test_pair_held_back_is_not_offered_once_somebody_has_left():
    scene = make_scene()
    anna = scene.people["Anna"]
    publication = publish_plan(
        plan=make_plan(scene), held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW
    )
    withdraw_application(application=anna, by=scene.coordinator, now=NOW)

    with pytest.raises(PublishNotAllowedError):
        offer_rest(publication=publication, link_to=link_to, by=scene.coordinator, now=NOW)

    assert not Offer.objects.filter(members__application=anna).exists()


def test_offer_of_somebody_who_has_left_does_not_go_ahead():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")
    withdraw_application(application=scene.people["Anna"], by=scene.coordinator, now=NOW)

    with pytest.raises(OfferStepNotAllowedError, match="has left"):
        say_yes(offer, "mentor")

    mentor = member_of(offer, "mentor").application.person
    assert seen_offer(offer_of(scene, "Anna"), mentor).state == OfferState.TAKEN_BACK


def test_scheduled_messages_wait_for_their_time():
    scene = make_scene()
    later = NOW + timedelta(days=2)

    publication = publish_plan(
        plan=make_plan(scene), held_back=(), send_after=later, link_to=link_to, by=scene.coordinator, now=NOW
    )

    assert set(Notice.objects.filter(group=publication.group).values_list("send_after", flat=True)) == {later}


def test_second_plan_is_not_published_beside_the_first():
    scene = make_scene()
    first, second = make_plan(scene), make_plan(scene)
    make_publication(scene, first)

    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, second)

    assert Plan.objects.get(pk=second.pk).state == "draft"


def test_plan_is_not_published_twice():
    scene = make_scene()
    plan = make_plan(scene)
    make_publication(scene, plan)

    with pytest.raises(PlanStepNotAllowedError):
        make_publication(scene, plan)


def test_plan_with_a_pair_kept_apart_is_not_published():
    scene = make_scene()
    plan = make_plan(scene)
    pair = plan.pairs.first()
    hold_pair(
        plan=plan, mentee=pair.mentee, mentor=pair.mentor, kind=Hold.APART, reason="A test",
        by=scene.coordinator, now=NOW,
    )  # fmt: skip

    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, plan)

    assert not Offer.objects.exists()


def test_unpublishing_takes_offers_and_messages_back():
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))

    unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)

    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.TAKEN_BACK}
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.WITHDRAWN}
    assert Plan.objects.get().state == "draft"
    assert Cohort.objects.get(pk=scene.cohort.pk).stage == "matching"


def test_plan_can_be_published_again_after_it_was_taken_back():
    scene = make_scene()
    plan = make_plan(scene)
    unpublish_plan(publication=make_publication(scene, plan), by=scene.coordinator, now=NOW)

    make_publication(scene, plan)

    assert Offer.objects.filter(state=OfferState.OFFERED).count() == 4
    assert Publication.objects.filter(withdrawn_at=None).count() == 1


def test_unpublishing_after_the_messages_left_is_followed_by_a_message_that_says_so(mail_server):
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    send_due_notices(now=NOW)
    assert mail_server.mails

    unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)

    assert Plan.objects.get().state == "draft"
    told = Notice.objects.filter(kind="match.taken_back", state=NoticeState.DRAFT)
    assert set(told.values_list("to__name", flat=True)) >= {"Anna", "Bela", "Carl", "Dora"}


def test_unpublishing_ends_when_nothing_waits_any_more():
    scene = make_scene()
    publication = make_publication(scene, make_plan(scene))
    for name in ("Anna", "Bela", "Carl", "Dora"):
        say_yes(offer_of(scene, name), "mentee", "mentor")

    with pytest.raises(UnpublishNotAllowedError):
        unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)

    assert Plan.objects.get().state == "published"


def test_two_yes_make_an_agreement_and_two_messages_that_wait():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    agreed = say_yes(offer, "mentee", "mentor")

    mentee, mentor = member_of(offer, "mentee"), member_of(offer, "mentor")
    assert agreed.state == OfferState.AGREED
    match = Match.objects.get(offer=offer)
    assert (match.state, match.starts_on) == (MatchState.ACTIVE, NOW.date())
    assert set(match.members.values_list("application", "part", "place")) == {
        (mentee.application_id, "mentee", "1"), (mentor.application_id, "mentor", ""),
    }  # fmt: skip
    messages = Notice.objects.filter(kind="match.agreed")
    assert set(messages.values_list("state", flat=True)) == {NoticeState.DRAFT}
    told = messages.get(to=mentee.application.person).body
    assert link_to(match.pk) in told
    assert mentor.application.person.email not in told


def test_no_keeps_its_reason_and_ends_the_offer():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    mentor = member_of(offer, "mentor")
    declined = decline_offer(member=mentor, reason=DeclineReason.TIME, by=mentor.application.person, now=NOW)

    mentor.refresh_from_db()
    assert (declined.state, mentor.reply, mentor.reason) == (OfferState.DECLINED, Reply.NO, "time")
    with pytest.raises(OfferStepNotAllowedError):
        say_yes(offer, "mentee")


def test_nobody_says_yes_twice():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")
    say_yes(offer, "mentee")

    with pytest.raises(OfferStepNotAllowedError):
        say_yes(offer, "mentee")


def test_publishing_while_people_still_apply_moves_the_cohort_on():
    scene = make_scene()
    Cohort.objects.filter(pk=scene.cohort.pk).update(stage="applying")

    make_publication(scene, make_plan(scene))

    assert Cohort.objects.get(pk=scene.cohort.pk).stage == "running"
    moves = Event.objects.filter(kind="cohort.moved").order_by("pk").values_list("details", flat=True)
    assert [one["stage"] for one in moves][-2:] == ["matching", "running"]
