"""Opening an account for an organisation, and the key its agent activates with."""

import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinics.errors import AccountKeyInvalid, SubdomainTaken
from clinics.models import AccountKey, Organisation, OrganisationSettings
from clinics.models.settings import NationalId, RemindersTo
from clinics.scope import organisation_scope
from clinics.subdomains import lock_names, refuse, why_not

TIME_ZONES = {"FI": "Europe/Helsinki", "SE": "Europe/Stockholm", "NO": "Europe/Oslo"}


def open_account(*, name: str, subdomain: str, language: str, country: str) -> tuple[Organisation, str]:
    """A new organisation with its settings, and its account key, which is never shown again.

    Raises SubdomainTaken where the address is reserved, somebody else's or like somebody else's.
    """
    organisation = Organisation(
        name=name,
        subdomain=subdomain,
        default_language=language,
        country=country,
        time_zone=TIME_ZONES[country],
    )
    organisation.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            lock_names()
            refuse(subdomain, why_not(subdomain))
            organisation.save()
            OrganisationSettings.objects.create(
                organisation=organisation,
                national_id=national_id_rule(country),
                reminders_to=RemindersTo.ALL,
                email_reminders=True,
            )
            return organisation, issue_account_key(organisation=organisation)
    except IntegrityError as error:
        raise SubdomainTaken(subdomain) from error


def national_id_rule(country: str) -> NationalId:
    """What a new organisation starts with: asked in Sweden, the patient's choice elsewhere."""
    return NationalId.REQUIRED if country == Organisation.Country.SWEDEN else NationalId.OPTIONAL


def issue_account_key(*, organisation: Organisation) -> str:
    """A new account key; the ones before it are revoked from this moment."""
    key = f"{organisation.subdomain}-{secrets.token_urlsafe(32)}"
    with organisation_scope(organisation.pk), transaction.atomic():
        AccountKey.objects.filter(organisation=organisation, revoked_at=None).update(
            revoked_at=timezone.now()
        )
        AccountKey.objects.create(organisation=organisation, key_hash=hash_of(key))
    return key


def organisation_for_account_key(key: str) -> Organisation:
    """Whose key this is. Raises AccountKeyInvalid, the same for unknown and revoked."""
    found = (
        AccountKey.across.select_related("organisation")
        .filter(key_hash=hash_of(key), revoked_at=None)
        .first()
    )
    if found is None:
        raise AccountKeyInvalid
    organisation: Organisation = found.organisation
    return organisation


def hash_of(key: str) -> str:
    """A key has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(key.encode()).hexdigest()
