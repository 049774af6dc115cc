"""SMS through Twilio's own client, to a local Twilio."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from urllib3 import ProxyManager

from booking_portal.launch.addresses import free_port
from clinics.models import Organisation
from notifications.delivery import deliver
from notifications.models import State
from notifications.routes import operator_account
from notifications.sender import sms_sender
from notifications.transports.twilio.connections import KeptConnections
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import SID, TOKEN, FakeTwilio
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


def test_connection_that_was_refused_leaves_nothing_unknown(waiting: Queued, settings: Settings) -> None:
    """Nobody has to be asked about what cannot have arrived."""
    settings.SMS_TRANSPORT, settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "twilio", SID, TOKEN
    settings.TWILIO_API_URL = f"http://127.0.0.1:{free_port()}"
    message = waiting()

    deliver(message.pk)

    assert (state_of(message), stored(message).unknown_outcomes) == (State.WAITING, 0)


def test_connections_go_by_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    connections = KeptConnections(seconds=1)

    proxied = connections.pool_for("https://api.twilio.com/2010-04-01/")

    assert isinstance(proxied, ProxyManager)
    assert connections.pool_for("https://api.twilio.com/other") is proxied


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
