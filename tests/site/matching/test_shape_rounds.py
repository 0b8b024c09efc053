"""A second plan in every shape: what runs or waits is kept, what is open is filled, nobody is asked the same twice."""

from collections import Counter, defaultdict
from datetime import timedelta
from importlib.resources import files

import pytest
from django.urls import reverse

from chiron.blueprints.schema.blueprint_file import read_blueprint
from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, OfferMember, PlanPair, PlanUnmatched, Publication
from chiron.site.matching.queries.inputs import frozen_of
from chiron.site.matching.queries.numbers import numbers_of
from chiron.site.matching.queries.offers import round_facts_of
from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import accept_offer, decline_offer, end_match, unpublish_plan
from chiron.site.mentorships.operations.offers import lapse_offers, remind_of_offers
from chiron.site.mentorships.queries.letters import left_out_of_all
from chiron.site.mentorships.rules import ClosedKind
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import send_due_notices
from factories import NOW
from plan_factories import link_to, make_publication
from shape_factories import ShapeScene, make_shape_scene, work_out

pytestmark = pytest.mark.django_db


def template(shape):
    """Return the rules of a shape's template."""
    text = (files("chiron.blueprints.gallery") / "shapes" / f"{shape}.toml").read_text(encoding="utf-8")
    return read_blueprint(text, file=f"{shape}.toml")


def later(scene: ShapeScene, *, number: int, role: str = "mentee", **answers) -> list[Application]:
    """Take the last people of a role out of the first round, as if they came late; return them."""
    late = list(scene.cohort.applications.filter(role=role, **answers).order_by("-pk")[:number])
    Application.objects.filter(pk__in=[one.pk for one in late]).update(stage="submitted")
    return late


def arrive(*late: Application) -> None:
    """Let those who came late be accepted."""
    Application.objects.filter(pk__in=[one.pk for one in late]).update(stage="accepted")


def publish(scene, plan) -> Publication:
    return make_publication(scene, plan)


def say(reply: str, *members: OfferMember) -> None:
    """Let members answer."""
    for one in members:
        one.refresh_from_db()
        if reply == "yes":
            accept_offer(member=one, link_to=link_to, by=one.application.person, now=NOW)
        else:
            decline_offer(member=one, reason=DeclineReason.TIME, by=one.application.person, now=NOW)


def waiting():
    return OfferMember.objects.filter(reply="waiting", holds_place=True).select_related("application__person", "offer")


def assert_places_agree():
    """Places taken are what standing offers hold, for everybody."""
    held = Counter()
    for row in OfferMember.objects.filter(holds_place=True, offer__state__in=["offered", "agreed"]):
        held[row.application_id] += row.takes
    for application in Application.objects.all():
        assert application.taken == held[application.pk], str(application)


def assert_nobody_was_asked_the_same_twice():
    """No two people stand together in two offers."""
    met = Counter()
    for offer in Offer.objects.exclude(state="taken_back").prefetch_related("members"):
        people = [one.application_id for one in offer.members.all()]
        met.update(frozenset((one, other)) for one in people for other in people if one < other)
    again = [pair for pair, times in met.items() if times > 1]
    both = {one.pk: one.part for one in OfferMember.objects.all()}
    assert not again, (again, both)


def test_groups_keep_their_members_and_late_people_join_the_smallest_without_anybody_being_asked_again(tmp_path):
    scene = make_shape_scene("nurs-rutgers-groups", tmp_path, mentees=24)
    late = later(scene, number=4)
    publish(scene, work_out(scene))
    before = {match.pk: set(match.members.values_list("application", flat=True)) for match in Match.objects.all()}
    arrive(*late)

    second = work_out(scene)
    units = scene.client.get(f"/c/{scene.cohort.pk}/plans/{second.pk}/?show=all").context["units"]
    publish(scene, second)

    assert set(PlanPair.objects.filter(plan=second).values_list("mentee", flat=True)) == {one.pk for one in late}
    assert any(unit.kept for unit in units)
    mentors = set(PlanPair.objects.filter(plan=second).values_list("mentor", flat=True))
    joined = {match.pk: set(match.members.values_list("application", flat=True)) for match in Match.objects.all()}
    assert all(before[key] <= joined[key] for key in before)
    assert {one.pk for one in late} == set().union(*joined.values()) - set().union(*before.values())
    assert Counter(Member.objects.filter(part="mentor").values_list("application", flat=True)) == Counter(
        set(Member.objects.filter(part="mentor").values_list("application", flat=True))
    )
    for campus in ("Newark", "New Brunswick", "Blackwood"):
        sizes = Counter(
            Member.objects.filter(part="mentee", application__answers__campus=campus).values_list("match", flat=True)
        )
        own = scene.cohort.applications.filter(role="mentor", answers__campus=campus).values_list("pk", flat=True)
        counts = [sizes[match.pk] for match in Match.objects.filter(members__application__in=own)]
        assert max(counts) - min(counts) <= 1
    told = set(Notice.objects.filter(group=Publication.objects.get(plan=second).group).values_list("to", flat=True))
    assert told == {one.person_id for one in late} | {Application.objects.get(pk=key).person_id for key in mentors}
    assert_places_agree()


