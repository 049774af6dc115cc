"""Whose coming bookings have to be gone through, because what reminders follow from has changed."""

from django.db import models
from django.utils import timezone

from clinics.scope import OrganisationOwned


class ReminderPlan(OrganisationOwned):
    """Triggers put it there (migration 0002), and it goes when every booking has been seen."""

    asked_at = models.DateTimeField(default=timezone.now)
    reached = models.BigIntegerField(default=0)
    """The id of the last booking seen; back to 0 when something changes again."""

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation"], name="reminder_plan_once")]

    def __str__(self) -> str:
        return f"Reminders of organisation {self.organisation_id}"
