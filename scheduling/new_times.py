"""The times to which a booking can be moved, of its own kind: the same treatment, or just as long a time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.models import Organisation, Practitioner
from scheduling.first_free import next_week_with_times
from scheduling.free_times import free_practitioners, free_times
from scheduling.horizon import Horizon
from scheduling.models import Booking
from scheduling.own_time import has_own_length, times_of_own_length, times_over_own
from scheduling.weeks import week_of

A_WEEK = timedelta(days=7)


def new_times(*, organisation: Organisation, booking: Booking, week: date) -> list[datetime]:
    """The week's starts, ascending, by the clinic's clock: with anybody who gives the treatment.

    What has its own length stays with its practitioner.
    """
    if booking.treatment is None or has_own_length(booking):
        return times_of_own_length(organisation=organisation, booking=booking, weeks=[week])[week]
    found = free_times(
        organisation=organisation,
        clinic=booking.clinic,
        treatment=booking.treatment,
        practitioner=None,
        week=week,
    )
    over_own = times_over_own(organisation=organisation, booking=booking, week=week)
    return sorted({*(time.starts_at for time in found), *over_own})


def next_week_of_new_times(*, organisation: Organisation, booking: Booking, after: date) -> date | None:
    """The Monday of the first week after ``after`` with any such start."""
    if booking.treatment is not None and not has_own_length(booking):
        return next_week_with_times(
            organisation=organisation,
            clinic=booking.clinic,
            treatment=booking.treatment,
            practitioner=None,
            after=after,
        )
    horizon = Horizon.of(organisation, ZoneInfo(booking.clinic.time_zone))
    first = max(after + A_WEEK, horizon.first_week)
    weeks = [first + n * A_WEEK for n in range((horizon.last_week - first).days // 7 + 1)]
    times = times_of_own_length(organisation=organisation, booking=booking, weeks=weeks)
    return next((week for week in weeks if times[week]), None)


def takers(*, organisation: Organisation, booking: Booking, starts_at: datetime) -> list[Practitioner]:
    """Who could take the booking at this time; its own practitioner first, if it is among them."""
    zone = ZoneInfo(booking.clinic.time_zone)
    week = week_of(starts_at, zone)
    if booking.treatment is None or has_own_length(booking):
        times = times_of_own_length(organisation=organisation, booking=booking, weeks=[week])[week]
        return [booking.practitioner] if starts_at in times else []
    free = free_practitioners(
        organisation=organisation, clinic=booking.clinic, treatment=booking.treatment, starts_at=starts_at
    )
    if starts_at in times_over_own(organisation=organisation, booking=booking, week=week):
        free.append(booking.practitioner)
    unique = {practitioner.pk: practitioner for practitioner in free}
    return sorted(unique.values(), key=lambda one: one.pk != booking.practitioner_id)
