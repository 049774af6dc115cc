"""Queueing: with the caller's transaction, once for each thing."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from notifications.errors import ValueMissing
from notifications.models import Channel, Kind, Message, Priority, State
from notifications.outbox import forget_messages, queue_message
from notifications.transports.file.transport import written_messages
from tests.notifications.states import stored

VALUES = {"code": "123456", "minutes": "10", "date": "12.3.", "time": "10.00", "clinic": "Keskusta"}


def queue(organisation, about="booking:1", **changes):
    given = {
        "kind": Kind.CONFIRMATION,
        "channel": Channel.SMS,
        "to": "+358401234567",
        "language": "fi",
        "values": VALUES,
    }
    return queue_message(organisation=organisation, about=about, **(given | changes))


def test_queue_writes_what_the_patient_will_read(organisation):
    message = stored(queue(organisation))

    assert message.body == "Varauksesi on vastaanotettu: 12.3. klo 10.00\nKeskusta"
    assert (message.state, message.priority, message.is_secret) == (State.WAITING, Priority.SOON, False)


def test_code_is_secret_and_urgent(organisation):
    message = stored(queue(organisation, kind=Kind.CODE))

    assert (message.priority, message.is_secret) == (Priority.SOMEBODY_WAITS, True)


def test_queue_twice_about_one_thing_is_one_message(organisation, other_organisation):
    first, again = queue(organisation), queue(organisation)
    elsewhere = queue(other_organisation)

    assert first is not None
    assert again is None
    assert elsewhere is not None
    assert Message.across.filter(organisation=organisation).count() == 1


def test_another_channel_kind_or_code_is_another_message(organisation):
    queue(organisation, kind=Kind.CODE, about="booking:1:code:1")

    assert queue(organisation, kind=Kind.CODE, about="booking:1:code:2")
    assert queue(organisation, kind=Kind.CODE, about="booking:1:code:1", channel=Channel.EMAIL)
    assert queue(organisation, about="booking:1:code:1")


def test_unknown_language_falls_back_to_english(organisation):
    assert queue(organisation, language="de").language == "en"


def test_code_without_digits_is_refused_and_writes_nothing(organisation):
    with pytest.raises(ValueMissing):
        queue(organisation, kind=Kind.CODE, values={})

    assert Message.across.count() == 0


@pytest.mark.django_db(transaction=True)
def test_rollback_sends_nothing(organisation, no_broker):
    with transaction.atomic():
        queue(organisation)
        transaction.set_rollback(True)

    assert Message.across.count() == 0
    assert written_messages() == []


@pytest.mark.django_db(transaction=True)
def test_queue_at_once_by_many_is_one_message(organisation):
    barrier = threading.Barrier(8)
    results = []

    def race():
        try:
            barrier.wait()
            with transaction.atomic():
                results.append(queue(organisation, not_before=timezone.now() + timedelta(days=1)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([result for result in results if result is not None]) == 1
    assert Message.across.count() == 1


def test_forget_erases_what_is_done_and_only_about_that_thing(organisation, other_organisation):
    for about in ("booking:1", "booking:1:code:1", "booking:10"):
        queue(organisation, about=about)
    queue(other_organisation)
    Message.across.update(state=State.SENT, sent_at=timezone.now())
    queue(organisation, kind=Kind.MOVE)

    assert forget_messages(organisation=organisation, about="booking:1") == 2
    left = Message.across.values_list("organisation", "about", "state")
    assert sorted(left) == [
        (organisation.pk, "booking:1", State.WAITING),
        (organisation.pk, "booking:10", State.SENT),
        (other_organisation.pk, "booking:1", State.SENT),
    ]
