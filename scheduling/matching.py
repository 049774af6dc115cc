"""Which start times somebody on the waiting list would come at. Pure arithmetic, no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.availability import Starts
from scheduling.weeks import midnight, minutes_into_week


@dataclass(frozen=True, slots=True)
class Preference:
    """The days and hours of a wish, by the clinic's clock, ends included."""

    weekdays: frozenset[int]
    from_time: time
    until_time: time
    latest_on: date

    def fits(self, local: datetime) -> bool:
        """Whether a start at this moment of the clinic's clock is wanted."""
        return (
            local.weekday() in self.weekdays
            and local.date() <= self.latest_on
            and self.from_time <= local.time() <= self.until_time
        )

    def days(self, week: date) -> Iterator[date]:
        """The days of the week on which a start may be wanted."""
        for day in (week + timedelta(days=n) for n in range(7)):
            if day.weekday() in self.weekdays and day <= self.latest_on:
                yield day


def fitting_starts(
    *, starts: Starts, week: date, zone: ZoneInfo, preference: Preference, earliest: datetime
) -> Iterator[datetime]:
    """The week's starts that fit and are not before ``earliest``, ascending, by the clinic's clock.

    A few operations on the bits of each wanted day leave a handful to look at one by one; that look
    is what counts on the days on which clocks change.
    """
    begin = midnight(week, zone)
    for day in preference.days(week):
        first, last = (
            [edge(day, clock, fold, zone) for fold in (0, 1)]
            for clock in (preference.from_time, preference.until_time)
        )
        near = starts.between(
            minutes_into_week(max(min(first), earliest), week, zone), minutes_into_week(max(last), week, zone)
        )
        for minute in near.minutes():
            local = (begin + timedelta(minutes=minute)).astimezone(zone)
            if local.date() == day and preference.fits(local) and local >= earliest:
                yield local


def edge(day: date, clock: time, fold: int, zone: ZoneInfo) -> datetime:
    """The instant that the clock shows this; one of the two where it shows it twice, or never."""
    return datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC)
