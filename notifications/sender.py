"""Whom an organisation's messages come from."""

import re
import unicodedata
from email.utils import parseaddr

from django.conf import settings

from clinics.models import Organisation
from notifications.transports.base import Account

_SENDER_LETTERS = 11


def email_sender(organisation: Organisation) -> tuple[str, str]:
    """The name that the organisation goes by, and the address that all of the portal's e-mail has."""
    name = organisation.settings.email_sender_name or organisation.name
    return name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def sms_sender(organisation: Organisation, account: Account) -> str:
    """The account's or the organisation's number or name: a name has at most 11 plain letters."""
    chosen = account.sender or organisation.settings.sms_sender
    if chosen.startswith("+"):
        return chosen
    plain = unicodedata.normalize("NFKD", chosen or organisation.name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9 ]", "", plain)[:_SENDER_LETTERS].strip()
    return name if re.search("[A-Za-z]", name) else "Booking"


def may_be_replied_to(organisation: Organisation, account: Account, sender: str) -> bool:
    """Whether an answer to this sender comes back to us, and the organisation wants any."""
    wanted = account.replies_allowed
    if wanted is None:
        wanted = organisation.settings.sms_replies_allowed
    return wanted and sender.startswith("+")
