"""An invitation to work with an organisation's portal, sent by e-mail."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from clinics.models.user import User
from clinics.roles import Role
from clinics.scope import OrganisationOwned

VALID_FOR = timedelta(days=7)


def in_a_week() -> datetime:
    return timezone.now() + VALID_FOR


class Invitation(OrganisationOwned):
    """Good for one person, once, for a week. Its link is signed: the database holds no key to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role)
    is_limited = models.BooleanField(default=False)
    clinic_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """What an editor will be limited to; of these, those that are the organisation's when it is accepted."""
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_a_week)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                name="invitation_one_pending",
                condition=Q(accepted_at=None, revoked_at=None),
            ),
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.public_id}"
