"""What the operator tells the people of all organisations, or of some, in their consoles."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinics.history import audited
from clinics.models.user import User


@audited()
class Announcement(models.Model):
    """A text in four languages, shown from one moment until another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text_fi = models.TextField(max_length=1000)
    text_sv = models.TextField(max_length=1000)
    text_nb = models.TextField(max_length=1000)
    text_en = models.TextField(max_length=1000)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    organisation_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Whose consoles show it; none: everybody's."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-from_at", "-pk"]
        indexes = [models.Index(fields=["until_at"], name="announcement_by_end")]
        constraints = [
            models.CheckConstraint(
                name="announcement_ends_later",
                condition=Q(until_at__gt=F("from_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"Announcement {self.public_id}"

    def text_in(self, language: str) -> str:
        """In the language of whoever reads; in English where it is none of ours."""
        text: str = getattr(self, f"text_{language}", self.text_en)
        return text


class Dismissal(models.Model):
    """Somebody has read an announcement and does not want to see it again."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="dismissals")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "user"], name="dismissal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} has read {self.announcement_id}"
