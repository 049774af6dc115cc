"""Mail that comes back: a mail server's reports and complaints are noted with the message they are about."""

import io
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from notifications import returned_mail
from notifications.delivery import deliver
from notifications.models import Channel, Delivery, Message, State, SuppressedAddress
from tests.notifications.conftest import Postbox, Queued
from tests.notifications.states import state_of, stored

pytestmark = pytest.mark.django_db

ADDRESS = "maija@example.com"
Return = Callable[..., str]


@pytest.fixture
def sent(waiting: Queued, postbox: Postbox) -> Message:
    message = waiting(channel=Channel.EMAIL, to=ADDRESS, subject="Ajanvaraus")
    deliver(message.pk)
    return stored(message)


def returned(postbox: Postbox, report: str, *, kind: str, whole: bool) -> bytes:
    """As a mail server writes it, around what it was given."""
    given = postbox.taken[-1].content
    assert isinstance(given, bytes)
    head, _, body = given.partition(b"\r\n\r\n")
    original = (b"message/rfc822", head + b"\r\n\r\n" + body) if whole else (b"text/rfc822-headers", head)
    return b"\r\n".join(
        [
            b"From: MAILER-DAEMON@mail.example.com",
            b"Subject: Undelivered Mail Returned to Sender",
            b"MIME-Version: 1.0",
            f'Content-Type: multipart/report; report-type={kind}; boundary="=report"'.encode(),
            b"",
            b"--=report\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI am sorry.",
            f"--=report\r\nContent-Type: message/{kind}\r\n\r\n{report}".encode(),
            b"--=report\r\nContent-Type: " + original[0] + b"\r\n\r\n" + original[1],
            b"--=report--",
            b"",
        ]
    )


def status(action: str, code: str, words: str = "") -> str:
    lines = [
        "Reporting-MTA: dns; mail.example.com",
        "",
        f"Final-Recipient: rfc822; {ADDRESS}",
        f"Action: {action}",
        f"Status: {code}",
    ]
    return "\r\n".join([*lines, f"Diagnostic-Code: smtp; {words}", ""] if words else [*lines, ""])


@pytest.fixture
def give_back(postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> Return:
    """Hands a mail to the command, as a mail server does; what the command says."""

    def give(report: str = "", *, kind: str = "delivery-status", whole: bool = True, raw: Any = None) -> str:
        content = raw if raw is not None else returned(postbox, report, kind=kind, whole=whole)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        said = StringIO()
        call_command("take_returned_mail", stdout=said)
        return said.getvalue().strip()

    return give


@pytest.mark.parametrize("whole", [True, False])
def test_unknown_address_is_noted_and_written_to_no_more(
    sent: Message, give_back: Return, waiting: Queued, whole: bool
) -> None:
    words = "550 5.1.1 no such user here"
    for _twice in range(2):
        assert give_back(status("failed", "5.1.1", words), whole=whole) == "Noted."

    assert (stored(sent).delivery, stored(sent).last_error) == (Delivery.UNDELIVERED, words)
    assert SuppressedAddress.across.get().address == ADDRESS
    later = waiting(channel=Channel.EMAIL, to=ADDRESS)
    deliver(later.pk)
    assert state_of(later) == State.FAILED


@pytest.mark.parametrize(
    ("action", "code", "delivery"),
    [
        ("failed", "5.2.2 (mailbox full)", Delivery.UNDELIVERED),
        ("Failed", "4.4.7", Delivery.UNDELIVERED),
        ("failed", "5.7.1", Delivery.UNDELIVERED),
        ("delayed", "4.4.1", Delivery.ACCEPTED),
        ("delivered", "2.0.0", Delivery.DELIVERED),
    ],
)
def test_what_may_pass_suppresses_nothing(
    sent: Message, give_back: Return, action: str, code: str, delivery: str
) -> None:
    give_back(status(action, code))

    assert stored(sent).delivery == delivery
    assert not SuppressedAddress.across.exists()


def test_complaint_ends_mail_to_the_address(sent: Message, give_back: Return) -> None:
    give_back("Feedback-Type: abuse\r\nUser-Agent: Mail/1\r\nVersion: 1\r\n", kind="feedback-report")

    assert stored(sent).delivery == Delivery.UNDELIVERED
    assert SuppressedAddress.across.get().address == ADDRESS


def test_what_is_no_report_of_a_message_of_ours_changes_nothing(sent: Message, give_back: Return) -> None:
    own = f"<{sent.public_id}@example.com>".encode()
    strange = [
        b"",
        b"\0\xff" * 500,
        b"Subject: On holiday\r\nIn-Reply-To: " + own + b"\r\n\r\nBack on Monday.",
        b"Content-Type: message/delivery-status\r\n\r\n" + own,
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" + own,
    ]

    assert {give_back(raw=mail) for mail in strange} == {"Not about a message of ours."}
    assert give_back(status("invented", "5.1.1")) == "Not about a message of ours."
    assert stored(sent).delivery == Delivery.UNKNOWN


def test_message_that_left_by_a_provider_is_not_the_mail_servers_to_report(
    sent: Message, give_back: Return
) -> None:
    Message.across.filter(pk=sent.pk).update(route="sms:7")

    give_back(status("failed", "5.1.1"))

    assert stored(sent).delivery == Delivery.UNKNOWN


def test_mail_server_keeps_what_cannot_be_noted_now(
    sent: Message, give_back: Return, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_report: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(returned_mail, "note_report", away)

    with pytest.raises(CommandError) as failure:
        give_back(status("failed", "5.1.1"))

    assert failure.value.returncode == 75
