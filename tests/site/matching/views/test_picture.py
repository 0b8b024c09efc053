"""A plan as a picture: its ribbons add up to its pairs, the table behind says the same, and it shows nobody's name."""

import re
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.models import Application
from chiron.site.matching.queries.picture import groupings
from chiron.site.matching.rules.picture import MOST_GROUPS, drawn
from chiron.site.organizations.models import Site
from cohort_factories import signed_in
from plan_factories import make_plan, make_scene


def test_ribbons_add_up_to_the_pairs_and_lie_inside_their_blocks():
    pairs = {("North", "North"): 5, ("North", "South"): 2, ("South", "North"): 1}

    picture = drawn(pairs, others="All others")

    assert {(one.mentees, one.mentors): one.number for one in picture.ribbons} == pairs
    assert [(block.group, block.number) for block in picture.mentees] == [("North", 7), ("South", 1)]
    assert [(block.group, block.number) for block in picture.mentors] == [("North", 6), ("South", 2)]
    assert sum(block.height for block in picture.mentees) == pytest.approx(300, abs=0.2)
    assert all(block.y + block.height <= picture.height for block in (*picture.mentees, *picture.mentors))
    assert not any(one.y < other.y + other.height and other.y < one.y + one.height
                   for side in (picture.mentees, picture.mentors)
                   for at, one in enumerate(side) for other in side[:at])  # fmt: skip


def test_many_groups_are_drawn_as_one_and_no_pair_is_lost():
    pairs = {(f"Site {number}", f"Site {number + 1}"): number + 1 for number in range(30)}

    picture = drawn(pairs, others="All others")

    assert len(picture.mentees) == MOST_GROUPS
    assert picture.mentees[-1].group == "All others"
    assert sum(one.number for one in picture.ribbons) == sum(pairs.values())


def test_a_plan_of_nobody_has_an_empty_picture():
    assert drawn({}, others="All others").ribbons == []


def test_nothing_that_says_who_somebody_is_groups_a_picture():
    fields = {"gender": {"type": "choice"}, "site": {"type": "choice"}, "faith": {"type": "choice", "sensitive": True}}

    assert [name for name, _label in groupings(Matching.model_validate({"rules": [], "fields": fields}))] == ["site"]


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["", "site", "gender", "nonsense"])
def test_page_draws_a_plan_by_site_and_names_nobody(by):
    scene = make_scene()
    plan = make_plan(scene)
    address = reverse("matching:picture", args=[scene.cohort.pk, plan.pk])

    answer = signed_in(Client(), scene.coordinator).get(address, {"by": by})
    page = answer.content.decode()
    main = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])

    drawing = answer.context["drawing"]
    sites = Counter((pair.mentee.answers["site"], pair.mentor.answers["site"]) for pair in plan.pairs.all())
    assert drawing.by == "site"
    assert {(one.mentees, one.mentors): one.number for one in drawing.picture.ribbons} == dict(sites)
    supply = {one.group: (one.mentees, one.places) for one in drawing.supply}
    assert supply == {"North": (3, 4), "South": (1, 2)}
    assert page.count("<path") == len(sites)
    assert not [name for name in scene.people if re.search(rf"\b{name}\b", main)]


@pytest.mark.django_db
def test_sites_group_a_picture_though_no_rule_compares_them():
    scene = make_scene()
    scene.cohort.matching = {"rules": []}
    scene.cohort.save()
    plan = make_plan(scene)
    address = reverse("matching:picture", args=[scene.cohort.pk, plan.pk])
    client = signed_in(Client(), scene.coordinator)

    without = client.get(address).context["drawing"]
    site = Site.objects.create(organization=scene.cohort.program.organization, name="Northern site")
    Application.objects.filter(cohort=scene.cohort).update(site=site)
    drawing = client.get(address).context["drawing"]

    assert without is None
    assert [block.group for block in drawing.picture.mentees] == ["Northern site"]
