"""The week as a grid of five-minute marks, and the calendar arithmetic around it.

A week begins at Monday's midnight by the clinic's clock and is counted in elapsed time from there, so
the two weeks a year in which clocks change have 167 and 169 hours. The grid has room for 169.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

GRID_MINUTES = 5
GRID_BITS = 169 * 60 // GRID_MINUTES


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which this day begins by the zone's clock."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def week_of(instant: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week in which this instant falls by the zone's clock."""
    return monday_of(instant.astimezone(zone).date())


def minutes_into_week(instant: datetime, week: date, zone: ZoneInfo) -> int:
    """Elapsed whole minutes from the week's beginning; negative before it."""
    return int((instant - midnight(week, zone)).total_seconds() // 60)


@lru_cache(maxsize=4096)
def minutes_in_week(week: date, zone: ZoneInfo) -> int:
    """10,080, but an hour less or more in the weeks in which the clocks change."""
    return minutes_into_week(midnight(week + timedelta(days=7), zone), week, zone)
