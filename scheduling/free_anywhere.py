"""Free times over several clinics and treatments, and who or what is free at one moment.

What the pages read where the patient has not said yet, or does not mind, which clinic or treatment it
is: the same worked-out weeks as in free_times.py, put together by PostgreSQL so that the cost does not
grow with the practitioners.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.availability import Interval, Starts, grid_mask
from scheduling.free_times import read_starts
from scheduling.horizon import Horizon
from scheduling.models import Treatment
from scheduling.models.free_week import bit_literal
from scheduling.weeks import midnight, minutes_into_week, week_of

_PUBLISHED = (
    "JOIN clinics_practitioner p ON p.id = f.practitioner_id AND p.is_published AND p.retired_at IS NULL"
)
_WANTED = """
    f.organisation_id = %(organisation)s AND f.treatment_id = ANY(%(treatments)s)
    AND f.clinic_id = ANY(%(clinics)s)
    AND (%(practitioner)s::bigint IS NULL OR f.practitioner_id = %(practitioner)s)
"""
_WEEKS = f"""
    SELECT f.week, c.time_zone,
        CASE WHEN n.id IS NOT NULL THEN f.treatment_id END, CASE WHEN n.id IS NOT NULL THEN f.clinic_id END,
        bit_or(f.starts), string_agg(array_to_string(f.odd_starts, ','), ',')
    FROM scheduling_freeweek f
    {_PUBLISHED}
    JOIN clinics_clinic c ON c.id = f.clinic_id
    LEFT JOIN (
        SELECT DISTINCT treatment_id AS id FROM scheduling_treatmentresource
        WHERE organisation_id = %(organisation)s
    ) AS n ON n.id = f.treatment_id
    WHERE {_WANTED} AND f.week BETWEEN %(first)s AND %(last)s
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together from the texts above
_RESOURCES = """
    SELECT t.treatment_id, r.clinic_id, lower(b.during), upper(b.during)
    FROM scheduling_treatmentresource t
    JOIN scheduling_resource r ON r.id = t.resource_id
    JOIN scheduling_bookingresource b ON b.resource_id = t.resource_id
    WHERE t.organisation_id = %(organisation)s AND t.treatment_id = ANY(%(treatments)s)
      AND r.clinic_id = ANY(%(clinics)s) AND b.during && tstzrange(%(from)s, %(to)s)
"""
_FREE_THEN = f"""
    {_WANTED} AND f.week = %(week)s
    AND (bit_count(f.starts & %(start)s::bit(2028)) > 0 OR %(minute)s = ANY(f.odd_starts))
    AND NOT EXISTS (
        SELECT FROM scheduling_treatmentresource n
        JOIN scheduling_resource r ON r.id = n.resource_id AND r.clinic_id = f.clinic_id
        JOIN scheduling_bookingresource b ON b.resource_id = n.resource_id
        WHERE n.organisation_id = f.organisation_id AND n.treatment_id = f.treatment_id
          AND b.during && tstzrange(%(at)s, %(at)s + t.minutes * interval '1 minute')
    )
"""
_ANSWERS = {
    step: f"""
    SELECT DISTINCT f.{step}_id FROM scheduling_freeweek f
    {_PUBLISHED}
    JOIN scheduling_treatment t ON t.id = f.treatment_id
    WHERE {_FREE_THEN}
    """  # noqa: S608 - put together from the texts above
    for step in ("clinic", "treatment", "practitioner")
}
_PLACES = f"""
    SELECT f.clinic_id, f.practitioner_id FROM scheduling_freeweek f
    {_PUBLISHED}
    JOIN clinics_clinic c ON c.id = f.clinic_id
    JOIN scheduling_treatment t ON t.id = f.treatment_id
    WHERE {_FREE_THEN}
    ORDER BY (
        SELECT count(*) FROM scheduling_booking b
        WHERE b.organisation_id = f.organisation_id AND b.practitioner_id = p.id
          AND b.state IN ('held', 'booked') AND b.during && tstzrange(%(from)s, %(to)s)
    ), c.position, p.position, p.id
"""  # noqa: S608 - put together from the texts above
_SLOT_DAYS = """
    SELECT DISTINCT (slot.starts_at AT TIME ZONE %(zone)s)::date
    FROM unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS run(begins, ends)
    CROSS JOIN clinics_practitioner p
    CROSS JOIN LATERAL (
        SELECT s.starts_at FROM scheduling_slot s
        WHERE s.organisation_id = %(organisation)s AND s.practitioner_id = p.id
          AND s.clinic_id = ANY(%(clinics)s) AND s.starts_at >= run.begins AND s.starts_at < run.ends
          AND (s.only_categories IS NULL OR s.only_categories && %(categories)s::bigint[])
          AND (s.except_categories IS NULL OR NOT s.except_categories @> %(categories)s::bigint[])
        OFFSET 0
    ) AS slot
    WHERE p.organisation_id = %(organisation)s AND p.is_published AND p.retired_at IS NULL
      AND (%(practitioner)s::bigint IS NULL OR p.id = %(practitioner)s)
"""
_WEEKEND = timedelta(days=3)
"""From a Friday to the Monday after it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Any of these treatments at any of these clinics, by one practitioner or by anybody."""

    organisation: Organisation
    clinics: list[Clinic]
    treatments: list[Treatment]
    practitioner: Practitioner | None

    def parameters(self, clinics: Iterable[Clinic]) -> dict[str, Any]:
        return {
            "organisation": self.organisation.pk,
            "clinics": [clinic.pk for clinic in clinics],
            "treatments": [treatment.pk for treatment in self.treatments],
            "practitioner": self.practitioner.pk if self.practitioner else None,
        }

    def by_zone(self) -> dict[ZoneInfo, list[Clinic]]:
        zones: dict[ZoneInfo, list[Clinic]] = defaultdict(list)
        for clinic in self.clinics:
            zones[ZoneInfo(clinic.time_zone)].append(clinic)
        return zones


