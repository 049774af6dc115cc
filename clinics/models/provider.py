"""The SMS provider that an organisation has chosen for itself, and what it says there to be let in."""

import json
import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.history import audited
from clinics.scope import OrganisationOwned

SENDER = r"^(\+[1-9][0-9]{6,13}|(?=.*[A-Za-z])[A-Za-z0-9 ]{2,11})$"
"""A number in E.164, or a name of at most eleven plain letters."""


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Provider(models.TextChoices):
    """Whom an organisation can have an account with."""

    TWILIO = "twilio", "Twilio"
    LINK = "link", "LINK Mobility"


@audited(exclude=["credentials", "token"])
class ProviderAccount(OrganisationOwned):
    """One for an organisation; without one its SMS leave by the operator's account.

    ``credentials`` is JSON that nobody is shown again. ``token`` stands in the addresses that the
    provider calls, so that nobody else finds them.
    """

    provider = models.CharField(max_length=10, choices=Provider)
    credentials = EncryptedTextField()
    credentials_given_at = models.DateTimeField(default=timezone.now)
    """The audit log holds this of them, and no more."""
    sender = models.CharField(max_length=15, blank=True)
    replies_allowed = models.BooleanField(default=False)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    """When it last took a message that was sent to try it out."""
    last_error = models.CharField(max_length=500, blank=True)
    """What the provider said to the last try, if it did not take it."""

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="provider_account_one_each"),
            models.CheckConstraint(
                name="provider_account_provider_known", condition=Q(provider__in=Provider.values)
            ),
            models.CheckConstraint(
                name="provider_account_sender_possible",
                condition=Q(sender="") | Q(sender__regex=SENDER),
                violation_error_message=_("A number such as +358401234567, or a name of 2 to 11 letters."),
            ),
            models.CheckConstraint(
                name="provider_account_replies_need_a_number",
                condition=Q(replies_allowed=False) | Q(sender__startswith="+"),
                violation_error_message=_("Only a number can be replied to."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} of organisation {self.organisation_id}"

    @property
    def secrets(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.credentials)
        return found
