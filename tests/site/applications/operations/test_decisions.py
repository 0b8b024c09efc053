"""Decisions can be undone until the message about them has left; afterwards the way back is a new act."""

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.applications.operations import (
    accept_application,
    accept_applications,
    decline_application,
    take_back_in,
    undo_decisions,
    withdraw_application,
)
from chiron.site.applications.rules import Stage
from chiron.site.applications.rules.application import StepNotAllowedError, UndoDecisionError
from chiron.site.audit.models import Event
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import release_notice, send_due_notices
from cohort_factories import client_of, make_applicant, make_cohort, make_coordinator
from factories import NOW
from plan_factories import make_plan, make_publication, make_scene

pytestmark = pytest.mark.django_db
ACTS = {"accepted": accept_application, "declined": decline_application}


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def by(cohort):
    return make_coordinator(cohort)


def home_of(application: Application) -> str:
    """Return what an applicant reads on the first page."""
    client = Client()
    client.force_login(application.person)
    return client.get("/").content.decode()


def leave(notice: Notice, by) -> None:
    """Let a message leave."""
    release_notice(notice=notice, by=by, now=NOW)
    send_due_notices(now=NOW)


@pytest.mark.parametrize("stage", ACTS)
def test_a_decision_is_undone_and_its_message_with_it(cohort, by, stage):
    application = make_applicant(cohort)
    ACTS[stage](application=application, by=by, now=NOW, tell=True)

    assert undo_decisions(applications=[application], by=by, now=NOW) == 1

    application.refresh_from_db()
    assert (application.stage, application.decided_at, application.decided_by) == ("submitted", None, None)
    assert [notice.state for notice in Notice.objects.all()] == ["withdrawn"]
    assert Event.objects.filter(kind="application.decision_undone", subject_id=application.pk).count() == 1


@pytest.mark.parametrize(("stage", "words"), [("accepted", "You are in"), ("declined", "There was no place for you")])
def test_the_applicant_reads_a_decision_once_its_message_has_left(cohort, by, stage, words, mail_server):
    application = make_applicant(cohort)
    ACTS[stage](application=application, by=by, now=NOW, tell=True)
    before = home_of(application)

    leave(Notice.objects.get(), by)

    assert words not in before
    assert words in home_of(application)
    with pytest.raises(UndoDecisionError):
        undo_decisions(applications=[application], by=by, now=NOW)


def test_where_no_mail_goes_a_released_message_counts_as_told(cohort, by):
    application = make_applicant(cohort)
    accept_application(application=application, by=by, now=NOW, tell=True)

    release_notice(notice=Notice.objects.get(), by=by, now=NOW)

    assert "You are in" in home_of(application)
    with pytest.raises(UndoDecisionError):
        undo_decisions(applications=[application], by=by, now=NOW)


def test_many_decisions_are_undone_together_or_not_at_all(cohort, by, mail_server):
    people = [make_applicant(cohort) for _ in range(3)]
    accept_applications(applications=people, by=by, now=NOW, tell=True)
    assert Notice.objects.filter(kind="application.accepted", state="draft").count() == 3
    leave(Notice.objects.get(to=people[0].person), by)

    with pytest.raises(UndoDecisionError):
        undo_decisions(applications=people, by=by, now=NOW)
    assert Application.objects.filter(stage="accepted").count() == 3
    undo_decisions(applications=people[1:], by=by, now=NOW)

    assert Application.objects.filter(stage="submitted").count() == 2


def test_a_decision_that_an_offer_was_built_on_is_not_undone():
    scene = make_scene()
    make_publication(scene, make_plan(scene))

    with pytest.raises(UndoDecisionError):
        undo_decisions(applications=[scene.people["Anna"]], by=scene.coordinator, now=NOW)


@pytest.mark.parametrize("stage", [Stage.DECLINED, Stage.WITHDRAWN])
def test_the_way_back_is_a_new_act_with_a_message_of_its_own(cohort, by, stage, mail_server):
    application = make_applicant(cohort)
    if stage is Stage.DECLINED:
        decline_application(application=application, by=by, now=NOW, tell=True)
        leave(Notice.objects.get(), by)
    else:
        withdraw_application(application=application, by=by, now=NOW)

    take_back_in(application=application, by=by, now=NOW)

    application.refresh_from_db()
    assert (application.stage, application.decided_by, application.withdrawn_at) == ("accepted", by, None)
    assert "after all" in Notice.objects.get(kind="application.accepted").body


def test_whoever_is_withdrawn_does_not_read_the_decision_that_waited(cohort, by):
    application = make_applicant(cohort)
    accept_application(application=application, by=by, now=NOW, tell=True)

    withdraw_application(application=application, by=by, now=NOW)

    assert [notice.state for notice in Notice.objects.all()] == ["withdrawn"]


def test_whoever_never_read_of_the_no_is_not_told_after_all(cohort, by):
    application = make_applicant(cohort)
    decline_application(application=application, by=by, now=NOW, tell=True)

    take_back_in(application=application, by=by, now=NOW)

    assert "after all" not in Notice.objects.get(kind="application.accepted").body
    assert Notice.objects.get(kind="application.declined").state == "withdrawn"


def test_only_who_is_out_is_taken_back_and_only_who_was_decided_about_is_undone(cohort, by):
    application = make_applicant(cohort)

    with pytest.raises(StepNotAllowedError):
        take_back_in(application=application, by=by, now=NOW)
    with pytest.raises(StepNotAllowedError):
        undo_decisions(applications=[application], by=by, now=NOW)


def test_pages_undo_one_decision_and_those_taken_together(cohort):
    client = client_of("coordinator", cohort)
    people = [make_applicant(cohort) for _ in range(2)]
    one = make_applicant(cohort)
    client.post(reverse("applications:decline", args=[cohort.pk, one.pk]))
    page = client.get(reverse("applications:person", args=[cohort.pk, one.pk])).content.decode()
    assert "Undo the decision" in page
    assert "Accept after all" in page
    client.post(reverse("applications:undo_decision", args=[cohort.pk, one.pk]))

    keys = {"application": [one.pk for one in people]}
    after = client.post(reverse("applications:accept_shown", args=[cohort.pk]), keys)
    page = client.get(after.headers["Location"]).content.decode()
    client.post(reverse("applications:undo_shown", args=[cohort.pk]), keys)

    assert "Undo 2" in " ".join(page.split())
    assert set(Application.objects.filter(cohort=cohort).values_list("stage", flat=True)) == {"submitted"}
