"""Changes by hand in panels, chains, peers, circles, teams and rounds, on their pages: shown before, saved, undone, kept."""

from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

import pytest

from chiron.blueprints.schema.blueprint_file import read_blueprint
from chiron.site.matching.models import PlanConstraint, PlanPair, PlanUnmatched
from cohort_factories import signed_in
from factories import make_person
from shape_factories import make_shape_scene, work_out

pytestmark = pytest.mark.django_db
SHAPES = ("panel", "chain", "peers", "circles", "teams", "rounds")


def template(shape):
    """Return the rules of a shape's template."""
    text = (files("chiron.blueprints.gallery") / "shapes" / f"{shape}.toml").read_text(encoding="utf-8")
    return read_blueprint(text, file=f"{shape}.toml")


def ties_of(plan):
    return list(PlanPair.objects.filter(plan=plan).order_by("mentee", "mentor", "label").values())


def bare(rows):
    return {(row["mentee_id"], row["mentor_id"], row["label"]) for row in rows}


def seat(scene, plan, person, place=""):
    """Return the page of a place, with every choice on all its pages."""
    address, found = f"/c/{scene.cohort.pk}/plans/{plan.pk}/place/{person.pk}/", []
    for number in range(1, 6):
        answer = scene.client.get(address, {"page": number} | ({"place": place} if place else {}))
        assert answer.status_code == 200, answer.content.decode()
        found += answer.context["choices"]
        if not answer.context["rows"].has_next():
            break
    return answer, found


