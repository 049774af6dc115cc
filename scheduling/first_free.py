"""The first free time of each answer a patient could give, and the way out of an empty week."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from clinics.models import Clinic, Organisation, Practitioner
from clinics.prepared import prepared
from scheduling.availability import Starts
from scheduling.free_times import read_starts, resource_times
from scheduling.horizon import Horizon
from scheduling.models import Treatment
from scheduling.weeks import GRID_MINUTES, midnight, week_of

_FIRST_WEEKS = """
    SELECT q.treatment, q.clinic, q.practitioner, found.week,
        position(B'1' IN found.bits) AS on_grid, found.odd,
        CASE WHEN EXISTS (
            SELECT FROM scheduling_treatmentresource needed
            WHERE needed.organisation_id = %(organisation)s AND needed.treatment_id = q.treatment
        ) THEN found.bits END AS bits
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
          {whose} AND f.week BETWEEN q.week AND %(last)s
          AND (f.odd_starts IS NOT NULL OR bit_count(f.seen) > 0)
        GROUP BY f.week ORDER BY f.week LIMIT 1
    ) AS found
"""
_BY_PERSON = "AND f.practitioner_id = q.practitioner"
_COMBINED = """(
    SELECT treatment, clinic, practitioner, %(from)s::date AS week
    FROM unnest(%(treatments)s::bigint[]) AS treatment, unnest(%(clinics)s::bigint[]) AS clinic,
        unnest(%(practitioners)s::bigint[]) AS practitioner
) AS q"""
"""Every combination, from the same week on."""
_LISTED = """unnest(%(treatments)s::bigint[], %(clinics)s::bigint[], %(practitioners)s::bigint[],
    %(weeks)s::date[]) AS q(treatment, clinic, practitioner, week)"""
"""Some of them, each from its own."""
_PUBLISHED = """
    SELECT id FROM clinics_practitioner
    WHERE organisation_id = %(organisation)s AND is_published AND retired_at IS NULL
"""
_NEAR_WEEKS = """
    SELECT treatment_id AS treatment, clinic_id AS clinic, practitioner_id AS practitioner, week, odd_starts,
        starts & CASE week
            WHEN %(first)s THEN %(first_mask)s::bit(2028)
            WHEN %(last)s THEN %(last_mask)s::bit(2028)
            ELSE %(mask)s::bit(2028) END AS seen
    FROM scheduling_freeweek
    WHERE organisation_id = %(organisation)s AND treatment_id = ANY(%(treatments)s::bigint[])
      AND clinic_id = ANY(%(clinics)s::bigint[])
      AND week BETWEEN %(from)s::date AND least(%(near)s::date, %(last)s)
"""
"""The next week or two of everybody at once: most have something in them."""
_NEAR = f"""
    SELECT DISTINCT ON (treatment, clinic, practitioner)
        treatment, clinic, practitioner, week, position(B'1' IN seen) AS on_grid,
        array_to_string(odd_starts, ',') AS odd,
        CASE WHEN treatment IN (
            SELECT needed.treatment_id FROM scheduling_treatmentresource needed
            WHERE needed.organisation_id = %(organisation)s
        ) THEN seen END AS bits
    FROM near_weeks
    WHERE (practitioner IN ({_PUBLISHED})) IS TRUE AND (odd_starts IS NOT NULL OR bit_count(seen) > 0)
    ORDER BY treatment, clinic, practitioner, week
"""  # noqa: S608 - put together from the texts above
_ABSENT = f"""
    SELECT treatment, clinic, published.id AS practitioner, %(near)s::date + 7 AS week
    FROM unnest(%(treatments)s::bigint[]) AS treatment, unnest(%(clinics)s::bigint[]) AS clinic,
        ({_PUBLISHED}) AS published
    WHERE (treatment, clinic, published.id) NOT IN (SELECT treatment, clinic, practitioner FROM near)
"""  # noqa: S608 - the same
"""Each published practitioner who has nothing in the near weeks."""
_AS_TEXT = """
    SELECT string_agg(concat_ws('|', treatment, clinic, practitioner, week, on_grid,
        coalesce(odd, ''), coalesce(bits::text, '')), ';'), bool_or(odd IS NOT NULL OR bits IS NOT NULL)
    FROM ({found}) AS found
