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


def undo_last(scene, client):
    """Press Undo on the page of rules."""
    change = RulesChange.objects.filter(undone_at=None).order_by("-pk").first()
    client.post(reverse("matching:undo_rules", args=[scene.cohort.pk]), {"change": change.pk})


def test_every_rule_says_what_it_means():
    scene = make_scene()

    page = client_for(scene.coordinator).get(reverse("matching:rules", args=[scene.cohort.pk])).content.decode()

    assert all(name in page for name in rules_of(scene))
    assert "Must hold" in page
    assert "60 points" in page


def test_points_are_changed_on_the_list_and_undone():
    scene = make_scene()
    client = client_for(scene.coordinator)
    before = Cohort.objects.get(pk=scene.cohort.pk)

    client.post(reverse("matching:change_points", args=[scene.cohort.pk]), {"rule": "Same site", "points": "44"})
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

    page = client_for(scene.coordinator).post(
        reverse("matching:change_points", args=[scene.cohort.pk]), {"rule": "Same site", "points": points}
    )

    assert "There is a problem" in page.content.decode()
    assert re.search(r'id="rule-Same-site-points"', page.content.decode())
    assert rules_of(scene) == before


def test_rule_is_switched_off_and_on_again_in_its_place():
    scene = make_scene()
    client = client_for(scene.coordinator)
    before = Cohort.objects.get(pk=scene.cohort.pk).matching

    client.post(reverse("matching:switch_rule", args=[scene.cohort.pk]), {"rule": "Same site", "to": "off"})
    assert "Same site" not in rules_of(scene)
    client.post(reverse("matching:switch_rule", args=[scene.cohort.pk]), {"rule": "Same site", "to": "on"})

    assert Cohort.objects.get(pk=scene.cohort.pk).matching == before


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
