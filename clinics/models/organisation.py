"""An organisation: one account, one subdomain, one set of settings, one or more clinics."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from clinics.history import audited
from clinics.languages import LANGUAGE_CODES

if TYPE_CHECKING:
    from clinics.models.draft import Draft
    from clinics.models.picture import Picture

SUBDOMAIN = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"


def all_languages() -> list[str]:
    return list(LANGUAGE_CODES)


@audited(exclude=["version"])
class Organisation(models.Model):
    """A tenant. Its id stands in every row it owns."""

    class Country(models.TextChoices):
        FINLAND = "FI", "Finland"
        SWEDEN = "SE", "Sweden"
        NORWAY = "NO", "Norway"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    subdomain = models.CharField(max_length=63, unique=True, validators=[RegexValidator(SUBDOMAIN)])
    country = models.CharField(max_length=2, choices=Country)
    time_zone = models.CharField(max_length=64)
    default_language = models.CharField(max_length=2)
    languages = ArrayField(models.CharField(max_length=2), default=all_languages)
    is_suspended = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField(default=1)
    """Rises with every change of what a patient may see; cached pages are keyed by it."""
    created_at = models.DateTimeField(auto_now_add=True)

    logo: "Picture | None" = None
    """Without its content; known where a request has brought the organisation (see clinics/tenancy.py)."""
    draft: "Draft | None" = None
    """Set only on a copy that shows what an admin is trying out: nothing of it is kept or counted."""
    read_along: Mapping[str, Any] = MappingProxyType({})
    """What else was read with it, where a request has brought it: see clinics/read_along.py."""

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(OpClass(Upper("name"), "text_pattern_ops"), name="organisation_name_beginning")
        ]
        constraints = [
            models.CheckConstraint(
                name="organisation_subdomain_well_formed", condition=Q(subdomain__regex=SUBDOMAIN)
            ),
            models.CheckConstraint(
                name="organisation_country_known", condition=Q(country__in=["FI", "SE", "NO"])
            ),
            models.CheckConstraint(
                name="organisation_default_language_offered",
                condition=Q(languages__contains=[F("default_language")]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def portal_url(self) -> str:
        """The address of the organisation's front page, with a slash at its end."""
        return f"{settings.BASE_SCHEME}://{self.subdomain}.{settings.BASE_NETLOC}/"
