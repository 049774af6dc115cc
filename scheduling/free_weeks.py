"""The start times worked out beforehand: rewritten wherever slots or bookings change.

Whoever changes what is free calls ``refresh_free_weeks`` in the same transaction, after the change.
Two changes of one practitioner's time are put in order by an advisory lock, taken after the write
that may wait for somebody else's and held until commit: the later one sees the earlier one's rows.
A new hold only clears the starts that it leaves no room for; what gives time back works it out anew.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from psycopg import sql

from clinics.inserting import ask_to_insert
from clinics.models import Organisation, Practitioner
from clinics.prepared import Question, ask, together
from scheduling.availability import Interval, Starts, start_times
from scheduling.freed_times import ring_for_waiting
from scheduling.models import FreeWeek
from scheduling.models.booking import OCCUPYING_STATES, Booking
from scheduling.models.free_week import bit_literal
from scheduling.offerings import Catalogue, Offering, catalogue_of, known_catalogue
from scheduling.slot_times import SlotTime, as_stored, instant, seconds
from scheduling.weeks import midnight, minutes_in_week, week_of

_LOCK_SPACE = 0x46726565
_MARGIN = timedelta(days=2)
"""A treatment takes a day at most, and a zone is never a day from UTC."""
_LONGEST = 24 * 60
"""Minutes that a treatment can reach into the next week."""
WEEK = timedelta(days=7)
PORTION = 200
"""So many weeks of practitioners are worked out and written at a time."""

_SLOTS_AROUND = """
    SELECT clinic_id, extract(epoch FROM starts_at)::bigint, extract(epoch FROM ends_at)::bigint,
        only_categories, except_categories
    FROM scheduling_slot
    WHERE organisation_id = %s AND practitioner_id = %s AND starts_at < %s AND ends_at > %s
    ORDER BY starts_at
"""
_TAKE_TIME = "SELECT scheduling_take_time(%s, %s::int)"
"""Goes with a booking's insertion: clears the starts from which a treatment would reach into it (migration
0002). Nothing happens where it was not inserted."""

Period = tuple[int, int]
"""From when to when, in seconds since the epoch."""


@dataclass(frozen=True)
class Diary:
    """What is published for one practitioner, and what is taken of it."""

    slots: dict[int, list[SlotTime]]
    """By clinic, in order."""
    busy: list[tuple[int, int]]


def lock_practitioners(practitioner_ids: Collection[int]) -> None:
    """Waits until no other transaction is changing these practitioners' free time; held until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, (id %% 2147483647)::int) FROM unnest(%s::bigint[]) AS id",
            [_LOCK_SPACE, sorted(practitioner_ids)],
        )


def refresh_free_weeks(*, organisation: Organisation, changed: dict[int, list[Period]]) -> None:
    """Rewrites the weeks in which these practitioners' time changed; practitioner id to periods.

    Something may have become free: who is on the waiting list hears of it after the commit.
    """
    rewrite_weeks(organisation, changed)
    ring_for_waiting(organisation=organisation)


def rewrite_weeks(organisation: Organisation, changed: dict[int, list[Period]]) -> None:
    lock_practitioners(changed)
    write_changed_weeks(organisation, known_catalogue(organisation), changed)


def write_changed_weeks(
    organisation: Organisation, catalogue: Catalogue, changed: dict[int, list[Period]]
) -> None:
    """The same, for whoever has locked the practitioners."""
    weeks = {pk: weeks_touched(periods, catalogue) for pk, periods in changed.items()}
    write_weeks(organisation, catalogue, {pk: touched for pk, touched in weeks.items() if touched})


def insert_and_take_time(booking: Booking) -> bool:
    """Whether the booking could be inserted; its time is free no longer then. All in one round trip."""
    with together():
        asked = ask_to_insert(booking)
        ask(_TAKE_TIME, [booking.public_id, _LOCK_SPACE])
        row = asked.row()
    if row is None:
        return False
    (booking.pk,) = row
    return True


def rebuild_free_weeks(*, organisation: Organisation) -> None:
    """Rewrites every week of the organisation, after its catalogue or its steps have changed."""
    with transaction.atomic():
        practitioners = list(
            Practitioner.objects.filter(organisation=organisation).values_list("pk", flat=True)
        )
        lock_practitioners(practitioners)
        catalogue = catalogue_of(organisation)
        FreeWeek.objects.filter(organisation=organisation).delete()
        periods = published_periods(organisation)
        write_weeks(
            organisation, catalogue, {pk: weeks_touched(found, catalogue) for pk, found in periods.items()}
        )


