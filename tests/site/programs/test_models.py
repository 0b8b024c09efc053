"""What must always be true of cohorts and staff."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chiron.site.programs.models import Cohort, Staff
from cohort_factories import make_cohort, make_program
from factories import make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"stage": "dreaming"}, "cohort_stage_is_known"),
        ({"small_group": 4}, "cohort_hides_groups_under_five_at_least"),
        ({"look_line": 101}, "cohort_look_line_within_points"),
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "cohort_ends_after_it_starts"),
    ],
)
def test_cohort_refuses_what_cannot_be(facts: dict, constraint: str):
    program = make_program()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Cohort.objects.create(program=program, name="Spring", **facts)


def test_cohort_name_stands_once_in_a_program():
    cohort = make_cohort()

    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.create(program=cohort.program, name=cohort.name)


def test_staff_role_is_known_and_held_once():
    cohort, person = make_cohort(), make_person()
    Staff.objects.create(cohort=cohort, person=person, role="leader")

    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.create(cohort=cohort, person=person, role="leader")
    with pytest.raises(IntegrityError, match="staff_role_is_known"), transaction.atomic():
        Staff.objects.create(cohort=cohort, person=person, role="king")
