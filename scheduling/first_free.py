"""The first free time of each answer a patient could give, and the way out of an empty week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.availability import Starts
from scheduling.free_times import read_starts, resource_times
from scheduling.horizon import Horizon
from scheduling.models import Treatment
from scheduling.offerings import known_catalogue
from scheduling.weeks import GRID_MINUTES, midnight, week_of

_FIRST_WEEKS = """
    SELECT q.treatment, q.clinic, q.practitioner, found.week, position(B'1' IN found.bits), found.odd,
        CASE WHEN q.treatment = ANY(%(needing)s) THEN found.bits END
    FROM {questions}
    CROSS JOIN LATERAL (
        SELECT f.week, bit_or(f.seen) AS bits, string_agg(array_to_string(f.odd_starts, ','), ',') AS odd
        FROM (
            SELECT stored.*, stored.starts & CASE stored.week
                WHEN %(first)s THEN %(first_mask)s::bit(2028)
                WHEN %(last)s THEN %(last_mask)s::bit(2028)
                ELSE %(mask)s::bit(2028) END AS seen
            FROM scheduling_freeweek stored
        ) AS f
        JOIN clinics_practitioner p ON p.id = f.practitioner_id AND p.is_published AND p.retired_at IS NULL
        WHERE f.organisation_id = %(organisation)s AND f.treatment_id = q.treatment AND f.clinic_id = q.clinic
          AND (NOT %(by_person)s OR f.practitioner_id = q.practitioner)
          AND f.week BETWEEN q.week AND %(last)s
          AND (f.odd_starts IS NOT NULL OR bit_count(f.seen) > 0)
        GROUP BY f.week ORDER BY f.week LIMIT 1
    ) AS found