def published_periods(organisation: Organisation) -> dict[int, list[Period]]:
    """From the first to the last slot of each practitioner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT practitioner_id, date_part('epoch', min(starts_at))::bigint,"
            " date_part('epoch', max(ends_at))::bigint FROM scheduling_slot"
            " WHERE organisation_id = %s GROUP BY practitioner_id",
            [organisation.pk],
        )
        return {practitioner: [(first, last)] for practitioner, first, last in cursor.fetchall()}


def weeks_touched(periods: Iterable[Period], catalogue: Catalogue) -> set[date]:
    """The Mondays of every week in which a start may come or go when these periods change.

    A start may lie one treatment's length before the period that it no longer fits into.
    """
    earlier = catalogue.longest_minutes * 60
    weeks: set[date] = set()
    for zone in set(catalogue.zones.values()):
        begin = end = 0
        for first, last in periods:
            if begin <= first and last < end:
                continue  # in the same week as the one before, and so are the starts before it
            monday, final = week_of(instant(first - earlier), zone), week_of(instant(last), zone)
            begin = seconds(midnight(final, zone)) + earlier
            end = seconds(midnight(final + WEEK, zone))
            while monday <= final:
                weeks.add(monday)
                monday += WEEK
    return weeks


def write_weeks(organisation: Organisation, catalogue: Catalogue, weeks: dict[int, set[date]]) -> None:
    """Makes the rows of these practitioners' weeks what slots and bookings give now, so many at a time."""
    for portion in portions(weeks):
        write_rows(organisation, portion, list(fresh_rows(organisation, catalogue, portion)))


def portions(weeks: dict[int, set[date]]) -> Iterator[dict[int, set[date]]]:
    """The same in parts of about PORTION weeks: what is worked out must be held, and sent, at once."""
    portion: dict[int, set[date]] = {}
    count = 0
    for practitioner, touched in weeks.items():
        portion[practitioner] = touched
        count += len(touched)
        if count >= PORTION:
            yield portion
            portion, count = {}, 0
    if portion:
        yield portion


Row = tuple[int, int, int, int, date, str, str]
"""Organisation, treatment, clinic, practitioner, week, the starts as bits, and those off the grid."""


def write_rows(organisation: Organisation, weeks: dict[int, set[date]], rows: list[Row]) -> None:
    """Makes these the rows of the weeks: all anew, which costs less than a look at which of them differ."""
    pairs = [(pk, week) for pk, touched in weeks.items() for week in touched]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM scheduling_freeweek f"
            " USING unnest(%s::bigint[], %s::date[]) AS w(practitioner_id, week)"
            " WHERE f.organisation_id = %s AND f.practitioner_id = w.practitioner_id AND f.week = w.week",
            [[pk for pk, _ in pairs], [week for _, week in pairs], organisation.pk],
        )
        if rows:
            copy_rows(cursor.cursor, rows)


def copy_rows(cursor: object, rows: list[Row]) -> None:
    columns = "organisation_id, treatment_id, clinic_id, practitioner_id, week, starts, odd_starts"
    statement = sql.SQL("COPY scheduling_freeweek ({}) FROM STDIN").format(sql.SQL(columns))
    with cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        copy.write("".join(map(_LINE.__mod__, rows)))


_LINE = "%d\t%d\t%d\t%d\t%s\t%s\t%s\n"


def fresh_rows(
    organisation: Organisation, catalogue: Catalogue, weeks: dict[int, set[date]]
) -> Iterator[Row]:
    """The rows that these weeks ought to have, calculated from slots and bookings."""
    diaries = diaries_of(organisation, weeks)
    for practitioner_id, touched in weeks.items():
        diary = diaries[practitioner_id]
        for clinic_id in sorted(diary.slots.keys() & catalogue.zones.keys()):
            given = catalogue.given(clinic_id=clinic_id, practitioner_id=practitioner_id)
            zone = catalogue.zones[clinic_id]
            for week in sorted(touched):
                for offering, starts in week_starts(diary, clinic_id, zone, week, given):
                    place = (organisation.pk, offering.treatment_id, clinic_id, practitioner_id, week)
                    yield (*place, bit_literal(starts.bits), odd_literal(starts))


def odd_literal(starts: Starts) -> str:
    """Starts off the grid as COPY reads an array."""
    return "{" + ",".join(map(str, starts.odd)) + "}" if starts.odd else "\\N"


