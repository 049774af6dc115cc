"""What the audit log shows: the histories of all audited tables side by side."""

from django.db import models
from django.db.models.functions import Length

from clinics.scope import OrganisationOwned


class AuditEntry(OrganisationOwned):
    """One change of one row, read from a database view (scheduling's migration 0003), never written."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation"
        SETTINGS = "settings"
        CLINIC = "clinic"
        GROUP = "group"
        PRACTITIONER = "practitioner"
        TEXT = "text"
        MESSAGE_TEXT = "message_text"
        MEMBER = "member"
        MEMBER_CLINIC = "member_clinic"
        INVITATION = "invitation"
        KEY = "key"
        PICTURE = "picture"
        VISIT = "visit"
        PRIVACY = "privacy"
        SMS_PROVIDER = "sms_provider"

    key = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind)
    label = models.CharField(max_length=10)
    """``insert``, ``update`` or ``delete``."""
    at = models.DateTimeField()
    object_id = models.BigIntegerField()
    who = models.TextField(null=True)  # noqa: DJ001 - a view's column; nobody is not the empty name
    """The name of whoever was logged in; None for what the clinic's system or the portal itself did."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    changed = models.JSONField()
    """The names of the columns that differ."""

    class Meta(OrganisationOwned.Meta):
        managed = False
        db_table = "clinics_audit"
        # The longer of two keys has the higher number: rows of one transaction have the same moment.
        ordering = ["-at", Length("key").desc(), "-key"]

    def __str__(self) -> str:
        return f"{self.label} of {self.kind} {self.object_id}"
