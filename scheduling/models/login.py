"""Patients who have shown who they are, while they stay logged in, and what the clinic says of them."""

import uuid

from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from clinics.constraints import SameOrganisation, within_organisation
from clinics.encryption import EncryptedTextField
from clinics.scope import OrganisationOwned
from scheduling.models.login_code import LoginCode


class Login(OrganisationOwned):
    """One browser that is logged in with one organisation. Deleted at its end, and what it saw with it."""

    class Method(models.TextChoices):
        SMS = "sms"
        """A code reached the mobile number: whoever it is reads what is sent there."""
        EID = "eid"
        """A national electronic identity: the state or a bank says who it is."""

    key_digest = models.BinaryField(max_length=32)
    """Hash of the cookie; the table alone opens nothing."""
    method = models.CharField(max_length=3, choices=Method)
    mobile = PhoneNumberField(blank=True)
    """The number that has been proven; empty after eID."""
    national_id = EncryptedTextField(null=True, blank=True)
    """What has been proven by eID; none after an SMS."""
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    """As the eID says them; empty after an SMS."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """Moved on by use, never beyond the longest stay: see scheduling/logins.py."""

    class Meta(OrganisationOwned.Meta):
        indexes = [models.Index(fields=["expires_at"], name="login_by_end")]
        constraints = [
            within_organisation("login"),
            models.UniqueConstraint(fields=["organisation", "key_digest"], name="login_key_unique"),
            models.CheckConstraint(
                name="login_has_its_proof",
                condition=(Q(method="sms", national_id__isnull=True) & ~Q(mobile=""))
                | Q(method="eid", national_id__isnull=False, mobile=""),
            ),
            models.CheckConstraint(name="login_expires_later", condition=Q(expires_at__gt=F("created_at"))),
        ]

    def __str__(self) -> str:
        return f"Login {self.pk}"


class Lookup(OrganisationOwned):
    """A question to the clinic's agent: which appointments a logged-in patient has, and what it answered.

    Or whether it knows the number of somebody who asks for a code: then just the answer's yes or no is kept.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    login = models.ForeignKey(Login, on_delete=models.CASCADE, null=True, related_name="lookups")
    code = models.ForeignKey(LoginCode, on_delete=models.CASCADE, null=True, related_name="lookups")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """Until when an answer is of use."""
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(null=True, blank=True)
    """What the agent said, as JSON; kept as long as the login or the code."""

    class Meta(OrganisationOwned.Meta):
        constraints = [
            within_organisation("lookup"),
            models.CheckConstraint(name="lookup_expires_later", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="lookup_answer_when_answered",
                condition=Q(answered_at__isnull=True, answer__isnull=True)
                | Q(answered_at__isnull=False, answer__isnull=False),
            ),
            models.CheckConstraint(
                name="lookup_is_for_a_login_or_a_code",
                condition=Q(login__isnull=False, code__isnull=True)
                | Q(login__isnull=True, code__isnull=False),
            ),
            SameOrganisation(field="login", name="lookup_login_same_organisation", deferred=True),
            SameOrganisation(field="code", name="lookup_code_same_organisation", deferred=True),
        ]

    def __str__(self) -> str:
        return f"Lookup {self.public_id}"

    @property
    def mobile(self) -> str | None:
        """The number in E.164 that the clinic is asked about, if that is what it is asked about."""
        asks = self.login or self.code
        return asks.mobile.as_e164 if asks and asks.mobile else None
