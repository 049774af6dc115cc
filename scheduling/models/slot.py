"""Published free time, as the clinic's agent last pushed it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinics.constraints import SameOrganisation
from clinics.models import Clinic, Practitioner
from clinics.scope import OrganisationOwned


class Slot(OrganisationOwned):
    """One practitioner is free for the internet at one clinic from ``starts_at`` until ``ends_at``.

    Written by COPY, up to 20,000 at a time: a btree index, and no exclusion constraint, which would
    make that six times slower. What may not overlap are bookings.
    """

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    only_categories = ArrayField(models.BigIntegerField(), null=True)
    """Category ids that the slot accepts; null: see ``except_categories``."""
    except_categories = ArrayField(models.BigIntegerField(), null=True)
    """Category ids that the slot does not accept; both null: it accepts every category."""

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(
                fields=["organisation", "practitioner", "clinic", "starts_at"], name="slot_by_practitioner"
            )
        ]
        constraints = [
            models.CheckConstraint(name="slot_has_length", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="slot_categories_one_way",
                condition=Q(only_categories__isnull=True) | Q(except_categories__isnull=True),
            ),
            SameOrganisation(field="practitioner", name="slot_practitioner_same_organisation"),
            SameOrganisation(field="clinic", name="slot_clinic_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} to {self.ends_at}"

    def accepts(self, category_id: int) -> bool:
        if self.only_categories is not None:
            return category_id in self.only_categories
        return category_id not in (self.except_categories or [])
