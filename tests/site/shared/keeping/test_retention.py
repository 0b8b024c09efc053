"""What belongs to a cohort goes a year after it was finished: walked in turns, told by a receipt, and missed if not."""

from datetime import timedelta

import pytest
from django.apps import apps

from chiron.cli.site.doctor import Mark, retention
from chiron.site.applications.models import Application
from chiron.site.applications.operations.imports import keep_upload
from chiron.site.applications.rules import Role
from chiron.site.audit.models import Event
from chiron.site.audit.queries import verify_chain
from chiron.site.home.operations import forget_idle_people
from chiron.site.matching.models import MatchRun, Offer, Plan, PlanPair
from chiron.site.mentorships.models import Match
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import write_notice
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage
from chiron.site.shared.jobs.models import Job
from chiron.site.shared.keeping import operations
from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.operations import walk
from chiron.site.shared.keeping.queries import rows_overdue, tables
from chiron.site.shared.keeping.rules import KEPT_AFTER_THE_END, Until, kept_of
from chiron.site.shared.keeping.tasks import walk_daily
from factories import NOW, make_person
from plan_factories import make_plan, make_publication, make_scene, offer_of, say_yes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AFTER = NOW + timedelta(days=KEPT_AFTER_THE_END + 1)
# Who runs a cohort may open it as long as it is there; the cohort itself holds nothing about people.
STAYS = {"programs.Staff", "programs.Cohort"}


class CutOffError(Exception):
    """The worker was stopped between two batches."""


def cohort_ways(model, known=frozenset()):
    """Return whether the keys of a table lead to a cohort, over any number of tables."""
    others = {field.related_model for field in model._meta.concrete_fields if field.is_relation} - known
    return Cohort in others or any(cohort_ways(other, known | {model}) for other in others)


def kept_without_end(models):
    """Return the tables that belong to a cohort and do not say for how long after its end."""
    return [
        model._meta.label
        for model in models
        if cohort_ways(model) and model._meta.label not in STAYS
        if not (isinstance(kept_of(model).keep, Until) and kept_of(model).keep.after.endswith("finished_at"))
    ]


def finished(*, matched=True):
    """Return a scene whose cohort is finished: with a run upon a run, offers, a match, an import and messages."""
    scene = make_scene()
    first = make_plan(scene)
    plan = make_plan(scene, based_on=first)
    make_publication(scene, plan)
    if matched:
        say_yes(offer_of(scene, "Anna"), "mentor", "mentee")
    sheet = b"Name,Email\nA,a@example.org\n"
    keep_upload(cohort=scene.cohort, role=Role.MENTEE, file_name="a.csv", content=sheet, by=scene.coordinator, now=NOW)
    move_to_stage(cohort=scene.cohort, stage=CohortStage.FINISHED, by=scene.coordinator, now=NOW)
    return scene


def of_cohorts():
    """Return how many rows of cohorts there are, by table, with messages."""
    models = [model for model in tables() if model is Notice or (cohort_ways(model) and model._meta.label not in STAYS)]
    return {model._meta.label_lower: count for model in models if (count := model._default_manager.count())}


def test_every_table_of_a_cohort_says_for_how_long_after_its_end():
    assert kept_without_end(apps.get_models(include_auto_created=True)) == []


def test_a_table_that_declares_nothing_or_no_end_is_found(monkeypatch):
    """The control: both are faults that the test above and the build see."""
    monkeypatch.setattr(Offer, "kept", None)
    with pytest.raises(LookupError, match="declares no `kept`"):
        kept_of(Offer)
    monkeypatch.setattr(Offer, "kept", kept_of(Person))
    assert kept_without_end([Offer, Match]) == ["matching.Offer"]


