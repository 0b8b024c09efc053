"""Groups, panels, chains, circles and teams drawn in their own shape, with a table that says the same."""

from collections import defaultdict
from importlib.resources import files
from itertools import combinations

import pytest

from chiron.blueprints.schema.blueprint_file import read_blueprint
from chiron.site.matching.models import PlanPair
from chiron.site.matching.rules.drawing import WIDTH, drawn_in_circle, drawn_in_rows
from shape_factories import make_shape_scene, work_out


def assert_can_be_read(drawing):
    """No two marks touch, and nothing stands outside of the drawing."""
    for node in drawing.nodes:
        assert node.size <= node.x <= WIDTH - node.size
        assert node.size <= node.y <= drawing.height - node.size
    for one, other in combinations(drawing.nodes, 2):
        assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= (2 * one.size) ** 2


@pytest.mark.parametrize("members", [1, 3, 12, 24])
def test_group_stands_below_its_mentor(members):
    drawing = drawn_in_rows("Group", [(at, 99) for at in range(members)], {at: f"P{at}" for at in range(100)})

    assert_can_be_read(drawing)
    mentor, *others = drawing.nodes
    assert mentor.name == "P99"
    assert min(node.y for node in others) == mentor.y + 64
    assert len(drawing.lines) == members


def test_chain_has_a_row_for_each_generation():
    drawing = drawn_in_rows("Chain", [(1, 2), (2, 3), (4, 2), (5, 3)], {at: str(at) for at in range(6)})

    assert_can_be_read(drawing)
    rows = {node.name: node.y for node in drawing.nodes}
    assert rows["3"] < rows["2"] == rows["5"] < rows["1"] == rows["4"]
    assert drawing.rows[0] == (1, "3", "2, 5")


@pytest.mark.parametrize("members", [2, 5, 12])
def test_circle_stands_around(members):
    drawing = drawn_in_circle("Circle", list(combinations(range(members), 2)), {at: str(at) for at in range(members)})

    assert_can_be_read(drawing)
    assert len(drawing.nodes) == members


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["groups", "panel", "chain", "circles", "teams"])
def test_picture_of_a_plan_draws_every_tie_once_and_the_table_names_them(tmp_path, shape):
    text = (files("chiron.blueprints.gallery") / "shapes" / f"{shape}.toml").read_text(encoding="utf-8")
    scene = make_shape_scene(read_blueprint(text, file=f"{shape}.toml"), tmp_path, mentees=9)
    plan = work_out(scene)

    answer = scene.client.get(f"/c/{scene.cohort.pk}/plans/{plan.pk}/picture/")

    page, units = answer.content.decode(), answer.context["units"]
    ties = PlanPair.objects.filter(plan=plan).select_related("mentee__person", "mentor__person")
    assert sum(len(unit.lines) for unit in units) == page.count("<line") == len(ties)
    rows: defaultdict[str, str] = defaultdict(str)  # two people may have one name, and one person stand in two places
    for unit in units:
        for _number, name, beside in unit.rows:
            rows[name] += f"{beside}\n"
    for tie in ties:
        one, other = str(tie.mentee.person), str(tie.mentor.person)
        assert other in rows[one] or one in rows[other]
    for unit in units:
        assert_can_be_read(unit)
