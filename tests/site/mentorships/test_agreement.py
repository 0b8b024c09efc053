"""`[matching.offers]` end to end: whom a programme asks, and with how many yeses a group begins."""

from collections import Counter
from importlib.resources import files

import pytest
from django.test import Client

from chiron.blueprints.schema.blueprint_file import read_blueprint
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations.offers import lapse_offers
from chiron.site.notices.models import Notice
from cohort_factories import signed_in
from plan_factories import link_to, make_publication
from shape_factories import make_shape_scene, work_out

pytestmark = pytest.mark.django_db


def published(tmp_path, **offers):
    """Publish the groups of the template with these settings of `[matching.offers]`; return the publishing."""
    text = (files("chiron.blueprints.gallery") / "shapes" / "groups.toml").read_text(encoding="utf-8")
    scene = make_shape_scene(read_blueprint(text, file="groups.toml"), tmp_path, mentees=12, mentors=3)
    scene.cohort.matching["offers"] = offers
    scene.cohort.save()
    return make_publication(scene, work_out(scene))


def answers(member: OfferMember, *, yes: bool = True) -> None:
    """Let a member answer on their page."""
    client = signed_in(Client(), member.application.person)
    assert client.get(f"/offers/{member.offer_id}/").status_code == 200
    address = f"/offers/{member.offer_id}/" + ("accept/" if yes else "decline/")
    assert client.post(address, {} if yes else {"reason": "time"}).status_code == 302


def waiting(offer: Offer) -> list[OfferMember]:
    return list(offer.members.filter(reply="waiting").select_related("application__person").order_by("part", "pk"))


def in_match(offer: Offer) -> set[int]:
    return set(Member.objects.filter(match__offer=offer, left_on=None).values_list("application", flat=True))


def test_where_mentors_are_asked_a_group_begins_with_the_yes_of_its_mentor(tmp_path):
    publication = published(tmp_path, agree="mentor")
    offers = list(Offer.objects.order_by("pk"))
    assert Counter(OfferMember.objects.filter(reply="waiting").values_list("part", flat=True)) == {
        "mentor": len(offers)
    }
    assert not Match.objects.exists()
    letters = Notice.objects.filter(group=publication.group)
    assert all(("Say yes or no" in one.body) == (one.kind == "match.offered_to_mentor") for one in letters)

    answers(waiting(offers[0])[0])
    answers(waiting(offers[1])[0], yes=False)

    for offer in offers[:2]:
        offer.refresh_from_db()
    assert [offer.state for offer in offers[:2]] == ["agreed", "declined"]
    assert in_match(offers[0]) == set(offers[0].members.values_list("application", flat=True))
    assert Match.objects.count() == 1
    mentee = offers[0].members.filter(part="mentee").select_related("application__person").first()
    page = signed_in(Client(), mentee.application.person).get("/matches/").content.decode()
    assert "Yes, accept" not in page


def test_a_group_begins_with_the_least_yeses_others_join_and_the_silent_are_out(tmp_path):
    publication = published(tmp_path, agree="all", least=2, answer_days=5)
    assert (publication.answer_by - publication.published_at).days == 5
    offer = Offer.objects.order_by("pk").first()
    mentees = [one for one in waiting(offer) if one.part == "mentee"]
    [mentor] = [one for one in waiting(offer) if one.part == "mentor"]
    assert (offer.least, len(mentees) >= 3) == (2, True)

    answers(mentees[0])
    answers(mentees[1])
    offer.refresh_from_db()
    assert offer.state == "offered"
    answers(mentor)
    offer.refresh_from_db()
    assert offer.state == "agreed"
    assert in_match(offer) == {mentor.application_id, mentees[0].application_id, mentees[1].application_id}
    silent = mentees[2:-1] if len(mentees) > 3 else []
    answers(mentees[-1])
    lapse_offers(link_to=link_to, now=publication.answer_by.replace(year=publication.answer_by.year + 1))

    assert mentees[-1].application_id in in_match(offer)
    for one in silent:
        one.refresh_from_db()
        one.application.refresh_from_db()
        assert (one.holds_place, one.application.taken) == (False, 0)
    mentor.application.refresh_from_db()
    assert mentor.application.taken == len(in_match(offer)) - 1
