"""What patients send back: answers, and that they want no more of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.constraints import SameOrganisation
from clinics.scope import OrganisationOwned


class IncomingMessage(OrganisationOwned):
    """An SMS that somebody sent to one of the organisation's numbers."""

    class State(models.TextChoices):
        UNREAD = "unread"
        READ = "read"
        FOLLOW_UP = "follow_up"
        DONE = "done"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.CharField(max_length=20)
    """Whom it is from, in E.164."""
    to = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    route = models.CharField(max_length=30)
    provider_reference = models.CharField(max_length=255)
    answers = models.ForeignKey(
        "notifications.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="answered_by"
    )
    """The latest message to this number that could be replied to."""
    state = models.CharField(max_length=10, choices=State, default=State.UNREAD)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["route", "provider_reference"], name="incoming_told_once"),
            models.CheckConstraint(
                name="incoming_state_known",
                condition=Q(state__in=["unread", "read", "follow_up", "done"]),
            ),
            SameOrganisation(field="answers", name="incoming_answers_own_message"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-received_at"], name="incoming_newest"),
            models.Index(fields=["organisation", "sender"], name="incoming_by_sender"),
            models.Index(fields=["organisation"], name="incoming_unread", condition=Q(state="unread")),
        ]

    def __str__(self) -> str:
        return f"{self.state} ({self.public_id})"


class OptOut(OrganisationOwned):
    """A number that gets neither reminders nor marketing, until it says START."""

    mobile = models.CharField(max_length=20)
    since = models.DateTimeField(default=timezone.now)
    word = models.CharField(max_length=40)
    """What was said."""

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "mobile"], name="opt_out_once")]

    def __str__(self) -> str:
        return f"Opted out since {self.since}"


class SuppressedAddress(OrganisationOwned):
    """An e-mail address to which nothing more goes: it does not exist, or its owner has complained."""

    address = models.CharField(max_length=254)
    """In small letters."""
    since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=500, blank=True)
    """In the provider's words."""

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "address"], name="suppressed_once")]

    def __str__(self) -> str:
        return f"Suppressed since {self.since}"
