"""Queueing: with the caller's transaction, once for each thing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from clinics.models import Organisation
from notifications.errors import ValueMissing
from notifications.models import Channel, Kind, Message, MessageText, Priority, State
from notifications.outbox import queue_message
from notifications.transports.file.transport import written_messages
from tests.notifications.states import stored

VALUES = {"code": "123456", "minutes": "10", "date": "12.3.", "time": "10.00", "clinic": "Keskusta"}


def queue(organisation: Organisation, about: str = "booking:1", **changes: Any) -> Message | None:
    given: dict[str, Any] = {
        "kind": Kind.CONFIRMATION,
        "channel": Channel.SMS,
        "to": "+358401234567",
        "language": "fi",
        "values": VALUES,
    }
    return queue_message(organisation=organisation, about=about, **(given | changes))


def written(organisation: Organisation, **changes: Any) -> Message:
    message = queue(organisation, **changes)
    assert message is not None
    return message


def test_queue_writes_what_the_patient_will_read(organisation: Organisation) -> None:
    message = stored(written(organisation))

    assert message.body == "Varauksesi on vastaanotettu: 12.3. klo 10.00\nKeskusta"
    assert (message.state, message.priority, message.is_secret) == (State.WAITING, Priority.SOON, False)


def test_code_is_secret_and_urgent(organisation: Organisation) -> None:
    message = stored(written(organisation, kind=Kind.CODE))

    assert (message.priority, message.is_secret) == (Priority.SOMEBODY_WAITS, True)


def test_queue_twice_about_one_thing_is_one_message(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    first, again = queue(organisation), queue(organisation)
    elsewhere = queue(other_organisation)

    assert first is not None
    assert again is None
    assert elsewhere is not None
    assert Message.across.filter(organisation=organisation).count() == 1


def test_another_channel_kind_or_code_is_another_message(organisation: Organisation) -> None:
    queue(organisation, kind=Kind.CODE, about="booking:1:code:1")

    assert queue(organisation, kind=Kind.CODE, about="booking:1:code:2")
    assert queue(organisation, kind=Kind.CODE, about="booking:1:code:1", channel=Channel.EMAIL)
    assert queue(organisation, about="booking:1:code:1")


def test_unknown_language_falls_back_to_english(organisation: Organisation) -> None:
    assert written(organisation, language="de").language == "en"


def test_code_without_digits_is_refused_and_writes_nothing(organisation: Organisation) -> None:
    with pytest.raises(ValueMissing):
        queue(organisation, kind=Kind.CODE, values={})

    assert Message.across.count() == 0


@pytest.mark.django_db(transaction=True)
def test_rollback_sends_nothing(organisation: Organisation, no_broker: ThreadPoolExecutor) -> None:
    with transaction.atomic():
        queue(organisation)
        transaction.set_rollback(True)

    assert Message.across.count() == 0
    assert written_messages() == []


@pytest.mark.django_db(transaction=True)
def test_queue_at_once_by_many_is_one_message(organisation: Organisation) -> None:
    barrier = threading.Barrier(8)
    results = []

    def race() -> None:
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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Maija-Liisa", "Hei Maija-Liisa Meikäläinen,"),
        ("J. R.", "Hei J. R. Meikäläinen,"),
        ("D'Arcy St.John", "Hei D'Arcy St.John Meikäläinen,"),
        ("https://evil.example/", "Hei  Meikäläinen,"),
        ("Voita rahaa evil.example", "Hei  Meikäläinen,"),
        ("WWW.EVIL.EXAMPLE", "Hei  Meikäläinen,"),
        ("a@evil.example", "Hei  Meikäläinen,"),
    ],
)
def test_name_that_is_an_advertisement_is_left_out(
    organisation: Organisation, name: str, expected: str
) -> None:
    names = {"first_name": name, "last_name": "Meikäläinen"}

    message = written(organisation, channel=Channel.EMAIL, values=VALUES | names)

    assert message.body.splitlines()[0] == expected


def test_own_text_is_used_in_its_language_alone(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    MessageText.across.create(
        organisation=organisation,
        channel="sms",
        kind="confirmation",
        language="fi",
        body="Nähdään [date]! [url 1]\n[url 2]",
    )
    organisation.settings.url_1 = "https://kysely.example/"
    organisation.refresh_from_db(fields=["version"])

    assert written(organisation).body == "Nähdään 12.3.! https://kysely.example/"
    assert written(organisation, about="booking:2", language="en").body.startswith("Booking received")
    assert written(other_organisation).body.startswith("Varauksesi")
