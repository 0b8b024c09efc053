"""The outbox: nothing leaves by accident, nothing is lost, nothing is called back after it left."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from chiron.site.audit.models import Event
from chiron.site.audit.queries import verify_chain
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import (
    NoticeText,
    edit_notice,
    hold_notice,
    release_notice,
    release_notices,
    send_due_notices,
    take_notice,
    withdraw_notices,
    write_notice,
    write_notices,
)
from chiron.site.notices.queries import counts_by_state, notices_in_group
from chiron.site.notices.rules import (
    MOST_TRIES,
    NEXT_STATES,
    SENDING_LEASE,
    AlreadyLeftError,
    NoticeState,
    NoticeStepNotAllowedError,
)
from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import HandedBackError, Lease, perform, run_waiting_jobs, take_job
from chiron.site.shared.jobs.rules import Lane
from chiron.site.shared.mail import message_id
from factories import make_person


@pytest.fixture
def by(transactional_db):
    return make_person("Coordinator (made up)")


@pytest.fixture
def notices(by, now):
    place = {"scope": "cohort:7", "group": "plan:3", "kind": "tests.told", "by": by, "now": now}
    return [
        write_notice(to=make_person(), subject=f"Subject {number}", body=f"Dear person {number}", **place)
        for number in range(3)
    ]


def states() -> list[str]:
    return [notice.state for notice in notices_in_group("plan:3")]


def test_every_state_says_what_may_come_next():
    assert set(NEXT_STATES) == set(NoticeState)


def test_draft_never_leaves(mail_server, notices, now):
    assert send_due_notices(now=now) == 0
    assert mail_server.mails == []


def test_released_group_leaves_once_each(mail_server, notices, by, now):
    assert release_notices(group="plan:3", by=by, now=now) == 3
    assert [run_waiting_jobs(now=now), send_due_notices(now=now)] == [1, 0]

    got = [message_from_bytes(mail.content) for mail in mail_server.mails]
    assert [mail.rcpt_tos for mail in mail_server.mails] == [[notice.to.email] for notice in notices]
    assert [mail["Message-ID"] for mail in got] == [message_id(f"notice-{notice.pk}") for notice in notices]
    assert states() == ["sent"] * 3
    assert verify_chain() == ()


def test_sender_that_is_told_to_stop_leaves_the_rest_due(mail_server, notices, by, now):
    release_notices(group="plan:3", by=by, now=now)
    job = take_job(Lane.MAIL, now=now)

    with pytest.raises(HandedBackError):
        perform(Lease(job.pk, job.epoch), is_stopping=lambda: len(mail_server.mails) == 1)
    assert states() == ["sent", "ready", "ready"]

    assert send_due_notices(now=now) == 2


def test_many_messages_are_written_and_released_in_a_handful_of_queries(by, now, django_assert_max_num_queries):
    people = [make_person() for _ in range(3)]
    texts = [NoticeText(people[n % 3], "tests.told", f"Line\n{n}", f"Body {n}") for n in range(1200)]

    with django_assert_max_num_queries(40):
        assert write_notices(texts, scope="cohort:7", group="plan:9", by=by, now=now) == 1200
        assert release_notices(group="plan:9", by=by, now=now) == 1200
    assert withdraw_notices(group="plan:9", by=by, now=now) == 1200

    assert [(one.subject, one.state) for one in notices_in_group("plan:9")] == [
        (f"Line {n}", "withdrawn") for n in range(1200)
    ]
    told = Event.objects.filter(scope="cohort:7").order_by("number").values_list("kind", "details")
    details = {"group": "plan:9", "count": 1200}
    assert list(told) == [(f"notices.{act}", details) for act in ("written", "released", "withdrawn")]
    assert (write_notices([], scope="", group="none", by=by, now=now), verify_chain()) == (0, ())


def test_message_waits_for_its_moment(mail_server, by, now):
    later = now + timedelta(hours=1)
    notice = write_notice(
        to=make_person(), kind="tests.told", subject="S", body="B", scope="cohort:7", by=by, now=now, send_after=later
    )
    release_notice(notice=notice, by=by, now=now)

    assert [send_due_notices(now=now), send_due_notices(now=later)] == [0, 1]


def test_group_is_withdrawn_while_none_has_left(mail_server, notices, by, now):
    release_notices(group="plan:3", by=by, now=now)

    assert withdraw_notices(group="plan:3", by=by, now=now) == 3
    assert (states(), send_due_notices(now=now)) == (["withdrawn"] * 3, 0)


def test_group_is_not_withdrawn_after_the_first_left(mail_server, notices, by, now):
    release_notice(notice=notices[1], by=by, now=now)
    send_due_notices(now=now)

    with pytest.raises(AlreadyLeftError, match="1 message has left"):
        withdraw_notices(group="plan:3", by=by, now=now)

    assert states() == ["draft", "sent", "draft"]


def test_held_message_stays_until_it_is_released(mail_server, notices, by, now):
    hold_notice(notice=notices[0], because="On leave", by=by, now=now)
    release_notices(group="plan:3", by=by, now=now)

    assert send_due_notices(now=now) == 2
    assert counts_by_state("cohort:7") == {
        "draft": 0, "ready": 0, "sending": 0, "sent": 2, "held": 1, "withdrawn": 0,
    }  # fmt: skip

    release_notice(notice=notices[0], by=by, now=now)
    assert send_due_notices(now=now) == 1


def test_draft_can_be_edited_and_what_left_cannot(mail_server, notices, by, now):
    edit_notice(notice=notices[0], subject="New\nBcc: x@example.org", body="New text", by=by, now=now)
    release_notices(group="plan:3", by=by, now=now)
    send_due_notices(now=now)

    assert b"New text" in mail_server.mails[0].content
    assert message_from_bytes(mail_server.mails[0].content)["Bcc"] is None
    with pytest.raises(NoticeStepNotAllowedError, match="cannot be changed any more"):
        edit_notice(notice=notices[0], subject="Late", body="Late", by=by, now=now)
    with pytest.raises(NoticeStepNotAllowedError):
        hold_notice(notice=notices[0], because="Late", by=by, now=now)


def test_crash_in_the_moment_of_sending_repeats_with_the_same_id(mail_server, notices, by, now):
    release_notice(notice=notices[0], by=by, now=now)
    take_notice(now=now)

    assert send_due_notices(now=now) == 0
    assert send_due_notices(now=now + SENDING_LEASE) == 1
    assert message_from_bytes(mail_server.mails[0].content)["Message-ID"] == message_id(f"notice-{notices[0].pk}")


def test_message_that_cannot_be_sent_tries_again_then_is_held(mail_server, notices, by, now):
    mail_server.refuses = True
    release_notice(notice=notices[0], by=by, now=now)
    moment = now
    for _ in range(MOST_TRIES):
        assert send_due_notices(now=moment) == 0
        moment += timedelta(days=1)

    assert (states()[0], Notice.objects.get(pk=notices[0].pk).held_because) == ("held", "SMTPDataError")

    mail_server.refuses = False
    release_notice(notice=notices[0], by=by, now=moment)
    assert send_due_notices(now=moment) == 1


def test_site_without_mail_fills_its_outbox_and_sends_nothing(notices, by, now):
    release_notices(group="plan:3", by=by, now=now)

    assert send_due_notices(now=now) == 0
    assert (states(), Job.objects.count()) == (["ready"] * 3, 0)


def test_demo_never_sends_even_with_a_mail_server(mail_server, settings, notices, by, now):
    settings.CHIRON_CAN_MAIL = False
    release_notices(group="plan:3", by=by, now=now)

    assert (send_due_notices(now=now), mail_server.mails) == (0, [])


def test_outbox_costs_the_same_for_one_and_for_three(django_assert_num_queries, notices):
    for rows in (1, 3):
        with django_assert_num_queries(1):
            assert [notice.to.name for notice in notices_in_group("plan:3")[:rows]]