"""
_ALL = _FIRST_WEEKS.format(
    questions="(SELECT *, %(from)s::date AS week FROM unnest(%(treatments)s::bigint[]) AS treatment,"
    " unnest(%(clinics)s::bigint[]) AS clinic, unnest(%(practitioners)s::bigint[]) AS practitioner) AS q"
)
"""Every combination, from the same week on."""
_EACH = _FIRST_WEEKS.format(
    questions="unnest(%(treatments)s::bigint[], %(clinics)s::bigint[], %(practitioners)s::bigint[],"
    " %(weeks)s::date[]) AS q(treatment, clinic, practitioner, week)"
)
"""Some of them, each from its own."""


def next_week_with_times(
    *,
    organisation: Organisation,
    clinic: Clinic,
    treatment: Treatment,
    practitioner: Practitioner | None,
    after: date,
) -> date | None:
    """The first week later than that of ``after`` in which something is free; None: nothing is."""
    first = first_free(
        organisation=organisation,
        clinics=[clinic],
        treatments=[treatment],
        practitioners=[practitioner] if practitioner else None,
        from_week=after + timedelta(days=7),
    )
    return min((week_of(moment, ZoneInfo(clinic.time_zone)) for moment in first.values()), default=None)


def next_week_anywhere(
    *,
    organisation: Organisation,
    clinics: Iterable[Clinic],
    treatments: Iterable[Treatment],
    practitioner: Practitioner | None,
    after: date,
    zone: ZoneInfo,
) -> date | None:
    """The same over several clinics and treatments, by the calendar of ``zone``."""
    first = first_free(
        organisation=organisation,
        clinics=clinics,
        treatments=treatments,
        practitioners=[practitioner] if practitioner else None,
        from_week=after + timedelta(days=7),
    )
    return min((week_of(moment, zone) for moment in first.values()), default=None)


Asked = tuple[int, int, int]
"""Treatment id, clinic id, and practitioner id or 0 for anybody."""
ASKED = ("treatment", "clinic", "practitioner")
"""Their places."""


def earliest_by(found: dict[Asked, datetime], *, key: int) -> dict[int, datetime]:
    earliest: dict[int, datetime] = {}
    for asked, moment in found.items():
        if asked[key] not in earliest or moment < earliest[asked[key]]:
            earliest[asked[key]] = moment
    return earliest


def first_free(
    *,
    organisation: Organisation,
    clinics: Iterable[Clinic],
    treatments: Iterable[Treatment],
    practitioners: Iterable[Practitioner] | None = None,
    from_week: date | None = None,
) -> dict[Asked, datetime]:
    """The first free time of every combination that has one; one query for each time zone."""
    by_zone: dict[str, list[Clinic]] = {}
    for clinic in clinics:
        by_zone.setdefault(clinic.time_zone, []).append(clinic)
    search = Search(
        organisation,
        {treatment.pk: treatment for treatment in treatments},
        [0] if practitioners is None else [practitioner.pk for practitioner in practitioners],
    )
    found: dict[Asked, datetime] = {}
    for zone_name, there in by_zone.items():
        found |= search.at({clinic.pk: clinic for clinic in there}, ZoneInfo(zone_name), from_week)
    return found


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for first free times of treatments, by some practitioners or by anybody (0)."""

    organisation: Organisation
    treatments: dict[int, Treatment]
    practitioner_ids: list[int]

    def at(self, clinics: dict[int, Clinic], zone: ZoneInfo, from_week: date | None) -> dict[Asked, datetime]:
        """First free times at these clinics, which share one zone.

        Weeks whose stored starts turn out to be unusable (a resource is taken, or starts off the
        grid are outside the view) are gone past, week by week.
        """
        horizon = Horizon.of(self.organisation, zone)
        view = self.view(horizon)
        start = max(from_week or horizon.first_week, horizon.first_week)
        answers = self.ask(_ALL, {**view, **self.columns(clinics), "from": start})
        found: dict[Asked, datetime] = {}
        while answers:
            open_questions: dict[Asked, date] = {}
            for asked, week, on_grid, odd, bits in answers:
                first = self.usable(asked, clinics[asked[1]], Stored(week, on_grid, odd, bits), horizon)
                if first is None:
                    open_questions[asked] = week + timedelta(days=7)
                else:
                    found[asked] = (midnight(week, zone) + timedelta(minutes=first)).astimezone(zone)
            answers = self.ask(_EACH, {**view, **columns_of(open_questions)}) if open_questions else []
        return found

    def usable(self, asked: Asked, clinic: Clinic, stored: "Stored", horizon: Horizon) -> int | None:
        """The week's first minute that can be had indeed, among the starts that are stored for it."""
        if stored.bits is None:
            return stored.first(horizon)
        starts = read_starts(stored.bits, stored.odd).between(*horizon.minutes(stored.week))
        if not starts:
            return None
        return self.with_resources(starts, asked, clinic, stored.week, horizon.zone).first()

    def with_resources(
        self, starts: Starts, asked: Asked, clinic: Clinic, week: date, zone: ZoneInfo
    ) -> Starts:
        treatment = self.treatments[asked[0]]
        busy = resource_times(self.organisation, clinic, treatment, week, zone)
        return starts.without(busy, treatment.minutes)

    def view(self, horizon: Horizon) -> dict[str, Any]:
        """What of the weeks may be seen."""
        resources = known_catalogue(self.organisation).resources
        return {
            "organisation": self.organisation.pk,
            "needing": sorted({treatment for treatment, _ in resources}),
            "by_person": self.practitioner_ids != [0],
            "first": horizon.first_week,
            "last": horizon.last_week,
            "first_mask": horizon.mask(horizon.first_week),
            "last_mask": horizon.mask(horizon.last_week),
            "mask": horizon.mask(horizon.first_week + timedelta(days=7)),
        }

    def columns(self, clinics: dict[int, Clinic]) -> dict[str, Any]:
        return {
            "treatments": list(self.treatments),
            "clinics": list(clinics),
            "practitioners": self.practitioner_ids,
        }

    def ask(
        self, statement: str, values: dict[str, Any]
    ) -> list[tuple[Asked, date, int, str | None, str | None]]:
        """For each question the first week, from the one it names, with any start inside the horizon."""
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [(row[:3], *row[3:]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Stored:
    """A week in which something begins: where on the grid first, counted from 1, and when off it."""

    week: date
    on_grid: int
    odd: str | None
    bits: str | None
    """All that is on the grid, for a treatment that needs resources too."""

    def first(self, horizon: Horizon) -> int | None:
        """The first minute inside the horizon."""
        minutes = [(self.on_grid - 1) * GRID_MINUTES] if self.on_grid else []
        if self.odd:
            earliest, latest = horizon.minutes(self.week)
            minutes += [odd for odd in map(int, self.odd.split(",")) if earliest <= odd <= latest]
        return min(minutes, default=None)


def columns_of(questions: dict[Asked, date]) -> dict[str, Any]:
    """The questions as parallel columns."""
    return {
        "treatments": [treatment for treatment, _, _ in questions],
        "clinics": [clinic for _, clinic, _ in questions],
        "practitioners": [practitioner for _, _, practitioner in questions],
        "weeks": list(questions.values()),
    }
