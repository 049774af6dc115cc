"""What the clinic's own people did to bookings, and which of them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.scope import OrganisationOwned


class Act(models.TextChoices):
    CANCELLED = "cancelled", _("Cancelled by the clinic")
    MOVED = "moved", _("Moved by the clinic")
    ARRIVED = "arrived", _("Marked as arrived")
    NO_SHOW = "no_show", _("Marked as not arrived")
    UNMARKED = "unmarked", _("Mark taken back")
    RESTORED = "restored", _("Stands again in the clinic’s book")
    SENT_AGAIN = "sent_again", _("Confirmation sent again")
    HANDLED = "handled", _("Refusal seen to")
    ID_SHOWN = "id_shown", _("National identity number looked at")
    EXPORTED = "exported", _("Bookings downloaded")
    WITHDRAWN = "withdrawn", _("Waiting message cancelled")
    RESENT = "resent", _("Failed message sent again")
    LIFTED = "lifted", _("STOP taken back for a patient")
    MAILED = "mailed", _("Messages sent by hand")
    STOPPED = "stopped", _("Sending by hand stopped")
    NO_OFFERS = "no_offers", _("Consent to offers withdrawn for a patient")


class DeskAct(OrganisationOwned):
    """What the clinic's people did at the console or in their book. Part of the audit log: it stands.

    Neither patient nor booking is tied to it, so that it outlives both; it says nothing of the patient.
    """

    Act = Act

    booking = models.UUIDField(null=True)
    """The booking's public id; none for what is about several."""
    act = models.CharField(max_length=10, choices=Act)
    who = models.CharField(max_length=254)
    """The name of the member; empty where it was done in the clinic's book, and its agent has told of it."""
    tells_patient = models.BooleanField(null=True)
    """Whether the patient is told; None where there is nothing to tell."""
    kind = models.CharField(max_length=20, blank=True, default="", db_default="")
    """Of what was sent by hand."""
    many = models.PositiveIntegerField(null=True)
    """To how many it went."""
    at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationOwned.Meta):
        indexes = [models.Index(fields=["organisation", "booking"], name="desk_act_by_booking")]
        constraints = [
            models.CheckConstraint(name="desk_act_known", condition=models.Q(act__in=Act.values)),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.booking}"
