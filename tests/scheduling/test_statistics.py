"""What the statistics count, by whose clock, and for whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.scope import organisation_scope
from scheduling.models import AgentEvent, Booking, ConfirmationCode, StepCount
from scheduling.statistics import Period, Statistics, statistics
from tests.conftest import Practice
from tests.factories import BookingFactory

MONDAY = date(2026, 11, 2)
PERIOD = Period(MONDAY, MONDAY + timedelta(days=6))
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def booked(
    practice: Practice, booked_at: datetime | None, starts_at: datetime, state: str = "booked"
) -> Booking:
    booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        during=practice.treatment.during(starts_at),
        state=state,
    )
    Booking.across.filter(pk=booking.pk).update(
        booked_at=booked_at, created_at=(booked_at or NOON) - timedelta(minutes=5)
    )
    booking.refresh_from_db()
    return booking


def found(practice: Practice, period: Period = PERIOD) -> Statistics:
    with organisation_scope(practice.organisation.pk):
        return statistics(organisation=practice.organisation, period=period)


def test_statistics_count_bookings_by_the_clinics_day(practice: Practice, other_practice: Practice) -> None:
    late = datetime(2026, 11, 3, 22, 30, tzinfo=UTC)  # half past midnight on the 4th in Helsinki
    booked(practice, NOON, NOON + timedelta(days=1))
    booked(practice, NOON, NOON + timedelta(days=2), state="cancelled")
    booked(practice, late, NOON + timedelta(days=3))
    booked(other_practice, NOON, NOON + timedelta(days=1))

    by_day = found(practice).by_day

    assert [day for day, _, _ in by_day] == PERIOD.days
    assert [numbers for numbers in by_day if any(numbers[1:])] == [
        (date(2026, 11, 3), 1, 1),
        (date(2026, 11, 4), 1, 0),
    ]


def test_statistics_leave_out_what_was_booked_before_and_after(practice: Practice) -> None:
    first = datetime(2026, 11, 1, 22, tzinfo=UTC)  # midnight of the Monday in Helsinki
    end = datetime(2026, 11, 8, 22, tzinfo=UTC)
    for number, moment in enumerate((first - timedelta(seconds=1), first, end - timedelta(seconds=1), end)):
        booked(practice, moment, NOON + timedelta(days=10 + number))

    assert found(practice).shares.booked == 2


def test_statistics_tell_hours_and_lead_times(practice: Practice) -> None:
    for days, hour in ((0, 13), (1, 7), (2, 7), (3, 9), (8, 9), (15, 9), (31, 9), (90, 9)):
        booked(practice, NOON, (NOON + timedelta(days=days)).replace(hour=hour))

    numbers = found(practice)

    assert numbers.by_hour == [(9, 2), (10, 0), (11, 5), (12, 0), (13, 0), (14, 0), (15, 1)]
    assert numbers.by_lead == [1, 2, 1, 1, 1, 2]


def test_statistics_tell_shares(practice: Practice) -> None:
    moved = booked(practice, NOON, NOON + timedelta(days=1))
    AgentEvent(
        organisation=practice.organisation, booking=moved, sequence=1, type=AgentEvent.Type.BOOKING_MOVED
    ).save()
    for number, state in enumerate(("cancelled", "refused", "no_show")):
        booked(practice, NOON, NOON + timedelta(days=2 + number), state=state)

    shares = found(practice).shares

    assert (shares.booked, shares.moved, shares.cancelled, shares.refused, shares.no_show) == (4, 1, 1, 1, 1)
    assert shares.percent(shares.moved) == 25


def test_statistics_count_what_the_clinic_had_booked_without_a_treatment(practice: Practice) -> None:
    booked(practice, NOON, NOON + timedelta(days=1))
    moved = booked(practice, NOON, NOON + timedelta(days=2))
    Booking.across.filter(pk=moved.pk).update(treatment=None, appointment_id="a77")

    statistics = found(practice)

    assert sorted(statistics.by_treatment) == sorted([(practice.treatment.name, 1), ("Appointment", 1)])
    assert statistics.shares.booked == 2


def test_statistics_show_where_patients_leave(practice: Practice, other_practice: Practice) -> None:
    for owner, shown in ((practice, 7), (other_practice, 100)):
        StepCount(organisation=owner.organisation, day=MONDAY, step="treatment", shown=shown).save()
    booked(practice, NOON, NOON + timedelta(days=1))
    booked(practice, None, NOON + timedelta(days=2), state="expired")
    with_code = booked(practice, None, NOON + timedelta(days=3), state="expired")
    ConfirmationCode(
        organisation=practice.organisation,
        booking=with_code,
        purpose="booking",
        salt=b"s",
        digest=b"d",
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=10),
    ).save()

    assert found(practice).way == [
        ("clinic", 0),
        ("treatment", 7),
        ("practitioner", 0),
        ("time", 0),
        ("held", 3),
        ("details", 2),
        ("booked", 1),
    ]


def test_statistics_of_nothing_are_empty(practice: Practice) -> None:
    assert found(practice).is_empty


@pytest.mark.parametrize("many", [1, 3, 50])
def test_statistics_ask_as_much_for_many_bookings_as_for_one(practice: Practice, many: int) -> None:
    for number in range(many):
        booked(practice, NOON, NOON + timedelta(hours=number))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert found(practice).shares.booked == many

    assert len(asked) == 6
