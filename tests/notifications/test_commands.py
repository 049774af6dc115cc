"""The operator's commands about messages."""

from io import StringIO

import pytest
from django.core.management import call_command

from notifications.claims import due_messages
from notifications.routes import operator_account
from notifications.transports.addresses import hook_address
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import FakeTwilio

pytestmark = pytest.mark.django_db


def test_pause_stops_everything_until_it_ends(waiting: Queued) -> None:
    message = waiting()
    for _twice in range(2):
        call_command("pause_messages", stdout=StringIO())
        assert due_messages(limit=10) == []

    call_command("pause_messages", "--resume", stdout=StringIO())
    assert due_messages(limit=10) == [message.pk]


def test_addresses_are_those_that_are_answered(twilio: FakeTwilio) -> None:
    said = StringIO()
    call_command("hook_addresses", stdout=said)

    account = operator_account("sms")
    assert said.getvalue().splitlines() == [
        f"twilio report: {hook_address(account, 'report')}",
        f"twilio incoming: {hook_address(account, 'incoming')}",
    ]
