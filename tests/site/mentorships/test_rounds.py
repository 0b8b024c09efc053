"""One round after the other: what runs stays, whoever is free is matched, nobody is asked the same twice."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.rules.application import PlacesTakenError
from chiron.site.matching.models import Offer, OfferMember, Plan
from chiron.site.matching.operations.offers import lift_refusal
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.queries.inputs import frozen_of
from chiron.site.matching.rules import DeclineReason, NobodyToMatchError, OfferState
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import (
    decline_offer,
    end_match,
    publish_plan,
    take_answer_back,
    unpublish_plan,
    withdraw_participant,
)
from chiron.site.mentorships.operations.offers import lapse_offers, remind_of_offers
from chiron.site.mentorships.rules import ClosedKind, EndReason, MatchState, PublishNotAllowedError
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import send_due_notices
from cohort_factories import signed_in
from factories import NOW
from plan_factories import (
    add_mentee,
    add_mentor,
    link_to,
    make_plan,
    make_publication,
    make_scene,
    member_of,
    offer_of,
    say_yes,
)

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=15)


def say_no(offer, part):
    """Let one member of an offer say no."""
    member = member_of(offer, part)
    return decline_offer(member=member, reason=DeclineReason.TIME, by=member.application.person, now=NOW)


def pairs_asked():
    """Return the keys of the two people of each offer, once for each time they were asked."""
    return [tuple(sorted(offer.members.values_list("application", flat=True))) for offer in Offer.objects.all()]


def taken(scene, name):
    """Return how many places of somebody are taken."""
    return Application.objects.get(pk=scene.people[name].pk).taken


def places_held():
    """Return, by application, how many places its standing offers hold, as the offers say."""
    rows = OfferMember.objects.filter(holds_place=True, offer__state__in=["offered", "agreed"])
    held = {}
    for row in rows:
        held[row.application_id] = held.get(row.application_id, 0) + row.takes
    return held


def assert_places_agree():
    """Places taken are what standing offers hold, for everybody."""
    held = places_held()
    for application in Application.objects.all():
        assert application.taken == held.get(application.pk, 0), str(application)


def test_one_says_no_one_is_silent_one_leaves_one_comes_late_and_all_end_matched_or_with_a_reason(mail_server):
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    send_due_notices(now=NOW)
    anna, bela, carl, dora = (offer_of(scene, name) for name in ("Anna", "Bela", "Carl", "Dora"))
    say_no(anna, "mentor")
    say_yes(bela, "mentor")
    say_yes(carl, "mentee", "mentor")
    withdraw_participant(application=scene.people["Dora"], link_to=link_to, by=scene.coordinator, now=NOW)
    assert lapse_offers(link_to=link_to, now=LATE) == 1
    states = [Offer.objects.get(pk=one.pk).state for one in (anna, bela, carl, dora)]
    assert states == ["declined", "lapsed", "agreed", "taken_back"]
    assert_places_agree()

    add_mentee(scene, "Edda", ["Teaching"], "South")
    second = make_plan(scene)
    assert scene.people["Carl"].pk not in set(second.pairs.values_list("mentee", flat=True))
    make_publication(scene, second)
    for name in ("Anna", "Bela", "Edda"):
        say_yes(offer_of(scene, name), "mentee", "mentor")

    assert Match.objects.filter(state=MatchState.ACTIVE).count() == 4
    assert len(pairs_asked()) == len(set(pairs_asked()))
    assert Plan.objects.filter(state="published").count() == 2
    assert_places_agree()


def test_case_20_places_lowered_below_what_is_taken_are_refused_unless_somebody_says_why():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    mentor = next(one for one in Application.objects.filter(role="mentor") if one.taken == 2)

    with pytest.raises(PlacesTakenError, match="2 places are taken"):
        change_capacity(application=mentor, capacity=1, by=scene.coordinator, now=NOW)
    change_capacity(application=mentor, capacity=1, over_because="Agreed by phone", by=scene.coordinator, now=NOW)

    mentor.refresh_from_db()
    assert (mentor.capacity, mentor.taken, mentor.over_because) == (1, 2, "Agreed by phone")
    home = signed_in(Client(), scene.coordinator).get("/").content.decode()
    assert "1 person has too many matches" in home
    offer = Offer.objects.filter(members__application=mentor).first()
    say_no(offer, "mentee")
    mentor.refresh_from_db()
    assert (mentor.taken, mentor.over_because) == (1, "")


def test_case_20_the_person_page_refuses_with_the_number_and_the_way_out():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    mentor = next(one for one in Application.objects.filter(role="mentor") if one.taken == 2)
    address = reverse("applications:person", args=[scene.cohort.pk, mentor.pk])
    client = signed_in(Client(), scene.coordinator)

    refused = client.post(address, {"capacity": "1"}).content.decode()
    kept = Application.objects.get(pk=mentor.pk).capacity
    client.post(address, {"capacity": "1", "over_because": "Agreed"})

    assert "2 places are taken by matches or offers, so there cannot be 1" in refused
    assert kept == 2
    assert Application.objects.get(pk=mentor.pk).is_over
    assert "More matches than places" in client.get(address).content.decode()


def test_case_21_a_late_mentee_is_matched_while_agreed_matches_stay():
    scene = make_scene(places=2)
    first = make_plan(scene)
    stale = make_plan(scene)
    make_publication(scene, first)
    for name in ("Anna", "Bela", "Carl", "Dora"):
        say_yes(offer_of(scene, name), "mentee", "mentor")
    add_mentee(scene, "Edda", ["Teaching"], "South")
    client = signed_in(Client(), scene.coordinator)

    refusal = client.get(reverse("mentorships:publish", args=[scene.cohort.pk, stale.pk])).content.decode()
    with pytest.raises(PublishNotAllowedError, match="4 pairs"):
        make_publication(scene, stale)
    plan = make_plan(scene)
    make_publication(scene, plan)

    assert "what runs or waits stays as it" in " ".join(refusal.split())
    assert "Continue" not in refusal
    assert list(plan.pairs.values_list("mentee", flat=True)) == [scene.people["Edda"].pk]
    assert Match.objects.filter(state=MatchState.ACTIVE).count() == 4
    assert offer_of(scene, "Edda").state == OfferState.OFFERED


def test_two_who_said_no_are_not_proposed_again_until_a_coordinator_allows_it():
    scene = make_scene(places=4)
    make_publication(scene, make_plan(scene))
    offer = say_no(offer_of(scene, "Anna"), "mentee")
    mentor = member_of(offer, "mentor").application_id

    again = make_plan(scene)
    lift_refusal(offer=offer, by=scene.coordinator, now=NOW)
    lifted = make_plan(scene)

    assert mentor not in set(again.pairs.filter(mentee=scene.people["Anna"]).values_list("mentor", flat=True))
    assert mentor in set(lifted.pairs.filter(mentee=scene.people["Anna"]).values_list("mentor", flat=True))


def test_nobody_free_is_said_with_a_way_out():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))

    with pytest.raises(NobodyToMatchError, match="free place"):
        ask_for_run(cohort=scene.cohort, aim="everyone", by=scene.coordinator, now=NOW)


def test_exclusion_of_a_mentor_without_a_free_place_is_still_understood():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    add_mentor(scene, "Pia", ["Leadership"], "North", "Nurse", 1)
    add_mentee(scene, "Edda", ["Leadership"], "North", manager=["mira"])

    plan = make_plan(scene)

    assert frozen_of(plan)["unclear"] == {}
    assert plan.pairs.count() == 1


def test_withdrawing_ends_the_match_on_both_sides_and_frees_the_other():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentee", "mentor")
    mentor = member_of(offer, "mentor").application
    before = Application.objects.get(pk=mentor.pk).taken

    withdraw_participant(application=scene.people["Anna"], link_to=link_to, by=scene.coordinator, now=NOW)

    offer.refresh_from_db()
    match = Match.objects.get(offer=offer)
    assert (offer.state, match.state, match.closed_reason) == (OfferState.OVER, MatchState.CLOSED, EndReason.LEFT)
    assert Application.objects.get(pk=mentor.pk).taken == before - 1
    told = Notice.objects.get(kind="match.left")
    assert (told.to_id, told.state) == (mentor.person_id, "draft")
    assert not Notice.objects.filter(kind="match.agreed").exclude(state="withdrawn").exists()
    for person in (scene.people["Anna"].person, mentor.person):
        page = signed_in(Client(), person).get(f"/matches/{match.pk}/").content.decode()
        assert "has ended" in page
        assert "mailto" not in page
    assert "You are matched" not in signed_in(Client(), scene.people["Anna"].person).get("/").content.decode()
    assert_places_agree()


def test_withdrawing_before_the_messages_left_mends_the_letter_to_the_mentor():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    mentor = next(one for one in Application.objects.filter(role="mentor") if one.taken == 2)
    leaver, stays = (
        member_of(offer, "mentee").application for offer in Offer.objects.filter(members__application=mentor)
    )

    withdraw_participant(application=leaver, link_to=link_to, by=scene.coordinator, now=NOW)

    letters = Notice.objects.filter(kind="match.offered_to_mentor", to=mentor.person).exclude(state="withdrawn")
    assert [letter.state for letter in letters] == ["ready"]
    assert leaver.person.name not in letters[0].body
    assert stays.person.name in letters[0].body
    assert not Notice.objects.filter(to=leaver.person).exclude(state="withdrawn").exists()
    assert not Notice.objects.filter(kind="match.left").exists()


def test_unpublishing_takes_back_what_is_unanswered_and_tells_those_who_had_read_of_it(mail_server):
    scene = make_scene(places=2)
    publication = make_publication(scene, make_plan(scene))
    send_due_notices(now=NOW)
    say_yes(offer_of(scene, "Anna"), "mentee", "mentor")

    assert unpublish_plan(publication=publication, by=scene.coordinator, now=NOW) == 3

    assert Offer.objects.filter(state=OfferState.TAKEN_BACK).count() == 3
    assert Match.objects.get().state == MatchState.ACTIVE
    told = Notice.objects.filter(kind="match.taken_back", state="draft")
    assert scene.people["Bela"].person_id in set(told.values_list("to", flat=True))
    assert scene.people["Anna"].person_id not in set(told.values_list("to", flat=True))
    assert taken(scene, "Bela") == 0
    assert_places_agree()


def test_reminders_go_half_way_and_on_the_last_day_and_to_nobody_who_has_answered(mail_server):
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    assert remind_of_offers(link_to=link_to, now=NOW + timedelta(days=8)) == 0
    send_due_notices(now=NOW)
    Offer.objects.update(reminded=0)
    for name in ("Bela", "Carl", "Dora"):
        say_yes(offer_of(scene, name), "mentee", "mentor")
    say_yes(offer_of(scene, "Anna"), "mentee")

    counts = [remind_of_offers(link_to=link_to, now=NOW + timedelta(days=day)) for day in (3, 7, 8, 13, 13)]

    assert counts == [0, 1, 0, 1, 0]
    mentor = member_of(offer_of(scene, "Anna"), "mentor").application.person_id
    assert set(Notice.objects.filter(kind="match.reminder").values_list("to", flat=True)) == {mentor}


def test_half_way_is_counted_from_when_the_messages_leave(mail_server):
    scene, later = make_scene(places=2), NOW + timedelta(days=20)
    publish_plan(plan=make_plan(scene), held_back=(), send_after=later, link_to=link_to, by=scene.coordinator, now=NOW)
    early = remind_of_offers(link_to=link_to, now=later - timedelta(hours=1))
    send_due_notices(now=later)

    counts = [remind_of_offers(link_to=link_to, now=later + timedelta(days=day)) for day in (1, 8)]

    assert early == 0
    assert counts == [0, OfferMember.objects.filter(reply="waiting").count()]


def test_an_answer_is_taken_back_until_somebody_was_told_of_it(mail_server):
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentee", "mentor")
    mentor = member_of(offer, "mentor")

    take_answer_back(member=mentor, by=mentor.application.person, now=NOW)
    again = offer_of(scene, "Anna")
    assert (again.state, Match.objects.count(), Member.objects.count()) == (OfferState.OFFERED, 0, 0)
    say_no(again, "mentor")
    take_answer_back(member=member_of(again, "mentor"), by=mentor.application.person, now=NOW)

    assert offer_of(scene, "Anna").state == OfferState.OFFERED
    assert_places_agree()


def test_match_that_a_coordinator_ends_frees_both_and_is_not_proposed_again():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentee", "mentor")
    client = signed_in(Client(), scene.coordinator)
    match = Match.objects.get(offer=offer)

    missing = client.post(reverse("mentorships:end", args=[scene.cohort.pk, match.pk])).content.decode()
    client.post(reverse("mentorships:end", args=[scene.cohort.pk, match.pk]), {"reason": "contact"})
    plan = make_plan(scene)

    assert "Choose one reason." in missing
    match.refresh_from_db()
    assert (match.closed_kind, match.closed_reason) == (ClosedKind.EARLY, EndReason.CONTACT)
    mentors = set(plan.pairs.filter(mentee=scene.people["Anna"]).values_list("mentor", flat=True))
    assert member_of(offer, "mentor").application_id not in mentors
    assert_places_agree()


def test_ending_a_match_tells_neither_why_nor_that_the_other_is_out():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentee", "mentor")
    client = signed_in(Client(), scene.coordinator)
    match = Match.objects.get(offer=offer)

    page = client.post(reverse("mentorships:end", args=[scene.cohort.pk, match.pk]), {"reason": "left"})
    match.refresh_from_db()
    still = match.state
    end_match(match=match, kind=ClosedKind.EARLY, reason=EndReason.LEFT, by=scene.coordinator, now=NOW)

    assert (page.status_code, still) == (200, MatchState.ACTIVE)
    assert "withdraw them instead" in page.content.decode()
    told = Notice.objects.filter(group=offer.group).exclude(state="withdrawn")
    assert [notice.kind for notice in told] == ["match.ended"] * 2


def test_match_reaches_its_end_without_a_reason():
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    offer = say_yes(offer_of(scene, "Anna"), "mentee", "mentor")

    match = end_match(
        match=Match.objects.get(offer=offer), kind=ClosedKind.COMPLETED, reason=None, by=scene.coordinator, now=NOW
    )

    assert (match.state, match.closed_reason) == (MatchState.CLOSED, "")
    assert match.members.filter(left_on=NOW.date()).count() == 2


def test_people_left_out_are_told_by_a_draft_what_happens_next():
    scene = make_scene(places=1)
    make_publication(scene, make_plan(scene))

    told = Notice.objects.filter(kind="match.left_out")

    assert [notice.state for notice in told] == ["draft"]
    assert "We look again" in told[0].body


def left_out_of(scene):
    """Return, by key of the person, where the messages stand to those whom a plan leaves out."""
    return dict(Notice.objects.filter(kind="match.left_out").exclude(state="withdrawn").values_list("to", "state"))


def test_who_is_matched_by_a_later_plan_does_not_read_that_there_is_no_match():
    scene = make_scene(places=1)
    make_publication(scene, make_plan(scene))
    [person] = left_out_of(scene)
    add_mentor(scene, "Pete", ["Research", "Exams", "Leadership", "Teaching"], "North", "Nurse", 1)

    make_publication(scene, make_plan(scene))

    assert OfferMember.objects.filter(application__person=person).exists()
    assert left_out_of(scene) == {}


def test_who_leaves_does_not_read_that_there_is_no_match():
    scene = make_scene(places=1)
    make_publication(scene, make_plan(scene))
    [person] = left_out_of(scene)
    application = Application.objects.get(person=person)

    withdraw_participant(application=application, link_to=link_to, by=scene.coordinator, now=NOW)

    assert left_out_of(scene) == {}


def test_a_plan_that_is_unpublished_leaves_nobody_out_until_it_is_published_again():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    publication = make_publication(scene, plan)
    before = left_out_of(scene)

    unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)
    between = left_out_of(scene)
    make_publication(scene, plan)

    assert len(before) == 1
    assert between == {}
    assert left_out_of(scene) == before


def test_where_nobody_is_asked_publishing_begins_the_matches():
    scene = make_scene(places=2)
    scene.cohort.matching["offers"] = {"agree": "nobody"}
    scene.cohort.save()

    make_publication(scene, make_plan(scene))

    assert set(Offer.objects.values_list("state", "answer_by")) == {(OfferState.AGREED, None)}
    assert Match.objects.filter(state=MatchState.ACTIVE).count() == 4
    letter = Notice.objects.get(kind="match.offered_to_mentee", to=scene.people["Anna"].person)
    assert "Say yes or no" not in letter.body


def test_coordinators_page_of_answers_reminds_takes_back_and_allows_again(mail_server):
    scene = make_scene(places=2)
    make_publication(scene, make_plan(scene))
    send_due_notices(now=NOW)
    refused = say_no(offer_of(scene, "Anna"), "mentor")
    waiting = offer_of(scene, "Bela")
    client = signed_in(Client(), scene.coordinator)
    args = [scene.cohort.pk]

    page = client.get(reverse("mentorships:answers", args=args)).content.decode()
    client.post(reverse("mentorships:remind", args=[*args, waiting.pk]))
    client.post(reverse("mentorships:take_back", args=[*args, waiting.pk]))
    client.post(reverse("mentorships:lift", args=[*args, refused.pk]))

    assert "I do not have the time now" in page
    assert Notice.objects.filter(kind="match.reminder").count() == 2
    waiting.refresh_from_db()
    refused.refresh_from_db()
    assert (waiting.state, waiting.ended_because) == (OfferState.TAKEN_BACK, "coordinator")
    assert refused.lifted_by_id == scene.coordinator.pk
