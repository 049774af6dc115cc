"""Mails to somebody whose account has changed: what, when, and what to do if it was not them."""

from contextlib import nullcontext

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from clinics.models import Membership, Organisation, OrganisationSettings, User
from clinics.remote_address import known_address
from clinics.scope import organisation_scope
from clinics.sessions import device_of

ONCE = "X-Portal-Once"
"""A header that never leaves: of mails in which it says the same, one is queued."""


class Happening(models.TextChoices):
    """What may happen to an account, and the sentence that tells of it."""

    PASSWORD = "password", _("The password of your account has been changed.")
    EMAIL = "email", _("The e-mail address of your account has been changed.")
    APP_ADDED = "app_added", _("An authenticator app has been added to your account.")
    APP_REMOVED = "app_removed", _("The authenticator app has been removed from your account.")
    PASSKEY_ADDED = "passkey_added", _("A passkey has been added to your account.")
    PASSKEY_REMOVED = "passkey_removed", _("A passkey has been removed from your account.")
    CODES_MADE = "codes_made", _("New recovery codes have been made for your account. The old ones are void.")
    CODE_USED = "code_used", _("A recovery code has been used to sign in to your account.")
    REFUSED = (
        "refused",
        _("Somebody has tried to sign in to your account too often. For some minutes nobody can."),
    )


def tell(
    *, user: User, happening: Happening, request: HttpRequest, to: str | None = None, once: str = ""
) -> None:
    """Queues the mail, in the caller's transaction and in the person's language.

    It leaves by the outbox of the host's organisation; on the operator's host by that of an organisation
    where the person works, and for who works at none by the house's own. ``once``: a second of this name is
    not sent.
    """
    organisation = getattr(request, "organisation", None) or workplace_of(user) or the_house()
    scope = organisation_scope(organisation.pk) if organisation.pk else nullcontext()
    with scope, override(language_of(user, organisation)):
        mail = EmailMessage(
            subject=subject_of(happening, organisation),
            body=body_of(user, happening, organisation, request),
            to=[to or user.email],
            headers={ONCE: once} if once else None,
        )
        mail.send()


def tell_refused(*, user: User, request: HttpRequest) -> None:
    """Once a day, however long somebody goes on trying."""
    day = timezone.now().date().isoformat()
    tell(user=user, happening=Happening.REFUSED, request=request, once=f"refused:{user.pk}:{day}")


def workplace_of(user: User) -> Organisation | None:
    """Where the person has worked longest."""
    first = Membership.across.filter(user=user).order_by("created_at", "pk").select_related("organisation")
    member = first.first()
    return member.organisation if member else None


def the_house() -> Organisation:
    """What stands in an organisation's place for who works at none: in no table, at the operator's host."""
    house = Organisation(
        name=settings.BASE_DOMAIN,
        subdomain="admin",
        default_language=settings.LANGUAGE_CODE,
        time_zone=settings.TIME_ZONE,
    )
    OrganisationSettings(organisation=house)
    return house


def language_of(user: User, organisation: Organisation) -> str:
    return user.language or organisation.default_language


def subject_of(happening: Happening, organisation: Organisation) -> str:
    refused, changed = (
        _("Sign-in refused: booking portal of %(name)s"),
        _("Your account has changed: booking portal of %(name)s"),
    )
    return str(refused if happening is Happening.REFUSED else changed) % {"name": organisation.name}


def body_of(user: User, happening: Happening, organisation: Organisation, request: HttpRequest) -> str:
    context = {
        "what": happening.label,
        "is_refusal": happening is Happening.REFUSED,
        "at": timezone.now(),
        "time_zone": organisation.time_zone,
        "device": device_of(request.headers.get("User-Agent", "")),
        "address": known_address(request),
        "portal_url": organisation.portal_url,
    }
    return render_to_string("account/email/happening.txt", context)
