"""Who is to get what somebody sends by hand, until the message is written."""

from django.db import models

from clinics.constraints import SameOrganisation
from clinics.scope import OrganisationOwned
from notifications.models import Mailing
from scheduling.models.booking import Booking


class Recipient(OrganisationOwned):
    """One number or address of a mailing, and the booking that it is written about, if there is one.

    Goes when its message is written, or with a draft that nobody has sent.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients")
    booking = models.ForeignKey(
        Booking, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=2)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["mailing", "to"], name="recipient_once"),
            SameOrganisation(field="mailing", name="recipient_of_own_mailing", deferred=True),
            SameOrganisation(field="booking", name="recipient_of_own_booking", deferred=True),
        ]

    def __str__(self) -> str:
        return f"Recipient {self.pk}"
