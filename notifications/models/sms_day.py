"""What is counted of SMS, since each costs money: by the day, the month and the minute."""

from django.db import models

from clinics.models import Organisation
from clinics.scope import OrganisationOwned


class SmsDay(OrganisationOwned):
    """How many SMS an organisation has queued on one day (UTC), against its daily limit."""

    day = models.DateField()
    queued = models.PositiveIntegerField(default=0)
    spent = models.PositiveBigIntegerField(default=0, db_default=0)
    """What they are estimated to cost, as in SmsMonth."""

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="sms_day_once")]

    def __str__(self) -> str:
        return f"{self.queued} SMS on {self.day}"


class SmsMonth(OrganisationOwned):
    """What an organisation's SMS of one month (UTC) are estimated to cost, against its cap.

    Its row is locked while one is counted, so that all of the organisation's limits hold together.
    """

    month = models.DateField()
    """Its first day."""
    spent = models.PositiveBigIntegerField(default=0, db_default=0)
    """In ten-thousandths of the currency that SMS_PRICES are in."""
    told = models.PositiveSmallIntegerField(default=0, db_default=0)
    """The share of the cap, in per cent, of which an alarm has told."""

    class Meta(OrganisationOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "month"], name="sms_month_once")]

    def __str__(self) -> str:
        return f"{self.spent / 10_000:.2f} in {self.month:%Y-%m}"


class SmsMinute(OrganisationOwned):
    """How many SMS went to one block of numbers, or were asked for from one address, within a minute.

    The minutes of the last hour are added up: no hour, wherever it begins, has more than the limit. What is
    counted is a keyed digest: the table names nobody.
    """

    digest = models.BinaryField(max_length=32)
    minute = models.DateTimeField()
    queued = models.PositiveIntegerField(default=0)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "digest", "minute"], name="sms_minute_once")
        ]
        indexes = [models.Index(fields=["minute"], name="sms_minute_to_forget")]

    def __str__(self) -> str:
        return f"{self.queued} SMS at {self.minute}"


class CodePause(OrganisationOwned):
    """Until when an organisation sends no codes by SMS, because hardly any of the last was used."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"No codes by SMS until {self.until}"