@pytest.fixture
def group_scene(tmp_path):
    """Return groups of which one lost a member by a no, while two people came late; all others have said yes."""
    scene = make_shape_scene(template("groups"), tmp_path, mentees=14, mentors=4)
    late = later(scene, number=2)
    publish(scene, work_out(scene))
    send_due_notices(now=NOW)
    refused = waiting().filter(part="mentee").order_by("pk").first()
    say("no", refused)
    say("yes", *waiting())
    arrive(*late)
    return scene, refused, late


def test_a_no_in_a_group_is_filled_by_others_and_only_they_are_asked(group_scene, mail_server):
    scene, refused, late = group_scene
    groups = {match.pk: set(match.members.values_list("application", flat=True)) for match in Match.objects.all()}

    second = work_out(scene)
    publication = publish(scene, second)

    ties = set(PlanPair.objects.filter(plan=second).values_list("mentee", "mentor"))
    leader = refused.offer.members.get(part="mentor").application_id
    assert {mentee for mentee, _ in ties} <= {refused.application_id, *(one.pk for one in late)}
    assert (refused.application_id, leader) not in ties
    assert {one.pk for one in late} <= {mentee for mentee, _ in ties}
    assert {one.application_id for one in waiting() if one.offer.state == "agreed"} == {mentee for mentee, _ in ties}
    assert all(one.publication == publication for one in waiting())
    letters = Notice.objects.filter(group=publication.group)
    assert set(letters.values_list("to", flat=True)) == {one.application.person_id for one in waiting()}
    say("yes", *waiting())
    for key, people in groups.items():
        assert people <= set(Member.objects.filter(match=key, left_on=None).values_list("application", flat=True))
    assert {one.application_id for one in Member.objects.filter(left_on=None)} >= {one.pk for one in late}
    assert Notice.objects.filter(kind="match.more").count() == len(ties)
    assert_places_agree()


def test_unpublishing_a_second_plan_takes_only_those_back_who_would_join(group_scene, mail_server):
    scene, _refused, _late = group_scene
    publication = publish(scene, work_out(scene))
    send_due_notices(now=NOW)
    joining = [one.application.person_id for one in waiting()]
    members = Member.objects.count()

    assert unpublish_plan(publication=publication, by=scene.coordinator, now=NOW) == len(joining) > 0

    assert not waiting().exists()
    assert Match.objects.filter(state="active").count() == Match.objects.count()
    assert Member.objects.count() == members
    told = Notice.objects.filter(kind="match.taken_back")
    assert sorted(told.values_list("to", flat=True)) == sorted(joining)
    publication.plan.refresh_from_db()
    assert publication.plan.state == "draft"
    assert_places_agree()


def test_whoever_is_asked_to_join_is_seen_reminded_and_taken_back_on_the_pages(group_scene, mail_server):
    scene, _refused, _late = group_scene
    publication = publish(scene, work_out(scene))
    send_due_notices(now=NOW)
    joining = list(waiting())
    cohort, plan, groups = scene.cohort.pk, publication.plan_id, {one.offer_id for one in joining}

    answers = scene.client.get(f"/c/{cohort}/answers/")
    published = scene.client.get(f"/c/{cohort}/plans/{plan}/publish/")

    assert {offer.pk for offer in answers.context["rows"]} == groups
    assert f"Waiting for answers: {len(groups)}." in " ".join(answers.content.decode().split())
    words = " ".join(answers.content.decode().split())
    assert words.count("Take back") == words.count("Take back who was asked to join") == len(groups)
    assert groups <= {offer.pk for offer in published.context["rows"]}
    assert published.context["counts"]["waiting"] == len(joining)
    for address in (reverse("mentorships:remind", args=[cohort, key]) for key in groups):
        assert address in answers.content.decode()
        scene.client.post(address)
    reminded = Notice.objects.filter(kind="match.reminder").values_list("to", flat=True)
    assert sorted(reminded) == sorted(one.application.person_id for one in joining)
    address = reverse("mentorships:unpublish", args=[cohort, plan])
    assert address in published.content.decode()
    scene.client.post(address)
    assert not waiting().exists()


