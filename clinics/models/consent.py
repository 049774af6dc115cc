"""What practitioners have said about their photo and title being shown."""

from django.db import models

from clinics.constraints import SameOrganisation
from clinics.models.practitioner import Practitioner
from clinics.scope import OrganisationOwned


class ConsentRecord(OrganisationOwned):
    """Given or withdrawn, when, and who wrote it down. Rows are only ever added."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    is_given = models.BooleanField()
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(name="consent_record_says_who", condition=~models.Q(recorded_by="")),
            SameOrganisation(field="practitioner", name="consent_record_same_organisation"),
        ]
        indexes = [models.Index(fields=["organisation", "practitioner"], name="consent_record_by_person")]

    def __str__(self) -> str:
        return f"{'Given' if self.is_given else 'Withdrawn'} for {self.practitioner_id}"
