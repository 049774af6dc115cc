"""Who wants no reminders and no advertising by e-mail."""

from django.db import models
from django.utils import timezone

from clinics.scope import OrganisationOwned


class EmailRefusal(OrganisationOwned):
    """An address whose owner said no. Only its keyed hash is kept: see notifications/unsubscribing.py."""

    address_digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "address_digest"], name="email_refusal_once")
        ]

    def __str__(self) -> str:
        return f"Refusal {self.pk}"
