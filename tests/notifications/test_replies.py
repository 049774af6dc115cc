"""Replies: kept once, tied to what they answer; STOP is heard in four languages."""

from typing import Any

import pytest

from clinics.models import Organisation, Provider, ProviderAccount
from notifications.delivery import deliver
from notifications.models import IncomingMessage, Message, OptOut, Priority, State
from notifications.replies import is_start, is_stop
from notifications.routes import own_account
from tests.notifications.callers import sms_account, twilio_calls
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import FakeTwilio
from tests.notifications.states import state_of, stored

pytestmark = pytest.mark.django_db
NUMBER = "+358501112222"
PATIENT = "+358401234567"


@pytest.fixture
def numbered(organisation: Organisation) -> Organisation:
    """Its SMS come from a number at which it hears."""
    organisation.settings.sms_sender, organisation.settings.sms_replies_allowed = NUMBER, True
    organisation.settings.save()
    return organisation


@pytest.fixture
def reminder(numbered: Organisation, waiting: Queued, twilio: FakeTwilio) -> Message:
    message = waiting(organisation=numbered, priority=Priority.REMINDER)
    deliver(message.pk)
    return stored(message)


def write(text: str, *, reference: str = "SM-in-1", account: Any = None, **more: str) -> int:
    fields = {"MessageSid": reference, "From": PATIENT, "To": NUMBER, "Body": text, **more}
    return int(twilio_calls(account or sms_account(), "incoming", **fields).status_code)


def test_reply_is_tied_to_the_message_it_answers(reminder: Message) -> None:
    assert (reminder.sent_from, reminder.replies_allowed) == (NUMBER, True)

    assert write("Tulen viisi minuuttia myöhässä") == 200

    reply = IncomingMessage.across.get()
    assert (reply.organisation_id, reply.answers_id) == (reminder.organisation_id, reminder.pk)
    assert (reply.sender, reply.to, reply.state) == (PATIENT, NUMBER, "unread")
    assert stored(reminder).answered_at == reply.received_at


def test_reply_that_comes_twice_is_kept_once(reminder: Message) -> None:
    write("Kiitos")
    write("Kiitos")

    assert IncomingMessage.across.count() == 1


def test_nothing_is_answered_by_itself(reminder: Message, twilio: FakeTwilio) -> None:
    answer = twilio_calls(sms_account(), "incoming", MessageSid="SM-in", From=PATIENT, To=NUMBER, Body="STOP")

    assert answer.content.endswith(b"<Response/>")
    assert len(twilio.taken) == 1


def test_stop_ends_reminders_and_what_waits_of_them(reminder: Message, waiting: Queued) -> None:
    waits = waiting(priority=Priority.REMINDER)
    confirmation = waiting()

    write("Stop.")
    write("STOP", reference="SM-in-2")

    assert OptOut.across.get().word == "Stop."
    assert (state_of(waits), state_of(confirmation)) == (State.CANCELLED, State.WAITING)


def test_start_lifts_it(reminder: Message) -> None:
    write("STOP")
    write("START", reference="SM-in-2")

    assert OptOut.across.count() == 0


def test_stop_at_one_organisation_is_none_at_another(
    reminder: Message, other_organisation: Organisation, waiting: Queued
) -> None:
    theirs = waiting(organisation=other_organisation, priority=Priority.REMINDER)

    write("STOP")

    assert state_of(theirs) == State.WAITING


def test_number_of_two_organisations_belongs_to_who_wrote_last(
    reminder: Message, other_organisation: Organisation, waiting: Queued
) -> None:
    other_organisation.settings.sms_sender, other_organisation.settings.sms_replies_allowed = NUMBER, True
    other_organisation.settings.save()
    deliver(waiting(organisation=other_organisation).pk)

    write("Kiitos")

    assert IncomingMessage.across.get().organisation_id == other_organisation.pk


def test_number_that_nobody_uses_is_heard_and_forgotten(db: None, twilio: FakeTwilio) -> None:
    assert write("Kiitos") == 200
    assert IncomingMessage.across.count() == 0


def test_own_account_hears_for_its_organisation(
    organisation: Organisation, other_organisation: Organisation, twilio: FakeTwilio
) -> None:
    row = ProviderAccount.across.create(
        organisation=other_organisation,
        provider=Provider.TWILIO,
        credentials='{"account_sid": "AC1", "auth_token": "a-token"}',
        sender=NUMBER,
        replies_allowed=True,
    )

    assert write("Kiitos", account=own_account(row)) == 200

    assert IncomingMessage.across.get().organisation_id == other_organisation.pk


def test_odd_characters_are_survived(reminder: Message) -> None:
    assert write("a\0b" + "x" * 5000, From=PATIENT * 4) == 200

    assert IncomingMessage.across.get().text.startswith("abxx")


STOPS = "STOP stop Stop! STOPALL Lopeta LOPETA. seis STOPP Sluta avsluta SLUTT avslutt END quit Cancel"
NO_STOPS = ["", "stop tulen myöhässä", "Lopetan kohta", "End time?", "cancel my time", "Nonstop", "Peru"]


@pytest.mark.parametrize("text", [*STOPS.split(), "STOPP SMS", " lopeta viestit "])
def test_stop_is_understood(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", NO_STOPS)
def test_what_only_looks_like_stop_is_none(text: str) -> None:
    assert not is_stop(text)


@pytest.mark.parametrize("text", ["START", "start!", "Aloita", "Starta", "Börja", "begynn"])
def test_start_is_understood(text: str) -> None:
    assert is_start(text)
    assert not is_stop(text)
