"""What is kept of days that are over is what would be counted now, whatever happens to old bookings."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from clinics.scope import organisation_scope
from scheduling.day_numbers import (
    OVER_AFTER,
    WORTH_KEEPING,
    count_days,
    keep_day_numbers,
    kept_numbers,
    numbers_of,
)
from scheduling.models import AgentEvent, Booking, DayNumbers
from scheduling.tasks import keep_numbers
from tests.conftest import Practice
from tests.factories import PractitionerFactory, TreatmentFactory
from tests.journeys.waiting import eventually
from tests.locks import somebody_waits_for_a_lock
from tests.scheduling.test_statistics import booked

STATES = ("booked", "cancelled", "refused", "arrived", "no_show", "expired")
LONG_AGO = OVER_AFTER + 7


def noon(days_ago: int) -> datetime:
    now = timezone.now().astimezone(UTC)
    return now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)


def day_of(days_ago: int) -> date:
    return noon(days_ago).date()


def busy_day(practice: Practice, days_ago: int = LONG_AGO) -> list[Booking]:
    """As many bookings as are worth keeping, of every state, for different hours and days ahead."""
    made = []
    for number in range(WORTH_KEEPING):
        state = STATES[number % len(STATES)]
        starts_at = noon(days_ago - number // 6) + timedelta(hours=number % 6)
        booking = booked(practice, noon(days_ago), starts_at, state)
        if state == "expired":
            Booking.across.filter(pk=booking.pk).update(booked_at=None, created_at=noon(days_ago))
        made.append(booking)
    return made


def kept(practice: Practice) -> dict[date, Any]:
    return kept_numbers(practice.organisation, [day_of(days_ago) for days_ago in range(LONG_AGO + 2)])


def is_true(practice: Practice) -> bool:
    """Whether what is looked up is what is counted."""
    days = [day_of(days_ago) for days_ago in range(LONG_AGO + 2)]
    found = numbers_of(organisation=practice.organisation, days=days)
    return found == count_days(practice.organisation, days)


@pytest.mark.django_db
def test_kept_numbers_are_what_is_counted(in_scope: Practice, other_practice: Practice) -> None:
    moved = busy_day(in_scope)[0]
    AgentEvent(
        organisation=in_scope.organisation, booking=moved, sequence=1, type=AgentEvent.Type.BOOKING_MOVED
    ).save()
    busy_day(other_practice)

    assert keep_day_numbers(organisation=in_scope.organisation) == 1

    numbers = kept(in_scope)[day_of(LONG_AGO)]
    assert numbers["state"] == {"booked": 4, "cancelled": 4, "refused": 3, "arrived": 3, "no_show": 3}
    assert numbers["way"] == {"held": WORTH_KEEPING, "details": 17, "booked": 17}
    assert numbers["moved"] == {"0": 16, "1": 1}
    assert is_true(in_scope)
    assert list(DayNumbers.across.values_list("organisation", flat=True)) == [in_scope.organisation.pk]


@pytest.mark.django_db
def test_task_keeps_the_numbers_of_everybody(practice: Practice, other_practice: Practice) -> None:
    for one in (practice, other_practice):
        busy_day(one)

    keep_numbers()
    keep_numbers()

    assert DayNumbers.across.count() == 2


@pytest.mark.django_db
def test_quiet_and_recent_days_are_not_kept(in_scope: Practice) -> None:
    booked(in_scope, noon(LONG_AGO), noon(LONG_AGO - 1))
    busy_day(in_scope, OVER_AFTER - 1)

    assert keep_day_numbers(organisation=in_scope.organisation) == 0
    assert is_true(in_scope)


def another_time(practice: Practice, booking: Booking) -> dict[str, Any]:
    return {"during": practice.treatment.during(booking.starts_at + timedelta(days=40))}


CHANGES: dict[str, Callable[[Practice, Booking], dict[str, Any]]] = {
    "state": lambda practice, booking: {"state": "no_show"},
    "time": another_time,
    "treatment": lambda practice, booking: {
        "treatment": TreatmentFactory(organisation=practice.organisation)
    },
    "practitioner": lambda practice, booking: {
        "practitioner": PractitionerFactory(organisation=practice.organisation)
    },
    "moment": lambda practice, booking: {"booked_at": noon(LONG_AGO - 1)},
    "way": lambda practice, booking: {"visitor": "undo:somebody"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", CHANGES)
def test_any_change_of_an_old_booking_is_counted(in_scope: Practice, what: str) -> None:
    booking = busy_day(in_scope)[0]
    keep_day_numbers(organisation=in_scope.organisation)

    Booking.across.filter(pk=booking.pk).update(**CHANGES[what](in_scope, booking))

    assert kept(in_scope) == {}
    assert is_true(in_scope)


@pytest.mark.django_db
def test_what_appears_and_goes_long_after_is_counted(in_scope: Practice) -> None:
    made = busy_day(in_scope)
    keep_day_numbers(organisation=in_scope.organisation)
    late = booked(in_scope, noon(LONG_AGO), noon(-50))
    assert kept(in_scope) == {}
    keep_day_numbers(organisation=in_scope.organisation)

    late.delete()

    assert kept(in_scope) == {}
    assert is_true(in_scope)
    assert len(made) == WORTH_KEEPING


@pytest.mark.django_db
def test_bookings_of_today_leave_what_is_kept(in_scope: Practice, other_practice: Practice) -> None:
    busy_day(in_scope)
    old = booked(other_practice, noon(LONG_AGO), noon(-3))
    keep_day_numbers(organisation=in_scope.organisation)

    new = booked(in_scope, timezone.now(), noon(-60))
    Booking.across.filter(pk__in=[new.pk, old.pk]).update(state="cancelled")
    Booking.across.filter(organisation=in_scope.organisation).update(revision=3)

    assert list(kept(in_scope)) == [day_of(LONG_AGO)]
    assert is_true(in_scope)


@pytest.mark.django_db
def test_days_of_another_clock_are_counted_anew(in_scope: Practice) -> None:
    busy_day(in_scope)
    keep_day_numbers(organisation=in_scope.organisation)
    in_scope.organisation.time_zone = "Pacific/Kiritimati"

    assert kept(in_scope) == {}
    keep_day_numbers(organisation=in_scope.organisation)
    assert [row.time_zone for row in DayNumbers.across.all()] == ["Pacific/Kiritimati"]
    assert is_true(in_scope)


def keep_meanwhile(practice: Practice, booking: Booking, *, is_stopped: bool) -> None:
    """Cancels the booking, and before that is committed, has the numbers kept by somebody else."""

    def keep() -> None:
        try:
            with organisation_scope(practice.organisation.pk):
                keep_day_numbers(organisation=practice.organisation)
        finally:
            connections.close_all()

    keeper = threading.Thread(target=keep)
    with transaction.atomic():
        Booking.across.filter(pk=booking.pk).update(state="cancelled")
        keeper.start()
        if is_stopped:
            eventually(somebody_waits_for_a_lock, "the keeper waits")
        else:
            keeper.join(30)
    keeper.join(30)


@pytest.mark.django_db(transaction=True)
def test_numbers_kept_while_a_booking_changes_are_true(in_scope: Practice) -> None:
    booking = busy_day(in_scope)[0]

    keep_meanwhile(in_scope, booking, is_stopped=True)

    assert kept(in_scope)[day_of(LONG_AGO)]["state"]["cancelled"] == 5
    assert is_true(in_scope)


@pytest.mark.django_db(transaction=True)
def test_without_the_trigger_they_would_not_be(in_scope: Practice) -> None:
    booking = busy_day(in_scope)[0]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduling_booking DISABLE TRIGGER day_numbers_of_updated")
    try:
        keep_meanwhile(in_scope, booking, is_stopped=False)
        assert not is_true(in_scope)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE scheduling_booking ENABLE TRIGGER day_numbers_of_updated")
