"""How many messages came to which end, ever, for who watches over the running: numbers, about nobody."""

from django.db import models


class MessageTotal(models.Model):
    """One of the parts that a total is kept in, so that workers do not wait for each other.

    Messages themselves are forgotten when their time is up; totals only rise.
    """

    outcome = models.CharField(max_length=11)
    """``sent``, ``failed``, ``expired``, ``cancelled``, ``delivered`` or ``undelivered``."""
    channel = models.CharField(max_length=5)
    provider = models.CharField(max_length=10, blank=True)
    """A name in TRANSPORTS; empty where none was asked."""
    part = models.PositiveSmallIntegerField()
    total = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "channel", "provider", "part"], name="message_total_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.outcome} by {self.channel}"
