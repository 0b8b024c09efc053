"""Keyed seals over the chains, and the anchor outside: what is rewritten with full rights on the database is seen."""

import random
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chiron.site.audit.models import ChainHead, Event, Seal, SealedHead
from chiron.site.audit.operations import Happening, anchor_seals, mail_anchor, record_many, seal_heads
from chiron.site.audit.queries import anchored, facts_of, verify_chain
from chiron.site.audit.rules import ALLOW_CHANGES, NOTHING_BEFORE, REFUSE_CHANGES, event_hash
from chiron.site.audit.tasks import HistoryBrokenError, verify_all, verify_new
from chiron.site.shared.jobs.operations import add_jobs_due, run_waiting_jobs
from conftest import NIGHTLY
from factories import NOW

pytestmark = pytest.mark.django_db
SCOPES = ("", "cohort:1", "cohort:2", "program:1")
EDITS = 1_000 if NIGHTLY else 120


@pytest.fixture
def anchor(settings, tmp_path) -> Path:
    file = tmp_path / "anchor.txt"
    settings.CHIRON_ANCHOR = f"file:{file}"
    return file


@pytest.fixture
def history(seal_keys, anchor):
    """Three rounds of events in four scopes; two are sealed, and both seals are told to the outside."""
    for number in range(3):
        for scope in SCOPES:
            happenings = [Happening("tests.done", None, {"n": n}) for n in range(number + 2)]
            record_many(happenings, by=None, now=NOW + timedelta(minutes=number), scope=scope)
        if number < 2:
            seal_heads(now=NOW + timedelta(minutes=number, seconds=30))
            anchor_seals()
    assert verify_chain() == ()


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def full_rights():
    """Do what somebody with full rights on the database could do, and take it back afterwards."""
    with transaction.atomic():
        run(*ALLOW_CHANGES[connection.vendor])
        yield
        run(*REFUSE_CHANGES[connection.vendor])
        transaction.set_rollback(True)


def work_out_anew(scope: str) -> None:
    """Give every event of a scope the place and the hash that it would have had, and the chain its end."""
    number, previous = 0, NOTHING_BEFORE
    for event in list(Event.objects.filter(scope=scope).order_by("number", "pk")):
        number += 1
        was = (event.number, event.previous_hash, event.hash)
        event.number, event.previous_hash = number, previous
        event.hash = previous = event_hash(previous, facts_of(event))
        if was != (event.number, event.previous_hash, event.hash):
            event.save()
    ChainHead.objects.filter(scope=scope).update(number=number, hash=previous)


def test_seal_covers_only_what_has_grown_and_nothing_twice(seal_keys):
    record_many([Happening("tests.done", None)], by=None, now=NOW, scope="cohort:1")
    record_many([Happening("tests.done", None)] * 2, by=None, now=NOW, scope="cohort:2")
    first = seal_heads(now=NOW)
    assert seal_heads(now=NOW) is None
    record_many([Happening("tests.done", None)], by=None, now=NOW, scope="cohort:2")
    second = seal_heads(now=NOW)

    assert list(first.heads.order_by("scope").values_list("scope", "number")) == [("cohort:1", 1), ("cohort:2", 2)]
    assert list(second.heads.values_list("scope", "number")) == [("cohort:2", 3)]
    assert verify_chain() == ()


def test_without_a_key_nothing_is_sealed(settings):
    settings.CHIRON_SEAL_KEYS = {}
    record_many([Happening("tests.done", None)], by=None, now=NOW)

    assert seal_heads(now=NOW) is None


@pytest.mark.usefixtures("history")
def test_new_key_seals_and_the_old_one_still_opens(settings):
    settings.CHIRON_SEAL_KEYS = {"new": b"n" * 40, **settings.CHIRON_SEAL_KEYS}
    assert seal_heads(now=NOW + timedelta(hours=1)).key_id == "new"
    assert verify_chain() == ()

    settings.CHIRON_SEAL_KEYS = {"new": b"n" * 40}
    assert "Seal 1 was made with the key tests, which is not in CHIRON_SEAL_KEYS." in verify_chain()
    settings.CHIRON_SEAL_KEYS = {"new": b"n" * 40, "tests": b"x" * 40}
    assert "Seal 1 was changed." in verify_chain()


# What somebody with full rights on the database, but without the key, would do ----------------------------------------


