"""SMS through Twilio's own client, to a local Twilio."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Organisation
from notifications.delivery import deliver
from notifications.models import State
from notifications.routes import operator_account
from notifications.sender import sms_sender
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import FakeTwilio
from tests.notifications.states import state_of, stored


def test_sms_arrives_with_the_organisations_sender(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting(body="Hyvää päivää ÅÄÖ €")

    deliver(message.pk)

    (taken,) = twilio.taken
    assert (taken["to"], taken["from"]) == ("+358401234567", "Demoklinikk")
    assert taken["body"] == "Hyvää päivää ÅÄÖ €"
    assert stored(message).provider_reference == taken["sid"]
    assert twilio.listings == 0


def test_provider_is_told_how_long_it_may_try(waiting: Queued, twilio: FakeTwilio) -> None:
    deliver(waiting(not_after=timezone.now() + timedelta(minutes=10)).pk)

    assert 590 <= int(twilio.taken[0]["validity_period"]) <= 600


def test_account_that_is_not_configured_waits(
    waiting: Queued, twilio: FakeTwilio, settings: Settings
) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    message = waiting()

    deliver(message.pk)

    assert (state_of(message), stored(message).attempts) == (State.WAITING, 1)


@pytest.mark.parametrize(
    ("name", "chosen", "sender"),
    [
        ("Demoklinikka", "", "Demoklinikk"),
        ("Hammas Öö & Co", "", "Hammas Oo"),
        ("123", "", "Booking"),
        ("Demoklinikka", "Demo", "Demo"),
        ("Demoklinikka", "+358501112222", "+358501112222"),
    ],
)
def test_sender_is_a_number_or_eleven_plain_letters(
    organisation: Organisation, name: str, chosen: str, sender: str
) -> None:
    organisation.name = name
    organisation.settings.sms_sender = chosen

    assert sms_sender(organisation, operator_account("sms")) == sender
