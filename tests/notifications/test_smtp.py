"""E-mail over the wire, to a real SMTP server."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from pytest_django import Settings

from clinics.languages import LANGUAGE_CODES
from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.claims import claim
from notifications.delivery import deliver
from notifications.letters import blocks_of
from notifications.models import Channel, Kind, Message, State
from notifications.standard_texts import filled_in, standard_text
from notifications.unsubscribing import unsubscribe_url
from tests.conftest import Practice
from tests.notifications.conftest import Postbox, Queued
from tests.notifications.states import let_back_off_pass, let_claim_run_out, state_of, stored
from tests.notifications.test_standard_texts import realistic_values
from tests.scheduling.booked import booked

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


def plain_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip()


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


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
    assert mail.get_content_type() == "multipart/alternative"
    assert plain_of(mail) == message.body
    assert stored(message).provider_reference == mail["Message-ID"]


def test_calendar_goes_along_with_its_method(email: Queued, postbox: Postbox) -> None:
    calendar = {"filename": "booking.ics", "content_type": "text/calendar; method=PUBLISH", "text": ICS}

    deliver(email(attachments=[calendar]).pk)

    body, attachment = received(postbox)[0].iter_parts()
    assert body.get_content_type() == "multipart/alternative"
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


REMINDER = {
    "kind": "reminder_1",
    "body": "Hei <b>Maija</b> & Otso,\n\nAika: ma 23.11. klo 9.00\nPaikka: Demo\n\n"
    "Muuta: http://demoklinikka.localhost:8000/b/aB3_-xyZ0123/\n\n"
    "- yksi\n- http://evil.example/\n\nSoita: http://evil.example/",
}


def test_page_says_the_same_escaped_and_loads_nothing(email: Queued, postbox: Postbox) -> None:
    deliver(email(**REMINDER).pk)

    (mail,) = received(postbox)
    page = html_of(mail)
    assert '<html lang="fi">' in page
    assert "Hei &lt;b&gt;Maija&lt;/b&gt; &amp; Otso," in page
    assert '<td class="label">Aika</td>' in page
    assert '<a class="button" href="http://demoklinikka.localhost:8000/b/aB3_-xyZ0123/">Muuta</a>' in page
    assert 'href="http://evil.example' not in page
    assert not re.search(r"<(img|script|link|iframe)|src=|url\(|@import", page)


def test_who_did_not_ask_can_say_no_in_one_press(
    email: Queued, postbox: Postbox, organisation: Organisation
) -> None:
    message = email(**REMINDER)

    deliver(message.pk)

    (mail,) = received(postbox)
    url = unsubscribe_url(organisation, message.to)
    assert mail["List-Unsubscribe"].strip() == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert plain_of(mail).endswith(url)
    assert f'href="{url}"' in html_of(mail)
    assert "maija" not in url


def test_confirmation_cannot_be_unsubscribed_from(email: Queued, postbox: Postbox) -> None:
    deliver(email().pk)

    (mail,) = received(postbox)
    assert mail["List-Unsubscribe"] is None


@pytest.mark.parametrize("field", ["subject", "to"])
def test_line_end_in_a_header_sends_nothing(email: Queued, postbox: Postbox, field: str) -> None:
    message = email(**{field: "maija@example.com\r\nBcc: all@example.com"})

    deliver(message.pk)

    assert (state_of(message), postbox.taken) == (State.FAILED, [])


def test_every_standard_letter_is_a_page_of_known_parts() -> None:
    hosts = {"demoklinikka.opusdentalonline.com"}
    for language in LANGUAGE_CODES:
        for kind in Kind:
            text = standard_text(language=language, channel=Channel.EMAIL, kind=kind)
            filled = filled_in(text, channel=Channel.EMAIL, kind=kind, values=realistic_values(language))
            blocks = blocks_of(filled.body, hosts)
            assert blocks
            if kind in (Kind.CONFIRMATION, Kind.REMINDER_1):
                assert [bool(block.button) for block in blocks].count(True) == 1
                assert max(len(block.facts) for block in blocks) == 4


def properties(calendar: str) -> dict[str, str]:
    """A calendar's lines read by hand (RFC 5545 §3.1), by a parser that shares nothing with the writer."""
    unfolded = calendar.replace("\r\n ", "").replace("\r\n\t", "")
    lines = [line.partition(":") for line in unfolded.split("\r\n") if line]
    return {name.partition(";")[0]: value for name, _colon, value in lines}


def test_calendar_of_a_booking_reads_the_same_elsewhere(practice: Practice, postbox: Postbox) -> None:
    with organisation_scope(practice.organisation.pk):
        booking = booked(practice)
    message = Message.across.get(kind="confirmation", channel="email")

    deliver(message.pk)

    (mail,) = received(postbox)
    (attachment,) = mail.iter_attachments()
    found = properties(attachment.get_content())
    assert attachment["Content-Type"].params["method"] == found["METHOD"] == "REQUEST"
    assert found["UID"].startswith(str(booking.public_id))
    starts_at = datetime.strptime(found["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert starts_at == booking.starts_at
    assert (found["SEQUENCE"], found["STATUS"]) == ("0", "CONFIRMED")
    assert "Maija" not in attachment.get_content()
