"""The operator's visits to an organisation's console: never without a reason, never for long."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from clinics.history import audited
from clinics.models.user import User
from clinics.scope import OrganisationOwned

LASTS = timedelta(minutes=60)


@audited(exclude=["operator"])
class OperatorVisit(OrganisationOwned):
    """Somebody of the operator's may look at the console, and change nothing, until the visit ends."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    operator = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    """Who it was, as the owners read it also when the account is gone."""
    reason = models.CharField(max_length=500)
    began_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["organisation", "-began_at"], name="operator_visit_newest")]
        constraints = [
            models.CheckConstraint(name="operator_visit_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="operator_visit_is_short",
                condition=Q(until_at__gt=F("began_at"), until_at__lte=F("began_at") + LASTS),
            ),
        ]

    def __str__(self) -> str:
        return f"Visit {self.public_id}"