def test_whoever_is_asked_to_join_an_old_group_is_reminded_half_way_of_their_own_days(group_scene, mail_server):
    scene, _refused, _late = group_scene
    Offer.objects.update(offered_at=NOW - timedelta(days=200))
    publication = publish(scene, work_out(scene))
    send_due_notices(now=NOW)
    number, days = waiting().count(), publication.answer_by - NOW

    counts = [remind_of_offers(link_to=link_to, now=NOW + days * part) for part in (0.01, 0.45, 0.55)]

    assert counts == [0, 0, number]


def test_who_would_join_and_does_not_answer_keeps_no_place_and_the_group_goes_on(group_scene, mail_server):
    scene, _refused, _late = group_scene
    publication = publish(scene, work_out(scene))
    send_due_notices(now=NOW)
    silent = list(waiting())

    assert lapse_offers(link_to=link_to, now=publication.answer_by.replace(year=publication.answer_by.year + 1)) > 0

    assert not waiting().exists()
    assert Match.objects.exclude(state="active").count() == 0
    page = scene.client.__class__()
    page.force_login(silent[0].application.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = page.get(f"/offers/{silent[0].offer_id}/").content.decode()
    assert "Yes, accept this match" not in answer
    assert page.post(f"/offers/{silent[0].offer_id}/accept/").status_code == 409
    assert_places_agree()


def test_panels_keep_filled_places_and_ask_only_for_what_is_open_within_the_same_room(tmp_path):
    scene = make_shape_scene("pre-miami-hpm", tmp_path, mentees=8)
    scene.cohort.applications.filter(role="mentor").update(capacity=8)
    first = work_out(scene)
    publish(scene, first)
    refused = waiting().filter(part="mentor").order_by("pk").first()
    say("no", refused)
    room = refused.offer.room
    mentee = refused.offer.members.get(part="mentee")
    silent = waiting().exclude(offer__room=room).filter(part="mentor").first()
    say("yes", *waiting().exclude(offer=silent.offer))
    before = set(Offer.objects.filter(state__in=["agreed", "offered"]).values_list("pk", flat=True))
    assert round_facts_of(scene.cohort).free_mentees == 1

    second = work_out(scene)
    units = scene.client.get(f"/c/{scene.cohort.pk}/plans/{second.pk}/?show=all").context["units"]
    publish(scene, second)

    [tie] = PlanPair.objects.filter(plan=second)
    assert (tie.mentee_id, tie.label) == (mentee.application_id, mentee.place)
    assert tie.mentor_id != refused.application_id
    assert [len(unit.kept) for unit in units] == [2]
    assert set(Offer.objects.filter(state__in=["agreed", "offered"]).values_list("pk", flat=True)) > before
    say("yes", *waiting().filter(offer__publication__plan=second))
    rooms = Match.objects.filter(members__application=mentee.application, within__isnull=False).values("within")
    assert rooms.distinct().count() == 1
    assert Match.objects.get(pk=rooms[0]["within"]).room == room
    assert_nobody_was_asked_the_same_twice()
    assert_places_agree()
    assert round_facts_of(scene.cohort).free_mentees == 0
    # Whoever has somebody by an earlier plan is not left out, though a place of theirs stays open.
    PlanPair.objects.filter(plan=second).delete()
    PlanUnmatched.objects.create(plan=second, application=mentee.application, label=mentee.place, code="open_place")
    assert left_out_of_all(second) == []
    numbers = numbers_of([second])[second.pk]
    assert (numbers.mentees, numbers.matched) == (1, 1)


def test_nobody_is_asked_where_every_place_of_every_panel_is_filled(tmp_path):
    scene = make_shape_scene("pre-miami-hpm", tmp_path, mentees=8)
    scene.cohort.applications.filter(role="mentor").update(capacity=8)
    first = work_out(scene)
    assert not PlanUnmatched.objects.filter(plan=first).exists()
    publish(scene, first)

    answer = scene.client.post(f"/c/{scene.cohort.pk}/plans/start/", {"aim": "everyone"})

    assert answer.status_code == 409
    assert "with a free place" in answer.content.decode()


def test_chain_link_that_was_refused_is_filled_by_somebody_else_and_the_rest_of_the_chain_stays(tmp_path):
    scene = make_shape_scene("hs-penn-cascade", tmp_path, mentees=16)
    publish(scene, work_out(scene))
    refused = waiting().filter(part="mentor").order_by("pk").first()
    mentee = refused.offer.members.get(part="mentee").application
    say("no", refused)
    say("yes", *waiting())
    before = set(Match.objects.filter(shape="pair").values_list("pk", flat=True))

    second = work_out(scene)
    publish(scene, second)
    say("yes", *waiting())

    ties = PlanPair.objects.filter(plan=second)
    assert {tie.mentee_id for tie in ties} | set(
        PlanUnmatched.objects.filter(plan=second).values_list("application", flat=True)
    ) == {mentee.pk}
    assert refused.application_id not in {tie.mentor_id for tie in ties}
    assert set(Match.objects.filter(shape="pair", state="active").values_list("pk", flat=True)) >= before
    tops = defaultdict(set)
    for match in Match.objects.filter(shape="pair").select_related("within"):
        tops[match.within.room].add(match.pk)
    assert sum(map(len, tops.values())) == Match.objects.filter(shape="pair").count()
    assert_nobody_was_asked_the_same_twice()
    assert_places_agree()


@pytest.mark.parametrize("shape", ["peers", "circles", "teams"])
def test_who_said_no_is_put_together_with_others_and_who_is_together_stays(tmp_path, shape):
    scene = make_shape_scene(template(shape), tmp_path, mentees=12)
    late = later(scene, number=3, role="mentee")
    if shape == "teams":
        late += later(scene, number=2, role="mentor")
    publish(scene, work_out(scene))
    offers = list(Offer.objects.order_by("pk"))
    refused = offers[0].members.order_by("pk").first()
    say("no", refused)
    say("yes", *waiting())
    agreed = {one.pk for one in Offer.objects.filter(state="agreed")}
    with_him = set(offers[0].members.exclude(pk=refused.pk).values_list("application", flat=True))
    taken = set(OfferMember.objects.filter(offer__in=agreed, holds_place=True).values_list("application", flat=True))
    arrive(*late)

    second = work_out(scene)

    ties = set(PlanPair.objects.filter(plan=second).values_list("mentee", "mentor"))
    people = {one for tie in ties for one in tie}
    free = set(Application.objects.filter(pk__in=people, role="mentor").values_list("pk", flat=True))
    assert people.isdisjoint(taken - free)
    assert not {frozenset(tie) for tie in ties} & {frozenset((refused.application_id, one)) for one in with_him}
    if ties:
        publish(scene, second)
        say("yes", *waiting())
        assert set(Offer.objects.filter(state="agreed").values_list("pk", flat=True)) > agreed
    assert_places_agree()


def test_people_of_a_circle_that_was_too_small_without_one_no_may_still_meet(tmp_path):
    scene = make_shape_scene(template("circles"), tmp_path, mentees=9)
    publish(scene, work_out(scene))
    circle = Offer.objects.order_by("pk").first()
    refused = circle.members.order_by("pk").first()
    others = set(circle.members.exclude(pk=refused.pk).values_list("application", flat=True))
    rest = list(circle.members.exclude(pk=refused.pk).order_by("pk"))
    say("no", refused, *rest[1:])
    circle.refresh_from_db()
    assert circle.state == "declined"

    second = work_out(scene)

    apart = {tuple(map(int, pair)) for pair in frozen_of(second)["offered"]}
    assert (refused.application_id, rest[0].application_id) in apart
    assert {frozenset(pair) for pair in apart if set(pair) <= others} == {
        frozenset((one.application_id, other.application_id)) for one in rest for other in rest[1:] if one != other
    }


@pytest.mark.parametrize("again", [False, True])
def test_peers_who_have_met_are_put_together_again_only_where_the_programme_says_so(tmp_path, again):
    scene = make_shape_scene(template("peers"), tmp_path, mentees=8)
    scene.cohort.matching["offers"] = {"agree": "nobody", "meet_again": again}
    scene.cohort.save()
    first = work_out(scene)
    publish(scene, first)
    met = {frozenset(tie) for tie in PlanPair.objects.filter(plan=first).values_list("mentee", "mentor")}
    for match in Match.objects.all():
        end_match(match=match, kind=ClosedKind.COMPLETED, reason=None, by=scene.coordinator, now=NOW)

    second = work_out(scene)

    pairs = {frozenset(tie) for tie in PlanPair.objects.filter(plan=second).values_list("mentee", "mentor")}
    assert (pairs == met) is again
    assert bool(pairs & met) is again


def test_meetings_that_stand_keep_their_rounds_and_a_refused_one_is_held_after_them(tmp_path):
    scene = make_shape_scene(template("rounds"), tmp_path, mentees=8)
    first = work_out(scene)
    publish(scene, first)
    refused = waiting().filter(part="mentor").order_by("pk").first()
    mentee = refused.offer.members.get(part="mentee").application
    rounds = set(PlanPair.objects.filter(plan=first).values_list("label", flat=True))
    say("no", refused)
    say("yes", *waiting())

    second = work_out(scene)
    publish(scene, second)
    say("yes", *waiting())

    added = {(tie.mentee_id, tie.label) for tie in PlanPair.objects.filter(plan=second)}
    further = {f"Round {number}" for number in range(len(rounds) + 1, 2 * len(rounds) + 1)}
    assert further & {label for key, label in added if key == mentee.pk}
    assert {label for _, label in added}.isdisjoint(rounds)
    assert_nobody_was_asked_the_same_twice()
