"""How many SMS have been queued on a day, against the organisation's limit."""

from django.db import models

from clinics.scope import OrganisationOwned


class SmsDay(OrganisationOwned):
    """How many SMS an organisation has queued on one day (UTC), against its daily limit."""

    day = models.DateField()
    queued = models.PositiveIntegerField(default=0)

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="sms_day_once")]

    def __str__(self) -> str:
        return f"{self.queued} SMS on {self.day}"
