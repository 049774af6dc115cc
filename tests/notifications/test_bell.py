"""The bell: rung on commit, heard by a worker, and done without where there is no broker."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Empty

import pytest
from celery import current_app
from django.db import transaction
from pytest_django import Settings

from clinics.models import Organisation
from notifications.bell import have_done
from notifications.models import Channel, Kind, Message, State
from notifications.outbox import Draft, queue_message, queue_messages
from notifications.tasks import deliver_message, sweep_messages
from notifications.transports.file.transport import written_messages
from tests.notifications.conftest import Queued
from tests.notifications.states import state_of, stored

pytestmark = pytest.mark.django_db(transaction=True)


def queue_code(organisation: Organisation, number: int = 1) -> Message:
    message = queue_message(
        organisation=organisation,
        kind="code",
        channel="sms",
        to="+358401234567",
        language="en",
        values={"code": "123456"},
        about=f"booking:1:code:{number}",
    )
    assert message is not None
    return message


def test_ring_tells_a_worker_by_the_tasks_name(
    organisation: Organisation, settings: Settings, here: ThreadPoolExecutor
) -> None:
    settings.CELERY_BROKER_URL = f"{settings.CELERY_BROKER_URL.rpartition('/')[0]}/9"  # nobody works there
    with current_app.connection_for_read(settings.CELERY_BROKER_URL) as connection:
        queue = connection.SimpleQueue("celery")
        queue.clear()
        with transaction.atomic():
            message = queue_code(organisation)
            with pytest.raises(Empty):
                queue.get_nowait()

        rung = queue.get(timeout=60)
        rung.ack()
        queue.close()

    assert rung.headers["task"] == "notifications.tasks.deliver_message"
    assert rung.payload[0] == [message.pk]
    assert "123456" not in str(rung.headers) + str(rung.payload)


def test_broker_down_still_delivers(organisation: Organisation, no_broker: ThreadPoolExecutor) -> None:
    with transaction.atomic():
        message = queue_code(organisation)
        assert written_messages() == []
    no_broker.shutdown()

    assert state_of(message) == State.SENT
    assert len(written_messages()) == 1


def test_broker_down_still_does_other_work(no_broker: ThreadPoolExecutor) -> None:
    done: list[int] = []
    have_done("some.task", 7, done.append)
    no_broker.shutdown()

    assert done == [7]


def test_broker_that_is_silent_costs_one_request_a_moment_and_the_next_nothing(
    organisation: Organisation, settings: Settings, here: ThreadPoolExecutor
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        took = []
        for number in (1, 2):
            began = time.monotonic()
            queue_code(organisation, number)
            took.append(time.monotonic() - began)
        here.shutdown()

    assert took[0] < 4
    assert took[1] < took[0] / 2
    assert len(written_messages()) == 2


def test_broker_down_takes_along_what_waits(
    organisation: Organisation, waiting: Queued, no_broker: ThreadPoolExecutor
) -> None:
    forgotten = waiting()

    queue_code(organisation)
    no_broker.shutdown()

    assert state_of(forgotten) == State.SENT


def test_sweep_brings_what_no_bell_rang_for(waiting: Queued, no_broker: ThreadPoolExecutor) -> None:
    messages = [waiting() for _ in range(3)]

    sweep_messages()
    no_broker.shutdown()

    assert [state_of(message) for message in messages] == [State.SENT] * 3
    assert [stored(message).attempts for message in messages] == [1, 1, 1]


def test_one_bell_rings_for_all_that_is_queued_together(
    organisation: Organisation, settings: Settings, here: ThreadPoolExecutor
) -> None:
    settings.CELERY_BROKER_URL = f"{settings.CELERY_BROKER_URL.rpartition('/')[0]}/9"  # nobody works there
    addresses = [(Channel.SMS, "+358401234567"), (Channel.EMAIL, "maija@example.com")]
    drafts = [
        Draft(Kind.CODE, *address, "en", {"code": "123456"}, "booking:1:code:1") for address in addresses
    ]
    with current_app.connection_for_read(settings.CELERY_BROKER_URL) as connection:
        queue = connection.SimpleQueue("celery")
        queue.clear()
        queued = [queue_messages(organisation=organisation, drafts=drafts) for _ in range(2)]
        rung = queue.get(timeout=60)
        rung.ack()
        with pytest.raises(Empty):
            queue.get_nowait()
        queue.close()

    assert queued == [2, 2]
    assert rung.payload[0] == list(Message.across.order_by("pk").values_list("pk", flat=True))


def test_message_that_cannot_be_delivered_holds_up_no_other(waiting: Queued, settings: Settings) -> None:
    settings.SMS_TRANSPORT = "no such transport"
    sms, email = waiting(), waiting(channel=Channel.EMAIL, to="maija@example.com", subject="Hei")
    with current_app.connection_for_read(settings.CELERY_BROKER_URL) as connection:
        queue = connection.SimpleQueue("celery")
        queue.clear()
        with pytest.raises(KeyError):
            deliver_message(sms.pk, email.pk)
        rung = queue.get(timeout=60)
        rung.ack()
        queue.close()

    assert state_of(sms) == State.SENDING
    deliver_message(*rung.payload[0])
    assert state_of(email) == State.SENT
