"""From when to when, and on which days, an organisation lets patients book."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinics.models import Organisation
from scheduling.availability import grid_mask
from scheduling.models.free_week import bit_literal
from scheduling.weeks import GRID_BITS, GRID_MINUTES, midnight, minutes_into_week, week_of

SATURDAY = 5 * 24 * 60
"""Clocks change on Sundays, so Saturday always begins this many minutes into the week."""
_WHOLE_WEEK = GRID_BITS * GRID_MINUTES


@dataclass(frozen=True, slots=True)
class Horizon:
    """From when to when an organisation lets patients book, seen from one time zone."""

    earliest: datetime
    latest: datetime
    weekends: bool
    zone: ZoneInfo

    @classmethod
    def of(cls, organisation: Organisation, zone: ZoneInfo) -> "Horizon":
        now, chosen = timezone.now(), organisation.settings
        return cls(
            earliest=now + timedelta(minutes=chosen.minimum_notice_minutes),
            latest=now + timedelta(days=chosen.horizon_days),
            weekends=chosen.weekend_booking,
            zone=zone,
        )

    @property
    def first_week(self) -> date:
        return week_of(self.earliest, self.zone)

    @property
    def last_week(self) -> date:
        return week_of(self.latest, self.zone)

    def minutes(self, week: date) -> tuple[int, int]:
        """The first and last minute of this week at which a booking may begin."""
        first = 0
        if week <= self.first_week:
            first = -int((midnight(week, self.zone) - self.earliest).total_seconds() // 60)
        last = SATURDAY - 1 if not self.weekends else _WHOLE_WEEK
        if week >= self.last_week:
            last = min(last, minutes_into_week(self.latest, week, self.zone))
        return first, last

    def mask(self, week: date) -> str:
        return bit_literal(grid_mask(*self.minutes(week)))
