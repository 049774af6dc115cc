"""The breaker: a provider that fails again and again is left alone, and then tried by one message."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.models import Organisation
from notifications.breaker import MOST_FAILURES, may_try, note_failure, note_success
from notifications.claims import due_messages
from notifications.delivery import deliver, deliver_due
from notifications.models import Channel, RouteState, State
from tests.notifications.conftest import Queued
from tests.notifications.fake_twilio import Answer, FakeTwilio
from tests.notifications.states import state_of, stored

pytestmark = pytest.mark.django_db
BROKEN = Answer(503, "{}")


def close_route(route: str = "sms") -> None:
    for _failure in range(MOST_FAILURES):
        note_failure(route, "503 try later")


def let_it_be_tried(route: str = "sms") -> None:
    RouteState.objects.filter(route=route).update(closed_until=timezone.now())


def test_route_closes_after_failures_in_a_row(waiting: Queued, twilio: FakeTwilio) -> None:
    messages = [waiting(to=f"+35840123450{number}") for number in range(MOST_FAILURES)]
    twilio.answers = [BROKEN] * MOST_FAILURES
    for message in messages:
        deliver(message.pk)

    late = waiting()
    deliver(late.pk)

    assert (state_of(late), stored(late).attempts, twilio.taken) == (State.WAITING, 0, [])
    assert due_messages(limit=10) == []
    assert "503" in RouteState.objects.get(route="sms").last_error


def test_success_in_between_keeps_the_route_open() -> None:
    for _round in range(3):
        for _failure in range(MOST_FAILURES - 1):
            note_failure("sms", "503")
        note_success("sms")

    assert may_try("sms")


def test_failures_long_apart_are_not_in_a_row() -> None:
    for _failure in range(MOST_FAILURES - 1):
        note_failure("sms", "503")
    RouteState.objects.update(failing_since=timezone.now() - timedelta(minutes=3))
    note_failure("sms", "503")

    assert may_try("sms")


def test_one_message_tries_a_closed_route_and_opens_it(waiting: Queued, twilio: FakeTwilio) -> None:
    close_route()
    let_it_be_tried()
    assert may_try("sms")
    assert not may_try("sms")

    RouteState.objects.update(tried_at=None)
    message = waiting()
    deliver(message.pk)

    assert state_of(message) == State.SENT
    assert may_try("sms")
    assert may_try("sms")


def test_trial_that_fails_closes_the_route_again(waiting: Queued, twilio: FakeTwilio) -> None:
    close_route()
    let_it_be_tried()
    twilio.answers = [BROKEN]
    deliver(waiting().pk)

    assert not may_try("sms")
    assert RouteState.objects.filter(route="sms", closed_until__gt=timezone.now()).exists()


def test_trial_whose_worker_died_is_made_up_for() -> None:
    close_route()
    let_it_be_tried()
    assert may_try("sms")
    RouteState.objects.update(tried_at=timezone.now() - timedelta(hours=1))

    assert may_try("sms")


def test_batch_that_has_to_wait_for_the_trial_says_so(waiting: Queued, twilio: FakeTwilio) -> None:
    """Else a worker would claim and give back the same messages all the while."""
    messages = [waiting() for _ in range(3)]
    close_route()
    let_it_be_tried()
    assert may_try("sms")

    assert deliver_due(limit=10) == 0
    assert {stored(message).attempts for message in messages} == {0}


def test_refusal_of_one_message_says_nothing_of_the_provider(waiting: Queued, twilio: FakeTwilio) -> None:
    twilio.answers = [Answer(400, '{"code": 21211, "message": "Invalid number", "status": 400}')] * 10
    for number in range(MOST_FAILURES + 1):
        deliver(waiting(to=f"+35840123450{number}").pk)

    assert may_try("sms")


def test_email_goes_while_sms_cannot(waiting: Queued, organisation: Organisation) -> None:
    close_route()
    sms = waiting()
    email = waiting(channel=Channel.EMAIL, to="maija@example.com")

    assert deliver_due(limit=10) == 1
    assert (state_of(sms), state_of(email)) == (State.WAITING, State.SENT)
