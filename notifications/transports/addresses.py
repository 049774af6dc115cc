"""The addresses that providers call: at a host of their own, the same for every organisation."""

from django.conf import settings

from notifications.models import Message
from notifications.transports.base import Account


def hook_address(account: Account, *parts: str) -> str:
    """A public address of this account's. Twilio signs it, so it is never read from a request's headers."""
    path = "/".join(("hooks", account.transport, account.token, *parts))
    return f"{settings.HOOKS_URL}/{path}/"


def report_address(account: Account, message: Message) -> str:
    """Where the provider tells what became of one message, even before we know its reference."""
    return hook_address(account, "report", str(message.public_id))
