"""SMS through LINK Mobility, by an account of the organisation's own."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Organisation, Provider, ProviderAccount
from notifications.delivery import deliver
from notifications.models import Delivery, IncomingMessage, State
from notifications.routes import own_account
from notifications.transports.file.transport import written_messages
from tests.notifications.callers import json_calls
from tests.notifications.conftest import Queued
from tests.notifications.fake_rest import FakeRest, running_rest
from tests.notifications.states import let_back_off_pass, let_claim_run_out, state_of, stored

pytestmark = pytest.mark.django_db

DELIVERY_REPORT = {
    "refId": "0",
    "id": "0",
    "operator": "fi.elisa",
    "sentTimestamp": "2026-11-19T09:37:35Z",
    "timestamp": "2026-11-19T09:37:00Z",
    "resultCode": 1001,
    "operatorResultCode": "2",
    "segments": 1,
    "gateCustomParameters": {},
    "customParameters": {"received": "2026-11-19 10:37:36"},
}
"""All the fields of one, by "MT and Delivery Reports", "Delivery Report Example"."""
INCOMING = {
    "destination": "NO-2333",
    "subNumber": None,
    "source": "+358401234567",
    "content": {"type": "SMS", "userData": "Kiitos", "encoding": "TEXT"},
    "operator": "fi.elisa",
    "timestamp": "2026-11-17T14:28:40Z",
    "messageId": "MO-1",
    "operatorTimestamp": "2026-11-17T14:28:40Z",
    "operatorMessageId": "0",
    "route": {"type": "KEYWORD_ROUTE", "id": "0", "gateIds": ["0"], "keyword": "BCLT"},
    "gateCustomParameters": {},
    "customParameters": {"moReferenceId": "0"},
}
"""By "MO messages", "Example sent to a keyword"."""


@pytest.fixture
def link(settings: Settings) -> Iterator[FakeRest]:
    with running_rest(lambda body: {"messageId": f"L-{body['refId']}", "resultCode": 1005}) as running:
        settings.LINK_API_URL = running.url
        yield running


@pytest.fixture
def own(organisation: Organisation, link: FakeRest) -> ProviderAccount:
    secrets = {
        "username": "user",
        "password": "word",
        "platform_id": "COMMON_API",
        "platform_partner_id": "42",
        "gate_id": "gate",
        "server": link.url,
    }
    row: ProviderAccount = ProviderAccount.across.create(
        organisation=organisation, provider=Provider.LINK, credentials=json.dumps(secrets), sender="Klinikka"
    )
    return row


def test_sms_leaves_by_the_organisations_own_account(
    own: ProviderAccount, link: FakeRest, waiting: Queued, other_organisation: Organisation
) -> None:
    message = waiting(body="Hei ÅÄÖ", not_after=timezone.now() + timedelta(minutes=10))
    theirs = waiting(organisation=other_organisation)

    deliver(message.pk)
    deliver(theirs.pk)

    (asked,) = link.asked
    assert asked.path == "/send"
    assert b64decode(asked.headers["Authorization"].removeprefix("Basic ")) == b"user:word"
    assert (asked.body["destination"], asked.body["userData"]) == (message.to, "Hei ÅÄÖ")
    assert (asked.body["source"], asked.body["sourceTON"]) == ("Klinikka", "ALPHANUMERIC")
    assert asked.body["deliveryReportGates"] == ["gate"]
    assert 590_000 <= asked.body["relativeValidityTime"] <= 600_000
    assert stored(message).provider_reference == f"L-{message.public_id}"
    assert stored(message).route == f"sms:{own.pk}"
    assert len(written_messages()) == 1


def test_credentials_are_unreadable_in_the_database(own: ProviderAccount) -> None:
    (raw,) = ProviderAccount.across.extra(select={"raw": "credentials::text"}).values_list("raw")

    assert "word" not in str(raw)


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (400, 4003, State.FAILED),
        (400, 106200, State.WAITING),
        (401, 106100, State.WAITING),
        (503, 0, State.WAITING),
    ],
)
def test_errors_of_the_message_and_of_the_account_are_told_apart(
    own: ProviderAccount, link: FakeRest, waiting: Queued, status: int, code: int, state: str
) -> None:
    link.answers = [(status, json.dumps({"resultCode": code, "description": "No good"}))]
    message = waiting()

    deliver(message.pk)

    assert state_of(message) == state
    assert "No good" in stored(message).last_error


def test_unknown_outcome_costs_at_most_one_message_too_many(
    own: ProviderAccount, link: FakeRest, waiting: Queued
) -> None:
    message = waiting()
    link.answers = [(0, ""), (0, ""), (0, "")]
    for _attempt in range(3):
        deliver(message.pk)
        let_back_off_pass(message)
        let_claim_run_out(message)

    assert (state_of(message), len(link.asked)) == (State.FAILED, 2)


def test_report_by_our_own_id_settles_an_unknown_outcome(
    own: ProviderAccount, link: FakeRest, waiting: Queued
) -> None:
    message = waiting()
    link.answers = [(0, "")]
    deliver(message.pk)

    report = {"refId": str(message.public_id), "id": "L-7", "resultCode": 1001}
    assert json_calls(own_account(own), "report", body=report).status_code == 200
    let_back_off_pass(message)
    deliver(message.pk)

    assert (state_of(message), len(link.asked)) == (State.SENT, 1)
    assert stored(message).delivery == Delivery.DELIVERED


@pytest.mark.parametrize(
    ("code", "delivery"),
    [(1000, "accepted"), (1001, "delivered"), (1002, "undelivered"), (2104, "undelivered"), (4, "accepted")],
)
def test_result_codes_are_understood(own: ProviderAccount, waiting: Queued, code: int, delivery: str) -> None:
    message = waiting()
    deliver(message.pk)

    json_calls(own_account(own), "report", body={"id": f"L-{message.public_id}", "resultCode": code})

    assert stored(message).delivery == delivery


def test_reports_of_another_account_reach_no_message(
    own: ProviderAccount, waiting: Queued, other_organisation: Organisation
) -> None:
    message = waiting()
    deliver(message.pk)
    other = ProviderAccount.across.create(
        organisation=other_organisation, provider=Provider.LINK, credentials=own.credentials
    )

    report = {"refId": str(message.public_id), "id": "x", "resultCode": 1001}
    json_calls(own_account(other), "report", body=report)

    assert stored(message).delivery == Delivery.UNKNOWN


def test_reports_of_the_parts_of_a_long_message_are_the_messages(
    own: ProviderAccount, waiting: Queued
) -> None:
    message = waiting()
    deliver(message.pk)

    for part, code in enumerate([1000, 1001]):
        body = {**DELIVERY_REPORT, "refId": None, "id": f"L-{message.public_id}${part}", "resultCode": code}
        assert json_calls(own_account(own), "report", body=body).status_code == 200

    assert stored(message).delivery == Delivery.DELIVERED
    assert stored(message).provider_reference == f"L-{message.public_id}"


def test_report_of_what_was_not_delivered_says_why_in_links_words(
    own: ProviderAccount, waiting: Queued
) -> None:
    message = waiting()
    deliver(message.pk)

    body = {**DELIVERY_REPORT, "refId": str(message.public_id), "id": "L", "resultCode": 2106}
    json_calls(own_account(own), "report", body=body)

    assert stored(message).delivery == Delivery.UNDELIVERED
    assert stored(message).last_error == "2106 Number error (2)"


@pytest.mark.parametrize(
    ("destination", "to"),
    [("+358501112222", "+358501112222"), ("FI-358501112222", "+358501112222"), ("NO- 2333 ", "NO-2333")],
)
def test_incoming_message_is_kept(own: ProviderAccount, destination: str, to: str) -> None:
    body = {**INCOMING, "destination": destination}

    assert json_calls(own_account(own), "incoming", body=body).status_code == 200
    assert json_calls(own_account(own), "incoming", body=body).status_code == 200

    reply = IncomingMessage.across.get()
    assert (reply.organisation_id, reply.text) == (own.organisation_id, "Kiitos")
    assert (reply.sender, reply.to, reply.provider_reference) == ("+358401234567", to, "MO-1")


@pytest.mark.parametrize("body", [None, 3, [], [3], {}, {"resultCode": "x"}, [[[]]], {"content": 3}])
def test_nonsense_is_refused(own: ProviderAccount, body: object) -> None:
    for what in ("report", "incoming"):
        assert json_calls(own_account(own), what, body=body).status_code in (200, 403)


def test_only_links_own_servers_are_called(
    own: ProviderAccount, waiting: Queued, settings: Settings, link: FakeRest
) -> None:
    settings.LINK_API_URL = "https://wsx.sp247.net/sms"
    message = waiting()

    deliver(message.pk)

    assert (state_of(message), link.asked) == (State.WAITING, [])
    assert "not configured" in stored(message).last_error
