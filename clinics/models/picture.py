"""Logos and photos, as small as they are shown, beside what they belong to.

They stand in the database, not in files: there they are replaced, erased, backed up and kept apart by
organisation together with everything else, and every process of the portal sees the same.
"""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from clinics.constraints import SameOrganisation, within_organisation
from clinics.history import audited
from clinics.models.practitioner import Practitioner
from clinics.scope import OrganisationOwned

MOST_BYTES = 25_000


@audited(exclude=["content"])
class Picture(OrganisationOwned):
    """A practitioner's photo; without a practitioner, the organisation's logo."""

    class Ground(models.TextChoices):
        """What a picture with see-through parts has to stand on."""

        ANY = "any"
        LIGHT = "light"
        DARK = "dark"

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=32)
    """Made from the content, so that another picture has another address."""
    content = models.BinaryField()
    content_type = models.CharField(max_length=16)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    ground = models.CharField(max_length=5, choices=Ground, default=Ground.ANY)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            within_organisation("picture"),
            models.UniqueConstraint(
                fields=["organisation", "practitioner"],
                name="picture_one_logo_and_one_photo_each",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="picture_is_small", condition=LessThanOrEqual(Length("content"), MOST_BYTES)
            ),
            SameOrganisation(field="practitioner", name="picture_practitioner_same_organisation"),
        ]
        indexes = [models.Index(fields=["organisation", "name"], name="picture_by_name")]

    def __str__(self) -> str:
        return f"{self.name} of organisation {self.organisation_id}"

    @property
    def url(self) -> str:
        return f"/pictures/{self.name}/"

    @property
    def is_photo(self) -> bool:
        return self.practitioner_id is not None
