"""Practitioners, and the clinics they work at."""

import uuid

from django.db import models
from django.db.models import Q

from clinics.constraints import SameOrganisation, within_organisation
from clinics.history import audited
from clinics.models.clinic import Clinic
from clinics.scope import OrganisationOwned


@audited()
class Practitioner(OrganisationOwned):
    """Who gives treatments. Photo and title are shown only with recorded consent."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    consent_given_at = models.DateTimeField(null=True, blank=True)
    consent_recorded_by = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    clinics: "models.ManyToManyField[Clinic, PractitionerClinic]" = models.ManyToManyField(
        Clinic, through="clinics.PractitionerClinic", related_name="practitioners"
    )

    class Meta(OrganisationOwned.Meta):
        ordering = ["position", "name"]
        constraints = [
            within_organisation("practitioner"),
            models.UniqueConstraint(
                fields=["organisation", "external_id"], name="practitioner_external_id_unique"
            ),
            models.CheckConstraint(
                name="practitioner_consent_says_who",
                condition=Q(consent_given_at__isnull=True) | ~Q(consent_recorded_by=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_consented(self) -> bool:
        return self.consent_given_at is not None

    @property
    def public_title(self) -> str:
        """The title, where the practitioner has agreed to its being shown."""
        return self.title if self.has_consented else ""


class PractitionerClinic(OrganisationOwned):
    """One practitioner works at one clinic."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "practitioner", "clinic"], name="practitioner_clinic_once"
            ),
            SameOrganisation(field="practitioner", name="practitioner_clinic_same_organisation_p"),
            SameOrganisation(field="clinic", name="practitioner_clinic_same_organisation_c"),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} at {self.clinic_id}"
