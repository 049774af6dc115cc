"""What became of an organisation's bookings in a stretch of days.

Nothing here is about one patient. Days, hours and weeks are those of the organisation's own clock.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils.translation import gettext

from clinics.models import Organisation, Practitioner
from scheduling.day_numbers import LEAD_DAYS, NOTHING_NAMED, Numbers, numbers_of, total
from scheduling.models import Booking, StepCount, Treatment

MOST_NAMED = 12
"""Treatments or practitioners that are shown by name."""
PAGES = ("clinic", "treatment", "practitioner", "time")
STEPS = ("held", "details", "booked")
"""Times that patients held, those for which they gave their details, and those they booked."""

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
    """What became of the bookings that were made in the period; six questions, however many there are."""
    numbers = numbers_of(organisation=organisation, days=period.days)
    made = total(numbers.values())
    return Statistics(
        by_day=[by_state(day, numbers[day]["state"]) for day in period.days],
        by_hour=every_hour({int(hour): many for hour, many in made["hour"].items()}),
        by_lead=[made["lead"][str(stretch)] for stretch in range(len(LEAD_DAYS) + 1)],
        by_treatment=by_name(organisation, Treatment, made["treatment"]),
        by_practitioner=by_name(organisation, Practitioner, made["practitioner"]),
        shares=shares_of(made),
        way=[*pages_seen(organisation, period), *((step, made["way"][step]) for step in STEPS)],
    )


def by_state(day: date, states: Counter[str]) -> tuple[date, int, int]:
    """What stands of what was booked on the day, and what has been cancelled."""
    gone = states[State.CANCELLED]
    return day, states.total() - gone, gone


def every_hour(found: dict[int, int]) -> list[tuple[int, int]]:
    """Without gaps between the first hour and the last."""
    if not found:
        return []
    return [(hour, found.get(hour, 0)) for hour in range(min(found), max(found) + 1)]


def by_name(
    organisation: Organisation, model: type[Treatment] | type[Practitioner], by_id: Counter[str]
) -> list[tuple[str, int]]:
    """The most frequent, by name; what has the same name counts together."""
    found: Counter[str] = Counter()
    named = model.objects.filter(organisation=organisation, pk__in=list(by_id))
    for pk, name in named.values_list("pk", "name"):
        found[name] += by_id[str(pk)]
    if by_id[NOTHING_NAMED]:
        found[gettext("Appointment")] += by_id[NOTHING_NAMED]
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST_NAMED]


def shares_of(made: Numbers) -> Shares:
    states = made["state"]
    return Shares(
        booked=states.total(),
        cancelled=states[State.CANCELLED],
        refused=states[State.REFUSED],
        no_show=states[State.NO_SHOW],
        moved=made["moved"]["1"],
    )


def pages_seen(organisation: Organisation, period: Period) -> list[tuple[str, int]]:
    counts = (
        StepCount.objects.filter(organisation=organisation, day__range=(period.first, period.last))
        .values_list("step")
        .annotate(many=Sum("shown"))
    )
    seen: dict[str, int] = dict(counts)
    return [(step, seen.get(step, 0)) for step in PAGES]
