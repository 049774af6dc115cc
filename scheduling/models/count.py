"""Numbers of days: how often each step was seen, what became of what was booked. Nothing of who it was."""

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


class DayNumbers(OrganisationOwned):
    """What scheduling/day_numbers.py counts of a day that is over, kept so that nobody counts it again.

    There only as long as it is true: a trigger deletes the row with any change of what it has counted.
    """

    day = models.DateField()
    time_zone = models.CharField(max_length=64)
    """By whose midnights the day begins and ends."""
    numbers = models.JSONField()

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="day_numbers_once")]

    def __str__(self) -> str:
        return f"Numbers of {self.day}"
