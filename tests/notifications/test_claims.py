"""What is due: the most urgent first, by turns between organisations, whatever the backlog."""

import re

import pytest
from django.db import connection
from django.db.models import Q

from clinics.models import Organisation
from notifications.claims import claim_each, due_messages
from notifications.models import Channel, Kind, Message, Priority, SendingPause, State
from tests.notifications.conftest import Queued
from tests.notifications.states import state_of

pytestmark = pytest.mark.django_db


def backlog(organisation: Organisation, many: int, priority: Priority) -> None:
    Message.across.bulk_create(
        Message(
            organisation=organisation,
            kind=Kind.CONFIRMATION,
            channel=Channel.SMS,
            about=f"backlog:{number}",
            to="+358401234567",
            language="fi",
            priority=priority,
        )
        for number in range(many)
    )


def test_classes_go_in_their_order(waiting: Queued) -> None:
    bulk, reminder, soon, code = (waiting(priority=priority) for priority in reversed(Priority))

    assert due_messages(limit=10) == [code.pk, soon.pk, reminder.pk, bulk.pk]


def test_backlog_of_one_organisation_holds_up_nobody_else(
    waiting: Queued, organisation: Organisation, other_organisation: Organisation
) -> None:
    backlog(organisation, 300, Priority.BULK)
    theirs = waiting(organisation=other_organisation, priority=Priority.BULK)
    code = waiting(organisation=other_organisation, priority=Priority.SOMEBODY_WAITS)

    due = due_messages(limit=4)

    assert due[0] == code.pk
    assert theirs.pk in due[1:3]


def rows_read(limit: int) -> int:
    """How many rows of the outbox PostgreSQL touches to find what is due."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_message")
    plans: list[str] = []

    def explained(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if "RECURSIVE" in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) {sql}", params)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        due_messages(limit=limit)
    scans = re.findall(r"Scan.* on notifications_message.*actual rows=([\d.]+) loops=(\d+)", plans[0])
    assert scans
    assert "Seq Scan on notifications_message" not in plans[0]
    return round(sum(float(rows) * int(loops) for rows, loops in scans))


def test_finding_what_waits_about_a_booking_is_a_look_up(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    backlog(organisation, 5_000, Priority.BULK)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_message")
        rows = Message.across.filter(
            Q(about="booking:7") | Q(about__startswith="booking:7:"),
            organisation=organisation,
            state=State.WAITING,
        )
        plan = rows.explain()

    assert plan.count("Index Scan on message_waiting_about") == 2, plan


def test_finding_what_is_due_reads_no_more_rows_for_a_backlog(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    backlog(organisation, 50_000, Priority.BULK)
    backlog(other_organisation, 10, Priority.SOMEBODY_WAITS)

    assert rows_read(limit=50) < 300


def test_paused_organisation_sends_codes_alone(waiting: Queued, organisation: Organisation) -> None:
    organisation.settings.messages_paused = True
    organisation.settings.save()
    code, plain = waiting(priority=Priority.SOMEBODY_WAITS), waiting()

    assert due_messages(limit=10) == [code.pk]
    assert [message.pk for message in claim_each([plain.pk, code.pk])] == [code.pk]
    assert state_of(plain) == State.WAITING


def test_operators_pause_stops_everything(waiting: Queued) -> None:
    code = waiting(priority=Priority.SOMEBODY_WAITS)
    SendingPause.objects.create()

    assert (due_messages(limit=10), claim_each([code.pk])) == ([], [])

    SendingPause.objects.all().delete()
    assert due_messages(limit=10) == [code.pk]


def test_claim_takes_no_more_than_its_limit_and_in_the_order_given(waiting: Queued) -> None:
    first, second, third = waiting(), waiting(), waiting()

    assert [message.pk for message in claim_each([third.pk, first.pk, second.pk], limit=2)] == [
        third.pk,
        first.pk,
    ]