@pytest.mark.usefixtures("history")
def test_cut_end_is_seen_although_the_chain_is_whole():
    with full_rights():
        Event.objects.filter(scope="cohort:1", number__gt=4).delete()
        work_out_anew("cohort:1")
        assert verify_chain() == ("Event 5 of cohort:1 is not the one that was sealed.",)


@pytest.mark.usefixtures("history")
def test_cut_end_is_seen_at_the_anchor_although_its_seal_is_gone_too():
    with full_rights():
        SealedHead.objects.filter(seal__number=2).delete()
        Seal.objects.filter(number=2).delete()
        Event.objects.filter(number__gt=2).delete()
        for scope in SCOPES:
            work_out_anew(scope)
        assert verify_chain() == ("Seal 2 is missing; the anchor tells of it.",)
        assert verify_chain(told=()) == ()


@pytest.mark.usefixtures("history")
def test_chain_worked_out_anew_is_seen():
    with full_rights():
        Event.objects.filter(scope="cohort:1", number=2).update(kind="tests.undone")
        work_out_anew("cohort:1")
        assert verify_chain() == (
            "Event 2 of cohort:1 is not the one that was sealed.",
            "Event 5 of cohort:1 is not the one that was sealed.",
        )


@pytest.mark.usefixtures("history")
def test_chain_and_seals_worked_out_anew_with_another_key_are_seen(settings):
    with full_rights():
        Event.objects.filter(scope="cohort:1", number=2).update(kind="tests.undone")
        work_out_anew("cohort:1")
        SealedHead.objects.all().delete()
        Seal.objects.all().delete()
        own, settings.CHIRON_SEAL_KEYS = settings.CHIRON_SEAL_KEYS, {"tests": b"a guess of at least 32 characters"}
        seal_heads(now=NOW)
        settings.CHIRON_SEAL_KEYS = own
        faults = verify_chain()

    assert faults[0] == "Seal 1 was changed."
    assert "Seal 1 is not the one that the anchor tells of." in faults


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("tables", [[Event], [Event, ChainHead], [Event, ChainHead, SealedHead, Seal]])
def test_emptied_tables_are_seen(tables):
    with full_rights():
        for table in tables:
            table.objects.all().delete()
        assert verify_chain() != ()


@pytest.mark.usefixtures("history")
def test_event_slipped_in_behind_the_end_is_seen():
    with full_rights():
        last = Event.objects.filter(scope="cohort:1").order_by("number").last()
        last.pk, last.number, last.previous_hash = None, last.number + 1, last.hash
        last.hash = event_hash(last.previous_hash, facts_of(last))
        last.save(force_insert=True)
        assert verify_chain() == (f"The chain of cohort:1 ends at event {last.number}, not where it should.",)


def edit(chance: random.Random) -> str:
    """Change one fact of one event."""
    event = chance.choice(list(Event.objects.all()))
    field, value = chance.choice(
        [
            ("kind", "tests.forged"), ("by_id", 99), ("subject_id", 99), ("subject_type", "people.person"),
            ("at", event.at + timedelta(seconds=1)), ("details", {"n": 99}), ("scope", "cohort:9"),
        ]
    )  # fmt: skip
    Event.objects.filter(pk=event.pk).update(**{field: value})
    return f"{event} {field}"


def unhash(chance: random.Random) -> str:
    """Change a hash and leave it so."""
    event = chance.choice(list(Event.objects.all()))
    Event.objects.filter(pk=event.pk).update(**{chance.choice(["hash", "previous_hash"]): "f" * 64})
    return f"{event}"


def delete(chance: random.Random) -> str:
    """Take some events that follow each other away."""
    event = chance.choice(list(Event.objects.all()))
    span = (event.number, event.number + chance.randrange(4))
    Event.objects.filter(scope=event.scope, number__range=span).delete()
    return f"{event.scope} {span}"


def reorder(chance: random.Random) -> str:
    """Let two events of a scope change places."""
    scope = chance.choice(SCOPES)
    one, other = chance.sample(list(Event.objects.filter(scope=scope)), 2)
    Event.objects.filter(pk=one.pk).update(number=10_000)
    Event.objects.filter(pk=other.pk).update(number=one.number)
    Event.objects.filter(pk=one.pk).update(number=other.number)
    return f"{one} and {other}"


