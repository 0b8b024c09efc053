"""Every table says what it keeps; the daily walk and the erasing of a person obey."""

import json
import logging
import subprocess
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from chiron.site.applications.models import Application, Import
from chiron.site.applications.operations.imports import keep_upload
from chiron.site.applications.rules import Role, Stage
from chiron.site.audit.models import Event
from chiron.site.audit.operations import seal_heads
from chiron.site.audit.queries import verify_chain
from chiron.site.home.operations import erase_person
from chiron.site.matching.models import PlanPair, RunInput
from chiron.site.matching.operations.changes import hold_pair
from chiron.site.matching.operations.plans import note_plan
from chiron.site.matching.rules import Hold
from chiron.site.matching.rules.columns import unpacked_input
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import write_notice
from chiron.site.people.models import Person, SignInLink
from chiron.site.people.operations import make_sign_in_link, write_sign_in_mail
from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import add_job
from chiron.site.shared.jobs.rules import JobState
from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.operations import walk
from chiron.site.shared.keeping.queries import rows_about, tables
from chiron.site.shared.keeping.rules import GONE, ErasureStep, Until, kept_of
from factories import NOW, make_person
from plan_factories import add_mentee, link_to, make_plan, make_publication, make_scene

NAME, EMAIL = "Zephyrine Quillfeather (made up)", "zephyrine.quillfeather@example.org"
# What only she wrote, or what only names her.
CANARIES = (
    "Quillfeather", "zephyrine.quillfeather", "zephyrine-old", "xylophone surgery", "yttrium goal", "wombat wish",
    "velvet-message", "umbrella note", "tangerine reason", "sapphire code", "raspberry-sheet", "quagga session",
)  # fmt: skip


@pytest.mark.django_db
def test_every_table_declares_what_it_keeps():
    silent = []
    for model in apps.get_models(include_auto_created=True):
        try:
            kept_of(model)
        except LookupError as fault:
            silent.append(str(fault))

    assert silent == []


@pytest.mark.django_db
def test_every_declaration_can_be_obeyed():
    """A way, a field or a moment that is not there would be found on the day it is needed."""
    for model in apps.get_models(include_auto_created=True):
        kept, rows = kept_of(model), model._default_manager
        fields = {field.name for field in model._meta.get_fields()}
        assert kept.owner in {"person", "cohort", "organization", "site"}, model
        assert kept.purpose, model
        for erasure in kept.erase:
            assert not erasure.who or rows.filter(**{erasure.who: 1}).count() >= 0
            assert {*erasure.values, *erasure.rewritings} <= fields, model
            assert (erasure.step is ErasureStep.KEEP) == bool(erasure.why), model
        if isinstance(kept.keep, Until):
            assert rows.filter(**{f"{kept.keep.after}__lt": NOW}, **kept.keep.only).count() >= 0
        for who, shown in kept.shows.items():
            assert list(rows.filter(**{who: 0}).values(*shown)) == []


@pytest.mark.django_db
def test_every_way_to_a_person_is_erased_or_kept_for_a_reason():
    """A foreign key to a person leads to what erasing does, or to a row of somebody who acted for the site."""
    acted = {"by", "decided_by", "asked_by", "published_by", "uploaded_by", "lifted_by"}
    forgotten = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Person and field.name not in acted
        if field.name not in {erasure.who for erasure in kept_of(model).erase}
    ]

    assert forgotten == []


def test_tables_go_before_those_that_their_keys_lead_to():
    order = tables()
    assert order.index(PlanPair) < order.index(Application) < order.index(Person)
    assert order.index(Notice) < order.index(Person)


@pytest.mark.django_db
def test_walk_deletes_what_was_kept_long_enough_in_batches(django_assert_max_num_queries):
    person = make_person()
    make_sign_in_link(person=person, by=None, now=NOW)
    for number in range(1100):
        add_job("notices.send_due", {}, now=NOW, key=str(number))
    Job.objects.update(state=JobState.DONE, ended_at=NOW)
    waiting = add_job("notices.send_due", {}, now=NOW)
    assert walk(now=NOW + timedelta(days=29)) is None

    with django_assert_max_num_queries(120):
        receipt = walk(now=NOW + timedelta(days=31))

    assert receipt.tables == {"jobs.job": 1100, "people.signinlink": 1}
    assert (list(Job.objects.all()), SignInLink.objects.exists()) == ([waiting], False)
    assert walk(now=NOW + timedelta(days=31)) is None


