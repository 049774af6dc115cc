"""The first free time of each answer a patient could give, and the way out of an empty week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.availability import Starts
from scheduling.free_times import read_starts, resource_times
from scheduling.horizon import Horizon
from scheduling.models import Treatment
from scheduling.weeks import midnight, week_of

_FIRST_WEEKS = """
    SELECT q.treatment, q.clinic, q.practitioner, found.week, found.bits, found.odd
    FROM unnest(
        %(treatments)s::bigint[], %(clinics)s::bigint[], %(practitioners)s::bigint[], %(weeks)s::date[]
    ) AS q(treatment, clinic, practitioner, week)
    CROSS JOIN LATERAL (
        SELECT f.week, bit_or(f.starts) AS bits, string_agg(array_to_string(f.odd_starts, ','), ',') AS odd
        FROM scheduling_freeweek f
        JOIN clinics_practitioner p ON p.id = f.practitioner_id AND p.is_published AND p.retired_at IS NULL
        WHERE f.organisation_id = %(organisation)s AND f.treatment_id = q.treatment AND f.clinic_id = q.clinic
          AND (NOT %(by_person)s OR f.practitioner_id = q.practitioner)
          AND f.week BETWEEN q.week AND %(last)s
          AND (
            f.odd_starts IS NOT NULL
            OR bit_count(f.starts & CASE f.week
                WHEN %(first)s THEN %(first_mask)s::bit(2028)
                WHEN %(last)s THEN %(last_mask)s::bit(2028)
                ELSE %(mask)s::bit(2028) END) > 0
          )
        GROUP BY f.week ORDER BY f.week LIMIT 1
    ) AS found
"""


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


def first_free_by_clinic(
    *,
    organisation: Organisation,
    treatment: Treatment | None = None,
    practitioner: Practitioner | None = None,
) -> dict[int, datetime]:
    """Clinic id to its first free time, by its own clock; a clinic with nothing free is absent."""
    found = first_free(
        organisation=organisation,
        clinics=published_clinics(organisation),
        treatments=[treatment] if treatment else published_treatments(organisation),
        practitioners=[practitioner] if practitioner else None,
    )
    return earliest_by(found, key=1)


def first_free_by_treatment(
    *, organisation: Organisation, clinic: Clinic | None = None, practitioner: Practitioner | None = None
) -> dict[int, datetime]:
    """Treatment id to its first free time; a treatment with nothing free is absent."""
    found = first_free(
        organisation=organisation,
        clinics=[clinic] if clinic else published_clinics(organisation),
        treatments=published_treatments(organisation),
        practitioners=[practitioner] if practitioner else None,
    )
    return earliest_by(found, key=0)


def first_free_by_practitioner(
    *, organisation: Organisation, clinic: Clinic | None = None, treatment: Treatment | None = None
) -> dict[int, datetime]:
    """Practitioner id to the first free time; a practitioner with nothing free is absent."""
    found = first_free(
        organisation=organisation,
        clinics=[clinic] if clinic else published_clinics(organisation),
        treatments=[treatment] if treatment else published_treatments(organisation),
        practitioners=published_practitioners(organisation),
    )
    return earliest_by(found, key=2)


def published_clinics(organisation: Organisation) -> list[Clinic]:
    return list(Clinic.objects.filter(organisation=organisation, is_published=True, retired_at=None))


def published_treatments(organisation: Organisation) -> list[Treatment]:
    return list(Treatment.objects.filter(organisation=organisation, is_published=True, retired_at=None))


def published_practitioners(organisation: Organisation) -> list[Practitioner]:
    return list(Practitioner.objects.filter(organisation=organisation, is_published=True, retired_at=None))


Asked = tuple[int, int, int]
"""Treatment id, clinic id, and practitioner id or 0 for anybody."""


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
        needing = self.treatments_with_resources()
        found: dict[Asked, datetime] = {}
        open_questions = {
            (treatment, clinic, practitioner): max(from_week or horizon.first_week, horizon.first_week)
            for treatment in self.treatments
            for clinic in clinics
            for practitioner in self.practitioner_ids
        }
        while open_questions:
            answers = self.first_weeks(open_questions, horizon)
            open_questions = {}
            for asked, (week, starts) in answers.items():
                usable = starts.between(*horizon.minutes(week))
                if usable and asked[0] in needing:
                    usable = self.with_resources(usable, asked, clinics[asked[1]], week, zone)
                first = usable.first()
                if first is None:
                    open_questions[asked] = week + timedelta(days=7)
                else:
                    found[asked] = (midnight(week, zone) + timedelta(minutes=first)).astimezone(zone)
        return found

    def with_resources(
        self, starts: Starts, asked: Asked, clinic: Clinic, week: date, zone: ZoneInfo
    ) -> Starts:
        treatment = self.treatments[asked[0]]
        busy = resource_times(self.organisation, clinic, treatment, week, zone)
        return starts.without(busy, treatment.minutes)

    def treatments_with_resources(self) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT treatment_id FROM scheduling_treatmentresource WHERE organisation_id = %s",
                [self.organisation.pk],
            )
            return {treatment for (treatment,) in cursor.fetchall()}

    def first_weeks(self, questions: dict[Asked, date], horizon: Horizon) -> dict[Asked, tuple[date, Starts]]:
        """For each question the first week, from the one it names, with any start inside the horizon."""
        with connection.cursor() as cursor:
            cursor.execute(
                _FIRST_WEEKS,
                {
                    **columns_of(questions),
                    "organisation": self.organisation.pk,
                    "by_person": self.practitioner_ids != [0],
                    "first": horizon.first_week,
                    "last": horizon.last_week,
                    "first_mask": horizon.mask(horizon.first_week),
                    "last_mask": horizon.mask(horizon.last_week),
                    "mask": horizon.mask(horizon.first_week + timedelta(days=7)),
                },
            )
            return {
                (treatment, clinic, practitioner): (week, read_starts(bits, odd))
                for treatment, clinic, practitioner, week, bits, odd in cursor.fetchall()
            }


def columns_of(questions: dict[Asked, date]) -> dict[str, list[object]]:
    """The questions as parallel columns."""
    return {
        "treatments": [treatment for treatment, _, _ in questions],
        "clinics": [clinic for _, clinic, _ in questions],
        "practitioners": [practitioner for _, _, practitioner in questions],
        "weeks": list(questions.values()),
    }
