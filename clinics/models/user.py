"""People who work with the portal: clinic admins and the operator. Patients have no accounts."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from clinics.constraints import SameOrganisation, within_organisation
from clinics.history import audited
from clinics.models.clinic import Clinic
from clinics.roles import Role
from clinics.scope import OrganisationOwned


class UserManager(BaseUserManager["User"]):
    """Makes users, whose name to log in with is their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


@audited(exclude=["password", "last_login", "language"])
class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who may log in to a clinic's console or to the operator's desk."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True, default="", db_default="")
    """What the person last read the portal in: mails about the account are written in it."""
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case")]

    def __str__(self) -> str:
        return self.name or self.email


@audited()
class Membership(OrganisationOwned):
    """What a user may do in one organisation; an editor may be limited to some of its clinics."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    is_limited = models.BooleanField(default=False)
    """An editor who may change nothing but what belongs to ``clinics``."""
    signed_out_at = models.DateTimeField(null=True, blank=True)
    """When an owner last ended every session of the person."""
    clinics = models.ManyToManyField(Clinic, through="MembershipClinic", related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            within_organisation("membership"),
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once"),
            models.CheckConstraint(name="membership_role_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="membership_only_editors_are_limited",
                condition=models.Q(is_limited=False) | models.Q(role=Role.EDITOR),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.organisation_id}"

    def reaches(self, least: Role) -> bool:
        return Role(self.role).reaches(least)


@audited()
class MembershipClinic(OrganisationOwned):
    """One of the clinics that an editor is limited to."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="limits")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")

    class Meta(OrganisationOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["membership", "clinic"], name="membership_clinic_once"),
            SameOrganisation(field="membership", name="membership_clinic_same_organisation_as_member"),
            SameOrganisation(field="clinic", name="membership_clinic_same_organisation"),
        ]

    def __str__(self) -> str:
        return f"Membership {self.membership_id} reaches clinic {self.clinic_id}"