@dataclass(frozen=True, slots=True)
class Stored:
    """Start times of one week that go together; treatment and clinic are named where resources count."""

    week: date
    zone: ZoneInfo
    treatment: int | None
    clinic: int | None
    starts: Starts


def free_anywhere(wanted: Wanted, *, first_week: date, last_week: date, zone: ZoneInfo) -> list[datetime]:
    """Every start from one week to another, ascending, equal ones once, by the clock of ``zone``."""
    stored = stored_weeks(wanted, first_week, last_week)
    busy = busy_resources(wanted, stored, first_week, last_week)
    horizons = {there: Horizon.of(wanted.organisation, there) for there in wanted.by_zone()}
    lengths = {treatment.pk: treatment.minutes for treatment in wanted.treatments}
    found: set[datetime] = set()
    for part in stored:
        starts = part.starts.between(*horizons[part.zone].minutes(part.week))
        if part.treatment and part.clinic:
            taken = [interval_in(part, *during) for during in busy.get((part.treatment, part.clinic), [])]
            starts = starts.without(taken, lengths[part.treatment])
        begin = midnight(part.week, part.zone)
        found.update(begin + timedelta(minutes=minute) for minute in starts.minutes())
    return [instant.astimezone(zone) for instant in sorted(found)]


def interval_in(part: Stored, start: datetime, end: datetime) -> Interval:
    return minutes_into_week(start, part.week, part.zone), minutes_into_week(end, part.week, part.zone)


def stored_weeks(wanted: Wanted, first_week: date, last_week: date) -> list[Stored]:
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS, {**wanted.parameters(wanted.clinics), "first": first_week, "last": last_week})
        return [
            Stored(week, ZoneInfo(zone), treatment, clinic, read_starts(bits, odd))
            for week, zone, treatment, clinic, bits, odd in cursor.fetchall()
        ]


def busy_resources(
    wanted: Wanted, stored: list[Stored], first_week: date, last_week: date
) -> dict[tuple[int, int], list[tuple[datetime, datetime]]]:
    """Treatment and clinic id to when something that it needs there is in use."""
    busy: dict[tuple[int, int], list[tuple[datetime, datetime]]] = defaultdict(list)
    if not any(part.treatment for part in stored):
        return busy
    parameters = {
        **wanted.parameters(wanted.clinics),
        "from": datetime.combine(first_week - timedelta(days=1), datetime.min.time(), UTC),
        "to": datetime.combine(last_week + timedelta(days=9), datetime.min.time(), UTC),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESOURCES, parameters)
        for treatment, clinic, start, end in cursor.fetchall():
            busy[treatment, clinic].append((start, end))
    return busy


def days_with_slots(wanted: Wanted, days: list[date], zone: ZoneInfo) -> set[date]:
    """Those of the days on which anything was published that would take the treatments, free or not."""
    if not days:
        return set()
    runs = runs_of(days)
    parameters = {
        **wanted.parameters(wanted.clinics),
        "categories": sorted({treatment.category_id for treatment in wanted.treatments}),
        "zone": zone.key,
        "begins": [midnight(first, zone) for first, _ in runs],
        "ends": [midnight(last + timedelta(days=1), zone) for _, last in runs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SLOT_DAYS, parameters)
        return {day for (day,) in cursor.fetchall()} & set(days)


def runs_of(days: list[date]) -> list[tuple[date, date]]:
    """Ascending days as stretches from a first to a last one, over weekends too: each is one look-up."""
    runs = [(days[0], days[0])]
    for day in days[1:]:
        if day - runs[-1][1] <= _WEEKEND:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def free_answers(wanted: Wanted, step: str, starts_at: datetime) -> set[int]:
    """Ids of the clinics, treatments or practitioners that are free at this moment."""
    return {found for row in free_then(wanted, _ANSWERS[step], starts_at) for found in row}


def free_places(wanted: Wanted, starts_at: datetime) -> list[tuple[int, int]]:
    """Clinic and practitioner ids that could take this time, the least loaded of that week first."""
    return free_then(wanted, _PLACES, starts_at)


def free_then(wanted: Wanted, statement: str, starts_at: datetime) -> list[Any]:
    """The statement's rows for every zone in which the moment is inside the organisation's rules."""
    rows: list[Any] = []
    for zone, clinics in wanted.by_zone().items():
        horizon = Horizon.of(wanted.organisation, zone)
        if not horizon.earliest <= starts_at <= horizon.latest:
            continue
        if starts_at.astimezone(zone).weekday() >= 5 and not horizon.weekends:
            continue
        with connection.cursor() as cursor:
            cursor.execute(statement, {**wanted.parameters(clinics), **moment(starts_at, zone)})
            rows += cursor.fetchall()
    return rows


def moment(starts_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    week = week_of(starts_at, zone)
    minute = minutes_into_week(starts_at, week, zone)
    return {
        "at": starts_at,
        "week": week,
        "minute": minute,
        "start": bit_literal(grid_mask(minute, minute) if minute % 5 == 0 else 0),
        "from": starts_at - timedelta(days=3),
        "to": starts_at + timedelta(days=4),
    }
