"""E-mail through a provider that django-anymail knows, and its reports of bounces and complaints."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from notifications.delivery import deliver
from notifications.models import Channel, Delivery, Message, State, SuppressedAddress
from notifications.routes import operator_account
from tests.notifications.callers import json_calls
from tests.notifications.conftest import Queued
from tests.notifications.fake_rest import FakeRest, running_rest
from tests.notifications.states import state_of, stored

pytestmark = pytest.mark.django_db
ADDRESS = "maija@example.com"


@pytest.fixture
def postmark(settings: Settings) -> Iterator[FakeRest]:
    def taken(body: Any) -> dict[str, object]:
        return {
            "ErrorCode": 0,
            "Message": "OK",
            "MessageID": f"P-{body['Metadata']['message']}",
            "To": body["To"],
        }

    with running_rest(taken) as running:
        settings.EMAIL_TRANSPORT, settings.EMAIL_PROVIDER = "anymail", "postmark"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": f"{running.url}/"}
        yield running


@pytest.fixture
def sent(waiting: Queued, postmark: FakeRest) -> Message:
    message = waiting(channel=Channel.EMAIL, to=ADDRESS, subject="Ajanvaraus")
    deliver(message.pk)
    return stored(message)


def report(message: Message, kind: str, **more: object) -> int:
    body = {
        "RecordType": kind,
        "MessageID": message.provider_reference,
        "Metadata": {"message": str(message.public_id)},
        "Recipient": message.to,
        "Email": message.to,
        **more,
    }
    return int(json_calls(operator_account("email"), "report", body=body).status_code)


def test_email_leaves_by_the_provider(sent: Message, postmark: FakeRest) -> None:
    (asked,) = postmark.asked
    assert asked.headers["X-Postmark-Server-Token"] == "t"
    assert (asked.body["To"], asked.body["Subject"]) == (ADDRESS, "Ajanvaraus")
    assert {"Name": "Auto-Submitted", "Value": "auto-generated"} in asked.body["Headers"]
    assert (sent.state, sent.provider_reference) == (State.SENT, f"P-{sent.public_id}")


def test_delivery_is_noted(sent: Message) -> None:
    assert report(sent, "Delivery", DeliveredAt="2026-01-01T00:00:00Z") == 200
    assert stored(sent).delivery == Delivery.DELIVERED


def test_bounce_says_why_and_ends_mail_to_the_address(sent: Message, waiting: Queued) -> None:
    bounce = {"Type": "HardBounce", "Description": "No such user", "Details": "550 5.1.1 unknown"}
    report(sent, "Bounce", **bounce)
    report(sent, "Delivery")
    report(sent, "Bounce", **bounce)

    assert stored(sent).delivery == Delivery.UNDELIVERED
    assert "550 5.1.1 unknown" in stored(sent).last_error
    assert SuppressedAddress.across.get().address == ADDRESS
    later = waiting(channel=Channel.EMAIL, to=ADDRESS.upper())
    deliver(later.pk)
    assert state_of(later) == State.FAILED


def test_complaint_after_delivery_counts(sent: Message) -> None:
    report(sent, "Delivery")
    report(sent, "SpamComplaint")

    assert stored(sent).delivery == Delivery.UNDELIVERED
    assert SuppressedAddress.across.count() == 1


def test_full_mailbox_suppresses_nothing(sent: Message) -> None:
    report(sent, "Bounce", Type="SoftBounce", Description="Mailbox full")

    assert SuppressedAddress.across.count() == 0


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((422, '{"ErrorCode": 300, "Message": "Invalid To"}'), State.FAILED),
        ((401, '{"ErrorCode": 10, "Message": "Bad token"}'), State.WAITING),
        ((503, "{}"), State.WAITING),
        ((0, ""), State.WAITING),
    ],
)
def test_errors_pass_or_stay(
    waiting: Queued, postmark: FakeRest, answer: tuple[int, str], state: str
) -> None:
    postmark.answers = [answer]
    message = waiting(channel=Channel.EMAIL, to=ADDRESS)

    deliver(message.pk)

    assert state_of(message) == state
    assert stored(message).last_error != ""


@pytest.mark.parametrize("body", [None, [], 3, {"RecordType": []}, "x"])
def test_nonsense_is_refused(postmark: FakeRest, db: None, body: object) -> None:
    assert json_calls(operator_account("email"), "report", body=body).status_code == 403


def test_reports_need_a_provider_that_is_known(postmark: FakeRest, settings: Settings, db: None) -> None:
    settings.EMAIL_PROVIDER = "nobody"

    assert json_calls(operator_account("email"), "report", body={}).status_code == 403
