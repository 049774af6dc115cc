"""An organisation's own words for a kind of message, where the standard ones do not do."""

from django.db import models
from django.db.models import Q

from clinics.history import audited
from clinics.scope import OrganisationOwned
from notifications.models.message import Channel, Kind


@audited()
class MessageText(OrganisationOwned):
    """What stands instead of the standard text of a channel and kind in one language."""

    channel = models.CharField(max_length=5, choices=Channel)
    kind = models.CharField(max_length=20, choices=Kind)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200, blank=True)
    """Of an e-mail; an SMS has none."""
    body = models.TextField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "channel", "kind", "language"], name="message_text_once"
            ),
            models.CheckConstraint(
                name="message_text_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(name="message_text_says_something", condition=~Q(body="")),
            models.CheckConstraint(
                name="message_text_subject_of_emails",
                condition=Q(channel=Channel.EMAIL) & ~Q(subject="") | Q(channel=Channel.SMS, subject=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} ({self.language})"