def test_a_year_after_a_cohort_was_finished_all_that_belongs_to_it_is_gone(django_assert_max_num_queries):
    running, over = make_scene(), finished()
    make_publication(running, make_plan(running))
    write_notice(
        to=over.coordinator, kind="t", subject="s", body="b", scope="", by=None, now=NOW
    )  # of no cohort: stays
    Job.objects.all().delete()  # those that are done go after a month
    before, events = of_cohorts(), Event.objects.count()
    assert walk(now=AFTER - 2 * DAY) is None

    with django_assert_max_num_queries(400):
        receipt = walk(now=AFTER)

    assert set(Application.objects.values_list("cohort", flat=True)) == {running.cohort.pk}
    assert {offer.cohort_id for offer in Offer.objects.all()} == {running.cohort.pk}
    assert not Match.objects.exists()
    assert Plan.objects.count() == MatchRun.objects.count() == 1
    assert not Notice.objects.filter(scope=over.cohort.scope).exists()
    assert Notice.objects.filter(scope="").count() == 1
    left = of_cohorts()
    gone = {label: number - left.get(label, 0) for label, number in before.items()}
    assert receipt.tables == {label: number for label, number in gone.items() if number}
    # What law and the audit keep stays: the history is whole and has lost nothing, the cohort and its rules are there.
    assert verify_chain() == ()
    assert Event.objects.count() == events
    assert Cohort.objects.filter(pk=over.cohort.pk, stage=CohortStage.FINISHED).exists()
    assert walk(now=AFTER) is None


def test_walk_that_is_cut_off_says_what_went_and_the_next_goes_on(monkeypatch):
    monkeypatch.setattr(operations, "ROWS_A_BATCH", 2)
    finished()
    before = of_cohorts()
    turns = []

    def cut_off():
        turns.append(1)
        if len(turns) == 6:
            raise CutOffError

    with pytest.raises(CutOffError):
        walk(now=AFTER, between=cut_off)
    assert 0 < sum(of_cohorts().values()) < sum(before.values())
    walk(now=AFTER)

    told = [receipt.tables for receipt in Receipt.objects.order_by("pk")]
    assert of_cohorts() == {}
    assert {label: sum(one.get(label, 0) for one in told) for label in before} == before


def test_the_daily_job_does_it_and_a_row_left_past_its_time_is_red():
    """The clock is moved by when the cohort was finished; before the walk, the doctor is the control."""
    scene = finished()
    Cohort.objects.filter(pk=scene.cohort.pk).update(finished_at=NOW - timedelta(days=9 * 365))
    assert rows_overdue(before=NOW)["matching.offer"] == 4
    red = retention()
    assert red.mark is Mark.RED
    assert "matching.offer 4" in red.detail

    walk_daily()

    green = retention()
    assert (green.mark, rows_overdue(before=NOW)) == (Mark.GREEN, {})
    assert "receipt" in green.detail
    assert not PlanPair.objects.exists()


def test_a_cohort_that_is_opened_again_is_kept():
    scene = finished()
    scene.cohort.refresh_from_db()
    assert scene.cohort.finished_at == NOW
    move_to_stage(cohort=scene.cohort, stage=CohortStage.RUNNING, by=scene.coordinator, now=NOW)

    assert walk(now=AFTER + 1000 * DAY) is None or of_cohorts()["matching.offer"] == 4
    assert Cohort.objects.get(pk=scene.cohort.pk).finished_at is None


@pytest.mark.django_db(transaction=True)
def test_who_takes_part_in_nothing_for_a_year_is_forgotten_and_who_does_or_runs_one_is_not():
    scene = finished(matched=False)
    stays = make_scene()
    guest = make_person("Guest (made up)")
    anna = scene.people["Anna"].person
    assert forget_idle_people(now=AFTER) == 1  # the guest: everybody else has a place
    walk(now=AFTER)

    assert forget_idle_people(now=AFTER) == 7

    for gone in (guest, anna):
        gone.refresh_from_db()
        assert (gone.name, gone.is_active, gone.email) == ("", False, f"erased-{gone.pk}@example.invalid")
    for here in (scene.coordinator, stays.coordinator, stays.people["Anna"].person):
        here.refresh_from_db()
        assert here.is_active
    assert forget_idle_people(now=AFTER) == 0
    assert Event.objects.filter(kind="person.forgotten").count() == 2
