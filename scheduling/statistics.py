"""What became of an organisation's bookings in a stretch of days, counted by the database.

Nothing here is about one patient. Days, hours and weeks are those of the organisation's own clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour, TruncDate
from django.utils.translation import gettext

from clinics.models import Organisation
from scheduling.models import AgentEvent, Booking, StepCount

MOST_NAMED = 12
"""Treatments or practitioners that are shown by name."""
LEAD_DAYS = (1, 3, 8, 15, 31)
"""Where one stretch of lead time ends and the next begins, in days from booking to appointment."""
PAGES = ("clinic", "treatment", "practitioner", "time")

_BY_LEAD = """
    SELECT width_bucket(
        (lower(b.during) AT TIME ZONE %(zone)s)::date - (b.booked_at AT TIME ZONE %(zone)s)::date,
        %(lead)s::int[]
    ), count(*)
    FROM scheduling_booking b
    WHERE b.organisation_id = %(organisation)s AND b.booked_at >= %(begin)s AND b.booked_at < %(end)s
    GROUP BY 1
"""
_WAY = """
    SELECT count(*), count(*) FILTER (WHERE b.booked_at IS NOT NULL OR EXISTS (
               SELECT FROM scheduling_confirmationcode c WHERE c.booking_id = b.id)),
           count(*) FILTER (WHERE b.booked_at IS NOT NULL)
    FROM scheduling_booking b
    WHERE b.organisation_id = %(organisation)s AND b.created_at >= %(begin)s AND b.created_at < %(end)s
      AND b.visitor !~ '^(undo|move):'
"""
State = Booking.State


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both of them included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Shares:
    """How many were booked, and of these moved, cancelled, refused by the clinic, and not come to."""

    booked: int
    cancelled: int
    refused: int
    no_show: int
    moved: int

    def percent(self, number: int) -> int:
        """``number`` in hundredths of all that were booked."""
        return round(100 * number / self.booked) if self.booked else 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers of bookings made in the period."""

    by_day: list[tuple[date, int, int]]
    """Each day of the period: bookings that stand, and bookings that have been cancelled since."""
    by_hour: list[tuple[int, int]]
    """The hours of the day at which appointments begin, from the first that has any to the last."""
    by_lead: list[int]
    """In the stretches between LEAD_DAYS: the same day, 1–2, 3–7, 8–14, 15–30 and more days."""
    by_treatment: list[tuple[str, int]]
    by_practitioner: list[tuple[str, int]]
    shares: Shares
    way: list[tuple[str, int]]
    """How often each step was reached: pages seen, then times held, details given, and booked."""

    @property
    def is_empty(self) -> bool:
        return not (self.shares.booked or any(many for _, many in self.way))


def statistics(*, organisation: Organisation, period: Period) -> Statistics:
    """What became of the bookings that were made in the period; eight questions, however many there are."""
    stretch = Stretch.of(organisation, period)
    made = Booking.objects.filter(
        organisation=organisation, booked_at__gte=stretch.begin, booked_at__lt=stretch.end
    )
    return Statistics(
        by_day=every_day(period, by_day(made, stretch.zone)),
        by_hour=every_hour(by_hour(made, stretch.zone)),
        by_lead=every_lead(dict(rows(_BY_LEAD, organisation, stretch))),
        by_treatment=by_name(made, "treatment__name"),
        by_practitioner=by_name(made, "practitioner__name"),
        shares=shares_of(made),
        way=[*pages_seen(organisation, period), *held_and_booked(organisation, stretch)],
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period as moments, by the organisation's clock."""

    begin: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, organisation: Organisation, period: Period) -> Self:
        zone = ZoneInfo(organisation.time_zone)
        after = period.last + timedelta(days=1)
        return cls(
            datetime.combine(period.first, time(0), zone), datetime.combine(after, time(0), zone), zone
        )


def rows(sql: str, organisation: Organisation, stretch: Stretch) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "zone": organisation.time_zone,
        "begin": stretch.begin,
        "end": stretch.end,
        "lead": list(LEAD_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def by_day(made: QuerySet[Booking], zone: ZoneInfo) -> list[tuple[date, int, int]]:
    """Days on which anything was booked: what stands of it, and what has been cancelled."""
    counted = made.annotate(day=TruncDate("booked_at", tzinfo=zone)).values_list("day").order_by("day")
    cancelled = Q(state=State.CANCELLED)
    return list(counted.annotate(standing=Count("pk", filter=~cancelled), gone=Count("pk", filter=cancelled)))


def by_hour(made: QuerySet[Booking], zone: ZoneInfo) -> dict[int, int]:
    begins = ExtractHour(F("during__startswith"), tzinfo=zone)
    return dict(made.annotate(hour=begins).values_list("hour").annotate(many=Count("pk")).order_by())


def by_name(made: QuerySet[Booking], name: str) -> list[tuple[str, int]]:
    """The most frequent, by name."""
    counted = made.values_list(name).annotate(many=Count("pk")).order_by("-many", name)[:MOST_NAMED]
    return [(called or gettext("Appointment"), many) for called, many in counted]


def shares_of(made: QuerySet[Booking]) -> Shares:
    moves = AgentEvent.objects.filter(
        organisation=OuterRef("organisation"), booking=OuterRef("pk"), type=AgentEvent.Type.BOOKING_MOVED
    )
    counted = made.aggregate(
        booked=Count("pk"),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
        refused=Count("pk", filter=Q(state=State.REFUSED)),
        no_show=Count("pk", filter=Q(state=State.NO_SHOW)),
        moved=Count("pk", filter=Exists(moves)),
    )
    return Shares(**counted)


def every_day(period: Period, found: Iterable[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    """The days without bookings as well."""
    by_day = {day: (standing, cancelled) for day, standing, cancelled in found}
    return [(day, *by_day.get(day, (0, 0))) for day in period.days]


def every_hour(found: dict[int, int]) -> list[tuple[int, int]]:
    """Without gaps between the first hour and the last."""
    if not found:
        return []
    return [(hour, found.get(hour, 0)) for hour in range(min(found), max(found) + 1)]


def every_lead(found: dict[int, int]) -> list[int]:
    return [found.get(bucket, 0) for bucket in range(len(LEAD_DAYS) + 1)]


def pages_seen(organisation: Organisation, period: Period) -> list[tuple[str, int]]:
    counts = (
        StepCount.objects.filter(organisation=organisation, day__range=(period.first, period.last))
        .values_list("step")
        .annotate(many=Sum("shown"))
    )
    seen: dict[str, int] = dict(counts)
    return [(step, seen.get(step, 0)) for step in PAGES]


def held_and_booked(organisation: Organisation, stretch: Stretch) -> list[tuple[str, int]]:
    """Times that patients held, those for which they gave their details, and those they booked."""
    held, typed, booked = rows(_WAY, organisation, stretch)[0]
    return [("held", held), ("details", typed), ("booked", booked)]
