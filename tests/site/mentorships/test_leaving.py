"""Somebody leaves a match that runs: they are asked first, read what the others will read, and nobody reads why."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import leave_match
from chiron.site.mentorships.rules import LEAVE_REASONS, EndReason, MatchStepNotAllowedError, ends_without
from chiron.site.notices.models import Notice
from factories import NOW
from plan_factories import make_plan, make_publication, make_scene, offer_of, say_yes

MENTEE, MENTOR, PEER = MemberPart.MENTEE, MemberPart.MENTOR, MemberPart.PEER
PAIR, GROUP, CIRCLE = MatchShape.PAIR, MatchShape.GROUP, MatchShape.CIRCLE


@pytest.fixture
def scene(db):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    return scene


@pytest.fixture
def match(scene) -> Match:
    """Return the running match of Anna."""
    return Match.objects.get(offer=say_yes(offer_of(scene, "Anna"), "mentee", "mentor"))


def client_for(member: Member) -> Client:
    client = Client()
    client.force_login(member.application.person)
    return client


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize(
    ("shape", "leaver", "parts", "ends"),
    [
        (PAIR, MENTEE, [MENTEE, MENTOR], True),
        (PAIR, MENTOR, [MENTEE, MENTOR], True),
        (GROUP, MENTEE, [MENTEE, MENTOR], True),
        (GROUP, MENTOR, [MENTEE, MENTOR], False),
        (GROUP, MENTEE, [MENTEE, MENTEE, MENTOR], False),
        (GROUP, MENTOR, [MENTEE, MENTEE, MENTOR], False),
        (CIRCLE, PEER, [PEER, PEER], True),
        (CIRCLE, PEER, [PEER, PEER, PEER], False),
    ],
)
def test_a_pair_ends_and_a_group_goes_on_while_somebody_is_left_whom_it_helps(shape, leaver, parts, ends):
    assert ends_without(shape, leaver, parts) is ends


@pytest.mark.parametrize("leaver", ["mentee", "mentor"])
def test_a_pair_ends_whoever_leaves_and_both_places_are_free(match, leaver):
    one = match.members.get(part=leaver)

    leave_match(match=match, member=one, reason=EndReason.TIME, by=one.application.person, now=NOW)

    match.refresh_from_db()
    assert (match.state, match.closed_reason) == ("closed", "time")
    assert match.offer.members.filter(holds_place=True).count() == 0
    assert [notice.to_id for notice in Notice.objects.filter(kind="match.ended")] == [
        match.members.exclude(pk=one.pk).get().application.person_id
    ]


def test_the_page_asks_and_shows_what_the_other_will_read(match):
    mentee, mentor = (match.members.get(part=part) for part in ("mentee", "mentor"))
    address = reverse("mentorships:leave", args=[match.pk])
    asked = client_for(mentee).get(address).content.decode()
    Match.objects.get(pk=match.pk, state="active")  # looking ends nothing

    answer = client_for(mentee).post(address, {"reason": "needs"})

    told = Notice.objects.get(to=mentor.application.person, kind="match.ended")
    assert answer.headers["Location"] == reverse("mentorships:match", args=[match.pk])
    assert " ".join(f"{told.subject} {told.body}".split()) in words_of(asked)
    assert str(LEAVE_REASONS[EndReason.NEEDS]) in words_of(asked)
    assert told.state == "draft"
    assert str(LEAVE_REASONS[EndReason.NEEDS]) not in told.body
    match.refresh_from_db()
    assert (match.state, match.closed_reason) == ("closed", "needs")
    assert "has ended" in client_for(mentor).get(reverse("mentorships:match", args=[match.pk])).content.decode()
    assert {one.taken for one in Application.objects.filter(pk=mentee.application_id)} == {0}


def test_a_reason_is_asked_for_and_nothing_ends_without_one(match):
    mentee = match.members.get(part="mentee")

    page = client_for(mentee).post(reverse("mentorships:leave", args=[match.pk]), {"reason": "left"})

    assert page.status_code == 200
    assert Match.objects.get(pk=match.pk).state == "active"


def test_who_has_left_cannot_leave_again_and_others_do_not_find_the_page(scene, match):
    mentee, mentor = (match.members.get(part=part) for part in ("mentee", "mentor"))
    address = reverse("mentorships:leave", args=[match.pk])
    stranger = Client()
    stranger.force_login(scene.people["Bela"].person)
    assert stranger.get(address).status_code == 404

    client_for(mentor).post(address, {"reason": "time"})

    assert [client_for(one).get(address).status_code for one in (mentee, mentor)] == [404, 404]


def test_leaving_a_group_a_second_time_is_refused(scene):
    match = Match.objects.create(cohort=scene.cohort, shape="group", state="active", starts_on=NOW.date())
    people = [scene.people[name] for name in ("Anna", "Bela", "Carl")]
    rows = [
        Member.objects.create(match=match, application=one, part="mentee", shape="group", joined_on=NOW.date())
        for one in people
    ]
    leave_match(match=match, member=rows[0], reason=EndReason.TIME, by=people[0].person, now=NOW)

    with pytest.raises(MatchStepNotAllowedError):
        leave_match(match=match, member=rows[0], reason=EndReason.TIME, by=people[0].person, now=NOW)

    assert match.members.filter(left_on=None).count() == 2
