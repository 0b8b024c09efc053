"""The pages of a cohort's rules: what each means, changing it in place, errors in place, undo."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.matching.models import RulesChange
from chiron.site.programs.models import Cohort
from plan_factories import make_scene

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_for(person):
    """Return a client signed in as a person."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def rules_of(scene):
    """Return the rules of a cohort as they are kept, by name."""
    return {rule["name"]: rule for rule in Cohort.objects.get(pk=scene.cohort.pk).matching["rules"]}


def save(scene, client, *, points=None, off=(), on=(), **other):
    """Send the table of rules with other points of some, without the tick of some, and with that of others."""
    address = reverse("matching:rules", args=[scene.cohort.pk])
    form = client.get(address).context["form"]
    sent = {
        field.html_name: "on" if field.value() is True else field.value()
        for field in form
        if field.value() is not False
    }
    for number, rule in enumerate(form.rules):
        if rule.name in (points or {}):
            sent[f"points_{number}"] = points[rule.name]
        if rule.name in off:
            sent.pop(f"used_{number}", None)
        if rule.name in on:
            sent[f"used_{number}"] = "on"
    return client.post(address, {**sent, **other})


def undo_last(scene, client):
    """Press Undo on the page of rules."""
    change = RulesChange.objects.filter(undone_at=None).order_by("-pk").first()
    client.post(reverse("matching:undo_rules", args=[scene.cohort.pk]), {"change": change.pk})


def test_every_rule_says_what_it_means():
    scene = make_scene()

    page = client_for(scene.coordinator).get(reverse("matching:rules", args=[scene.cohort.pk])).content.decode()

    assert all(name in page for name in rules_of(scene))
    assert "Must hold" in page
    assert re.search(r'name="points_0" value="60"', page)


def test_points_are_changed_on_the_list_and_undone():
    scene = make_scene()
    client = client_for(scene.coordinator)
    before = Cohort.objects.get(pk=scene.cohort.pk)

    save(scene, client, points={"Same site": "44"})
    changed = Cohort.objects.get(pk=scene.cohort.pk)
    undo_last(scene, client)

    after = Cohort.objects.get(pk=scene.cohort.pk)
    assert next(rule for rule in changed.matching["rules"] if rule["name"] == "Same site")["points"] == 44
    assert changed.matching_version == before.matching_version + 1
    assert after.matching == before.matching


@pytest.mark.parametrize("points", ["many", "", "0"])
def test_wrong_points_are_refused_at_the_rule(points):
    scene = make_scene()
    before = rules_of(scene)

    page = save(scene, client_for(scene.coordinator), points={"Same site": points}).content.decode()

    assert "There is a problem" in page
    assert page.count("Same site: ") == 2
    assert re.search(r'<a href="#id_points_1">Same site: ', page)
    assert re.search(r'id="id_points_1"', page)
    assert rules_of(scene) == before


def test_rule_is_switched_off_and_on_again_in_its_place():
    scene = make_scene()
    client = client_for(scene.coordinator)
    before = Cohort.objects.get(pk=scene.cohort.pk).matching

    save(scene, client, off=["Same site"])
    assert "Same site" not in rules_of(scene)
    save(scene, client, on=["Same site"])

    assert Cohort.objects.get(pk=scene.cohort.pk).matching == before


def test_one_save_is_one_change_that_one_press_takes_back():
    scene = make_scene()
    client = client_for(scene.coordinator)
    before = Cohort.objects.get(pk=scene.cohort.pk).matching

    save(scene, client, points={"Goals covered": "50"}, off=["Same site", "Asked for"])

    kept = rules_of(scene)
    assert kept.keys() == {"Goals covered", "Not the line manager"}
    assert kept["Goals covered"]["points"] == 50
    words = RulesChange.objects.get().words
    assert words == "“Goals covered” has other points. “Same site” was switched off. “Asked for” was switched off."
    undo_last(scene, client)
    assert Cohort.objects.get(pk=scene.cohort.pk).matching == before


def test_save_without_a_change_changes_nothing():
    scene = make_scene()

    answer = save(scene, client_for(scene.coordinator))

    assert answer.status_code == 302
    assert not RulesChange.objects.exists()


def test_table_that_is_old_changes_nothing_and_says_so():
    scene = make_scene()
    client = client_for(scene.coordinator)
    seen = Cohort.objects.get(pk=scene.cohort.pk).matching_version
    save(scene, client, points={"Same site": "44"})

    late = save(scene, client, points={"Same site": "1"}, version=str(seen))

    assert late.status_code == 409
    assert "The rules have changed since you opened this page, so nothing was saved." in late.content.decode()
    assert rules_of(scene)["Same site"]["points"] == 44


def test_removed_rule_comes_back_by_undo():
    scene = make_scene()
    client = client_for(scene.coordinator)
    before = Cohort.objects.get(pk=scene.cohort.pk).matching

    client.post(reverse("matching:remove_rule", args=[scene.cohort.pk]), {"rule": "Asked for"})
    assert "Asked for" not in rules_of(scene)
    undo_last(scene, client)

    assert Cohort.objects.get(pk=scene.cohort.pk).matching == before


def test_rule_is_added_from_the_vocabulary():
    scene = make_scene()
    address = reverse("matching:new_rule", args=[scene.cohort.pk]) + "?kind=overlap"
    form = {
        "name": "Common languages", "mentee": "languages", "mentor": "languages",
        "effect": "points", "points": "7", "missed": "0",
    }  # fmt: skip

    answer = client_for(scene.coordinator).post(address, form)

    assert answer.status_code == 302
    rule = rules_of(scene)["Common languages"]
    assert (rule["kind"], rule["field"], rule["points"]) == ("overlap", "languages", 7)


def test_rule_becomes_a_must():
    scene = make_scene()
    address = reverse("matching:edit_rule", args=[scene.cohort.pk]) + "?rule=Same+site"
    form = {"name": "Same site", "mentee": "site", "mentor": "site", "effect": "must", "points": "30", "missed": "0"}

    client_for(scene.coordinator).post(address, form)

    assert rules_of(scene)["Same site"]["must"] is True
    assert "points" not in rules_of(scene)["Same site"]


def test_rule_without_a_name_is_refused_in_place():
    scene = make_scene()
    address = reverse("matching:new_rule", args=[scene.cohort.pk]) + "?kind=same"

    page = client_for(scene.coordinator).post(address, {"mentee": "site", "mentor": "site", "effect": "points"})

    assert page.content.decode().count("Type a name for the rule.") == 2
    assert page.content.decode().count("Type a number of points, such as 10.") == 2


def test_rule_of_the_same_name_is_refused():
    scene = make_scene()
    address = reverse("matching:new_rule", args=[scene.cohort.pk]) + "?kind=same"
    form = {"name": "Same site", "mentee": "site", "mentor": "site", "effect": "points", "points": "5", "missed": "0"}

    page = client_for(scene.coordinator).post(address, form)

    assert "Two rules are called" in page.content.decode()


def test_every_kind_has_a_form():
    scene = make_scene()
    client = client_for(scene.coordinator)
    kinds = client.get(reverse("matching:new_rule", args=[scene.cohort.pk])).content.decode()

    for kind in re.findall(r'href="\?kind=([a-z]+)"', kinds):
        page = client.get(reverse("matching:new_rule", args=[scene.cohort.pk]), {"kind": kind})

        assert "Save rule" in page.content.decode()
