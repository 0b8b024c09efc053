"""The page of a match names the rest of its panel or chain, as far as each of its people may see."""

import pytest
from django.test import Client

from chiron.site.matching.models import OfferMember
from chiron.site.matching.queries.offers import rooms_standing_in
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import accept_offer, begin_matches, end_match
from chiron.site.mentorships.rules import ClosedKind, EndReason
from cohort_factories import signed_in
from factories import NOW
from group_factories import make_link
from plan_factories import link_to, make_publication, make_scene
from shape_factories import make_shape_scene, work_out

pytestmark = pytest.mark.django_db


def running(name, tmp_path, mentees):
    """Return a track of which everybody has agreed, and its largest room with its links."""
    scene = make_shape_scene(name, tmp_path, mentees=mentees)
    make_publication(scene, work_out(scene))
    for member in OfferMember.objects.filter(reply="waiting").select_related("application__person", "offer"):
        accept_offer(member=member, link_to=link_to, by=member.application.person, now=NOW)
    rooms = sorted(Match.objects.filter(within=None), key=lambda room: (-room.matches_inside.count(), room.pk))
    return scene, rooms[0], list(rooms[0].matches_inside.order_by("pk"))


def page(match, member):
    return signed_in(Client(), member.application.person).get(f"/matches/{match.pk}/").content.decode()


def names(match):
    return {str(one.application.person.name) for one in match.members.all()}


def test_mentee_and_mentors_of_a_panel_read_who_else_is_in_it_and_nothing_more(tmp_path):
    scene, _room, links = running("pre-miami-hpm", tmp_path, 6)
    match, others = links[0], links[1:]
    assert others

    for member in match.members.select_related("application__person"):
        words = page(match, member)
        assert "The rest of this panel" in words
        for other in others:
            mentor = other.members.get(part="mentor").application.person
            assert mentor.name in words
            assert mentor.email not in words or member.part == "mentee"
            assert other.members.get(part="mentee").place in words
    outside = Member.objects.exclude(match__within=match.within).exclude(
        application__in=Member.objects.filter(match__within=match.within).values("application")
    )
    assert all(one.application.person.name not in page(match, match.members.first()) for one in outside[:5])
    for other in others:
        end_match(match=other, kind=ClosedKind.EARLY, reason=EndReason.TIME, by=scene.coordinator, now=NOW)
    assert "The rest of this panel" not in page(match, match.members.first())


def test_pupils_of_a_chain_are_not_named_to_others_where_minors_may_join(tmp_path):
    scene, room, links = running("hs-penn-cascade", tmp_path, 16)
    people = {one.application.person.name for one in Member.objects.filter(match__within=room)}
    match = next(
        one for one in links if any("Pupil" in str(row.application.answers.get("tier")) for row in one.members.all())
    )
    pupil = match.members.get(part="mentee")
    elsewhere = people - names(match)
    assert elsewhere

    seen = page(match, pupil)
    assert "The rest of this chain" in seen
    assert all(name in seen for name in elsewhere)
    scene.cohort.may_have_minors = True
    scene.cohort.save()
    hidden = page(match, pupil)
    assert not any(name in hidden for name in elsewhere)
    assert "not named here" in hidden


def test_two_chains_that_a_later_link_joins_go_on_in_the_older_room():
    scene = make_scene()
    make_link(scene, "Anna", "Mira", "a")
    make_link(scene, "Bela", "Noor", "b")
    waits = make_link(scene, "Carl", "Noor", "b", begins=False)
    apart = make_link(scene, "Dora", "Olga", "c")
    older, newer, other = (Match.objects.get(room=room) for room in "abc")

    make_link(scene, "Bela", "Mira", "a", place="2")

    assert older.matches_inside.count() == 3
    assert [Match.objects.get(pk=room.pk).state for room in (older, newer, other)] == ["active", "closed", "active"]
    assert Match.objects.get(offer=apart).within == other
    waits.refresh_from_db()
    assert waits.room == "a"
    assert {rooms_standing_in(scene.cohort)[scene.people[name].person_id] for name in ("Anna", "Bela", "Noor")} == {"a"}
    begin_matches(offers=[waits], now=NOW)
    assert older.matches_inside.count() == 4
