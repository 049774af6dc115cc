"""A booking's own time: taken for all others, free for whoever moves the booking by less than its length."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.models import Organisation
from scheduling.free_times import resource_times
from scheduling.free_weeks import Diary, PublishedTime, diaries_of, week_starts
from scheduling.horizon import Horizon
from scheduling.models import Booking
from scheduling.offerings import known_catalogue
from scheduling.weeks import midnight, minutes_into_week, week_of


def times_over_own(*, organisation: Organisation, booking: Booking, week: date) -> list[datetime]:
    """The starts in this week, with the booking's own practitioner, that overlap the time it has now.

    Ascending, by the clinic's clock, and without that time itself.
    """
    zone = ZoneInfo(booking.clinic.time_zone)
    length = booking.treatment.minutes
    own = (booking.starts_at, booking.ends_at)
    if week not in {week_of(own[0] - timedelta(minutes=length), zone), week_of(own[1], zone)}:
        return []
    diary = diaries_of(organisation, {booking.practitioner_id: {week}})[booking.practitioner_id]
    publish_own_time(diary, booking)
    diary.busy[:] = [period for period in diary.busy if period != epoch(*own)]
    given = [
        offering
        for offering in known_catalogue(organisation).given(
            clinic_id=booking.clinic_id, practitioner_id=booking.practitioner_id
        )
        if offering.treatment_id == booking.treatment_id
    ]
    around = (minutes_into_week(own[0], week, zone) - length + 1, minutes_into_week(own[1], week, zone) - 1)
    busy = resource_times(organisation, booking.clinic, booking.treatment, week, zone, besides=booking.pk)
    begin = midnight(week, zone)
    starts = [
        (begin + timedelta(minutes=minute)).astimezone(zone)
        for _, found in week_starts(diary, booking.clinic_id, zone, week, given)
        for minute in found.between(*around)
        .between(*Horizon.of(organisation, zone).minutes(week))
        .without(busy, length)
        .minutes()
    ]
    return [start for start in starts if start != own[0]]


def publish_own_time(diary: Diary, booking: Booking) -> None:
    """Adds the booking's time to what is published for its practitioner, unless some of it is.

    Once a booking stands in the clinic's book, the agent publishes its time no more.
    """
    start, end = epoch(booking.starts_at, booking.ends_at)
    slots = diary.slots[booking.clinic_id]
    if any(slot.start < end and slot.end > start for of_clinic in diary.slots.values() for slot in of_clinic):
        return
    slots.append(PublishedTime(start, end, [booking.treatment.category_id], None))
    slots.sort(key=lambda slot: slot.start)


def epoch(start: datetime, end: datetime) -> tuple[int, int]:
    """As diaries count: in seconds since the epoch."""
    return int(start.timestamp()), int(end.timestamp())
