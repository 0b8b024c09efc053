"""The way of old matches into offers and relationships, and back, with rows in every state."""

from datetime import timedelta
from types import MappingProxyType

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from chiron.site.audit.operations import record
from chiron.site.matching.rules import people_key
from chiron.site.notices.models import Notice
from chiron.site.programs.models import Approval
from cohort_factories import make_cohort
from factories import NOW, make_person

pytestmark = pytest.mark.django_db(transaction=True)
OLD = [
    ("mentorships", "0001_initial"),
    ("matching", "0002_longer_aim"),
    ("applications", "0003_rows_of_any_number"),
]
NEW = [("mentorships", "0004_relationships_alone"), ("matching", "0003_offers")]
REPLIES = {
    "offered": ("waiting", "yes"),
    "agreed": ("yes", "yes"),
    "declined": ("waiting", "no"),
    "withdrawn": ("waiting", "waiting"),
}


def migrate(targets):
    """Bring the database to a state and return its tables as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def old_tables(request):
    """Go back to the tables of old matches, or to others that are asked for; afterwards forward to those of today."""
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(getattr(request, "param", OLD))
    migrate(latest)


def fill(apps):
    """Make one old match in each state, and a mentor who has more of them than places; return the matches."""
    cohort, person = make_cohort(matching={"capacity": 3}), make_person()
    plan = make_old_plan(apps, cohort, person)
    publication = apps.get_model("mentorships", "Publication").objects.create(
        plan=plan, published_by_id=person.pk, published_at=NOW
    )
    mentor = apply(apps, cohort, person, "mentor")
    busy = apply(apps, cohort, person, "mentor", capacity=1)
    matches = {}
    for state, (mentee_said, mentor_said) in REPLIES.items():
        mentee = apply(apps, cohort, person, "mentee")
        matches[state] = old_match(apps, publication, mentee, mentor, state, mentee_said, mentor_said)
    for number in (1, 2):
        mentee = apply(apps, cohort, person, "mentee")
        matches[f"busy{number}"] = old_match(apps, publication, mentee, busy, "agreed", "yes", "yes")
    return matches


def make_old_plan(apps, cohort, person, *, of_run=MappingProxyType({"input": {}})):
    run = apps.get_model("matching", "MatchRun").objects.create(
        cohort_id=cohort.pk, **of_run, aim="everyone", state="done", matching_version=1, asked_by_id=person.pk,
        asked_at=NOW, finished_at=NOW,
    )  # fmt: skip
    return apps.get_model("matching", "Plan").objects.create(
        cohort_id=cohort.pk, run=run, name="Plan A", state="published", made_at=NOW, published_at=NOW
    )


def apply(apps, cohort, by, role, *, capacity=None):
    return apps.get_model("applications", "Application").objects.create(
        cohort_id=cohort.pk, person_id=make_person().pk, role=role, stage="accepted", capacity=capacity, created_at=NOW,
        decided_at=NOW, decided_by_id=by.pk,
    )  # fmt: skip


def old_match(apps, publication, mentee, mentor, state, mentee_said, mentor_said):
    later = NOW + timedelta(days=1)
    return apps.get_model("mentorships", "Match").objects.create(
        cohort_id=mentee.cohort_id, publication=publication, mentee=mentee, mentor=mentor, state=state, reasons=["Why"],
        offered_at=NOW, mentee_reply=mentee_said, mentee_replied_at=None if mentee_said == "waiting" else later,
        mentor_reply=mentor_said, mentor_replied_at=None if mentor_said == "waiting" else later,
        mentor_reason="time" if mentor_said == "no" else "",
    )  # fmt: skip


def content(apps):
    """Return the old tables as plain values."""
    rows = apps.get_model("mentorships", "Match").objects.order_by("pk").values()
    return list(rows), list(apps.get_model("mentorships", "Publication").objects.values())


def test_old_matches_become_offers_and_relationships_and_come_back(old_tables):
    matches = fill(old_tables)
    before = content(old_tables)

    apps = migrate(NEW)

    offers = {offer.pk: offer for offer in apps.get_model("matching", "Offer").objects.all()}
    states = {name: offers[match.pk].state for name, match in matches.items()}
    assert states == {
        "offered": "offered", "agreed": "agreed", "declined": "declined", "withdrawn": "taken_back",
        "busy1": "agreed", "busy2": "agreed",
    }  # fmt: skip
    running = apps.get_model("mentorships", "Match").objects.filter(state="active", starts_on__isnull=False)
    assert set(running.values_list("pk", "offer")) == {(matches[one].pk,) * 2 for one in ("agreed", "busy1", "busy2")}
    agreed = matches["agreed"]
    assert offers[agreed.pk].people == people_key([agreed.mentee_id, agreed.mentor_id])
    members = apps.get_model("mentorships", "Member").objects.filter(match=agreed.pk)
    assert set(members.values_list("application", "part", "place")) == {
        (agreed.mentee_id, "mentee", "1"), (agreed.mentor_id, "mentor", ""),
    }  # fmt: skip
    declined = apps.get_model("matching", "OfferMember").objects.get(offer=matches["declined"].pk, part="mentor")
    assert (declined.reply, declined.reason, declined.holds_place) == ("no", "time", False)
    applications = apps.get_model("applications", "Application").objects
    mentor, busy = applications.get(pk=agreed.mentor_id), applications.get(pk=matches["busy1"].mentor_id)
    assert (mentor.capacity, mentor.taken, mentor.over_because) == (3, 2, "")
    assert (busy.capacity, busy.taken, bool(busy.over_because)) == (1, 2, True)
    newer = apps.get_model("matching", "Offer").objects.create(
        cohort_id=agreed.cohort_id, people="x", offered_at=NOW, publication_id=agreed.publication_id
    )
    assert newer.pk > max(offers)
    newer.delete()

    assert content(migrate(OLD)) == before


BEFORE = [("notices", "0001_initial"), ("matching", "0016_proof_of_a_plan"), ("mentorships", "0008_reasons_of_leaving")]


@pytest.mark.parametrize("old_tables", [BEFORE], indirect=True)
def test_what_was_asked_for_and_changed_by_hand_is_known_after_an_upgrade(old_tables):
    cohort, person = make_cohort(), make_person()
    plan = make_old_plan(old_tables, cohort, person, of_run={})
    asked = {"asked_by_id": person.pk, "asked_at": NOW, "asked_for": "digest"}
    old_tables.get_model("matching", "Plan").objects.update(state="draft", published_at=None, **asked)
    letter = old_tables.get_model("notices", "Notice").objects.create(
        to_id=person.pk, kind="match.agreed", subject="-", body="-", scope=cohort.scope, state="draft", written_at=NOW
    )
    with transaction.atomic():
        record("notice.edited", subject=letter, by=person, now=NOW, scope=cohort.scope)

    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert Approval.objects.values_list("act", "subject", "seen", "asked_by").get() == (
        "publish", plan.pk, "digest", person.pk,
    )  # fmt: skip
    assert Notice.objects.values_list("edited_by", "edited_at").get(pk=letter.pk) == (person.pk, NOW)
