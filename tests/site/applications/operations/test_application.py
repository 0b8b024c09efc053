"""Screening, withdrawing and capacity: each recorded, each refused out of turn."""

import pytest

from chiron.site.applications.models import Application
from chiron.site.applications.operations import (
    accept_application,
    accept_applications,
    change_capacity,
    decline_application,
    withdraw_application,
)
from chiron.site.applications.queries import applications_screenable_by, pool_of
from chiron.site.applications.rules import Role, Stage
from chiron.site.applications.rules.application import CapacityError, StepNotAllowedError
from chiron.site.audit.models import Event
from cohort_factories import make_applicant, make_cohort, make_coordinator, make_member
from factories import NOW, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("decide", "stage"),
    [(accept_application, Stage.ACCEPTED), (decline_application, Stage.DECLINED)],
)
def test_a_decision_says_when_and_by_whom(decide, stage: Stage):
    application, by = make_applicant(make_cohort()), make_person()

    decide(application=application, by=by, now=NOW)

    application.refresh_from_db()
    assert (application.stage, application.decided_at, application.decided_by) == (stage, NOW, by)
    assert Event.objects.filter(kind=f"application.{stage.value}", subject_id=application.pk, by_id=by.pk).count() == 1


def test_a_declined_application_stays_declined():
    application, by = make_applicant(make_cohort()), make_person()
    decline_application(application=application, by=by, now=NOW)

    with pytest.raises(StepNotAllowedError, match="“Declined”"):
        accept_application(application=application, by=by, now=NOW)


def test_withdrawing_leaves_the_pool_and_keeps_the_decision():
    application, by = make_member(make_cohort()), make_person()

    withdraw_application(application=application, by=by, now=NOW)

    application.refresh_from_db()
    assert (application.stage, application.decided_at) == ("withdrawn", NOW)
    assert list(pool_of(application.cohort, Role.MENTEE)) == []


def test_many_are_accepted_all_or_none():
    cohort, by = make_cohort(), make_person()
    waiting = [make_applicant(cohort), make_applicant(cohort)]
    gone = withdraw_application(application=make_applicant(cohort), by=by, now=NOW)

    with pytest.raises(StepNotAllowedError):
        accept_applications(applications=[*waiting, gone], by=by, now=NOW)
    assert Application.objects.filter(stage=Stage.ACCEPTED).count() == 0

    assert accept_applications(applications=waiting, by=by, now=NOW) == 2
    assert list(pool_of(cohort, Role.MENTEE)) == waiting


def test_capacity_is_changed_within_limits_and_recorded():
    application, by = make_member(make_cohort(), Role.MENTOR), make_person()

    change_capacity(application=application, capacity=3, by=by, now=NOW)
    with pytest.raises(CapacityError):
        change_capacity(application=application, capacity=1000, by=by, now=NOW)

    application.refresh_from_db()
    assert application.capacity == 3
    assert Event.objects.get(kind="application.capacity_changed").details == {"was": 1, "is": 3}


def test_nobody_screens_their_own_application_or_another_cohorts():
    cohort = make_cohort()
    coordinator = make_coordinator(cohort)
    mine = make_applicant(cohort)
    mine.person = coordinator
    mine.save()
    theirs, elsewhere = make_applicant(cohort), make_applicant(make_cohort())

    found = set(applications_screenable_by(coordinator))

    assert found == {theirs}
    assert elsewhere not in found