def week_starts(
    diary: Diary, clinic_id: int, zone: ZoneInfo, week: date, offerings: list[Offering]
) -> Iterator[tuple[Offering, Starts]]:
    """The start times of each offering in one week, where it has any."""
    zero, week_minutes = int(midnight(week, zone).timestamp()), minutes_in_week(week, zone)
    slots = overlapping(diary.slots[clinic_id], zero, zero + (week_minutes + _LONGEST) * 60)
    if not slots:
        return
    minutes = [(slot, slot.minutes_since(zero)) for slot in slots]
    busy = [((start - zero) // 60, -((zero - end) // 60)) for start, end in diary.busy]
    accepted: dict[int | None, list[Interval]] = {}
    known: dict[tuple[int | None, int, int], Starts] = {}
    for offering in offerings:
        category = offering.category_id
        if category not in accepted:
            accepted[category] = [within for slot, within in minutes if slot.accepts(category)]
        key = (category, offering.minutes, offering.step)
        if key not in known:
            known[key] = start_times(
                slots=accepted[category],
                busy=busy,
                length=offering.minutes,
                step=offering.step,
                week_minutes=week_minutes,
            )
        if known[key]:
            yield offering, known[key]


def overlapping(slots: list[SlotTime], first: int, last: int) -> list[SlotTime]:
    """Those of one clinic's slots, which are in order, that reach into these seconds."""
    begin = bisect_right(slots, first, key=attrgetter("end"))
    return slots[begin : bisect_left(slots, last, key=attrgetter("start"))]


def diaries_of(organisation: Organisation, weeks: dict[int, set[date]]) -> dict[int, Diary]:
    """Slots and bookings of these practitioners around these weeks, in two queries."""
    diaries: dict[int, Diary] = defaultdict(lambda: Diary(defaultdict(list), []))
    days = [week for touched in weeks.values() for week in touched]
    if not days:
        return diaries
    first = datetime.combine(min(days), datetime.min.time(), UTC) - _MARGIN
    last = datetime.combine(max(days), datetime.min.time(), UTC) + timedelta(days=7) + _MARGIN
    for practitioner_id, clinic_id, slot in slot_rows(organisation, list(weeks), first, last):
        diaries[practitioner_id].slots[clinic_id].append(slot)
    for practitioner_id, start, end in busy_rows(organisation, list(weeks), first, last):
        diaries[practitioner_id].busy.append((start, end))
    return diaries


def slot_rows(
    organisation: Organisation, practitioner_ids: list[int], first: datetime, last: datetime
) -> list[tuple[int, int, SlotTime]]:
    """Slots that reach into this time: practitioner, clinic and slot, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT practitioner_id, clinic_id, date_part('epoch', starts_at)::bigint,"
            " date_part('epoch', ends_at)::bigint, only_categories, except_categories FROM scheduling_slot"
            " WHERE organisation_id = %s AND practitioner_id = ANY(%s) AND starts_at < %s AND ends_at > %s"
            " ORDER BY starts_at",
            [organisation.pk, practitioner_ids, last, first],
        )
        return [(who, where, as_stored(*slot)) for who, where, *slot in cursor.fetchall()]


def ask_slots_around(organisation: Organisation, practitioner_id: int, during: Any) -> Question:
    """The practitioner's slots that reach into this time, each with its clinic first, in order."""
    values = [organisation.pk, practitioner_id, during.upper, during.lower]
    return ask(_SLOTS_AROUND, values)


def busy_rows(
    organisation: Organisation, practitioner_ids: list[int], first: datetime, last: datetime
) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT practitioner_id, date_part('epoch', lower(during))::bigint,"
            " date_part('epoch', upper(during))::bigint FROM scheduling_booking"
            " WHERE organisation_id = %s AND practitioner_id = ANY(%s) AND state = ANY(%s)"
            " AND during && tstzrange(%s, %s)",
            [organisation.pk, practitioner_ids, [str(state) for state in OCCUPYING_STATES], first, last],
        )
        return list(cursor.fetchall())


def differing_weeks(*, organisation: Organisation) -> int:
    """How many stored rows differ from a fresh calculation: missing, extra or other. Should be 0."""
    with transaction.atomic():
        periods = published_periods(organisation)
        lock_practitioners(periods)
        catalogue = catalogue_of(organisation)
        weeks = {pk: weeks_touched(found, catalogue) for pk, found in periods.items()}
        fresh = {row[:5]: row[5:] for row in fresh_rows(organisation, catalogue, weeks)}
        stored = {row[:5]: row[5:] for row in stored_rows(organisation)}
    return sum(1 for key in fresh.keys() | stored.keys() if fresh.get(key) != stored.get(key))


def stored_rows(organisation: Organisation) -> Iterator[Row]:
    for row in FreeWeek.objects.filter(organisation=organisation):
        starts = Starts(row.starts, tuple(row.odd_starts or ()))
        place = (organisation.pk, row.treatment_id, row.clinic_id, row.practitioner_id, row.week)
        yield (*place, bit_literal(starts.bits), odd_literal(starts))
