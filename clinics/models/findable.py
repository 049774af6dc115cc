"""What the landing page searches: one row for each organisation that patients may find there."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from clinics.models.organisation import Organisation


class Findable(models.Model):
    """Kept by triggers of the database (migration 0002); who is not published has no row to be found by."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    words = models.TextField()
    """Name, clinics, addresses and towns in small letters without accents, a space around each word."""
    on_marketplace = models.BooleanField()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="findable_by_words"),
            models.Index(fields=["on_marketplace", "name"], name="findable_by_name"),
        ]

    def __str__(self) -> str:
        return self.name
