"""Start times worked out beforehand: one row for a week of one practitioner, clinic and treatment."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from clinics.models import Clinic, Practitioner
from clinics.scope import OrganisationOwned
from scheduling.models.treatment import Treatment
from scheduling.weeks import GRID_BITS


class BitField(models.Field):  # type: ignore[type-arg]
    """GRID_BITS bits, in Python an integer whose highest bit is the first of the row."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return f"bit({GRID_BITS})"

    def from_db_value(self, value: str | None, *args: Any) -> int | None:
        return None if value is None else int(value, 2)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else bit_literal(value)


def bit_literal(bits: int) -> str:
    """The bits as PostgreSQL reads them most briefly, ``X`` and hexadecimal digits."""
    return f"X{bits:0{GRID_BITS // 4}x}"


class FreeWeek(OrganisationOwned):
    """When a treatment can begin in one week; no row where it cannot.

    Derived from slots and bookings, and rewritten in the transaction that changes them
    (scheduling/free_weeks.py). It says what to show; whether a time can be had, the hold decides.
    """

    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    week = models.DateField()
    """The Monday, by the clinic's calendar."""
    starts = BitField()
    """Bit n: a start n × 5 minutes after the week began at the clinic (see scheduling/weeks.py)."""
    odd_starts = ArrayField(models.SmallIntegerField(), null=True)
    """Starts off the grid, in minutes after the week began; null where there are none."""

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "treatment", "clinic", "week", "practitioner"], name="free_week_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "treatment", "clinic", "practitioner", "week"], name="free_week_first"
            ),
            # Not by organisation first: before statistics are gathered it would look as good for reading.
            models.Index(fields=["practitioner", "week"], name="free_week_by_practitioner"),
        ]

    def __str__(self) -> str:
        return f"Week of {self.week}"