# Erasing ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def her(client, transactional_db, seal_keys):
    """Somebody who has left a trace in every table: in the middle of a programme, with canaries in what she wrote."""
    scene = make_scene()
    answers = {"about": "I like xylophone surgery", "wishes": ["wombat wish"]}
    add_mentee(scene, "Zoe", ["Research", "yttrium goal"], "North", **answers)
    application = scene.people["Zoe"]
    her, by = application.person, scene.coordinator
    Person.objects.filter(pk=her.pk).update(name=NAME, email=EMAIL)
    her.refresh_from_db()
    mira = scene.people["Mira"]
    plan = make_plan(scene)
    hold_pair(
        plan=plan, mentee=application, mentor=mira, kind=Hold.LOCK, reason="tangerine reason, she said", by=by, now=NOW
    )
    plan = make_plan(scene)
    note_plan(plan=plan, note=f"umbrella note: ask {NAME} first", by=by, now=NOW)
    make_publication(scene, plan)
    write_notice(
        to=mira.person, kind="tests.told", subject="About your mentee", body=f"velvet-message about {NAME}",
        scope=scene.cohort.scope, by=by, now=NOW,
    )  # fmt: skip
    write_sign_in_mail(to=EMAIL, subject="Your code", body="sapphire code", now=NOW)
    make_sign_in_link(person=her, by=None, now=NOW)
    EmailAddress.objects.create(user=her, email="zephyrine-old@example.org", verified=True, primary=False)
    sheet = f"Name,Email\n{NAME},{EMAIL}\nraspberry-sheet,x\n".encode()
    keep_upload(cohort=scene.cohort, role=Role.MENTEE, file_name=f"{NAME}.csv", content=sheet, by=by, now=NOW)
    client.force_login(her, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["draft"] = f"quagga session of {NAME}"
    session.save()
    seal_heads(now=NOW)
    return scene, her


def dump() -> str:
    """Return every value of every table, sessions opened, as one text."""
    lines = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                lines += [
                    bytes(one).decode("latin-1") if isinstance(one, bytes | memoryview) else str(one) for one in row
                ]
    return "\n".join(lines) + json.dumps(lines)


def files() -> str:
    """Return what stands in the files of the database, where it is files."""
    if connection.vendor != "sqlite":
        return ""
    path = Path(connection.settings_dict["NAME"])
    parts = [part for part in (path, path.with_name(f"{path.name}-wal")) if part.exists()]
    # By another process: closing a file of the database here would drop the locks that SQLite holds on it.
    return subprocess.run(["cat", *parts], capture_output=True, check=True).stdout.decode("latin-1")


def found_in(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary.casefold() in text.casefold()}


def test_erased_person_is_nowhere_any_more(her, caplog, client, mail_server, settings, tmp_path):
    scene, person = her
    settings.MEDIA_ROOT = tmp_path
    assert found_in(dump()) == set(CANARIES), "a canary that was never there proves nothing"
    caplog.set_level(logging.DEBUG)

    begun = perf_counter()
    receipt = erase_person(person=person, link_to=link_to, by=scene.coordinator, now=NOW)
    took = perf_counter() - begun

    assert found_in(dump()) == set()
    assert found_in(files()) == set()
    assert found_in(caplog.text) == set()
    assert found_in("".join(str(mail.content) for mail in mail_server.mails)) == set()
    assert found_in(str(getattr(cache, "_cache", ""))) == set()
    assert list(tmp_path.iterdir()) == []
    assert took < 60
    # The history is whole, and says that it happened, to a number.
    assert verify_chain() == ()
    event = Event.objects.get(kind="person.erased")
    assert (event.subject_id, event.details) == (person.pk, {"receipt": receipt.pk})
    # Nobody is signed in as her, and others keep what is theirs.
    assert client.get(reverse("people:my_data")).status_code == 302
    assert Application.objects.get(person=person).stage == Stage.WITHDRAWN
    assert Application.objects.get(pk=scene.people["Anna"].pk).answers == scene.people["Anna"].answers
    frozen = [unpacked_input(row.content) for row in RunInput.objects.order_by("pk")]
    assert found_in(json.dumps(frozen)) == set()
    [gone] = [row for row in frozen[-1]["mentees"] if row["id"] == str(scene.people["Zoe"].pk)]
    assert (gone["name"], gone["answers"]) == (GONE, {})
    assert [row["name"] for row in frozen[-1]["mentors"]] == ["Mira", "Noor", "Olga"]
    assert Notice.objects.filter(to=scene.people["Anna"].person).exclude(body=GONE).exists()
    assert bytes(Import.objects.get().content) == b""


def test_receipt_counts_and_names_nobody(her):
    scene, person = her
    receipt = erase_person(person=person, link_to=link_to, by=scene.coordinator, now=NOW)

    counted = Receipt.objects.get(pk=receipt.pk).tables
    assert counted["people.person blank"] == 1
    assert counted["matching.planpair delete"] >= 1
    assert found_in(str(counted)) == set()


def test_erasing_that_fails_erases_nothing(her, monkeypatch):
    scene, person = her
    before = dump()
    monkeypatch.setattr(Receipt, "_meta", None)

    with pytest.raises(AttributeError):
        erase_person(person=person, link_to=link_to, by=scene.coordinator, now=NOW)
    monkeypatch.undo()

    assert dump() == before


def test_own_file_holds_everything_that_is_hers_and_nothing_unpublished(her, client):
    scene, _ = her
    data = json.loads(client.get(reverse("people:my_data_file")).content)

    text = json.dumps(data, ensure_ascii=False)
    for hers in (NAME, EMAIL, "zephyrine-old", "xylophone surgery", "yttrium goal", "wombat wish"):
        assert hers in text
    for not_hers in ("umbrella note", "tangerine reason", "velvet-message", "token_hash"):
        assert not_hers not in text
    kept = data["kept"]
    assert [one["cohort__name"] for one in kept["applications.application"]] == [scene.cohort.name]
    assert [one["kind"] for one in kept["notices.notice"]] == ["match.offered_to_mentee"]
    assert "matching.planpair" not in kept
    happened = {event["what"] for event in data["events"]}
    assert {"application.submitted", "application.accepted", "sign_in_link.made"} <= happened
    assert rows_about(make_person().pk).keys() == {"people.person"}
