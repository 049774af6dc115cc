"""SMS that were cancelled before they left are given back to the limits; what may have left is not."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.delivery import deliver
from notifications.given_back import give_back_unsent
from notifications.models import Channel, Kind, Message, SmsDay, SmsMonth, State
from notifications.outbox import queue_message
from notifications.withdrawal import cancel_waiting_messages

pytestmark = pytest.mark.django_db
NUMBER = "+358401234567"


@pytest.fixture(autouse=True)
def prices(settings: Settings) -> None:
    settings.SMS_PRICES = {"FI": 700}


def queue(organisation: Organisation, about: str) -> Message:
    with organisation_scope(organisation.pk):
        message = queue_message(
            organisation=organisation,
            kind=Kind.CODE,
            channel=Channel.SMS,
            to=NUMBER,
            language="fi",
            values={"code": "123456", "clinic": "Demoklinikka"},
            about=about,
        )
    assert message is not None
    return message


def counted(organisation: Organisation) -> tuple[int, int, int]:
    """SMS and money of the day, and the month's money."""
    day = SmsDay.across.get(organisation=organisation)
    return day.queued, day.spent, SmsMonth.across.get(organisation=organisation).spent


def test_cancelled_sms_is_given_back_once(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    for about in ("a", "b"):
        queue(organisation, about)
    queue(other_organisation, "a")
    with organisation_scope(organisation.pk):
        cancel_waiting_messages(organisation=organisation, about="a")
    assert counted(organisation) == (2, 1400, 1400)

    assert [give_back_unsent(), give_back_unsent()] == [1, 0]

    assert counted(organisation) == (1, 700, 700)
    assert counted(other_organisation) == (1, 700, 700)


def test_one_number_has_room_again_at_once(organisation: Organisation, settings: Settings) -> None:
    settings.SMS_PER_BLOCK = 1000
    for number in range(25):
        queue(organisation, f"{number}")
        with organisation_scope(organisation.pk):
            cancel_waiting_messages(organisation=organisation, about=f"{number}")

    assert Message.across.filter(state=State.CANCELLED).count() == 25


@pytest.mark.parametrize(
    "changes", [{"unknown_outcomes": 1}, {"provider_reference": "SM1"}, {"state": State.FAILED}]
)
def test_what_may_have_left_stays_counted(organisation: Organisation, changes: dict[str, Any]) -> None:
    message = queue(organisation, "a")
    Message.across.filter(pk=message.pk).update(**({"state": State.CANCELLED, "body": ""} | changes))

    assert give_back_unsent() == 0

    assert counted(organisation) == (1, 700, 700)


def test_sms_that_came_too_late_is_given_back(organisation: Organisation) -> None:
    message = queue(organisation, "a")
    Message.across.filter(pk=message.pk).update(not_after=timezone.now())
    deliver(message.pk)

    assert give_back_unsent() == 1

    assert counted(organisation) == (0, 0, 0)
