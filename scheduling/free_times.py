"""The start times of one week, and who could take one of them: what the patient's pages read.

Every answer comes from the weeks worked out beforehand (scheduling/free_weeks.py), cut to what the
organisation's rules let a patient see at this moment: notice, horizon and weekends.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner
from clinics.prepared import prepared
from scheduling.availability import Interval, Starts, grid_mask
from scheduling.horizon import Horizon
from scheduling.models import Treatment
from scheduling.models.free_week import bit_literal
from scheduling.weeks import midnight, minutes_into_week, week_of

_STORED = """
    WITH stored AS MATERIALIZED (
        SELECT bit_or(f.starts) AS bits, string_agg(array_to_string(f.odd_starts, ','), ',') AS odd
        FROM scheduling_freeweek f
        JOIN clinics_practitioner p ON p.id = f.practitioner_id AND p.is_published AND p.retired_at IS NULL
        WHERE f.organisation_id = %(organisation)s AND f.treatment_id = %(treatment)s
          AND f.clinic_id = %(clinic)s AND f.week = %(week)s
          {of_stored}
    )
    SELECT stored.bits, stored.odd, EXISTS (
        SELECT FROM scheduling_treatmentresource t
        WHERE t.organisation_id = %(organisation)s AND t.treatment_id = %(treatment)s
    ), ARRAY(
        SELECT d.number FROM generate_series(%(first_day)s::int, %(last_day)s::int) AS d(number)
        WHERE CASE WHEN bit_count(substring(stored.bits FROM d.number * 288 + 1 FOR 288)) > 0 THEN true
        ELSE EXISTS (
            SELECT FROM clinics_practitioner p
            CROSS JOIN LATERAL (
                SELECT FROM scheduling_slot s
                WHERE s.organisation_id = %(organisation)s AND s.practitioner_id = p.id
                  AND s.clinic_id = %(clinic)s
                  AND s.starts_at >= (%(week)s::date + d.number)::timestamp AT TIME ZONE %(zone)s
                  AND s.starts_at < (%(week)s::date + d.number + 1)::timestamp AT TIME ZONE %(zone)s
                  AND (s.only_categories IS NULL OR %(category)s::bigint = ANY(s.only_categories))
                  AND (s.except_categories IS NULL OR %(category)s::bigint <> ALL(s.except_categories))
                LIMIT 1
            ) AS slot
            WHERE p.organisation_id = %(organisation)s AND p.is_published AND p.retired_at IS NULL
              {of_slots}
        ) END
    )
    FROM stored
"""
_OF_ANYBODY = _STORED.format(of_stored="", of_slots="")
_OF_ONE = _STORED.format(
    of_stored="AND f.practitioner_id = %(practitioner)s", of_slots="AND p.id = %(practitioner)s"
)
_RESOURCES = """
    SELECT lower(b.during), upper(b.during)
    FROM scheduling_treatmentresource t
    JOIN scheduling_resource r ON r.id = t.resource_id AND r.clinic_id = %(clinic)s
    JOIN scheduling_bookingresource b ON b.resource_id = t.resource_id
    WHERE t.organisation_id = %(organisation)s AND t.treatment_id = %(treatment)s
      AND b.during && tstzrange(%(from)s, %(to)s) AND b.booking_id IS DISTINCT FROM %(besides)s
"""
_FREE_AT = """
    SELECT p.*
    FROM scheduling_freeweek f
    JOIN clinics_practitioner p ON p.id = f.practitioner_id AND p.is_published AND p.retired_at IS NULL
    WHERE f.organisation_id = %(organisation)s AND f.treatment_id = %(treatment)s
      AND f.clinic_id = %(clinic)s AND f.week = %(week)s
      AND (bit_count(f.starts & %(start)s::bit(2028)) > 0 OR %(minute)s = ANY(f.odd_starts))
    ORDER BY (
        SELECT count(*) FROM scheduling_booking b
        WHERE b.organisation_id = f.organisation_id AND b.practitioner_id = p.id
          AND b.state IN ('held', 'booked') AND b.during && tstzrange(%(from)s, %(to)s)
    ), p.position, p.id
"""


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A moment at which the treatment can begin, by the clinic's clock."""

    starts_at: datetime


@dataclass(frozen=True)
class WeekOfTimes:
    """A week's start times, and the numbers of the days (0 is Monday) on which anything was published.

    A day with something published but no time is full; one with nothing published is closed. Two that are
    equal are so without the times, which are worked out from the starts only where somebody looks at them.
    """

    starts: Starts
    begin: datetime
    zone: ZoneInfo
    published_days: frozenset[int]

    @property
    def has_times(self) -> bool:
        return bool(self.starts)

    @cached_property
    def times(self) -> tuple[datetime, ...]:
        """Ascending, by the clinic's clock."""
        minutes = self.starts.minutes()
        return tuple((self.begin + timedelta(minutes=each)).astimezone(self.zone) for each in minutes)


