"""That something was done with one patient's data, and when the jobs that delete last ran."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.history import audited
from clinics.scope import OrganisationOwned


@audited()
class PrivacyAction(OrganisationOwned):
    """A line for the audit log: what was done and to how many rows, and nothing of whom it was about.

    Of a search it says by what kinds of terms (``sought_by``), never which.
    """

    class Kind(models.TextChoices):
        SEARCHED = "searched", _("A patient was looked for")
        EXPORTED = "exported", _("A patient’s data was handed out")
        ERASED = "erased", _("A patient’s data was erased")

    class Term(models.TextChoices):
        MOBILE = "mobile", _("Mobile number")
        EMAIL = "email", _("E-mail address")
        NATIONAL_ID = "national_id", _("National identity number")
        NAME = "name", _("Name")

    kind = models.CharField(max_length=8, choices=Kind)
    sought_by = ArrayField(
        models.CharField(max_length=11, choices=Term), default=list, blank=True, db_default=[]
    )
    rows = models.PositiveIntegerField()
    done_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.CheckConstraint(
                name="privacy_action_kind_known", condition=Q(kind__in=["searched", "exported", "erased"])
            ),
            models.CheckConstraint(
                name="privacy_action_terms_known",
                condition=Q(sought_by__contained_by=["mobile", "email", "national_id", "name"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.done_at}"


class RetentionJob(models.TextChoices):
    """What is deleted by the clock."""

    DETAILS = "details", _("Patients’ details")
    MESSAGES = "messages", _("Messages")
    AUDIT = "audit", _("Audit log")


class RetentionRun(models.Model):
    """When one of the jobs last ran, for all organisations at once."""

    job = models.CharField(max_length=8, choices=RetentionJob, primary_key=True)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job} ran at {self.ran_at}"


class RetentionCount(OrganisationOwned):
    """How much of an organisation's a job deleted the last time that there was anything."""

    job = models.CharField(max_length=8, choices=RetentionJob)
    ran_at = models.DateTimeField()
    deleted = models.PositiveIntegerField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "job"], name="retention_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job}: {self.deleted}"
