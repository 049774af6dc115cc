"""Batches: several at once over kept connections, each marked, none lost on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from notifications import delivery
from notifications.claims import claim_each
from notifications.delivery import deliver_due, send_claimed
from notifications.models import Message, OptOut, Priority, State, SuppressedAddress
from tests.notifications.conftest import Postbox, Queued
from tests.notifications.fake_twilio import Answer, FakeTwilio
from tests.notifications.states import state_of, stored

pytestmark = pytest.mark.django_db


def test_batch_sends_each_once_and_marks_it(waiting: Queued, twilio: FakeTwilio) -> None:
    messages = [waiting() for _ in range(30)]

    assert deliver_due(limit=50) == 30

    assert sorted(twilio.texts()) == sorted(message.body for message in messages)
    references = {message["body"]: message["sid"] for message in twilio.taken}
    for message in map(stored, messages):
        assert (message.state, message.provider_reference) == (State.SENT, references[message.body])
        assert (message.attempts, message.sent_from, message.route) == (1, "Demoklinikk", "sms")


def test_one_that_fails_stops_none_of_the_others(waiting: Queued, twilio: FakeTwilio) -> None:
    messages = [waiting() for _ in range(6)]
    twilio.answers = [Answer(400, "{}"), Answer(503, "{}"), Answer(takes_it=True, hangs_up=True)]

    deliver_due(limit=10)

    states = sorted(state_of(message) for message in messages)
    assert states == [State.FAILED, *[State.SENT] * 3, *[State.WAITING] * 2]


def test_batch_takes_few_queries(
    waiting: Queued, twilio: FakeTwilio, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Claimed, found and looked into together; only what has come back meanwhile is written by itself."""
    for _ in range(10):
        waiting()
    with django_assert_max_num_queries(8 + 2 * 10):
        deliver_due(limit=50)


def test_message_whose_turn_comes_late_is_given_back(waiting: Queued, twilio: FakeTwilio) -> None:
    message = waiting()
    (mine,) = claim_each([message.pk])
    long_ago = timezone.now() - timedelta(seconds=20)
    Message.across.filter(pk=message.pk).update(claimed_at=long_ago)
    mine.claimed_at = long_ago

    send_claimed([mine])

    assert (state_of(message), stored(message).attempts, twilio.taken) == (State.WAITING, 0, [])


def test_opted_out_number_gets_codes_and_confirmations_only(waiting: Queued, twilio: FakeTwilio) -> None:
    by_priority = {priority: waiting(priority=priority) for priority in Priority}
    one = by_priority[Priority.SOON]
    OptOut.across.create(organisation=one.organisation, mobile=one.to, word="STOP")

    deliver_due(limit=10)

    assert {priority: state_of(message) for priority, message in by_priority.items()} == {
        Priority.SOMEBODY_WAITS: State.SENT,
        Priority.SOON: State.SENT,
        Priority.REMINDER: State.CANCELLED,
        Priority.BULK: State.CANCELLED,
    }


def test_opting_out_of_one_organisation_is_not_opting_out_of_another(
    waiting: Queued, twilio: FakeTwilio, other_organisation: object
) -> None:
    theirs = waiting(organisation=other_organisation, priority=Priority.REMINDER)
    OptOut.across.create(organisation=waiting().organisation, mobile=theirs.to, word="STOP")

    deliver_due(limit=10)

    assert state_of(theirs) == State.SENT


def test_suppressed_address_gets_nothing_more(waiting: Queued, postbox: Postbox) -> None:
    message = waiting(channel="email", to="Maija@Example.com")
    SuppressedAddress.across.create(
        organisation=message.organisation, address="maija@example.com", reason="550 no such user"
    )

    deliver_due(limit=10)

    assert (state_of(message), postbox.taken) == (State.FAILED, [])
    assert "550 no such user" in stored(message).last_error


def test_connections_are_kept(waiting: Queued, twilio: FakeTwilio, settings: Settings) -> None:
    """A batch needs no more connections than it sends messages at once."""
    for _ in range(40):
        waiting()
    deliver_due(limit=50)

    assert len(twilio.taken) == 40
    assert twilio.connections <= delivery.CONNECTIONS


def test_message_whose_latest_time_comes_before_its_turn_never_leaves(
    waiting: Queued, twilio: FakeTwilio
) -> None:
    message = waiting(not_after=timezone.now() + timedelta(hours=1))
    (mine,) = claim_each([message.pk])
    over = timezone.now() - timedelta(seconds=1)
    Message.across.filter(pk=message.pk).update(not_after=over)
    one = delivery.Batch([mine]).plan(mine)
    assert one is not None
    mine.not_after = over

    assert delivery.sent(one).is_late
    assert twilio.taken == []
