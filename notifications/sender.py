"""Whom an organisation's e-mail comes from."""

from email.utils import parseaddr

from django.conf import settings

from clinics.models import Organisation


def email_sender(organisation: Organisation) -> tuple[str, str]:
    """The name that the organisation goes by, and the address that all of the portal's e-mail has."""
    name = organisation.settings.email_sender_name or organisation.name
    return name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
