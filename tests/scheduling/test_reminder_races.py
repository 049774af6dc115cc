"""Reminders are planned while bookings move and others plan too: what waits is right whoever was first."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.models import PLANNED, Message, SmsDay, State
from scheduling import reminder_plans
from scheduling.changes import hold_new_time, move_booking
from scheduling.models import Booking, ReminderPlan
from scheduling.reminder_plans import coming, plan_all, plan_one
from scheduling.reminders import plan_reminders
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.locks import somebody_waits_for_a_lock
from tests.races import at_once
from tests.scheduling.booked import booked, fresh
from tests.scheduling.test_reminders import choose

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(practice: Practice) -> list[Message]:
    rows = Message.across.filter(organisation=practice.organisation, kind__in=PLANNED, state=State.WAITING)
    return list(rows.order_by("not_before"))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)


def booked_without_reminders(practice: Practice) -> Booking:
    """Only since then has the clinic wanted any."""
    choose(practice, reminders_to="nobody", email_reminders=False)
    booking = booked(practice)
    choose(practice)
    return booking


def moved_while_planned(
    practice: Practice, booking: Booking, monkeypatch: pytest.MonkeyPatch, *, is_locked: bool
) -> list[str]:
    """The planner has read the booking; then the patient moves it, or has to wait until that is planned."""
    has_read, has_moved = threading.Event(), threading.Event()
    new = hold_new_time(
        organisation=practice.organisation, booking=booking, starts_at=next_monday_at(11)
    ).public_id

    def slowly(*, organisation: Organisation, booking: Booking) -> None:
        has_read.set()
        wait_until(somebody_waits_for_a_lock if is_locked else has_moved.is_set)
        plan_reminders(organisation=organisation, booking=booking)

    def move() -> None:
        has_read.wait(60)
        move_booking(organisation=practice.organisation, booking=booking, new_time=new)
        has_moved.set()

    monkeypatch.setattr(reminder_plans, "plan_reminders", slowly)
    return at_once(practice.organisation, lambda: plan_one(practice.organisation, booking.pk), move)


def test_booking_that_moves_while_it_is_planned_has_reminders_of_its_new_time_alone(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = booked_without_reminders(practice)

    assert moved_while_planned(practice, booking, monkeypatch, is_locked=True) == ["done", "done"]

    (reminder,) = waiting(practice)
    assert reminder.about == f"booking:{booking.public_id}:plan:1"
    assert reminder.not_after == fresh(booking).starts_at == next_monday_at(11)


class Unlocked(QuerySet[Booking]):
    def select_for_update(self, *args: object, **more: object) -> "Unlocked":
        return self


def test_without_the_lock_the_old_time_would_be_reminded_of(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""

    def unlocked(organisation: Organisation) -> QuerySet[Booking]:
        return Unlocked(Booking, query=coming(organisation).query)

    booking = booked_without_reminders(practice)
    monkeypatch.setattr(reminder_plans, "coming", unlocked)

    assert moved_while_planned(practice, booking, monkeypatch, is_locked=False) == ["done", "done"]

    assert [message.about[-1] for message in waiting(practice)] == ["0", "1"]


def test_two_sweeps_at_once_plan_and_count_each_reminder_once(
    practice: Practice, other_practice: Practice, in_scope: Practice
) -> None:
    choose(practice, reminders_to="nobody", email_reminders=False)
    for hour in (9, 10, 11):
        booked(practice, next_monday_at(hour))
    counted = sum(SmsDay.across.values_list("queued", flat=True))
    choose(practice)
    ReminderPlan.across.create(organisation=practice.organisation)

    sweep = at_once(practice.organisation, *[lambda: plan_all(practice.organisation.pk)] * 3)

    assert sweep == ["done"] * 3
    assert len(waiting(practice)) == 3
    assert sum(SmsDay.across.values_list("queued", flat=True)) == counted + 3
    assert not ReminderPlan.across.exists()
    with organisation_scope(practice.organisation.pk):
        plan_all(practice.organisation.pk)
    assert len(waiting(practice)) == 3