def asked(address, name):
    return parse_qs(urlsplit(address).query).get(name, [""])[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_place_is_changed_as_shown_undone_exactly_and_kept_by_the_next_plan(tmp_path, shape):
    scene = make_shape_scene(template(shape), tmp_path, mentees=12)
    plan = work_out(scene)
    before, left = ties_of(plan), list(PlanUnmatched.objects.order_by("pk").values())
    tie = PlanPair.objects.filter(plan=plan).order_by("pk").first()
    person = tie.mentee
    _page, choices = seat(scene, plan, person, tie.label if shape in {"panel", "rounds"} else "")
    preview, address = next((one, to) for one, to in choices if one.is_possible and one.act.kind != "out")
    shown = scene.client.get(address)
    assert shown.context["preview"].words == preview.words
    assert preview.words in shown.content.decode().replace("&#x27;", "'")

    answer = scene.client.post(address, {"reason": "They know each other", "seen": preview.seen, "lock": "on"})

    assert answer.status_code == 302, answer.content.decode()
    after = ties_of(plan)
    assert bare(after) != bare(before)
    by_hand = PlanPair.objects.filter(plan=plan, origin="hand")
    assert by_hand
    assert all(person.pk in {row.mentee_id, row.mentor_id} for row in by_hand)
    assert all(row.fit == sum(part["points"] for part in row.parts) for row in by_hand)
    assert scene.client.get(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show=all").status_code == 200
    again = work_out(scene)
    together = {frozenset(pair) for pair in PlanPair.objects.filter(plan=again).values_list("mentee", "mentor")}
    assert {frozenset((row.mentee_id, row.mentor_id)) for row in by_hand} <= together
    refused = scene.client.post(address, {"reason": "Once more", "seen": preview.seen})
    assert refused.status_code in {404, 409}
    scene.client.post(f"/c/{scene.cohort.pk}/plans/{plan.pk}/undo/", {"change": plan.changes.get().pk})
    assert ties_of(plan) == before
    assert list(PlanUnmatched.objects.filter(plan=plan).order_by("pk").values()) == left
    assert not PlanConstraint.objects.exists()


@pytest.mark.parametrize("shape", SHAPES)
def test_who_is_taken_out_is_listed_and_can_be_given_somebody_again(tmp_path, shape):
    scene = make_shape_scene(template(shape), tmp_path, mentees=12)
    plan = work_out(scene)
    tie = PlanPair.objects.filter(plan=plan).order_by("pk").first()
    place = tie.label if shape in {"panel", "rounds"} else ""
    _page, choices = seat(scene, plan, tie.mentee, place)
    preview, address = next((one, to) for one, to in choices if one.act.kind == "out")
    assert preview.is_possible

    scene.client.post(address, {"reason": "On leave", "seen": preview.seen})

    assert not PlanPair.objects.filter(plan=plan, mentee=tie.mentee, mentor=tie.mentor, label=tie.label).exists()
    if shape != "rounds":  # whoever misses one meeting of several still has the others
        row = PlanUnmatched.objects.get(plan=plan, application=tie.mentee)
        assert (row.code, row.label) == ("by_hand", place if shape == "panel" else "")
        listed = scene.client.get(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show=left-out").content.decode()
        assert str(tie.mentee.person) in listed
    _page, choices = seat(scene, plan, tie.mentee, place)
    preview, address = next((one, to) for one, to in choices if one.is_possible)
    answer = scene.client.post(address, {"reason": "Back", "seen": preview.seen})
    assert answer.status_code == 302
    assert not PlanUnmatched.objects.filter(plan=plan, application=tie.mentee, code="by_hand").exists()


def test_two_of_different_circles_are_exchanged_and_nobody_else_moves(tmp_path):
    scene = make_shape_scene(template("circles"), tmp_path, mentees=12)
    plan = work_out(scene)
    tie = PlanPair.objects.filter(plan=plan).order_by("pk").first()
    _page, choices = seat(scene, plan, tie.mentee)
    preview, address = next((one, to) for one, to in choices if one.act.kind == "swap" and one.is_possible)
    other = int(preview.act.target)

    scene.client.post(address, {"reason": "Friends", "seen": preview.seen})

    def circle(key):
        found = PlanPair.objects.filter(plan=plan)
        return {row.label for row in found if key in {row.mentee_id, row.mentor_id}}

    assert [move.person for move in preview.moves] == [str(other)]
    assert circle(other) == {tie.label}
    assert circle(tie.mentee_id) != {tie.label}


def test_locked_place_is_not_changed_and_does_not_give_way(tmp_path):
    scene = make_shape_scene(template("panel"), tmp_path, mentees=8)
    plan = work_out(scene)
    tie = PlanPair.objects.filter(plan=plan).order_by("pk").first()
    address = f"/c/{scene.cohort.pk}/plans/{plan.pk}"
    assert scene.client.post(f"{address}/pairs/{tie.pk}/lock/", {"reason": "So"}).status_code == 302
    _page, choices = seat(scene, plan, tie.mentee, tie.label)
    preview, to = next((one, to) for one, to in choices if one.is_possible)

    refused = scene.client.post(to, {"reason": "No", "seen": preview.seen})

    assert refused.status_code == 409
    assert "is locked here" in refused.content.decode()
    again = work_out(scene)
    assert PlanPair.objects.filter(plan=again, mentee=tie.mentee, mentor=tie.mentor).exists()
    locked = scene.client.get(f"{address}/?show=locked")
    assert locked.status_code == 200
    assert str(tie.mentor.person) in locked.content.decode()


def test_two_who_are_kept_apart_are_not_offered_by_hand_and_an_old_effect_is_not_saved(tmp_path):
    scene = make_shape_scene(template("chain"), tmp_path, mentees=12)
    plan = work_out(scene)
    tie = PlanPair.objects.filter(plan=plan).order_by("pk").first()
    _page, choices = seat(scene, plan, tie.mentee)
    preview, address = next((one, to) for one, to in choices if one.is_possible and one.act.kind == "with")
    mentor = next(row for row in scene.cohort.applications.filter(role="mentor") if str(row.person) == preview.title)
    PlanConstraint.objects.create(
        cohort=scene.cohort, mentee=tie.mentee, mentor=mentor, kind="apart", by=scene.coordinator, at=plan.made_at
    )

    assert scene.client.post(address, {"reason": "So", "seen": preview.seen}).status_code == 404
    _page, choices = seat(scene, plan, tie.mentee)
    assert preview.title not in {one.title for one, _to in choices}
    other, to = next((one, to) for one, to in choices if one.is_possible)
    assert scene.client.post(to, {"reason": "So", "seen": "old"}).status_code == 409
    assert other.seen


def test_places_are_for_coordinators_and_pairs_have_their_own_page(tmp_path, client):
    scene = make_shape_scene(template("groups"), tmp_path, mentees=9, mentors=3)
    plan = work_out(scene)
    tie = PlanPair.objects.first()
    address = f"/c/{scene.cohort.pk}/plans/{plan.pk}/place/{tie.mentee_id}/"

    assert scene.client.get(address)["Location"].endswith(f"/mentee/{tie.mentee_id}/")
    assert scene.client.get(f"{address}change/?kind=out")["Location"].endswith(f"/mentee/{tie.mentee_id}/")
    assert signed_in(client, make_person()).get(address).status_code == 404


@pytest.mark.parametrize("shape", ["panel", "teams"])
def test_a_mentor_has_a_place_of_their_own_in_a_team_only(tmp_path, shape):
    scene = make_shape_scene(template(shape), tmp_path, mentees=9)
    plan = work_out(scene)
    tie = PlanPair.objects.filter(plan=plan).order_by("pk").first()

    answer = scene.client.get(f"/c/{scene.cohort.pk}/plans/{plan.pk}/place/{tie.mentor_id}/")

    assert answer.status_code == (200 if shape == "teams" else 404)
