"""The six digits that a patient logs in with."""

from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from clinics.constraints import within_organisation
from clinics.scope import OrganisationOwned


class LoginCode(OrganisationOwned):
    """One browser that has asked for a code to one mobile number.

    The row is the same whether the clinic knows the number or not, so that whoever asks cannot tell. Only
    the worker looks (scheduling/login_codes.py), and makes the digits where it does.
    """

    visitor = models.CharField(max_length=64)
    """Hash of the cookie of who asked; only that browser may use the code."""
    address_hash = models.CharField(max_length=64)
    """Keyed hash of the remote address, for limits."""
    mobile = PhoneNumberField()
    language = models.CharField(max_length=2)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32, null=True, blank=True)
    """Keyed hash of the digits; none while no code has been made, and where none ever is."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    """When a worker has looked whether the clinic knows the number."""
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(OrganisationOwned.Meta):
        indexes = [
            models.Index(fields=["organisation", "created_at"], name="login_code_by_age"),
            models.Index(fields=["organisation", "visitor"], name="login_code_by_visitor"),
            models.Index(
                fields=["created_at"], name="login_code_unanswered", condition=Q(answered_at__isnull=True)
            ),
        ]
        constraints = [
            within_organisation("login_code"),
            models.CheckConstraint(
                name="login_code_expires_later", condition=Q(expires_at__gt=F("created_at"))
            ),
            models.CheckConstraint(name="login_code_tries_counted", condition=Q(tries__lte=5)),
            models.CheckConstraint(
                name="login_code_made_by_a_worker",
                condition=Q(digest__isnull=True) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Login code {self.pk}"
