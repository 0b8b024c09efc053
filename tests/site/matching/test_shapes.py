"""Every shape from the sheets to the matches: import, run, review, publish, agree, through the pages and the worker."""

from collections import Counter, defaultdict
from importlib.resources import files

import pytest
from django.utils import timezone

from chiron.blueprints.schema.blueprint_file import read_blueprint
from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, OfferMember, PlanPair, PlanUnmatched
from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import accept_offer, decline_offer, end_match
from chiron.site.mentorships.rules import ClosedKind, EndReason
from chiron.site.notices.models import Notice
from chiron.site.shared.jobs.operations import run_waiting_jobs
from factories import NOW
from plan_factories import link_to
from shape_factories import make_shape_scene, work_out

pytestmark = pytest.mark.django_db


def template(shape):
    """Return the rules of a shape's template."""
    text = (files("chiron.blueprints.gallery") / "shapes" / f"{shape}.toml").read_text(encoding="utf-8")
    return read_blueprint(text, file=f"{shape}.toml")


def publish(scene, plan):
    """Publish a plan on its pages, all of it, now."""
    address = f"/c/{scene.cohort.pk}/plans/{plan.pk}/publish/"
    assert scene.client.get(address).status_code == 200
    seen = scene.client.get(f"{address}check/").context["seen"]
    answer = scene.client.post(f"{address}check/", {"seen": seen})
    assert answer.status_code == 302, answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == "published"
    assert scene.client.get(address).status_code == 200


