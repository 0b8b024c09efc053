"""The demo: everybody made up, three stages, two plans, answers that wait."""

import pytest
from django.utils import timezone

from chiron.cli.site.demo import demo_matching, fill
from chiron.site.applications.models import Application, Import
from chiron.site.matching.models import Offer, Plan, PlanPair, PlanUnmatched
from chiron.site.notices.models import Notice
from chiron.site.organizations.models import Site
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


@pytest.mark.django_db
def test_demo_has_people_plans_and_answers_at_three_stages():
    lines = []

    email = fill(stage="matching", now=timezone.now(), say=lambda label, text: lines.append((label, text)))

    matching, running = Cohort.objects.get(stage="matching"), Cohort.objects.get(stage="running")
    pool = Application.objects.filter(cohort=matching, stage="accepted")
    assert Person.objects.get(email=email).is_staff
    assert (pool.filter(role="mentor").count(), pool.filter(role="mentee").count()) == (60, 120)
    assert Site.objects.count() == 4
    assert list(Plan.objects.filter(cohort=matching).order_by("pk").values_list("name", flat=True)) == [
        "Plan A",
        "Plan B",
    ]
    assert PlanUnmatched.objects.filter(plan__cohort=matching).exists()
    assert set(Offer.objects.filter(cohort=running).values_list("state", flat=True)) == {
        "offered",
        "agreed",
        "declined",
    }
    assert Import.objects.get().state == "uploaded"
    assert Cohort.objects.filter(stage="applying").exists()
    assert Cohort.objects.order_by("-pk").first() == matching
    assert not Notice.objects.filter(state__in=["sending", "sent"]).exists()
    assert not Person.objects.exclude(email__endswith="@example.org").exclude(email__endswith="@demo.example").exists()
    assert ("Best plan", "118 of 120 matched, proved best") in lines
    for pair in PlanPair.objects.filter(plan__cohort=matching):
        assert sum(part["points"] for part in pair.parts) == pair.fit


def test_demo_rules_are_the_built_in_ones_and_two_musts():
    names = [rule["name"] for rule in demo_matching()["rules"]]

    assert names[-2:] == ["A common language", "Within reach"]
    assert len(names) == len(set(names))
