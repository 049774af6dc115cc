"""Mails of the house's own to somebody of the operator, who works at no organisation."""

import uuid

from django.db import models
from django.utils import timezone


class HouseMail(models.Model):
    """A small outbox beside the organisations' own. It goes a day after it was written, sent or not."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    once = models.CharField(max_length=200, unique=True)
    """By what name it is told once."""
    to = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    """Often a key; forgotten when it has been sent."""
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    """Whoever sends it sets that ahead by a conditional update: so one sends at a time."""
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="house_mail_forgotten_when_sent",
                condition=models.Q(sent_at__isnull=True) | models.Q(body=""),
            )
        ]

    def __str__(self) -> str:
        return f"Mail of the house ({self.public_id})"