def review(scene, plan, show="all"):
    """Return the words of a plan's page."""
    answer = scene.client.get(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show={show}")
    assert answer.status_code == 200
    return answer


def everybody_says_yes():
    for member in OfferMember.objects.filter(reply="waiting").select_related("application__person", "offer"):
        accept_offer(member=member, link_to=link_to, by=member.application.person, now=NOW)


def test_groups_of_a_track_are_even_assigned_and_begin_with_publishing(tmp_path):
    scene = make_shape_scene("nurs-rutgers-groups", tmp_path, mentees=24)
    plan = work_out(scene)

    assert plan.shape == "groups"
    campus = {one.pk: one.answers["campus"] for one in Application.objects.all()}
    ties = PlanPair.objects.filter(plan=plan)
    sizes = Counter(tie.mentor_id for tie in ties)
    assert len(ties) == scene.cohort.applications.filter(role="mentee").count()
    assert all(campus[tie.mentee_id] == campus[tie.mentor_id] for tie in ties)
    for one in set(campus.values()):
        own = [sizes[mentor.pk] for mentor in scene.cohort.applications.filter(role="mentor", answers__campus=one)]
        assert len(own) == 5
        assert max(own) - min(own) <= 1
    units = review(scene, plan).context["units"]
    assert {unit.title for unit in units} <= {f"Group of {tie.mentor.person}" for tie in ties}

    publish(scene, plan)

    groups = Match.objects.filter(state="active", shape="group")
    assert len(groups) == len(sizes)
    members = {
        match.members.get(part="mentor").application_id: {
            one.application_id for one in match.members.filter(part="mentee")
        }
        for match in groups
    }
    assert members == {mentor: {tie.mentee_id for tie in ties if tie.mentor_id == mentor} for mentor in sizes}
    assert {one.pk: one.taken for one in scene.cohort.applications.filter(pk__in=sizes)} == dict(sizes)
    assert set(OfferMember.objects.values_list("reply", flat=True)) == {"assigned"}
    assert Notice.objects.count() == len(ties) + len(sizes)


def test_panel_of_a_track_shows_typed_places_and_each_link_becomes_a_pair_within_one_room(tmp_path):
    scene = make_shape_scene("pre-miami-hpm", tmp_path, mentees=8)
    plan = work_out(scene)

    kind = {one.pk: one.answers.get("mentor_kind", "") for one in Application.objects.all()}
    ties = PlanPair.objects.filter(plan=plan)
    assert plan.shape == "panel"
    assert all(tie.label == f"{kind[tie.mentor_id].capitalize()} mentor" for tie in ties)
    held = Counter((tie.mentee_id, tie.label) for tie in ties)
    mentees = scene.cohort.applications.filter(role="mentee").count()
    assert set(held.values()) == {1}
    assert len(held) + PlanUnmatched.objects.filter(plan=plan).exclude(label="").count() == 3 * mentees
    slots = ["Faculty mentor", "Medical student mentor", "Advanced undergraduate mentor"]
    for unit in review(scene, plan).context["units"]:
        headings = [line.heading for line in unit.lines]
        assert headings == [slot for slot in slots if slot in headings]

    publish(scene, plan)
    assert Offer.objects.filter(state="offered", shape="pair").count() == len(ties)
    assert not Match.objects.exists()
    everybody_says_yes()

    links = Match.objects.filter(shape="pair", state="active")
    assert len(links) == len(ties)
    rooms = defaultdict(set)
    for link in links:
        rooms[link.within_id].add(link.members.get(part="mentee").application_id)
    assert None not in rooms
    assert all(len(people) == 1 for people in rooms.values())
    assert Match.objects.filter(shape="panel", state="active").count() == len(rooms) == mentees
    taken = Counter(tie.mentor_id for tie in ties)
    assert {one.pk: one.taken for one in scene.cohort.applications.filter(role="mentor", taken__gt=0)} == dict(taken)


def test_a_room_closes_with_its_last_link_and_a_no_ends_only_one_link(tmp_path):
    scene = make_shape_scene("pre-miami-hpm", tmp_path, mentees=4)
    publish(scene, work_out(scene))
    refused = OfferMember.objects.filter(part="mentor", reply="waiting").select_related("application__person").first()
    decline_offer(member=refused, reason=DeclineReason.TIME, by=refused.application.person, now=NOW)
    everybody_says_yes_in = OfferMember.objects.filter(reply="waiting", offer__state="offered")
    for member in everybody_says_yes_in.select_related("application__person"):
        accept_offer(member=member, link_to=link_to, by=member.application.person, now=NOW)

    room = Match.objects.get(room=refused.offer.room)
    inside = list(room.matches_inside.all())
    assert len(inside) == 2
    refused.application.refresh_from_db()
    assert refused.application.taken == PlanPair.objects.filter(mentor=refused.application).count() - 1
    for number, match in enumerate(inside, start=1):
        end_match(match=match, kind=ClosedKind.EARLY, reason=EndReason.TIME, by=scene.coordinator, now=NOW)
        room.refresh_from_db()
        assert (room.state == "closed") == (number == len(inside))


def test_open_place_of_a_panel_is_shown_with_why_and_what_would_fill_it(tmp_path):
    scene = make_shape_scene("pre-miami-hpm", tmp_path, mentees=6)
    students = scene.cohort.applications.filter(role="mentor", answers__mentor_kind="Medical student")
    students.exclude(pk=students.first().pk).update(stage="withdrawn")
    students.filter(stage="accepted").update(capacity=2)
    plan = work_out(scene)

    open_places = PlanUnmatched.objects.filter(plan=plan, code="open_place")
    assert {one.label for one in open_places} == {"Medical student mentor"}
    mentees = PlanPair.objects.filter(plan=plan).values("mentee").distinct().count()
    assert open_places.count() == mentees - 2 > 0
    page = review(scene, plan, "look").content.decode()
    assert page.count("Medical student mentor:") >= mentees - 2
    left = review(scene, plan, "left-out").content.decode()
    assert open_places[0].why in left
    assert "One more place with" in left
    assert f"{mentees} of {scene.cohort.applications.filter(role='mentee').count()} mentees have" in left


def test_chain_of_a_track_says_who_is_above_whom_and_one_person_stands_on_both_sides(tmp_path):
    scene = make_shape_scene("hs-penn-cascade", tmp_path, mentees=16)
    plan = work_out(scene)

    people = Application.objects.in_bulk()
    ties = PlanPair.objects.filter(plan=plan)
    assert plan.shape == "chain"
    tiers = ("Pupil", "Undergraduate", "Medical student")
    found = {(people[tie.mentee_id].answers["tier"], people[tie.mentor_id].answers["tier"]) for tie in ties}
    assert {(one.casefold(), other.casefold()) for one, other in found} == {
        (tiers[0].casefold(), tiers[1].casefold()),
        (tiers[1].casefold(), tiers[2].casefold()),
    }
    assert all(people[tie.mentee_id].role == "mentee" and people[tie.mentor_id].role == "mentor" for tie in ties)
    both = {people[tie.mentee_id].person_id for tie in ties} & {people[tie.mentor_id].person_id for tie in ties}
    assert both
    units = review(scene, plan).context["units"]
    lines = {(line.heading, line.names) for unit in units for line in unit.lines}
    shown = {(tie.label, f"{people[tie.mentor_id].person} mentors {people[tie.mentee_id].person}") for tie in ties}
    assert lines == shown
    for unit in units:
        headings = [line.heading for line in unit.lines]
        assert headings == sorted(headings, reverse=True)  # "Undergraduate and Medical student" stands above "Pupil …"

    publish(scene, plan)
    everybody_says_yes()

    assert Match.objects.filter(shape="pair", state="active").count() == len(ties)
    rooms = Match.objects.filter(shape="chain", state="active")
    assert sum(room.matches_inside.count() for room in rooms) == len(ties)
    in_rooms = [
        set(Member.objects.filter(match__within=room).values_list("application__person", flat=True)) for room in rooms
    ]
    assert sum(map(len, in_rooms)) == len(set().union(*in_rooms))
    assert len(rooms) == len(units)


def test_somebody_who_stands_on_two_tiers_of_a_chain_is_named(tmp_path):
    scene = make_shape_scene("hs-penn-cascade", tmp_path, mentees=8)
    people = scene.cohort.applications
    both = people.filter(role="mentor", person__in=people.filter(role="mentee").values("person")).first()
    twin = people.get(role="mentee", person=both.person)
    twin.answers = {**twin.answers, "tier": "Pupil"}
    twin.save()

    scene.client.post(f"/c/{scene.cohort.pk}/plans/start/", {"aim": "everyone"})
    run_waiting_jobs(now=timezone.now())

    run = scene.cohort.runs.get()
    assert run.state == "failed"
    [line] = run.answer["lines"]
    assert line.startswith(f"{both.person} says Pupil as a mentee and Undergraduate as a mentor")


def test_member_of_a_group_is_moved_by_hand_as_the_preview_says_and_put_back_exactly(tmp_path):
    scene = make_shape_scene(template("groups"), tmp_path, mentees=12)
    plan = work_out(scene)
    before = list(PlanPair.objects.order_by("pk").values())
    tie = PlanPair.objects.order_by("pk").first()
    address = f"/c/{scene.cohort.pk}/plans/{plan.pk}/mentee/{tie.mentee_id}/"
    choice = next(one for one in scene.client.get(address).context["choices"] if one.preview.is_possible)
    chosen = f"{address}mentor/{choice.preview.mentor}/"
    seen = scene.client.get(chosen).context["preview"]

    answer = scene.client.post(chosen, {"reason": "They know each other", "seen": seen.seen})

    assert answer.status_code == 302, answer.content.decode()
    assert set(PlanPair.objects.values_list("mentee", "mentor")) == set(seen.pairs)
    sizes = Counter(PlanPair.objects.values_list("mentor", flat=True))
    assert all(3 <= size <= 5 for size in sizes.values())
    change = plan.changes.get()
    scene.client.post(f"/c/{scene.cohort.pk}/plans/{plan.pk}/undo/", {"change": change.pk})
    assert list(PlanPair.objects.order_by("pk").values()) == before


def test_two_people_of_a_panel_are_kept_apart_in_the_next_plan(tmp_path):
    scene = make_shape_scene(template("panel"), tmp_path, mentees=8)
    plan = work_out(scene)
    tie = PlanPair.objects.order_by("pk").first()
    address = f"/c/{scene.cohort.pk}/plans/{plan.pk}"

    assert scene.client.post(f"{address}/pairs/{tie.pk}/apart/", {"reason": "So"}).status_code == 302
    again = work_out(scene)

    assert not PlanPair.objects.filter(plan=again, mentee=tie.mentee, mentor=tie.mentor).exists()
    compared = scene.client.get(f"/c/{scene.cohort.pk}/plans/compare/?plan={plan.pk}&plan={again.pk}")
    assert compared.status_code == 200
    assert str(tie.mentee.person) in {switch.name for switch in compared.context["comparison"].switches}


SHAPES = {
    "groups": ("group", {"mentee", "mentor"}),
    "panel": ("pair", {"mentee", "mentor"}),
    "chain": ("pair", {"mentee", "mentor"}),
    "peers": ("pair", {"peer"}),
    "circles": ("circle", {"peer"}),
    "teams": ("team", {"mentee", "mentor"}),
    "rounds": ("pair", {"mentee", "mentor"}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_template_of_each_shape_goes_from_sheets_to_matches(tmp_path, shape):
    scene = make_shape_scene(template(shape), tmp_path, mentees=9 if shape in {"circles", "teams"} else 12)
    plan = work_out(scene)
    offered_as, parts = SHAPES[shape]

    assert plan.shape == shape
    assert plan.run.answer["steps"]
    for show in ("look", "all", "left-out", "apart"):
        review(scene, plan, show)
    if shape == "rounds":
        for unit in review(scene, plan).context["units"]:
            headings = [line.heading for line in unit.lines]
            assert headings == sorted(set(headings))
            assert set(headings) <= {"Round 1", "Round 2", "Round 3", "Round 4"}
    assert scene.client.get(f"/c/{scene.cohort.pk}/plans/").status_code == 200
    publish(scene, plan)
    assert {(one.offer.shape, one.part) for one in OfferMember.objects.select_related("offer")} == {
        (offered_as, part) for part in parts
    }
    everybody_says_yes()

    ties = PlanPair.objects.filter(plan=plan)
    told = {one for tie in ties for one in (tie.mentee_id, tie.mentor_id)}
    assert told
    assert set(Member.objects.values_list("application", flat=True)) == told
    assert Match.objects.exclude(offer=None).exclude(state="active").count() == 0
    assert set(Offer.objects.values_list("state", flat=True)) == {"agreed"}
    together = {
        frozenset(match.members.values_list("application", flat=True)) for match in Match.objects.exclude(offer=None)
    }
    for tie in ties:
        assert any({tie.mentee_id, tie.mentor_id} <= members for members in together)
