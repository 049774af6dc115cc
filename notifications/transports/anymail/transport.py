"""E-mail through django-anymail: one of its providers, chosen by EMAIL_PROVIDER."""

import threading
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import BadHeaderError, get_connection
from requests.exceptions import ConnectTimeout

from notifications.errors import TransportError
from notifications.letters import as_email
from notifications.models import Message
from notifications.transports.base import Account

_PERMANENT = (
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
    BadHeaderError,
    ValueError,
)
# The provider's state or our configuration, not this message: worth trying again.
_PASSING_STATUSES = {401, 402, 403, 404, 408, 429}


class _Kept(threading.local):
    """Each thread's own connection to the provider."""

    def __init__(self) -> None:
        self.connections: dict[str, Any] = {}


_kept = _Kept()


class AnymailTransport:
    """None of them can be asked, but their reports name the message by what we said of it."""

    can_look_up = False
    can_reply = False
    alphanumeric_sender = True
    reports_delivery = True

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, message: Message) -> str:
        try:
            email: Any = as_email(message)
            email.metadata = {"message": str(message.public_id)}
            opened_connection().send_messages([email])
        except (AnymailError, ImproperlyConfigured, BadHeaderError, ValueError) as error:
            raise _as_transport_error(error) from error
        return str(email.anymail_status.message_id or email.extra_headers["Message-ID"])

    def look_up(self, message: Message) -> list[str]:
        return []


def opened_connection() -> Any:
    """This thread's, over which several e-mails go."""
    name = settings.EMAIL_PROVIDER
    key = f"{name} {settings.ANYMAIL}"
    if key not in _kept.connections:
        _kept.connections[key] = get_connection(f"anymail.backends.{name}.EmailBackend")
    _kept.connections[key].open()
    return _kept.connections[key]


def _as_transport_error(error: Exception) -> TransportError:
    if isinstance(error, AnymailAPIError):
        status = error.status_code
        if status is None:
            return TransportError(_words(error), outcome_unknown=not isinstance(error, ConnectTimeout))
        permanent = 400 <= status < 500 and status not in _PASSING_STATUSES
        return TransportError(_words(error), permanent=permanent, outcome_unknown=not 400 <= status < 500)
    return TransportError(_words(error), permanent=isinstance(error, _PERMANENT))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
