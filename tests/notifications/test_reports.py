"""Reports: what became of a message, forwards only, from nobody but the provider."""

from itertools import permutations

import pytest
from django.test import Client

from clinics.models import Organisation
from notifications.delivery import deliver
from notifications.models import Delivery, Message, State
from notifications.transports.addresses import hook_address
from tests.notifications.callers import HOST, path_of, sms_account, twilio_calls
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import SID, Answer, FakeTwilio, signature
from tests.notifications.states import let_back_off_pass, let_claim_run_out, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(waiting: Queued, twilio: FakeTwilio) -> Message:
    message = waiting()
    deliver(message.pk)
    return stored(message)


def report(message: Message, status: str, **more: str) -> int:
    answer = twilio_calls(
        sms_account(),
        "report",
        str(message.public_id),
        MessageSid=message.provider_reference or "SM1",
        MessageStatus=status,
        To=message.to,
        AccountSid=SID,
        **more,
    )
    return int(answer.status_code)


def test_twilio_is_told_where_to_report(sent: Message, twilio: FakeTwilio) -> None:
    address = hook_address(sms_account(), "report", str(sent.public_id))

    assert twilio.taken[0]["status_callback"] == address
    assert address.startswith("http://hooks.localhost:8000/hooks/twilio/")


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_reports_in_any_order_end_the_same(sent: Message, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        assert report(sent, status) == 200

    assert (stored(sent).delivery, stored(sent).state) == (Delivery.DELIVERED, State.SENT)
    assert stored(sent).delivered_at is not None


def test_message_that_was_not_delivered_says_why(sent: Message) -> None:
    report(sent, "undelivered", ErrorCode="30003", ErrorMessage="Unreachable destination handset")
    report(sent, "sent")

    assert stored(sent).delivery == Delivery.UNDELIVERED
    assert stored(sent).last_error == "30003 Unreachable destination handset undelivered"


def test_status_that_nobody_knows_changes_nothing(sent: Message) -> None:
    assert report(sent, "receiving") == 200
    assert stored(sent).delivery == Delivery.UNKNOWN


def test_report_before_the_mark_is_kept(waiting: Queued, twilio: FakeTwilio) -> None:
    """A worker has died between sending and marking: the report says that it was taken."""
    message = waiting()
    twilio.answers = [Answer(takes_it=True, hangs_up=True)]
    deliver(message.pk)
    assert stored(message).state == State.WAITING

    report(message, "delivered")
    let_back_off_pass(message)
    deliver(message.pk)

    known = stored(message)
    assert (known.state, known.provider_reference, known.delivery) == (State.SENT, "SM1", "delivered")
    assert (len(twilio.taken), twilio.listings) == (1, 0)


def test_signature_is_checked_against_the_public_address(sent: Message) -> None:
    """Behind a proxy the request itself may look otherwise."""
    account, parts = sms_account(), ("report", str(sent.public_id))
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = signature(hook_address(account, *parts), fields)

    answer = Client().post(
        path_of(account, *parts),
        fields,
        headers={"host": HOST, "x-twilio-signature": signed, "x-forwarded-proto": "https"},
        SERVER_PORT="1234",
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"token": "another"}, {"MessageStatus": "delivered"}, {}],
    ids=["another token", "a changed field", "no signature"],
)
def test_forged_report_is_refused(sent: Message, change: dict[str, str]) -> None:
    account, parts = sms_account(), ("report", str(sent.public_id))
    fields = {"MessageSid": "SM1", "MessageStatus": "sent"}
    signed = signature(hook_address(account, *parts), fields, change.get("token", "a-token"))
    headers = {"host": HOST} | ({"x-twilio-signature": signed} if change else {})

    said = fields | {name: value for name, value in change.items() if name != "token"}
    answer = Client().post(path_of(account, *parts), said, headers=headers)

    assert (answer.status_code, answer.content) == (403, b"")
    assert stored(sent).delivery == Delivery.UNKNOWN


@pytest.mark.parametrize("path", ["/hooks/twilio/abc/report/", "/hooks/smoke/abc/incoming/"])
def test_unknown_account_is_refused(db: None, path: str) -> None:
    answer = Client().post(path, {}, headers={"host": HOST})

    assert (answer.status_code, answer.content) == (403, b"")


def test_hooks_are_at_their_own_host_only(sent: Message, organisation: Organisation) -> None:
    path = path_of(sms_account(), "report")

    for host in ("localhost:8000", f"{organisation.subdomain}.localhost:8000", "admin.localhost:8000"):
        assert Client().post(path, {}, headers={"host": host}).status_code == 404


def test_endless_body_is_refused(sent: Message) -> None:
    answer = Client().post(path_of(sms_account(), "report"), {"a": "b" * 70_000}, headers={"host": HOST})

    assert answer.status_code == 413


def test_reports_ask_for_no_person_in_the_log(sent: Message, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    report(sent, "delivered")
    twilio_calls(sms_account(), "report", str(sent.public_id), token="wrong", To=sent.to)

    assert sent.to not in caplog.text


def test_claim_that_ran_out_asks_nobody_where_a_report_has_come(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting()
    twilio.answers = [Answer(takes_it=True, hangs_up=True)]
    deliver(message.pk)
    Message.across.filter(pk=message.pk).update(state=State.SENDING)
    let_claim_run_out(message)
    report(message, "queued")

    deliver(message.pk)

    assert (stored(message).state, len(twilio.taken)) == (State.SENT, 1)


def test_twin_that_was_taken_for_the_other_leaves_after_all(waiting: Queued, twilio: FakeTwilio) -> None:
    """Two of the same words: one was taken, its worker died, and the other's look-up found it first."""
    taken, other = waiting(body="Sama"), waiting(body="Sama")
    twilio.answers = [Answer(takes_it=True, hangs_up=True), Answer(503, "{}")]
    deliver(taken.pk)
    deliver(other.pk)
    let_back_off_pass(other)
    deliver(other.pk)
    assert stored(other).provider_reference == twilio.taken[0]["sid"]

    twilio_calls(
        sms_account(), "report", str(taken.public_id), MessageSid=twilio.taken[0]["sid"], MessageStatus="sent"
    )
    for message in (taken, other):
        let_back_off_pass(message)
        deliver(message.pk)

    assert {stored(taken).state, stored(other).state} == {State.SENT}
    assert len(twilio.taken) == 2
    assert stored(taken).provider_reference != stored(other).provider_reference
