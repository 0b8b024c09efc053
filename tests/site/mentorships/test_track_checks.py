"""The 19 checks of the tracks that are about the plan itself, by name, through import, run and publishing on the site.

One import and as few runs as can be for each track; `CHECKS` says which test keeps which check of the source.
"""

from collections import Counter

import pytest
from django.test import Client

from chiron.blueprints.schema.blueprint_file import track
from chiron.site.applications.models import Application
from chiron.site.matching.bridge.effects import open_plan, possible_mentors, preview_mentor
from chiron.site.matching.models import Offer, OfferMember, PlanPair
from chiron.site.mentorships.models import Match
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage
from cohort_factories import make_cohort, make_coordinator, signed_in
from factories import NOW
from plan_factories import make_publication
from shape_factories import ShapeScene, make_shape_scene, work_out
from site_import_pages import bring_in

pytestmark = pytest.mark.django_db

CHECKS = {
    "pre-cornell-different-field/1": "test_cornell_pairs_across_fields_and_says_so",
    "pre-cornell-different-field/2": "test_cornell_pairs_across_fields_and_says_so",
    "pre-cornell-different-field/3": "test_cornell_pairs_across_fields_and_says_so",
    "pre-tarleton/1": "test_tarleton_asks_for_the_profession_as_a_must_or_as_a_strong_wish",
    "pre-hunter-near-peer/1": "test_hunter_mentors_are_ahead_in_the_same_course",
    "nurs-pennstate-alumni/1": "test_pennstate_serves_juniors_first_and_sophomores_while_places_last",
    "nurs-pennstate-alumni/2": "test_pennstate_serves_juniors_first_and_sophomores_while_places_last",
    "nurs-rutgers-groups/3": "test_rutgers_groups_are_even_whole_and_of_one_campus",
    "nurs-rutgers-groups/4": "test_rutgers_groups_are_even_whole_and_of_one_campus",
    "nurs-rutgers-groups/5": "test_rutgers_groups_are_even_whole_and_of_one_campus",
    "nurs-washburn-peer/1": "test_washburn_mentors_are_levels_ahead",
    "nurs-utah-transition/2": "test_utah_pairs_within_the_specialty_wanted_or_close_to_it",
    "med-stanford-e4c/2": "test_stanford_shares_everybody_out_evenly",
    "med-amsa/3": "test_amsa_compares_hours_across_time_zones",
    "med-emra/2": "test_emra_counts_a_small_step_for_more",
    "med-miami-ms2-ms1/1": "test_miami_mentors_are_one_year_ahead_in_the_same_society",
    "med-miami-ms2-ms1/2": "test_miami_mentors_are_one_year_ahead_in_the_same_society",
    "gend-ucsf-lgbtq/3": "test_ucsf_pairs_may_cross_schools",
    "gend-acs-women-surgeons/1": "test_acs_makes_exactly_25_pairs_and_no_more_in_a_later_plan",
}


def test_every_check_has_its_test():
    assert len(CHECKS) == 19
    assert set(CHECKS.values()) <= globals().keys()


def published(name, tmp_path, **sizes):
    """Return the scene of a track and its plan, published; nobody is offered anything that the plan does not hold."""
    scene = make_shape_scene(name, tmp_path, **sizes)
    plan = work_out(scene)
    publish(scene, plan)
    return scene, plan


def publish(scene, plan):
    make_publication(scene, plan)
    ties = {frozenset(pair) for pair in pairs(plan)}
    for offer in Offer.objects.filter(publication__plan=plan):
        members = {part: list(offer.members.filter(part=part)) for part in ("mentee", "mentor")}
        assert {
            frozenset((one.application_id, other.application_id))
            for one in members["mentee"]
            for other in members["mentor"]
        } <= ties
    assert OfferMember.objects.filter(offer__publication__plan=plan, part="mentee").count() == len(ties) > 0


