"""The one way in which a mail leaves."""

from email import message_from_bytes

import pytest

from chiron.site.shared.mail import NoAddressError, message_id, send, with_own_address


def test_message_id_is_the_same_for_the_same_mail():
    assert message_id("notice-7") == message_id("notice-7") != message_id("notice-8")


def test_no_header_is_smuggled_in(mail_server):
    send(key="x", to="ama@example.org", subject="Hello\r\nBcc: eve@example.org", body="Text")

    mail = mail_server.mails[0]
    assert mail.rcpt_tos == ["ama@example.org"]
    assert message_from_bytes(mail.content)["Subject"] == "Hello Bcc: eve@example.org"


@pytest.mark.parametrize(
    "old", ["http://127.0.0.1:8765", "http://localhost", "https://[::1]:8766", "http://127.0.1.1:80"]
)
def test_mail_written_before_the_site_had_an_address_leads_to_the_site(mail_server, settings, old):
    settings.CHIRON_SITE_URL = "https://mentoring.example.org"

    send(key="x", to="ama@example.org", subject="Hello", body=f"Open {old}/matches/7/ now.")

    assert b"Open https://mentoring.example.org/matches/7/ now." in mail_server.mails[0].content


def test_mail_that_would_lead_to_the_readers_own_computer_does_not_leave(mail_server, settings):
    settings.CHIRON_SITE_URL = "http://127.0.0.1:8765"

    with pytest.raises(NoAddressError):
        send(key="x", to="ama@example.org", subject="Hello", body="Open http://127.0.0.1:8765/matches/7/")
    assert mail_server.mails == []


@pytest.mark.parametrize("text", ["https://localhost.example.org/", "http://127.0.0.1.example.org/", "localhost"])
def test_other_addresses_stay(settings, text):
    settings.CHIRON_SITE_URL = "https://mentoring.example.org"

    assert with_own_address(text) == text
