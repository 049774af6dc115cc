"""Addresses that organisations have given up, and that lead to the new one for a while."""

from datetime import timedelta

from django.db import models

from clinics.scope import OrganisationOwned

REDIRECTS = timedelta(days=90)
KEPT = REDIRECTS + timedelta(days=365)


class FormerSubdomain(OrganisationOwned):
    """A name that an organisation had; nobody else may take it until ``kept_until``.

    A trigger of the database refuses an organisation that would take another's kept name (migration 0002).
    """

    name = models.CharField(max_length=63, unique=True)
    since = models.DateTimeField()
    """When the organisation left it."""
    redirects_until = models.DateTimeField()
    kept_until = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta(OrganisationOwned.Meta):
        indexes = [models.Index(fields=["organisation", "since"], name="former_subdomain_by_date")]

    def __str__(self) -> str:
        return self.name
