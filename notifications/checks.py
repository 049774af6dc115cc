"""System checks: a configuration that cannot send is found before a patient waits for a code."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own names

from notifications.transports import TRANSPORTS

LINK_NEEDS = ("username", "password", "platform_id", "platform_partner_id")


def check_transports(**_kwargs: Any) -> list[CheckMessage]:
    """The chosen transports exist, and have what they need."""
    chosen = {settings.EMAIL_TRANSPORT, settings.SMS_TRANSPORT}
    found: list[CheckMessage] = [
        Error(f"There is no transport {name!r}.", id="notifications.E001")
        for name in sorted(chosen - TRANSPORTS.keys())
    ]
    if "file" in chosen and not settings.MESSAGES_FILE:
        found.append(Error("The file transport needs MESSAGES_FILE.", id="notifications.E002"))
    if "twilio" in chosen and not (settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN):
        found.append(
            Warning(
                "SMS cannot leave: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set.",
                id="notifications.W003",
            )
        )
    if "anymail" in chosen and not settings.EMAIL_PROVIDER:
        found.append(Error("The transport anymail needs EMAIL_PROVIDER.", id="notifications.E004"))
    if "link" in chosen and not all(settings.LINK_CREDENTIALS[name] for name in LINK_NEEDS):
        found.append(Warning("SMS cannot leave: LINK_… are not all set.", id="notifications.W005"))
    return found
