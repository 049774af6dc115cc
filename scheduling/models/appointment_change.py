"""What patients have asked of appointments that the clinic itself had made."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from clinics.constraints import SameOrganisation
from clinics.encryption import EncryptedTextField
from clinics.models import Clinic, Practitioner
from clinics.scope import OrganisationOwned
from scheduling.models.booking import Booking


class AppointmentChange(OrganisationOwned):
    """One cancellation or move of an appointment in the clinic's book, as far as the portal has to know.

    From the patient's word until the appointment is over; a change that the clinic refuses is deleted.
    """

    appointment_id = models.CharField(max_length=64)
    """The appointment in the clinic's book."""
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    """Where a move goes; none for a cancellation."""
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    """Where it stood before."""
    contact = EncryptedTextField(null=True, blank=True)
    """Who is told if the clinic refuses, as JSON; emptied by its answer."""
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "appointment_id"], name="appointment_change_one_at_a_time"
            ),
            models.CheckConstraint(
                name="appointment_change_contact_while_waiting",
                condition=Q(accepted_at__isnull=True) | Q(contact__isnull=True),
            ),
            SameOrganisation(field="booking", name="appointment_change_booking_same_organisation"),
            SameOrganisation(field="clinic", name="appointment_change_clinic_same_organisation"),
            SameOrganisation(field="practitioner", name="appointment_change_practitioner_same_org"),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk}"
