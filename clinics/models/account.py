"""The key with which a clinic's agent proves for the first time whose agent it is."""

from django.db import models

from clinics.history import audited
from clinics.scope import OrganisationOwned


@audited(exclude=["key_hash"])
class AccountKey(OrganisationOwned):
    """Shown once, stored as a hash; a reissued key revokes the ones before it."""

    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(revoked_at__isnull=True),
                name="account_key_one_valid",
            )
        ]

    def __str__(self) -> str:
        return f"Account key of organisation {self.organisation_id}"
