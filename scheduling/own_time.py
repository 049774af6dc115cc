"""A booking's own time and its own length: what the weeks worked out beforehand know nothing of.

Its own time is taken for all others, yet free for whoever moves it by less than its length. Its length is its
own where the clinic made the appointment without a treatment, or for longer or shorter than the treatment is:
then it is placed again with the same practitioner, who alone is known to have planned it so.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.availability import Starts
from scheduling.free_times import resource_times
from scheduling.free_weeks import Diary, diaries_of, week_starts
from scheduling.horizon import Horizon
from scheduling.models import Booking
from scheduling.offerings import Catalogue, Offering, known_catalogue
from scheduling.slot_times import SlotTime, seconds
from scheduling.weeks import midnight, minutes_into_week, week_of


def has_own_length(booking: Booking) -> bool:
    """Whether no treatment says how long it is."""
    return booking.treatment is None or booking.treatment.minutes != booking.minutes


def placement_of(organisation: Organisation, booking: Booking, catalogue: Catalogue) -> Offering | None:
    """What the booking needs of its practitioner's published time; None: its treatment is not given there.

    Without a treatment there is no category: a clinic that lets such appointments be moved opens all of
    the practitioner's published time to them.
    """
    if booking.treatment_id is None:
        step = organisation.settings.step_minutes or booking.minutes
        return Offering(0, None, booking.minutes, step, None, None)
    for offering in catalogue.given(clinic_id=booking.clinic_id, practitioner_id=booking.practitioner_id):
        if offering.treatment_id == booking.treatment_id:
            step = organisation.settings.step_minutes or booking.minutes
            return replace(offering, minutes=booking.minutes, step=step)
    return None


def times_over_own(*, organisation: Organisation, booking: Booking, week: date) -> list[datetime]:
    """The starts in this week, with the booking's own practitioner, that overlap the time it has now.

    Ascending, by the clinic's clock, and without that time itself.
    """
    zone = ZoneInfo(booking.clinic.time_zone)
    own = (booking.starts_at, booking.ends_at)
    around = own[0] - timedelta(minutes=booking.minutes), own[1]
    if week not in {week_of(moment, zone) for moment in around}:
        return []
    first, last = (minutes_into_week(moment, week, zone) for moment in around)
    times = times_of_own_length(organisation=organisation, booking=booking, weeks=[week])[week]
    return [time for time in times if first < minutes_into_week(time, week, zone) < last]


def times_of_own_length(
    *, organisation: Organisation, booking: Booking, weeks: Collection[date]
) -> dict[date, list[datetime]]:
    """For each week the starts at which the booking would fit, with its own practitioner.

    Ascending, by the clinic's clock, and without the time that it has now. The queries do not grow with the
    number of weeks, unless the treatment needs resources.
    """
    clinic, practitioner = booking.clinic, booking.practitioner
    placement = placement_of(organisation, booking, known_catalogue(organisation))
    if placement is None or not weeks or not can_be_booked(practitioner, clinic):
        return {week: [] for week in weeks}
    zone = ZoneInfo(clinic.time_zone)
    diary = own_diary(organisation, booking, practitioner, set(weeks))
    diary.busy[:] = [period for period in diary.busy if period != epoch(booking)]
    horizon = Horizon.of(organisation, zone)
    times = {}
    for week in weeks:
        found = [starts for _, starts in week_starts(diary, clinic.pk, zone, week, [placement])]
        starts = found[0].between(*horizon.minutes(week)) if found else Starts()
        starts = without_used_resources(organisation, booking, starts, week, zone)
        begin = midnight(week, zone)
        clocks = [(begin + timedelta(minutes=minute)).astimezone(zone) for minute in starts.minutes()]
        times[week] = [time for time in clocks if time != booking.starts_at]
    return times


def without_used_resources(
    organisation: Organisation, booking: Booking, starts: Starts, week: date, zone: ZoneInfo
) -> Starts:
    if booking.treatment is None or not starts:
        return starts
    busy = resource_times(organisation, booking.clinic, booking.treatment, week, zone, besides=booking.pk)
    return starts.without(busy, booking.minutes)


def can_be_booked(practitioner: Practitioner, clinic: Clinic) -> bool:
    """Whether both are published and still there."""
    return all(place.is_published and not place.retired_at for place in (practitioner, clinic))


def own_diary(
    organisation: Organisation, booking: Booking, practitioner: Practitioner, weeks: set[date]
) -> Diary:
    """The practitioner's diary around these weeks, in which the booking's own time counts as published."""
    diary = diaries_of(organisation, {practitioner.pk: weeks})[practitioner.pk]
    if practitioner.pk == booking.practitioner_id:
        publish_own_time(diary, booking)
    return diary


def publish_own_time(diary: Diary, booking: Booking) -> None:
    """Adds the booking's time to what is published for its practitioner, unless some of it is.

    Once a booking stands in the clinic's book, the agent publishes its time no more.
    """
    start, end = epoch(booking)
    slots = diary.slots[booking.clinic_id]
    if any(slot.start < end and slot.end > start for of_clinic in diary.slots.values() for slot in of_clinic):
        return
    only = (booking.treatment.category_id,) if booking.treatment else None
    slots.append(SlotTime(start, end, only))
    slots.sort(key=lambda slot: slot.start)


def epoch(booking: Booking) -> tuple[int, int]:
    """Its time as diaries count: in seconds since the epoch."""
    return seconds(booking.starts_at), seconds(booking.ends_at)
