"""How the clinics' people and the operator sign in: django-allauth, told what is ours.

Accounts have an e-mail address and a password. Nobody can open one for themselves: they are invited.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clinics.access import is_member
from clinics.invitations import is_invited
from clinics.models import Organisation, User
from clinics.remote_address import known_address
from clinics.visits import open_visit


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which name failed attempts are counted."""
    email = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(email).replace("\x00", "").strip().lower()[:254]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return known_address(request) or "0.0.0.0"  # noqa: S104 - stands for all that are not known


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps secrets encrypted, and calls the portal by its organisation's name."""

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return fernet().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        organisation = getattr(context.request, "organisation", None)
        return organisation.name if organisation else _("Booking portal")


def fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class MemberLogin(LoginForm):  # type: ignore[misc]
    """Lets in members of the host's organisation; to others it says what it says to a wrong password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        organisation = getattr(context.request, "organisation", None)
        user = getattr(self, "user", None)
        if user is not None and organisation is not None and not is_welcome(user, organisation):
            self.user = None
            raise AccountAdapter().validation_error("email_password_mismatch")
        return cleaned


def is_welcome(user: User, organisation: Organisation) -> bool:
    """Who is invited has to log in before being a member; the operator only on a visit."""
    return (
        is_member(user, organisation)
        or is_invited(user.email, organisation)
        or open_visit(organisation=organisation, user=user) is not None
    )
