"""Writes of cohorts: each is recorded, and refused when the rules do not allow it."""

import pytest

from chiron.site.audit.models import Event
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import write_notice
from chiron.site.programs.models import Cohort, Staff
from chiron.site.programs.operations import (
    act_on_shown,
    change_matching,
    change_settings,
    give_place,
    move_to_stage,
)
from chiron.site.programs.queries import cohorts_coordinated_by, cohorts_reported_to, matching_of
from chiron.site.programs.rules import (
    CohortStage,
    CohortStepError,
    OutboxAct,
    OutboxChangedError,
    SettingError,
    StaffRole,
)
from chiron.site.shared.forms import digest_of_keys
from cohort_factories import make_cohort, make_coordinator
from factories import NOW, make_person

pytestmark = pytest.mark.django_db


def test_giving_a_place_twice_is_the_same_as_once():
    cohort, person = make_cohort(), make_person()

    for _ in range(2):
        give_place(cohort=cohort, person=person, role=StaffRole.LEADER, by=None, now=NOW)

    assert Staff.objects.filter(cohort=cohort).count() == 1
    assert Event.objects.filter(kind="staff.leader_added", scope=cohort.scope).count() == 1


def test_cohorts_are_found_by_place():
    cohort, other = make_cohort(), make_cohort()
    coordinator, leader = make_coordinator(cohort), make_person()
    give_place(cohort=other, person=leader, role=StaffRole.LEADER, by=None, now=NOW)

    found = [
        [list(query(person)) for query in (cohorts_coordinated_by, cohorts_reported_to)]
        for person in (coordinator, leader, make_person())
    ]

    assert found == [[[cohort], [cohort]], [[], [other]], [[], []]]


def test_settings_change_together_and_are_recorded():
    cohort, by = make_cohort(), make_person()

    change_settings(cohort=cohort, stage=CohortStage.MATCHING, small_group=5, look_line=60, by=by, now=NOW)

    cohort.refresh_from_db()
    assert (cohort.stage, cohort.small_group, cohort.look_line) == ("matching", 5, 60)
    event = Event.objects.get(kind="cohort.settings_changed")
    assert event.details == {
        "stage_was": "applying", "stage": "matching", "small_group_was": 10, "small_group": 5,
        "look_line_was": 55, "look_line": 60,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "small_group", "refusal"),
    [(CohortStage.FINISHED, 10, CohortStepError), (CohortStage.MATCHING, 4, SettingError)],
)
def test_settings_that_are_refused_change_nothing(stage: CohortStage, small_group: int, refusal: type[Exception]):
    cohort, by = make_cohort(), make_person()

    with pytest.raises(refusal):
        change_settings(cohort=cohort, stage=stage, small_group=small_group, look_line=50, by=by, now=NOW)

    cohort.refresh_from_db()
    assert (cohort.stage, cohort.small_group, cohort.look_line) == ("applying", 10, 55)


def test_moving_to_where_a_cohort_stands_records_nothing():
    cohort = make_cohort()

    move_to_stage(cohort=cohort, stage=CohortStage.APPLYING, by=None, now=NOW)
    move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=None, now=NOW)

    assert Cohort.objects.get(pk=cohort.pk).stage == "matching"
    assert Event.objects.filter(kind="cohort.moved").count() == 1


def test_changed_rules_are_a_new_version():
    cohort, by = make_cohort(), make_person()

    change_matching(cohort=cohort, matching={"aim": "total"}, by=by, now=NOW)

    cohort.refresh_from_db()
    assert cohort.matching_version == 2
    assert matching_of(cohort).aim == "total"


def test_drafts_are_released_all_or_none():
    cohort, by = make_cohort(), make_person()
    keys = [
        write_notice(to=make_person(), kind="test", subject="Hello", body="Text", scope=cohort.scope, by=by, now=NOW).pk
        for _ in range(3)
    ]
    drafts, seen = Notice.objects.all(), digest_of_keys(map(str, keys))

    for other in (digest_of_keys(map(str, keys[:2])), digest_of_keys([*map(str, keys[:2]), str(keys[2] + 1)]), ""):
        with pytest.raises(OutboxChangedError):
            act_on_shown(cohort=cohort, notices=drafts, act=OutboxAct.RELEASE, seen=other, by=by, now=NOW)
    assert set(Notice.objects.values_list("state", flat=True)) == {"draft"}

    assert act_on_shown(cohort=cohort, notices=drafts, act=OutboxAct.RELEASE, seen=seen, by=by, now=NOW) == 3
    assert set(Notice.objects.values_list("state", flat=True)) == {"ready"}