def free_times(
    *,
    organisation: Organisation,
    clinic: Clinic,
    treatment: Treatment,
    practitioner: Practitioner | None,
    week: date,
) -> list[FreeTime]:
    """The week's start times, ascending; ``practitioner`` None: with anybody, equal times once."""
    found = week_of_times(
        organisation=organisation,
        clinic=clinic,
        treatment=treatment,
        practitioner=practitioner,
        week=week,
        of_days=False,
    )
    return [FreeTime(moment) for moment in found.times]


def week_of_times(
    *,
    organisation: Organisation,
    clinic: Clinic,
    treatment: Treatment,
    practitioner: Practitioner | None,
    week: date,
    of_days: bool = True,
) -> WeekOfTimes:
    """The week's start times, and in the same query what its other days are, from today on."""
    zone = ZoneInfo(clinic.time_zone)
    horizon = Horizon.of(organisation, zone)
    today = timezone.now().astimezone(zone).date()
    days = (max(0, (today - week).days), (6 if horizon.weekends else 4) if of_days else -1)
    starts, needs_resources, published = stored_starts(
        organisation, clinic, treatment, practitioner, week, days
    )
    starts = starts.between(*horizon.minutes(week)) if starts else starts
    if starts and needs_resources:
        starts = starts.without(
            resource_times(organisation, clinic, treatment, week, zone), treatment.minutes
        )
    return WeekOfTimes(starts, midnight(week, zone), zone, frozenset(published))


def stored_starts(
    organisation: Organisation,
    clinic: Clinic,
    treatment: Treatment,
    practitioner: Practitioner | None,
    week: date,
    days: tuple[int, int],
) -> tuple[Starts, bool, list[int]]:
    """What is worked out for the week, of one practitioner or of all that are published together.

    And whether the treatment needs resources, which that leaves out; and on which of the days, from
    the first to the last number, anything is published.
    """
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "treatment": treatment.pk,
        "clinic": clinic.pk,
        "week": week,
        "category": treatment.category_id,
        "zone": clinic.time_zone,
        "first_day": days[0],
        "last_day": days[1],
    }
    with prepared() as cursor:
        if practitioner is None:
            cursor.execute(_OF_ANYBODY, values)
        else:
            cursor.execute(_OF_ONE, {**values, "practitioner": practitioner.pk})
        bits, odd, needs_resources, published = cursor.fetchone()
    return read_starts(bits, odd), needs_resources, published


def read_starts(bits: str | None, odd: str | None) -> Starts:
    minutes = tuple(sorted({int(minute) for minute in odd.split(",")})) if odd else ()
    return Starts(int(bits, 2) if bits else 0, minutes)


def resource_times(
    organisation: Organisation,
    clinic: Clinic,
    treatment: Treatment,
    week: date,
    zone: ZoneInfo,
    *,
    besides: int | None = None,
) -> list[Interval]:
    """When something that the treatment needs at this clinic is in use, in minutes into the week.

    ``besides`` by the booking with this id.
    """
    begin = midnight(week, zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _RESOURCES,
            {
                "organisation": organisation.pk,
                "treatment": treatment.pk,
                "clinic": clinic.pk,
                "from": begin,
                "to": begin + timedelta(days=9),
                "besides": besides,
            },
        )
        return [
            (minutes_into_week(start, week, zone), minutes_into_week(end, week, zone))
            for start, end in cursor.fetchall()
        ]


def free_practitioners(
    *, organisation: Organisation, clinic: Clinic, treatment: Treatment, starts_at: datetime
) -> list[Practitioner]:
    """Who could take this time, by what is worked out, the least loaded that week first."""
    zone = ZoneInfo(clinic.time_zone)
    week = week_of(starts_at, zone)
    minute = minutes_into_week(starts_at, week, zone)
    return list(
        Practitioner.objects.raw(
            _FREE_AT,
            {
                "organisation": organisation.pk,
                "treatment": treatment.pk,
                "clinic": clinic.pk,
                "week": week,
                "start": bit_literal(grid_mask(minute, minute)),
                "minute": minute,
                "from": starts_at.astimezone(UTC) - timedelta(days=3),
                "to": starts_at.astimezone(UTC) + timedelta(days=4),
            },
        )
    )