def pairs(plan):
    return list(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"))


def said(plan, field, of=None):
    """Return what mentee and mentor of each pair answered to a field."""
    answers = {one.pk: one.answers for one in Application.objects.all()}
    return [(answers[mentee].get(field), answers[mentor].get(of or field)) for mentee, mentor in pairs(plan)]


def points(parts, rule):
    return next((part["points"] for part in parts if part["rule"] == rule), 0)


def choices(plan):
    """Yield each mentee of some pairs with every mentor whom the rules allow, and the parts of that fit."""
    for pair in PlanPair.objects.filter(plan=plan).order_by("pk")[:6]:
        opened = open_plan(plan, changing=pair.mentee_id)
        yield pair.mentee_id, pair.mentor_id, pair.parts
        for mentor in possible_mentors(opened, pair.mentee_id):
            yield pair.mentee_id, mentor, preview_mentor(opened, mentee=pair.mentee_id, mentor=mentor).parts


def steps(scene, field):
    return [step.casefold() for step in scene.blueprint.matching.fields[field].ladder]


def test_cornell_pairs_across_fields_and_says_so(tmp_path):
    scene, plan = published("pre-cornell-different-field", tmp_path, mentees=12)
    rule = "A different field on purpose"
    people = {one.pk: one.answers.get("field") for one in Application.objects.all()}

    same, other = [], []
    for mentee, mentor, parts in choices(plan):
        (same if people[mentee] == people[mentor] else other).append(points(parts, rule))
    kept = next(one for one in scene.cohort.matching["rules"] if one["name"] == rule)
    assert kept["different"] is True
    assert same
    assert max(same) == 0 < max(other)
    texts = [part["text"] for row in PlanPair.objects.filter(plan=plan) for part in row.parts if part["rule"] == rule]
    assert any("not related" in text for text in texts)
    assert "not related" in scene.client.get(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show=all").content.decode()


def test_tarleton_asks_for_the_profession_as_a_must_or_as_a_strong_wish(tmp_path):
    scene = make_shape_scene("pre-tarleton", tmp_path, mentees=12)
    hard = work_out(scene)
    rules = scene.cohort.matching["rules"]
    scene.cohort.matching["rules"] = [
        {key: value for key, value in rule.items() if key != "must"} | {"points": 30}
        if rule["kind"] == "same"
        else rule
        for rule in rules
    ]
    scene.cohort.save()
    strong = work_out(scene)
    publish(scene, hard)

    assert all(aim.casefold() == is_.casefold() for aim, is_ in said(hard, "career_goal", "profession"))
    assert len(pairs(strong)) >= len(pairs(hard))
    for pair in PlanPair.objects.filter(plan=strong).select_related("mentee", "mentor"):
        is_met = pair.mentee.answers["career_goal"] == pair.mentor.answers["profession"]
        assert points(pair.parts, "The profession aimed at") == (30 if is_met else 0)


def test_hunter_mentors_are_ahead_in_the_same_course(tmp_path):
    scene, plan = published("pre-hunter-near-peer", tmp_path, mentees=12)
    ladder = steps(scene, "year")

    assert all(ladder.index(one.casefold()) < ladder.index(other.casefold()) for one, other in said(plan, "year"))
    assert all(one == other for one, other in said(plan, "course"))


def test_pennstate_serves_juniors_first_and_sophomores_while_places_last(tmp_path):
    scene = make_shape_scene("nurs-pennstate-alumni", tmp_path, mentees=16)
    mentors = scene.cohort.applications.filter(role="mentor")
    mentors.update(capacity=3)
    plenty = work_out(scene)
    years = Counter(
        year for year in scene.cohort.applications.filter(role="mentee").values_list("answers__year", flat=True)
    )
    first = years["Junior"] + years["Senior"]
    mentors.update(capacity=1)
    mentors.filter(pk__in=list(mentors.order_by("pk").values_list("pk", flat=True))[first - 1 :]).update(
        stage="withdrawn"
    )
    short = work_out(scene)
    publish(scene, short)

    assert {one for one, _ in said(plenty, "year")} == set(years)
    assert {one for one, _ in said(short, "year")} <= {"Junior", "Senior"}
    assert len(pairs(short)) == first - 1


def test_rutgers_groups_are_even_whole_and_of_one_campus(tmp_path):
    scene, plan = published("nurs-rutgers-groups", tmp_path, mentees=24)

    groups = Match.objects.filter(state="active", shape="group").prefetch_related("members__application")
    sizes: dict[str, list[int]] = {}
    for group in groups:
        campus = {one.application.answers["campus"] for one in group.members.all()}
        assert len(campus) == 1
        sizes.setdefault(campus.pop(), []).append(sum(one.part == "mentee" for one in group.members.all()))
    for campus, own in sizes.items():
        mentors = scene.cohort.applications.filter(role="mentor", answers__campus=campus).count()
        counts = [*own, *[0] * (mentors - len(own))]
        assert max(counts) - min(counts) <= 1, campus
    assert not plan.unmatched.exists()
    assert sum(map(sum, sizes.values())) == scene.cohort.applications.filter(role="mentee").count()


def test_washburn_mentors_are_levels_ahead(tmp_path):
    scene, plan = published("nurs-washburn-peer", tmp_path, mentees=12)
    ladder = steps(scene, "level")

    assert all(ladder.index(one.casefold()) < ladder.index(other.casefold()) for one, other in said(plan, "level"))


def test_utah_pairs_within_the_specialty_wanted_or_close_to_it(tmp_path):
    _scene, plan = published("nurs-utah-transition", tmp_path, mentees=16)
    people = {one.pk: one.answers.get("field") for one in Application.objects.all()}

    found = [
        (people[one] == people[other], points(parts, "The specialty wanted")) for one, other, parts in choices(plan)
    ]
    assert {given for is_same, given in found if is_same} <= {55}
    assert all(0 < given < 55 for is_same, given in found if not is_same)
    assert any(is_same for is_same, _ in found)


def test_stanford_shares_everybody_out_evenly(tmp_path):
    scene, plan = published("med-stanford-e4c", tmp_path, mentees=17)

    sizes = Counter(mentor for _, mentor in pairs(plan))
    faculty = scene.cohort.applications.filter(role="mentor").count()
    assert len(sizes) == faculty
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert Match.objects.filter(state="active", shape="group").count() == faculty


def test_amsa_compares_hours_across_time_zones():
    blueprint = track("med-amsa")
    cohort = make_cohort(matching=blueprint.matching.model_dump(mode="json", exclude_defaults=True))
    coordinator = make_coordinator(cohort)
    scene = ShapeScene(cohort, coordinator, signed_in(Client(), coordinator), blueprint)
    heading = "Name,Email,Field,Time zone,Available hours\n"
    # Noon in New York is nine in Los Angeles; noon there is another hour.
    mentees = "Ada,ada@made-up.test,cardiology,New York,Mon 12:00-13:00\nBea,bea@made-up.test,cardiology,London,Tue 9:00-10:00\n"
    mentors = (
        "Cleo,cleo@made-up.test,cardiology,Los Angeles,Mon 12:00-13:00\n"
        "Dora,dora@made-up.test,dentistry,Los Angeles,Mon 9:00-10:00\n"
        "Edda,edda@made-up.test,dentistry,Paris,Tue 10:00-11:00\n"
    )
    bring_in(scene.client, cohort, heading + mentees, role="mentee", hours="Available hours")
    bring_in(scene.client, cohort, heading + mentors, role="mentor", hours="Available hours")
    move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=coordinator, now=NOW)

    plan = work_out(scene)
    publish(scene, plan)

    names = {one.pk: one.person.name for one in Application.objects.select_related("person")}
    assert {(names[one], names[other]) for one, other in pairs(plan)} == {("Ada", "Dora"), ("Bea", "Edda")}
    parts = PlanPair.objects.filter(plan=plan).values_list("parts", flat=True)
    assert all(points(one, "Common hours") > 0 for one in parts)


def test_emra_counts_a_small_step_for_more(tmp_path):
    scene, plan = published("med-emra", tmp_path, mentees=12)
    ladder, rule = steps(scene, "training"), "The smaller the step the better"
    people = {one.pk: ladder.index(str(one.answers["training"]).casefold()) for one in Application.objects.all()}

    by_step: dict[int, set[int]] = {}
    for mentee, mentor, parts in choices(plan):
        by_step.setdefault(people[mentor] - people[mentee], set()).add(points(parts, rule))
    ordered = [by_step[step] for step in sorted(by_step)]
    assert min(by_step) >= 1
    assert len(ordered) > 2
    assert all(len(one) == 1 for one in ordered)
    assert ordered == sorted(ordered, key=max, reverse=True)
    assert max(ordered[0]) > max(ordered[-1])


def test_miami_mentors_are_one_year_ahead_in_the_same_society(tmp_path):
    _scene, plan = published("med-miami-ms2-ms1", tmp_path, mentees=12)

    assert {(one.casefold(), other.casefold()) for one, other in said(plan, "year")} == {("year 1", "year 2")}
    assert all(one == other for one, other in said(plan, "society"))
    assert len({one for one, _ in said(plan, "society")}) > 1


def test_ucsf_pairs_may_cross_schools(tmp_path):
    _scene, plan = published("gend-ucsf-lgbtq", tmp_path, mentees=12)

    assert any(one != other for one, other in said(plan, "school"))


def test_acs_makes_exactly_25_pairs_and_no_more_in_a_later_plan(tmp_path):
    scene = make_shape_scene("gend-acs-women-surgeons", tmp_path, mentees=40, mentors=40)
    applicants = scene.cohort.applications.filter(role="mentee").count()
    plan = work_out(scene)
    publish(scene, plan)

    assert applicants > 25
    assert len(pairs(plan)) == 25
    assert Offer.objects.filter(state="offered").count() == 25
    later = work_out(scene)
    assert pairs(later) == []
    assert later.unmatched.count() == applicants - 25
