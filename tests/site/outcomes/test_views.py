"""The report: for whom, and that it never names anybody."""

import pytest
from django.test import Client

from chiron.site.applications.models import Application
from cohort_factories import client_of, make_cohort, make_leader, make_member, signed_in
from plan_factories import make_plan, make_publication, make_scene

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["report/", "report.csv"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator", 200), ("leader", 200), ("stranger", 404), ("mentor", 404), ("mentee", 404), ("nobody", 302)],
)
def test_the_report_is_for_leaders_and_coordinators(page: str, who: str, status: int):
    cohort = make_cohort()

    assert client_of(who, cohort).get(f"/c/{cohort.pk}/{page}").status_code == status


@pytest.mark.parametrize("page", ["report/", "report.csv"])
def test_the_report_names_nobody_and_no_points(page: str):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    client = signed_in(Client(), make_leader(scene.cohort))

    text = client.get(f"/c/{scene.cohort.pk}/{page}").content.decode()

    assert not any(str(one.person) in text for one in scene.people.values())
    assert not any(one.person.email in text for one in scene.people.values())
    assert "points" not in text
    assert "[c]" in text


def test_the_page_and_the_file_hold_the_same_cells():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    client = signed_in(Client(), make_leader(scene.cohort))

    report = client.get(f"/c/{scene.cohort.pk}/report/").context["report"]
    file = client.get(f"/c/{scene.cohort.pk}/report.csv")

    text = file.content.decode("utf-8-sig")
    assert file.headers["Content-Disposition"] == 'attachment; filename="report.csv"'
    assert all(",".join(row) in text for table in report.tables for row in table.rows)
    assert all(answer.finding in text for answer in report.answers)


def test_a_leader_sees_nobody_else_s_pages():
    cohort = make_cohort()
    application = make_member(cohort)
    client = signed_in(Client(), make_leader(cohort))

    pages = ["people/", f"people/{application.pk}/", "import/", "outbox/", "history/", "settings/", "plans/", "rules/"]

    assert {client.get(f"/c/{cohort.pk}/{page}").status_code for page in pages} == {404}
    assert Application.objects.count() == 1


def test_the_report_costs_the_same_for_one_person_and_for_three(django_assert_max_num_queries):
    cohort = make_cohort()
    client = client_of("leader", cohort)
    make_member(cohort)
    client.get(f"/c/{cohort.pk}/report/")
    with django_assert_max_num_queries(100) as one:
        client.get(f"/c/{cohort.pk}/report/")
    make_member(cohort)
    make_member(cohort)
    with django_assert_max_num_queries(100) as three:
        client.get(f"/c/{cohort.pk}/report/")

    assert len(three) == len(one)
