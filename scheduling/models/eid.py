"""Logins by electronic identity that have been begun."""

from django.db import models
from django.db.models import F, Q

from clinics.encryption import EncryptedTextField
from clinics.scope import OrganisationOwned


class EidAttempt(OrganisationOwned):
    """One way to the provider of electronic identities and back; it can be finished once, by one browser."""

    state_digest = models.BinaryField(max_length=32, unique=True)
    """Hash of what comes back in the address, by which the callback finds the organisation."""
    binding_digest = models.BinaryField(max_length=32)
    """Hash of the cookie in the browser that began it."""
    nonce = models.CharField(max_length=43)
    """What the provider has to put into the ID token."""
    code_verifier = EncryptedTextField()
    """PKCE's secret, without which the provider's code is worth nothing."""
    next_path = models.CharField(max_length=500)
    """Where to go once logged in, on the organisation's own host."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    """Whoever sets it, by a conditional update, may finish it."""

    class Meta(OrganisationOwned.Meta):
        indexes = [models.Index(fields=["expires_at"], name="eid_attempt_by_end")]
        constraints = [
            models.CheckConstraint(
                name="eid_attempt_expires_later", condition=Q(expires_at__gt=F("created_at"))
            ),
            models.CheckConstraint(
                name="eid_attempt_next_is_a_path",
                condition=Q(next_path__startswith="/") & ~Q(next_path__startswith="//"),
            ),
        ]

    def __str__(self) -> str:
        return f"EidAttempt {self.pk}"