"""
_OF_ANYBODY = _AS_TEXT.format(found=_FIRST_WEEKS.format(questions=_COMBINED, whose=""))
_OF_THESE = _AS_TEXT.format(found=_FIRST_WEEKS.format(questions=_COMBINED, whose=_BY_PERSON))
_OF_EACH = f"""
    WITH near_weeks AS MATERIALIZED ({_NEAR_WEEKS}),
    near AS MATERIALIZED ({_NEAR}),
    absent AS MATERIALIZED ({_ABSENT})
    {
    _AS_TEXT.format(
        found=f"SELECT * FROM near UNION ALL {_FIRST_WEEKS.format(questions='absent AS q', whose=_BY_PERSON)}"
    )
}
"""  # noqa: S608 - put together from the texts above
"""In steps of their own, since the planner, who expects one row of each, would ask of everybody twice."""
_LATER_OF_ANYBODY = _AS_TEXT.format(found=_FIRST_WEEKS.format(questions=_LISTED, whose=""))
_LATER_OF_THESE = _AS_TEXT.format(found=_FIRST_WEEKS.format(questions=_LISTED, whose=_BY_PERSON))
MOST_KEPT = 256
MOSTLY_OVER = 3 * 24 * 60
"""Minutes into a week after which the next is looked at along with it."""


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
EVERYBODY = [-1]
"""In the place of ids: each published practitioner by themselves."""


def first_free(
    *,
    organisation: Organisation,
    clinics: Iterable[Clinic],
    treatments: Iterable[Treatment],
    practitioners: Iterable[Practitioner] | None = None,
    from_week: date | None = None,
) -> dict[Asked, datetime]:
    """The first free time of every combination that has one; ``practitioners`` None: with anybody."""
    these = None if practitioners is None else [practitioner.pk for practitioner in practitioners]
    search = Search(organisation, {each.pk: each for each in treatments}, these)
    found: dict[Asked, datetime] = {}
    for first in search.everywhere(clinics, from_week):
        found |= first.moments
    return found


def first_free_seen(
    *,
    organisation: Organisation,
    clinics: Iterable[Clinic],
    treatments: Iterable[Treatment],
    practitioner_ids: list[int] | None,
) -> "tuple[FirstTimes, ...]":
    """``first_free`` as it comes from the database; ``EVERYBODY`` for each published practitioner."""
    search = Search(organisation, {each.pk: each for each in treatments}, practitioner_ids)
    return tuple(search.everywhere(clinics, None))


@dataclass(frozen=True)
class FirstTimes:
    """First free times at the clinics of one time zone, worked out only where somebody looks at them.

    Two that are equal have the same times: hundreds of answers are compared as one text.
    """

    text: str
    zone: ZoneInfo
    corrected: tuple[tuple[Asked, datetime], ...] | None
    """The times, where more had to be asked than the database can say in one answer."""

    @property
    def moments(self) -> Mapping[Asked, datetime]:
        return moments_in(self.text, self.zone) if self.corrected is None else dict(self.corrected)


@lru_cache(maxsize=MOST_KEPT)
def earliest_by(found: tuple[FirstTimes, ...], *, key: int) -> Mapping[int, datetime]:
    """The earliest of each clinic, treatment or practitioner; for reading only."""
    earliest: dict[int, datetime] = {}
    for first in found:
        for asked, moment in first.moments.items():
            if asked[key] not in earliest or moment < earliest[asked[key]]:
                earliest[asked[key]] = moment
    return earliest


def moments_in(text: str, zone: ZoneInfo) -> dict[Asked, datetime]:
    return {
        asked: (midnight(stored.week, zone) + timedelta(minutes=stored.first_on_grid)).astimezone(zone)
        for asked, stored in answers_in(text)
    }


def answers_in(text: str) -> "list[tuple[Asked, Stored]]":
    """What the database says of each question that has an answer."""
    found = []
    for line in text.split(";") if text else ():
        treatment, clinic, practitioner, week, on_grid, odd, bits = line.split("|")
        stored = Stored(date.fromisoformat(week), int(on_grid), odd, bits)
        found.append(((int(treatment), int(clinic), int(practitioner)), stored))
    return found


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for first free times of treatments, by some practitioners or by anybody (None)."""

    organisation: Organisation
    treatments: dict[int, Treatment]
    practitioner_ids: list[int] | None

    def everywhere(self, clinics: Iterable[Clinic], from_week: date | None) -> Iterator[FirstTimes]:
        """One query for each time zone."""
        by_zone: dict[str, dict[int, Clinic]] = {}
        for clinic in clinics:
            by_zone.setdefault(clinic.time_zone, {})[clinic.pk] = clinic
        for zone_name, there in by_zone.items():
            yield self.at(there, ZoneInfo(zone_name), from_week)

    def at(self, clinics: dict[int, Clinic], zone: ZoneInfo, from_week: date | None) -> FirstTimes:
        """First free times at these clinics, which share one zone."""
        horizon = Horizon.of(self.organisation, zone)
        start = first_open_week(horizon, from_week)
        values = {
            **self.view(horizon),
            **self.columns(clinics),
            "from": start,
            "near": last_near_week(horizon, start),
        }
        text, needs_a_look = self.ask(self.statement, values)
        if not needs_a_look:
            return FirstTimes(text, zone, None)
        return FirstTimes("", zone, tuple(self.looked_at(text, clinics, horizon).items()))

    def looked_at(self, text: str, clinics: dict[int, Clinic], horizon: Horizon) -> dict[Asked, datetime]:
        """The same where weeks have to be looked at one by one.

        Those whose stored starts turn out to be unusable (a resource is taken, or starts off the grid are
        outside the view) are gone past, week by week.
        """
        zone = horizon.zone
        found: dict[Asked, datetime] = {}
        while text:
            open_questions: dict[Asked, date] = {}
            for asked, stored in answers_in(text):
                first = self.usable(asked, clinics[asked[1]], stored, horizon)
                if first is None:
                    open_questions[asked] = stored.week + timedelta(days=7)
                else:
                    found[asked] = (midnight(stored.week, zone) + timedelta(minutes=first)).astimezone(zone)
            text = self.ask_later(open_questions, horizon)[0] if open_questions else ""
        return found

    def usable(self, asked: Asked, clinic: Clinic, stored: "Stored", horizon: Horizon) -> int | None:
        """The week's first minute that can be had indeed, among the starts that are stored for it."""
        if not stored.bits:
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

    @property
    def statement(self) -> str:
        if self.practitioner_ids is None:
            return _OF_ANYBODY
        return _OF_EACH if self.practitioner_ids == EVERYBODY else _OF_THESE

    def view(self, horizon: Horizon) -> dict[str, Any]:
        """What of the weeks may be seen."""
        return {
            "organisation": self.organisation.pk,
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
            "practitioners": [0] if self.practitioner_ids is None else self.practitioner_ids,
        }

    def ask_later(self, questions: dict[Asked, date], horizon: Horizon) -> tuple[str, bool]:
        statement = _LATER_OF_ANYBODY if self.practitioner_ids is None else _LATER_OF_THESE
        return self.ask(statement, {**self.view(horizon), **columns_of(questions)})

    def ask(self, statement: str, values: dict[str, Any]) -> tuple[str, bool]:
        """For each question the first week, from the one it names, with any start inside the horizon.

        And whether any of them has more than starts on the grid that can be had as they are.
        """
        with prepared() as cursor:
            cursor.execute(statement, values)
            text, needs_a_look = cursor.fetchone()
        return text or "", bool(needs_a_look)


def first_open_week(horizon: Horizon, from_week: date | None) -> date:
    """The first week that is not over, or may not be seen, altogether."""
    start = max(from_week or horizon.first_week, horizon.first_week)
    earliest, latest = horizon.minutes(start)
    return start + timedelta(days=7) if latest < earliest else start


def last_near_week(horizon: Horizon, start: date) -> date:
    """The week until which everybody is looked at together: of one that is nearly over little can be had."""
    earliest, _latest = horizon.minutes(start)
    return start + timedelta(days=7) if earliest > MOSTLY_OVER else start


@dataclass(frozen=True, slots=True)
class Stored:
    """A week in which something begins: where on the grid first, counted from 1, and when off it."""

    week: date
    on_grid: int
    odd: str
    bits: str
    """All that is on the grid, for a treatment that needs resources too; empty for others."""

    @property
    def first_on_grid(self) -> int:
        return (self.on_grid - 1) * GRID_MINUTES

    def first(self, horizon: Horizon) -> int | None:
        """The first minute inside the horizon."""
        minutes = [self.first_on_grid] if self.on_grid else []
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
