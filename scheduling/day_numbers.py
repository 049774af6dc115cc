"""What was booked on each day, counted by the database; of days that are over, what was counted before.

What is kept is true as long as it is there: a trigger deletes it in the transaction that changes anything
of what it has counted (migration 0002), and who finds nothing counts. Days are those of the organisation's
clock.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from clinics.models import Organisation
from scheduling.models import DayNumbers

LEAD_DAYS = (1, 3, 8, 15, 31)
"""Where one stretch of lead time ends and the next begins, in days from booking to appointment."""
KINDS = ("state", "hour", "lead", "treatment", "practitioner", "moved")
"""What is counted of the bookings that were made on a day, by what; ``way`` comes to these."""
WORTH_KEEPING = 20
"""A day on which fewer times were held is counted as quickly as it is looked up."""
OVER_AFTER = 3
"""Days after which a day's numbers are kept; the trigger leaves changes of the last day alone."""
DAYS_KEPT = 366

NOTHING_NAMED = "0"
"""Stands for the treatment of what the clinic had booked without one."""

Numbers = dict[str, Counter[str]]

_MADE = """
    SELECT day, state, hour, lead, treatment_id, practitioner_id, moved::int, count(*) FROM (
        SELECT d.day, b.state, coalesce(b.treatment_id, 0) AS treatment_id, b.practitioner_id,
            extract(hour FROM local.starts)::int AS hour,
            width_bucket(local.starts::date - d.day, %(lead)s::int[]) AS lead,
            EXISTS (
                SELECT FROM scheduling_agentevent e WHERE e.booking_id = b.id AND e.type = 'booking.moved'
            ) AS moved
        FROM unnest(%(days)s::date[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
            AS d (day, begins, ends)
        JOIN scheduling_booking b
            ON b.organisation_id = %(organisation)s AND b.booked_at >= d.begins AND b.booked_at < d.ends
        CROSS JOIN LATERAL (SELECT lower(b.during) AT TIME ZONE %(zone)s AS starts OFFSET 0) AS local
    ) AS made
    GROUP BY GROUPING SETS (
        (day, state), (day, hour), (day, lead), (day, treatment_id), (day, practitioner_id), (day, moved)
    )
"""
_WAY = """
    SELECT d.day, count(*), count(*) FILTER (WHERE b.booked_at IS NOT NULL OR EXISTS (
               SELECT FROM scheduling_confirmationcode c WHERE c.booking_id = b.id)),
           count(*) FILTER (WHERE b.booked_at IS NOT NULL)
    FROM unnest(%(days)s::date[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS d (day, begins, ends)
    JOIN scheduling_booking b
        ON b.organisation_id = %(organisation)s AND b.created_at >= d.begins AND b.created_at < d.ends
    WHERE b.visitor NOT LIKE 'undo:%%' AND b.visitor NOT LIKE 'move:%%'
    GROUP BY d.day
"""


def numbers_of(*, organisation: Organisation, days: Collection[date]) -> dict[date, Numbers]:
    """The numbers of each of the days; three questions, however much was booked."""
    kept = kept_numbers(organisation, days)
    return kept | count_days(organisation, [day for day in days if day not in kept])


def kept_numbers(organisation: Organisation, days: Collection[date]) -> dict[date, Numbers]:
    rows = DayNumbers.objects.filter(
        organisation=organisation, day__in=list(days), time_zone=organisation.time_zone
    )
    return {
        day: {kind: Counter(counted) for kind, counted in numbers.items()}
        for day, numbers in rows.values_list("day", "numbers")
    }


def count_days(organisation: Organisation, days: Collection[date]) -> dict[date, Numbers]:
    """The same, counted anew."""
    found: dict[date, Numbers] = {day: {kind: Counter() for kind in (*KINDS, "way")} for day in days}
    for day, *keys, many in rows(_MADE, organisation, days):
        kind, key = next((kind, key) for kind, key in zip(KINDS, keys, strict=True) if key is not None)
        found[day][kind][str(key)] = many
    for day, held, typed, booked in rows(_WAY, organisation, days):
        found[day]["way"] = Counter({"held": held, "details": typed, "booked": booked})
    return found


def rows(sql: str, organisation: Organisation, days: Collection[date]) -> list[tuple[Any, ...]]:
    zone = ZoneInfo(organisation.time_zone)
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "zone": organisation.time_zone,
        "lead": list(LEAD_DAYS),
        "days": list(days),
        "begins": [datetime.combine(day, time(0), zone) for day in days],
        "ends": [datetime.combine(day + timedelta(days=1), time(0), zone) for day in days],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def total(numbers: Iterable[Numbers]) -> Numbers:
    """All days together."""
    found: Numbers = {kind: Counter() for kind in (*KINDS, "way")}
    for one in numbers:
        for kind, counted in one.items():
            found[kind].update(counted)
    return found


def keep_day_numbers(*, organisation: Organisation) -> int:
    """Keeps the numbers of the days that are over and that nobody has kept yet; of how many.

    Who changes an old booking meanwhile waits until these are kept, and then deletes them: the lock is the
    one that the trigger shares. So what is kept was counted after every change that did not find it.
    """
    today = timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
    over = [today - timedelta(days=days) for days in range(OVER_AFTER, DAYS_KEPT)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('day numbers ' || %s, 0))", [organisation.pk]
            )
        known = DayNumbers.objects.filter(organisation=organisation)
        known.exclude(day__gte=over[-1], time_zone=organisation.time_zone).delete()
        missing = sorted(set(over) - set(known.values_list("day", flat=True)))
        counted = count_days(organisation, missing)
        kept = [
            DayNumbers(organisation=organisation, day=day, time_zone=organisation.time_zone, numbers=numbers)
            for day, numbers in counted.items()
            if numbers["way"]["held"] + numbers["state"].total() >= WORTH_KEEPING
        ]
        DayNumbers.objects.bulk_create(kept)
    return len(kept)
