"""Which treatment can be given by whom and where: what a catalogue says, without the times."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from django.db import connection

from clinics.models import Clinic, Organisation, PractitionerClinic
from scheduling.models import Treatment, TreatmentClinic, TreatmentPractitioner, TreatmentResource


@dataclass(frozen=True, slots=True)
class Offering:
    """One treatment, with what decides where and when it can begin."""

    treatment_id: int
    category_id: int | None
    """None: it has no category, and any published time will do."""
    minutes: int
    step: int
    clinic_ids: frozenset[int] | None
    """None: every clinic."""
    practitioner_ids: frozenset[int] | None
    """None: every practitioner."""

    def is_given(self, *, clinic_id: int, practitioner_id: int) -> bool:
        at_clinic = self.clinic_ids is None or clinic_id in self.clinic_ids
        return at_clinic and (self.practitioner_ids is None or practitioner_id in self.practitioner_ids)


@dataclass(frozen=True)
class Catalogue:
    """An organisation's treatments and its clinics' time zones, without what is retired."""

    offerings: list[Offering]
    zones: dict[int, ZoneInfo]
    """Clinic id to time zone."""
    workplaces: dict[int, set[int]]
    """Practitioner id to clinic ids; absent: not said, so any."""
    resources: dict[tuple[int, int], list[int]]
    """Treatment id and clinic id to the ids of the resources that it needs there, in order."""

    @cached_property
    def longest_minutes(self) -> int:
        return max((offering.minutes for offering in self.offerings), default=0)

    def given(self, *, clinic_id: int, practitioner_id: int) -> list[Offering]:
        """What this practitioner gives at this clinic; nothing where they do not work there."""
        if clinic_id not in self.workplaces.get(practitioner_id, {clinic_id}):
            return []
        return [
            offering
            for offering in self.offerings
            if offering.is_given(clinic_id=clinic_id, practitioner_id=practitioner_id)
        ]


def known_catalogue(organisation: Organisation) -> Catalogue:
    """What the organisation offers, kept in memory until its version rises: one small query.

    Not for a transaction that has itself changed the catalogue: were it rolled back, what it saw
    would be kept under a version that another change takes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM clinics_organisation WHERE id = %s", [organisation.pk])
        (version,) = cursor.fetchone()
    return catalogue_in(organisation, version)


def catalogue_in(organisation: Organisation, version: int) -> Catalogue:
    """The same, by who knows the organisation's version at this moment."""
    return kept_catalogue(KeptFor(organisation, version, organisation.settings.step_minutes))


@dataclass(frozen=True, slots=True)
class KeptFor:
    """What a kept catalogue was read from; equal where the organisation, version and step are."""

    organisation: Organisation
    version: int
    step: int | None


@lru_cache(maxsize=1024)
def kept_catalogue(key: KeptFor) -> Catalogue:
    return catalogue_of(key.organisation)


def catalogue_of(organisation: Organisation) -> Catalogue:
    """What the organisation offers, read afresh, in six queries however much that is."""
    limits = Limits.of(organisation)
    step = organisation.settings.step_minutes
    rows = Treatment.objects.filter(organisation=organisation, retired_at=None).values_list(
        "pk", "category_id", "minutes", "at_all_clinics", "by_all_practitioners"
    )
    offerings = [
        Offering(
            treatment_id=pk,
            category_id=category,
            minutes=minutes,
            step=step or minutes,
            clinic_ids=None if everywhere else frozenset(limits.clinics[pk]),
            practitioner_ids=None if everyone else frozenset(limits.practitioners[pk]),
        )
        for pk, category, minutes, everywhere, everyone in rows
    ]
    return Catalogue(
        offerings, clinic_zones(organisation), workplaces_of(organisation), resources_of(organisation)
    )


@dataclass(frozen=True)
class Limits:
    """For treatments that not everybody gives: by whom, and where."""

    clinics: dict[int, set[int]]
    practitioners: dict[int, set[int]]

    @classmethod
    def of(cls, organisation: Organisation) -> "Limits":
        limits = cls(defaultdict(set), defaultdict(set))
        for treatment, clinic in TreatmentClinic.objects.filter(organisation=organisation).values_list(
            "treatment_id", "clinic_id"
        ):
            limits.clinics[treatment].add(clinic)
        for treatment, practitioner in TreatmentPractitioner.objects.filter(
            organisation=organisation
        ).values_list("treatment_id", "practitioner_id"):
            limits.practitioners[treatment].add(practitioner)
        return limits


def clinic_zones(organisation: Organisation) -> dict[int, ZoneInfo]:
    rows = Clinic.objects.filter(organisation=organisation, retired_at=None).values_list("pk", "time_zone")
    return {pk: ZoneInfo(zone) for pk, zone in rows}


def workplaces_of(organisation: Organisation) -> dict[int, set[int]]:
    """Practitioner id to the ids of the clinics they are said to work at."""
    workplaces: dict[int, set[int]] = defaultdict(set)
    rows = PractitionerClinic.objects.filter(organisation=organisation)
    for practitioner, clinic in rows.values_list("practitioner_id", "clinic_id"):
        workplaces[practitioner].add(clinic)
    return dict(workplaces)


def resources_of(organisation: Organisation) -> dict[tuple[int, int], list[int]]:
    needed: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = TreatmentResource.objects.filter(organisation=organisation).order_by("resource_id")
    for treatment, clinic, resource in rows.values_list("treatment_id", "resource__clinic_id", "resource_id"):
        needed[treatment, clinic].append(resource)
    return dict(needed)
