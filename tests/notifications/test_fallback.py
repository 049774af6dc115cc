"""An SMS that cannot go is said by e-mail, once, where the clinic wants that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.delivery import deliver
from notifications.errors import SmsNotAllowed
from notifications.models import Channel, Kind, Message, State
from notifications.outbox import Draft, queue_message, queue_messages
from notifications.transports.file.transport import written_messages
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import Answer, FakeTwilio
from tests.notifications.states import state_of

pytestmark = pytest.mark.django_db
REFUSED = Answer(400, '{"code": 21211, "message": "Invalid number", "status": 400}')
EMAIL = "maija@example.com"


@pytest.fixture
def falling_back(organisation: Organisation) -> Organisation:
    organisation.settings.email_fallback = True
    organisation.settings.save()
    return organisation


def emails() -> list[str]:
    return [entry["to"] for entry in written_messages() if entry["channel"] == "email"]


def test_sms_that_failed_for_good_goes_by_email(
    falling_back: Organisation, waiting: Queued, twilio: FakeTwilio
) -> None:
    message = waiting(organisation=falling_back, fallback_to=EMAIL, is_secret=True, body="Koodi 123456")
    twilio.answers = [REFUSED]

    deliver(message.pk)

    assert (state_of(message), emails()) == (State.FAILED, [EMAIL])
    assert written_messages()[0]["text"] == "Koodi 123456"
    assert Message.across.get(channel=Channel.EMAIL).body == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"fallback_to": ""},
        {"fallback_to": EMAIL, "not_after": timezone.now() - timedelta(seconds=1)},
    ],
    ids=["no address", "too late"],
)
def test_nothing_goes_by_email_without_address_or_too_late(
    falling_back: Organisation, waiting: Queued, twilio: FakeTwilio, changes: dict[str, object]
) -> None:
    twilio.answers = [REFUSED]
    deliver(waiting(organisation=falling_back, **changes).pk)

    assert emails() == []


def test_nothing_goes_by_email_unless_the_clinic_wants_it(waiting: Queued, twilio: FakeTwilio) -> None:
    twilio.answers = [REFUSED]
    deliver(waiting(fallback_to=EMAIL).pk)

    assert emails() == []


def test_what_went_by_email_anyway_is_not_said_again(
    falling_back: Organisation, waiting: Queued, twilio: FakeTwilio
) -> None:
    email = waiting(channel=Channel.EMAIL, to=EMAIL, about="booking:1")
    sms = waiting(about="booking:1", fallback_to=EMAIL)
    deliver(email.pk)
    twilio.answers = [REFUSED]
    deliver(sms.pk)

    assert emails() == [EMAIL]


def code(**more: str) -> dict[str, object]:
    return {
        "kind": Kind.CODE,
        "channel": Channel.SMS,
        "to": "+447911123456",
        "language": "fi",
        "values": {"code": "123456"},
        "about": "code:1",
        **more,
    }


def test_sms_that_no_limit_lets_go_is_queued_as_email(falling_back: Organisation) -> None:
    with organisation_scope(falling_back.pk):
        message = queue_message(organisation=falling_back, **code(fallback_to=EMAIL))  # type: ignore[arg-type]

        assert message is not None
        assert (message.channel, message.to) == (Channel.EMAIL, EMAIL)
        with pytest.raises(SmsNotAllowed):
            queue_message(organisation=falling_back, **code())  # type: ignore[arg-type]


def test_real_email_of_the_same_batch_comes_first(falling_back: Organisation) -> None:
    sms = Draft(**code(fallback_to=EMAIL))  # type: ignore[arg-type]
    email = Draft(**{**code(), "channel": Channel.EMAIL, "to": EMAIL})  # type: ignore[arg-type]
    with organisation_scope(falling_back.pk):
        queue_messages(organisation=falling_back, drafts=[sms, email])

    queued = Message.across.get()
    assert queued.subject != falling_back.name
