"""How the clinics' people and the operator sign in: django-allauth, told what is ours.

Accounts have an e-mail address and a password. Nobody can open one for themselves: they are invited.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinics.access import is_member
from clinics.account_mails import Happening, tell, tell_refused
from clinics.error_pages import locked_out
from clinics.invitations import is_invited
from clinics.models import Organisation, User
from clinics.remote_address import known_address
from clinics.sessions import begin_noting
from clinics.visits import open_visit

HAPPENINGS = {
    "account/email/password_changed": Happening.PASSWORD,
    "account/email/password_reset": Happening.PASSWORD,
    "account/email/password_set": Happening.PASSWORD,
    "mfa/email/totp_activated": Happening.APP_ADDED,
    "mfa/email/totp_deactivated": Happening.APP_REMOVED,
    "mfa/email/webauthn_added": Happening.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": Happening.PASSKEY_REMOVED,
    "mfa/email/recovery_codes_generated": Happening.CODES_MADE,
}
"""What django-allauth's own mails would tell of."""
TOO_OFTEN = "too_many_login_attempts"


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which name failed attempts are counted."""
    email = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(email).replace("\x00", "").strip().lower()[:254]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return known_address(request) or "0.0.0.0"  # noqa: S104 - stands for all that are not known

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        happening = HAPPENINGS.get(template_prefix)
        if happening is not None:
            tell(user=user, happening=happening, request=self.request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever is being guessed at learns of it."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            tell_whoever_it_is(request, typed_email(request, credentials))
            raise

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **more)
        begin_noting(request)
        note_language(user, getattr(request, "LANGUAGE_CODE", ""))
        return response


def note_language(user: User, language: str) -> None:
    """Mails about the account are written in what the person last read."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)


def tell_whoever_it_is(request: HttpRequest, email: str) -> None:
    """A mail to the member of this name, if there is one: the page says the same either way."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    organisation = getattr(request, "organisation", None)
    if user is not None and (organisation is None or is_welcome(user, organisation)):
        tell_refused(user=user, request=request)


def refused_too_often(request: HttpRequest, credentials: dict[str, Any], **more: object) -> HttpResponse:
    """The page for who has typed too many wrong passwords, and the mail to whose they would be."""
    tell_whoever_it_is(request, typed_email(request, credentials))
    return locked_out(request)


class TellsOfCodes:
    """A form for a code of the second factor that tells its owner of recovery codes and of guessing."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == TOO_OFTEN:
                tell_refused(user=self.user, request=context.request)
            raise
        return code

    def save(self) -> None:
        super().save()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            tell(user=self.user, happening=Happening.CODE_USED, request=context.request)


class CodeForm(TellsOfCodes, AuthenticateForm):  # type: ignore[misc]
    """At the login."""


class CodeAgainForm(TellsOfCodes, ReauthenticateForm):  # type: ignore[misc]
    """Before something that asks who it is once more."""


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
