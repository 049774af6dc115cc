"""How sending goes by each account, and whether the operator has stopped it."""

from django.db import models
from django.utils import timezone

from clinics.history import audited


class RouteState(models.Model):
    """The breaker of one route, and what is told of it on the status page.

    A route is an account that messages leave by, one for all that use it: see notifications.routes.
    """

    route = models.CharField(max_length=30, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """Passing failures in a row, of which the first was at ``failing_since``."""
    failing_since = models.DateTimeField(null=True, blank=True)
    closed_until = models.DateTimeField(null=True, blank=True)
    """Nothing is tried before; from then on one message at a time tries."""
    tried_at = models.DateTimeField(null=True, blank=True)
    """When the one that tries set out."""
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.route


@audited()
class SendingPause(models.Model):
    """One row while the operator has stopped all sending, codes included. Its history says who did so."""

    id = models.BooleanField(primary_key=True, default=True, editable=False)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(name="sending_pause_one_row", condition=models.Q(id=True))]

    def __str__(self) -> str:
        return f"Paused since {self.since}"
