"""What somebody sends by hand: which kind, in which words, how far it has come."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.constraints import within_organisation
from clinics.scope import OrganisationOwned
from notifications.models.message import Channel, Kind

BY_HAND = [Kind.GENERAL, Kind.MESSAGE, Kind.RECALL, Kind.MARKETING, Kind.SALES, Kind.PAYMENT]
"""Kinds that go out because somebody wants them to."""
NEEDS_CONSENT = [Kind.MARKETING, Kind.SALES]


class Mailing(OrganisationOwned):
    """One act of sending by hand, to one or to many. Its messages name it."""

    class State(models.TextChoices):
        DRAFT = "draft"
        """Being prepared: nothing is sent, and it is forgotten within a day."""
        SENDING = "sending"
        """Sent, as far as its sender is concerned; its messages are being written."""
        DONE = "done"
        """All of its messages are written."""
        STOPPED = "stopped"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    channel = models.CharField(max_length=5, choices=Channel)
    kind = models.CharField(max_length=20, choices=Kind)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    who = models.CharField(max_length=254)
    """The name of who sends it."""
    words = models.JSONField(default=dict, blank=True)
    """Subject and body by language; forgotten once the messages hold them."""
    left_out = models.JSONField(default=dict, blank=True)
    """Why somebody does not get it, and how many."""
    many = models.PositiveIntegerField(default=0)
    """To how many it goes."""
    parts = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)
    """Estimated, in ten-thousandths of the currency that SMS_PRICES are in."""
    ignores_quiet = models.BooleanField(default=False)
    """Goes at once, although nobody is to be disturbed just now."""
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.CheckConstraint(name="mailing_kind_by_hand", condition=Q(kind__in=BY_HAND)),
            models.CheckConstraint(name="mailing_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="mailing_sent_has_its_time",
                condition=Q(state="draft", sent_at__isnull=True)
                | Q(state__in=["sending", "done", "stopped"], sent_at__isnull=False),
            ),
            within_organisation("mailing"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-sent_at"], name="mailing_newest"),
            models.Index(
                fields=["created_at"], name="mailing_open", condition=Q(state__in=["draft", "sending"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} ({self.public_id})"

    @property
    def needs_consent(self) -> bool:
        return self.kind in NEEDS_CONSENT
