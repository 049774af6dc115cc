"""What the clinic's agent has to be told, and what is known of the agent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.constraints import SameOrganisation
from clinics.models import Organisation
from clinics.scope import OrganisationOwned
from scheduling.models.booking import Booking
from scheduling.models.login import Lookup


class AgentEvent(OrganisationOwned):
    """One thing that happened on the portal, in the order in which the agent is told.

    Written in the transaction that made it happen. The patient is not copied into ``data``: what the
    agent is told of the patient is read from the booking when it asks.
    """

    class Type(models.TextChoices):
        BOOKING_CREATED = "booking.created", _("Booking")
        BOOKING_MOVED = "booking.moved", _("Move")
        BOOKING_CANCELLED = "booking.cancelled", _("Cancellation")
        PATIENT_LOOKUP = "patient.lookup", _("Question about a patient’s appointments")
        APPOINTMENT_MOVE = "appointment.move", _("Move of an appointment made by the clinic")
        APPOINTMENT_CANCEL = "appointment.cancel", _("Cancellation of an appointment made by the clinic")

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted"
        REFUSED = "refused"
        LAPSED = "lapsed"
        """Nobody waits for the answer any more: the portal has closed it itself."""

    sequence = models.PositiveBigIntegerField()
    """Without gaps within the organisation, in the order of commits: the agent's cursor."""
    type = models.CharField(max_length=30, choices=Type)
    booking = models.ForeignKey(
        Booking, on_delete=models.CASCADE, related_name="events", null=True, blank=True
    )
    """What it is about; none for a lookup, and for the cancelling of what the clinic itself had booked."""
    lookup = models.ForeignKey(
        Lookup, on_delete=models.SET_NULL, related_name="events", null=True, blank=True
    )
    """The question, and the answer that knows of the appointment; gone when the patient has logged out."""
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    appointment_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    detail = models.TextField(blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    """When somebody at the clinic said that they had seen to a refusal."""

    class Meta(OrganisationOwned.Meta):
        ordering = ["sequence"]
        indexes = [
            models.Index(
                fields=["organisation", "sequence"],
                name="agent_event_waiting",
                condition=Q(acknowledged_at__isnull=True),
            ),
            models.Index(
                fields=["organisation", "sequence"],
                name="agent_event_refused",
                condition=Q(outcome="refused", handled_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="agent_event_sequence_unique"),
            models.CheckConstraint(
                name="agent_event_outcome_when_acknowledged",
                condition=Q(acknowledged_at__isnull=True, outcome="")
                | Q(acknowledged_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="agent_event_booking_has_its_booking",
                condition=~Q(type__startswith="booking.") | Q(booking__isnull=False),
            ),
            SameOrganisation(field="booking", name="agent_event_booking_same_organisation"),
            SameOrganisation(field="lookup", name="agent_event_lookup_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.sequence}"

    @property
    def own_booking(self) -> Booking:
        """The booking that it is about. Raises LookupError for an event that is about none."""
        if self.booking is None:
            raise LookupError(self.type)
        return self.booking


class AgentLink(models.Model):
    """One row for each organisation: the last event's number, and when its agent was last heard."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="agent_link"
    )
    last_event = models.PositiveBigIntegerField(default=0)
    last_push_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    """When it was said that the agent has fallen silent; empty as long as it is heard."""

    def __str__(self) -> str:
        return f"Agent of organisation {self.organisation_id}"
