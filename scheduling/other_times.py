"""Other times near one that could not be had."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.models import Organisation
from scheduling.first_free import next_week_with_times
from scheduling.free_times import free_times
from scheduling.models import Booking, Treatment
from scheduling.weeks import week_of

_WEEKS_TO_LOOK = 8


def nearest_other_times(*, organisation: Organisation, booking: Booking, count: int = 3) -> list[datetime]:
    """The ``count`` free times nearest to the booking's, ascending, by the clinic's clock.

    The same treatment at the same clinic, with anybody; the booking's own start is left out.
    """
    if booking.treatment is None:
        return []
    week = week_of(booking.starts_at, ZoneInfo(booking.clinic.time_zone)) - timedelta(days=7)
    found: list[datetime] = []
    for _ in range(_WEEKS_TO_LOOK):
        found += starts_in(organisation, booking, booking.treatment, week)
        if len(found) >= count and max(found) > booking.ends_at:
            break
        following = next_week_with_times(
            organisation=organisation,
            clinic=booking.clinic,
            treatment=booking.treatment,
            practitioner=None,
            after=week,
        )
        if following is None:
            break
        week = following
    return sorted(sorted(found, key=lambda start: abs(start - booking.starts_at))[:count])


def starts_in(
    organisation: Organisation, booking: Booking, treatment: Treatment, week: date
) -> list[datetime]:
    times = free_times(
        organisation=organisation,
        clinic=booking.clinic,
        treatment=treatment,
        practitioner=None,
        week=week,
    )
    return [time.starts_at for time in times if time.starts_at != booking.starts_at]
