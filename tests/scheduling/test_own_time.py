"""Moving a booking by less than its length: its own time does not stand in its way, everybody else's does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from scheduling.changes import hold_new_time, move_booking, new_time_of
from scheduling.errors import TimeNotOffered, TimeTaken
from scheduling.free_weeks import differing_weeks
from scheduling.holds import hold_time
from scheduling.models import Booking, BookingResource, TreatmentResource
from scheduling.own_time import times_over_own
from scheduling.weeks import week_of
from tests.conftest import Practice
from tests.factories import BookingFactory, ResourceFactory, next_monday_at, publish
from tests.scheduling.booked import booked, colleague_of, fresh

pytestmark = pytest.mark.django_db

NINE = next_monday_at(9)
OFFSETS = [-55, -30, -5, 5, 30, 55]


@pytest.fixture
def hourly(in_scope: Practice) -> Practice:
    """An hour's treatment that can begin every five minutes."""
    in_scope.treatment.minutes = 60
    in_scope.treatment.save()
    in_scope.organisation.settings.step_minutes = 5
    in_scope.organisation.settings.save()
    publish(in_scope.organisation, in_scope.practitioner, in_scope.clinic, *day())
    return in_scope


def day(*, without_nine: bool = False) -> list[tuple[datetime, datetime]]:
    """From 8 to 16 o'clock, as the agent publishes it before and after it has entered the booking."""
    if without_nine:
        return [(next_monday_at(8), NINE), (next_monday_at(10), next_monday_at(16))]
    return [(next_monday_at(8), next_monday_at(16))]


def over_own(practice: Practice, booking: Booking) -> list[int]:
    """The offered starts as minutes from the booking's own."""
    week = week_of(booking.starts_at, ZoneInfo(practice.clinic.time_zone))
    found = times_over_own(organisation=practice.organisation, booking=booking, week=week)
    return [int((start - booking.starts_at).total_seconds() // 60) for start in found]


def hold_of_other(practice: Practice, hour: int, minute: int = 0) -> Booking:
    return hold_time(
        organisation=practice.organisation,
        treatment=practice.treatment,
        practitioner=practice.practitioner,
        clinic=practice.clinic,
        starts_at=next_monday_at(hour, minute),
        visitor="another",
    )


@pytest.mark.parametrize("is_in_book", [False, True])
def test_every_start_that_overlaps_the_own_time_alone_is_offered(hourly: Practice, is_in_book: bool) -> None:
    booking = booked(hourly, NINE)
    publish(hourly.organisation, hourly.practitioner, hourly.clinic, *day(without_nine=is_in_book))

    assert over_own(hourly, booking) == [n for n in range(-55, 60, 5) if n]


def test_start_that_overlaps_anybody_elses_time_is_not_offered(hourly: Practice) -> None:
    booking = booked(hourly, NINE)
    hold_of_other(hourly, 10, 15)

    assert over_own(hourly, booking) == [n for n in range(-55, 20, 5) if n]


def test_other_weeks_have_nothing_of_the_own_time(hourly: Practice) -> None:
    booking = booked(hourly, NINE)
    week = week_of(NINE, ZoneInfo("Europe/Helsinki")) + timedelta(days=7)

    assert times_over_own(organisation=hourly.organisation, booking=booking, week=week) == []


def test_own_time_is_offered_where_the_treatment_needs_the_resource_that_the_booking_has(
    hourly: Practice,
) -> None:
    chair = ResourceFactory(organisation=hourly.organisation, clinic=hourly.clinic)
    TreatmentResource.across.create(
        organisation=hourly.organisation, treatment=hourly.treatment, resource=chair
    )
    booking = booked(hourly, NINE)

    hold = hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=next_monday_at(9, 30))

    move_booking(organisation=hourly.organisation, booking=booking, new_time=hold.public_id)
    used = BookingResource.across.get(resource=chair)
    assert (used.booking_id, used.during.lower) == (booking.pk, next_monday_at(9, 30))


@pytest.mark.parametrize("is_in_book", [False, True])
@pytest.mark.parametrize("minutes", OFFSETS)
def test_move_over_the_own_time_keeps_it_until_the_new_one_is_confirmed(
    hourly: Practice, minutes: int, is_in_book: bool
) -> None:
    booking = booked(hourly, NINE)
    publish(hourly.organisation, hourly.practitioner, hourly.clinic, *day(without_nine=is_in_book))
    to = NINE + timedelta(minutes=minutes)

    hold = hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=to)

    assert (fresh(booking).starts_at, hold.starts_at, hold.practitioner) == (NINE, to, hourly.practitioner)
    with pytest.raises((TimeTaken, TimeNotOffered)), transaction.atomic():
        hold_of_other(hourly, 8 if minutes > 0 else 9, 5)
    moved = move_booking(organisation=hourly.organisation, booking=booking, new_time=hold.public_id)
    assert (moved.starts_at, fresh(booking).starts_at) == (to, to)
    assert new_time_of(organisation=hourly.organisation, booking=booking) is None
    assert differing_weeks(organisation=hourly.organisation) == 0


def test_another_new_time_takes_the_place_of_one_that_it_overlaps(hourly: Practice) -> None:
    booking = booked(hourly, NINE)
    hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=next_monday_at(9, 30))

    hold = hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=next_monday_at(9, 45))

    assert new_time_of(organisation=hourly.organisation, booking=booking) == hold
    assert Booking.across.filter(state=Booking.State.HELD).count() == 1


def test_the_same_time_again_is_only_had_with_somebody_else(hourly: Practice) -> None:
    booking = booked(hourly, NINE)
    with pytest.raises(TimeTaken):
        hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=NINE)

    colleague = colleague_of(hourly)

    hold = hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=NINE)
    assert hold.practitioner == colleague


def test_database_lets_a_hold_overlap_no_other_booking_than_the_one_it_moves(hourly: Practice) -> None:
    booking, other = booked(hourly, NINE), booked(hourly, next_monday_at(11))
    row = {
        "organisation": hourly.organisation,
        "clinic": hourly.clinic,
        "practitioner": hourly.practitioner,
        "treatment": hourly.treatment,
        "during": hourly.treatment.during(next_monday_at(9, 30)),
    }

    for wrong in ({"moves": other}, {"moves": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BookingFactory(**row, state=Booking.State.HELD, **wrong)
    BookingFactory(**row, state=Booking.State.HELD, moves=booking)


def test_database_lets_nothing_but_a_hold_move_another(hourly: Practice) -> None:
    booking = booked(hourly, NINE)
    hold = hold_new_time(organisation=hourly.organisation, booking=booking, starts_at=next_monday_at(9, 30))

    with pytest.raises(IntegrityError, match="booking_only_a_hold_moves_another"), transaction.atomic():
        Booking.across.filter(pk=hold.pk).update(state=Booking.State.BOOKED)
