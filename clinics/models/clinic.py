"""Clinics (locations) and the headings they are grouped under."""

import uuid

from django.db import models

from clinics.constraints import SameOrganisation, within_organisation
from clinics.history import audited
from clinics.scope import OrganisationOwned


@audited()
class ClinicGroup(OrganisationOwned):
    """A heading, a town say, under which clinics stand."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)

    class Meta(OrganisationOwned.Meta):
        ordering = ["position", "name"]
        constraints = [
            within_organisation("clinic_group"),
            models.UniqueConstraint(fields=["organisation", "name"], name="clinic_group_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class Clinic(OrganisationOwned):
    """A location where treatments are given. Named by the agent, published by the clinic admin.

    Address, phone and e-mail are what patients see: the agent's, unless the clinic admin has put their own
    in its place. What the agent says waits behind it then (see clinics/own_details.py).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    agents_address = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001 - see own_details
    agents_phone = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    agents_email = models.EmailField(null=True, blank=True)  # noqa: DJ001
    time_zone = models.CharField(max_length=64)
    opening_hours = models.TextField(blank=True)
    group = models.ForeignKey(ClinicGroup, on_delete=models.SET_NULL, null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        ordering = ["position", "name"]
        constraints = [
            within_organisation("clinic"),
            models.UniqueConstraint(fields=["organisation", "external_id"], name="clinic_external_id_unique"),
            SameOrganisation(field="group", name="clinic_group_same_organisation"),
        ]

    def __str__(self) -> str:
        return self.name
