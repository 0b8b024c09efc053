"""What must always be true of applications and imports."""

import pytest
from django.db import IntegrityError, transaction

from chiron.site.applications.models import Application, Import
from cohort_factories import make_applicant, make_cohort
from factories import NOW, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"stage": "accepted"}, "application_decision_has_a_date"),
        ({"decided_at": NOW}, "application_decided_when_and_by_whom"),
        ({"stage": "dreaming"}, "application_stage_is_known"),
        ({"role": "coach"}, "application_role_is_known"),
        ({"capacity": 1000}, "application_capacity_in_limits"),
        ({"wanted": 0}, "application_wants_at_least_one"),
    ],
)
def test_application_refuses_what_cannot_be(facts: dict, constraint: str):
    cohort, person = make_cohort(), make_person()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Application.objects.create(**{"cohort": cohort, "person": person, "role": "mentee", "created_at": NOW} | facts)


def test_application_stands_once_in_a_role():
    application = make_applicant(make_cohort())

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            cohort=application.cohort, person=application.person, role=application.role, created_at=NOW
        )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"state": "done"}, "import_done_has_a_date"),
        ({"done_at": NOW}, "import_done_has_a_date"),
        ({"state": "undone", "done_at": NOW}, "import_undone_has_a_date"),
        ({"role": "coach"}, "import_role_is_known"),
    ],
)
def test_import_refuses_what_cannot_be(facts: dict, constraint: str):
    cohort, person = make_cohort(), make_person()
    usual = {
        "cohort": cohort,
        "role": "mentee",
        "file_name": "a.csv",
        "content": b"",
        "uploaded_by": person,
        "uploaded_at": NOW,
    }

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Import.objects.create(**usual | facts)
