"""The clinic's own words on its portal, by place and language."""

from django.db import models

from clinics.constraints import SameOrganisation
from clinics.history import audited
from clinics.models.clinic import Clinic
from clinics.scope import OrganisationOwned


@audited()
class PortalText(OrganisationOwned):
    """A heading and a text for one place of the portal in one language.

    ``clinic`` is set only for a clinic's own text, which stands instead of the default clinic text.
    """

    class Place(models.TextChoices):
        WELCOME = "welcome"
        DETAILS = "details"
        CLINIC = "clinic"
        MAINTENANCE = "maintenance"
        LOGIN = "login"
        CLOSED = "closed"
        PRIVACY = "privacy"

    place = models.CharField(max_length=12, choices=Place)
    language = models.CharField(max_length=2)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    heading = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "place", "language", "clinic"],
                name="portal_text_once",
                nulls_distinct=False,
            ),
            SameOrganisation(field="clinic", name="portal_text_clinic_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.place} ({self.language})"