@pytest.mark.sampled
@pytest.mark.usefixtures("history")
def test_random_edits_deletions_and_reorderings_are_all_seen():
    """Every kind of edit thirty times in every run, and a thousand edits at night."""
    seal_heads(now=NOW + timedelta(hours=1))
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    unseen = []
    acts: list[Callable[[random.Random], str]] = [edit, delete, reorder, unhash]
    with full_rights():
        for number in range(EDITS):
            act = acts[number % len(acts)]
            with transaction.atomic():
                did = act(chance)
                # Half of the time, whoever did it also makes the chains whole again.
                if act is not unhash and chance.random() < 0.5:
                    for scope in {*Event.objects.order_by().values_list("scope", flat=True).distinct()}:
                        work_out_anew(scope)
                if verify_chain() == ():
                    unseen.append((number, act.__name__, did))
                transaction.set_rollback(True)

    assert unseen == [], f"seed {seed}"
    assert verify_chain() == ()


# The anchor, and the schedule -----------------------------------------------------------------------------------------


def test_anchor_file_has_a_line_a_seal_each_once(anchor, history):
    assert anchor_seals() == 0
    anchor.unlink()
    assert anchor_seals() == 2

    macs = list(Seal.objects.order_by("number").values_list("number", "mac"))
    assert [(line.number, line.mac) for line in anchored(anchor)] == macs


def test_saved_mails_of_the_auditor_are_read_like_the_anchor(mail_server, settings, tmp_path, history):
    settings.CHIRON_ANCHOR = "mailto:auditor@example.org"
    assert mail_anchor()
    [mail] = mail_server.mails
    saved = tmp_path / "mails.txt"
    saved.write_bytes(mail.content)

    assert mail.rcpt_tos == ["auditor@example.org"]
    assert [line.number for line in anchored(saved)] == [2]
    assert verify_chain(told=anchored(saved)) == ()
    forged = [line._replace(mac="0" * 64) for line in anchored(saved)]
    assert verify_chain(told=forged) == ("Seal 2 is not the one that the anchor tells of.",)


def test_no_mail_without_an_auditor_a_server_or_a_seal(mail_server, settings, anchor, history):
    assert not mail_anchor()
    settings.CHIRON_ANCHOR = "mailto:auditor@example.org"
    settings.CHIRON_CAN_MAIL = False
    assert not mail_anchor()
    assert mail_server.mails == []


def test_look_from_the_last_seal_sees_what_is_new_and_leaves_the_old_to_the_whole_look(history, settings):
    later = NOW + timedelta(minutes=1, seconds=45)
    with full_rights():
        Event.objects.filter(scope="cohort:1", number=6).update(kind="tests.forged")
        assert verify_chain(since=later) == ("Event 6 of cohort:1 was changed.",)
    with full_rights():
        Event.objects.filter(scope="cohort:1", number=2).update(kind="tests.forged")
        assert verify_chain(since=later) == ()
        assert verify_chain() != ()
    with full_rights():
        Event.objects.filter(scope="cohort:1", number__gte=5).delete()
        work_out_anew("cohort:1")
        assert "Event 5 of cohort:1 is not the one that was sealed." in verify_chain(since=later)
    assert verify_chain(since=later) == ()


def test_schedule_seals_anchors_and_verifies(seal_keys, anchor):
    record_many([Happening("tests.done", None)], by=None, now=NOW)
    add_jobs_due(now=NOW)
    run_waiting_jobs(now=NOW)

    assert [line.number for line in anchored(anchor)] == [Seal.objects.get().number]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("verify", [verify_all, verify_new])
def test_job_that_verifies_fails_when_history_is_broken(verify):
    record_many([Happening("tests.done", None)], by=None, now=timezone.now(), scope="cohort:1")
    verify()
    with full_rights():
        Event.objects.filter(scope="cohort:1", number=10).update(kind="tests.forged")
        with pytest.raises(HistoryBrokenError, match="Event 10 of cohort:1 was changed"):
            verify()


@pytest.mark.usefixtures("history")
def test_verifying_costs_no_more_queries_with_more_events(django_assert_max_num_queries):
    record_many([Happening("tests.done", None)] * 3000, by=None, now=NOW, scope="cohort:1")

    with django_assert_max_num_queries(30):
        assert verify_chain() == ()
