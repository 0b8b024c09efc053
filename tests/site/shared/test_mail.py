"""The one way in which a mail leaves."""

from email import message_from_bytes

from chiron.site.shared.mail import message_id, send


def test_message_id_is_the_same_for_the_same_mail():
    assert message_id("notice-7") == message_id("notice-7") != message_id("notice-8")


def test_no_header_is_smuggled_in(mail_server):
    send(key="x", to="ama@example.org", subject="Hello\r\nBcc: eve@example.org", body="Text")

    mail = mail_server.mails[0]
    assert mail.rcpt_tos == ["ama@example.org"]
    assert message_from_bytes(mail.content)["Subject"] == "Hello Bcc: eve@example.org"
