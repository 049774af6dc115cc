"""E-mail over the wire, to a real SMTP server."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from pytest_django import Settings

from clinics.models import Organisation
from notifications.claims import claim
from notifications.delivery import deliver
from notifications.models import Channel, Message, State
from tests.notifications.conftest import Postbox, Queued
from tests.notifications.states import let_back_off_pass, let_claim_run_out, state_of, stored

ICS = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:Ä\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def email(waiting: Queued, postbox: Postbox) -> Queued:
    def make(**changes: Any) -> Message:
        values = {
            "channel": Channel.EMAIL,
            "to": "maija@example.com",
            "subject": "Varauksesi on vastaanotettu ä",
            "body": "Hei Maija Meikäläinen,\n\nvarauksesi on vastaanotettu.",
        }
        return waiting(**(values | changes))

    return make


def bytes_of(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


def received(postbox: Postbox) -> list[EmailMessage]:
    mails = [message_from_bytes(bytes_of(envelope), policy=default) for envelope in postbox.taken]
    return [mail for mail in mails if isinstance(mail, EmailMessage)]


def test_email_arrives_as_the_organisation_wrote_it(
    email: Queued, postbox: Postbox, organisation: Organisation
) -> None:
    organisation.settings.email_sender_name = "Demoklinikka Öy"
    organisation.settings.email_reply_to = "vastaanotto@demoklinikka.fi"
    organisation.settings.save()
    message = email()

    deliver(message.pk)

    (mail,) = received(postbox)
    assert mail["From"] == "Demoklinikka Öy <noreply@portal.test>"
    assert mail["Reply-To"] == "vastaanotto@demoklinikka.fi"
    assert mail["To"] == "maija@example.com"
    assert mail["Subject"] == "Varauksesi on vastaanotettu ä"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{message.public_id}@portal.test>"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n").rstrip() == message.body
    assert stored(message).provider_reference == mail["Message-ID"]


def test_calendar_goes_along_with_its_method(email: Queued, postbox: Postbox) -> None:
    calendar = {"filename": "booking.ics", "content_type": "text/calendar; method=PUBLISH", "text": ICS}

    deliver(email(attachments=[calendar]).pk)

    body, attachment = received(postbox)[0].iter_parts()
    assert body.get_content_type() == "text/plain"
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == "PUBLISH"
    assert attachment.get_filename() == "booking.ics"
    assert attachment.get_content() == ICS


def test_server_that_is_busy_is_tried_again(email: Queued, postbox: Postbox) -> None:
    message = email()
    postbox.answers = ["451 Try later"]

    deliver(message.pk)

    assert (state_of(message), stored(message).unknown_outcomes) == (State.WAITING, 0)
    assert stored(message).last_error == "451 Try later"
    let_back_off_pass(message)
    deliver(message.pk)
    assert (state_of(message), len(postbox.taken)) == (State.SENT, 1)


def test_server_that_refuses_ends_it(email: Queued, postbox: Postbox) -> None:
    message = email()
    postbox.answers = ["550 No such user"]

    deliver(message.pk)

    assert (state_of(message), stored(message).last_error) == (State.FAILED, "550 No such user")


def test_server_that_is_away_is_tried_again(email: Queued, settings: Settings) -> None:
    message = email()
    settings.EMAIL_PORT = 1

    deliver(message.pk)

    assert (state_of(message), stored(message).unknown_outcomes) == (State.WAITING, 0)


def test_unknown_outcome_costs_at_most_one_extra_and_is_counted(email: Queued, postbox: Postbox) -> None:
    message = email()
    postbox.answers = ["hang up", "hang up"]

    deliver(message.pk)
    for _again in range(3):
        let_back_off_pass(message)
        deliver(message.pk)

    assert (state_of(message), stored(message).unknown_outcomes) == (State.FAILED, 2)
    assert len(postbox.taken) == 2
    assert len({mail["Message-ID"] for mail in received(postbox)}) == 1


def test_worker_that_died_is_made_up_for_once(email: Queued, postbox: Postbox) -> None:
    message = email()
    claim(message.pk)
    let_claim_run_out(message)

    deliver(message.pk)

    assert (state_of(message), stored(message).unknown_outcomes) == (State.SENT, 1)
    assert len(postbox.taken) == 1


def test_address_that_would_forge_headers_fails(email: Queued, postbox: Postbox) -> None:
    message = email(to="maija@example.com\nBcc: all@example.com")

    deliver(message.pk)

    assert (state_of(message), postbox.taken) == (State.FAILED, [])


def test_sender_name_cannot_forge_headers(
    email: Queued, postbox: Postbox, organisation: Organisation
) -> None:
    organisation.settings.email_sender_name = "Demo\r\nBcc: all@example.com"
    organisation.settings.save()

    message = email()
    deliver(message.pk)

    assert (state_of(message), postbox.taken) == (State.FAILED, [])
