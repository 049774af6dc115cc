"""Treatments (the PMS's booking templates), their categories and the resources they need."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from clinics.constraints import SameOrganisation, within_organisation
from clinics.models import Clinic, Practitioner
from clinics.scope import OrganisationOwned


class Category(OrganisationOwned):
    """What a slot accepts and a treatment belongs to; the two have to match."""

    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        ordering = ["name"]
        constraints = [
            within_organisation("category"),
            models.UniqueConstraint(
                fields=["organisation", "external_id"], name="category_external_id_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Resource(OrganisationOwned):
    """A room or a chair that two bookings cannot have at the same moment."""

    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        ordering = ["name"]
        constraints = [
            within_organisation("resource"),
            models.UniqueConstraint(
                fields=["organisation", "external_id"], name="resource_external_id_unique"
            ),
            SameOrganisation(field="clinic", name="resource_clinic_same_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Treatment(OrganisationOwned):
    """What a patient books: a length in minutes and one category."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    appointment_text = models.TextField(blank=True)
    price_text = models.CharField(max_length=100, blank=True)
    move_allowed = models.BooleanField(default=True)
    cancel_allowed = models.BooleanField(default=True)
    move_within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    at_all_clinics = models.BooleanField(default=True)
    by_all_practitioners = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    clinics: "models.ManyToManyField[Clinic, TreatmentClinic]" = models.ManyToManyField(
        Clinic, through="scheduling.TreatmentClinic", related_name="+"
    )
    practitioners: "models.ManyToManyField[Practitioner, TreatmentPractitioner]" = models.ManyToManyField(
        Practitioner, through="scheduling.TreatmentPractitioner", related_name="+"
    )
    resources: "models.ManyToManyField[Resource, TreatmentResource]" = models.ManyToManyField(
        Resource, through="scheduling.TreatmentResource", related_name="+"
    )

    class Meta(OrganisationOwned.Meta):
        ordering = ["position", "name"]
        constraints = [
            within_organisation("treatment"),
            models.UniqueConstraint(
                fields=["organisation", "external_id"], name="treatment_external_id_unique"
            ),
            models.CheckConstraint(name="treatment_minutes_sensible", condition=Q(minutes__range=(1, 1440))),
            SameOrganisation(field="category", name="treatment_category_same_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def during(self, starts_at: datetime) -> DateTimeTZRange:
        """The interval that this treatment takes from ``starts_at``, without its end."""
        return DateTimeTZRange(starts_at, starts_at + timedelta(minutes=self.minutes))


class TreatmentClinic(OrganisationOwned):
    """A clinic that may offer a treatment which not all of them do."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "treatment", "clinic"], name="treatment_clinic_once"
            ),
            SameOrganisation(field="treatment", name="treatment_clinic_same_organisation_t"),
            SameOrganisation(field="clinic", name="treatment_clinic_same_organisation_c"),
        ]

    def __str__(self) -> str:
        return f"{self.treatment_id} at {self.clinic_id}"


class TreatmentPractitioner(OrganisationOwned):
    """A practitioner who may give a treatment which not all of them do."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "treatment", "practitioner"], name="treatment_practitioner_once"
            ),
            SameOrganisation(field="treatment", name="treatment_practitioner_same_organisation_t"),
            SameOrganisation(field="practitioner", name="treatment_practitioner_same_organisation_p"),
        ]

    def __str__(self) -> str:
        return f"{self.treatment_id} by {self.practitioner_id}"


class TreatmentResource(OrganisationOwned):
    """A resource that a treatment needs."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "treatment", "resource"], name="treatment_resource_once"
            ),
            SameOrganisation(field="treatment", name="treatment_resource_same_organisation_t"),
            SameOrganisation(field="resource", name="treatment_resource_same_organisation_r"),
        ]

    def __str__(self) -> str:
        return f"{self.treatment_id} needs {self.resource_id}"
