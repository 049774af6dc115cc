"""How often each step of the booking pages is seen: a number for a day, and nothing of who saw it."""

from django.db import models

from clinics.scope import OrganisationOwned


class StepCount(OrganisationOwned):
    """Pages shown on one day (UTC) for one step: ``clinic``, ``treatment``, ``practitioner`` or ``time``."""

    day = models.DateField()
    step = models.CharField(max_length=12)
    shown = models.PositiveIntegerField(default=0)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "day", "step"], name="step_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.step} on {self.day}: {self.shown}"
