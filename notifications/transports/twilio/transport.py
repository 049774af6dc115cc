"""SMS through Twilio's own client, over connections that are kept."""

import threading
from collections import OrderedDict
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from notifications.errors import TransportError
from notifications.models import Message
from notifications.transports.addresses import report_address
from notifications.transports.base import Account, request_seconds
from notifications.transports.twilio.connections import KeptConnections

_LATEST = 50
"""How many of a number's latest messages are looked through."""
_CLOCK_SKEW = timedelta(minutes=2)
_LONGEST_VALIDITY = 36_000
# Our configuration or Twilio's state, not this message: worth trying again.
_PASSING_STATUSES = {401, 403, 404, 408, 429}
_MOST_KEPT = 20
"""Accounts whose connections a thread keeps."""


class _Kept(threading.local):
    """Each thread's own clients, the last used at the end: the library's are not made for several."""

    def __init__(self) -> None:
        self.clients: OrderedDict[tuple[str, ...], Client] = OrderedDict()


_kept = _Kept()


class TwilioTransport:
    """Twilio keeps a list of what it has taken, so it can be asked."""

    can_look_up = True
    can_reply = True
    alphanumeric_sender = True
    reports_delivery = True

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, message: Message) -> str:
        try:
            taken = client(self.account).messages.create(
                to=message.to,
                from_=message.sent_from,
                body=message.body,
                **_validity(message),
                **_report(self.account, message),
            )
        except (TwilioException, HTTPError, ValueError) as error:
            raise _as_transport_error(error) from error
        return str(taken.sid)

    def look_up(self, message: Message) -> list[str]:
        try:
            listed = client(self.account).messages.list(to=message.to, limit=_LATEST)
        except (TwilioException, HTTPError, ValueError) as error:
            raise _as_transport_error(error) from error
        return [str(entry.sid) for entry in listed if _may_be(entry, message)]


def client(account: Account) -> Client:
    """This thread's client for the account, talking to ``TWILIO_API_URL`` if that is set."""
    key = (*account.key, settings.TWILIO_API_URL)
    if key not in _kept.clients:
        _kept.clients[key] = _made(account)
        while len(_kept.clients) > _MOST_KEPT:
            _kept.clients.popitem(last=False)
    _kept.clients.move_to_end(key)
    return _kept.clients[key]


def _made(account: Account) -> Client:
    sid, token = account.credentials.get("account_sid"), account.credentials.get("auth_token")
    if not sid or not token:
        raise TransportError("Twilio's account is not configured.")
    made = Client(sid, token, http_client=KeptConnections(seconds=request_seconds()))
    if settings.TWILIO_API_URL:
        made.api.base_url = settings.TWILIO_API_URL
    return made


def _validity(message: Message) -> dict[str, int]:
    """How long Twilio may keep trying: not beyond the message's latest time."""
    if message.not_after is None:
        return {}
    left = int((message.not_after - timezone.now()).total_seconds())
    return {"validity_period": min(max(left, 1), _LONGEST_VALIDITY)}


def _report(account: Account, message: Message) -> dict[str, str]:
    """Where Twilio tells what became of it. Without TLS nobody there would call us."""
    if settings.BASE_SCHEME != "https" and not settings.TWILIO_API_URL:
        return {}
    return {"status_callback": report_address(account, message)}


def _may_be(entry: MessageInstance, message: Message) -> bool:
    """Twilio has no field for our own id, so the text and the time have to tell.

    A trial account writes a sentence of its own before the text.
    """
    made_at = entry.date_created
    recent = made_at is None or made_at >= message.created_at - _CLOCK_SKEW
    return recent and str(entry.body or "").endswith(message.body)


def _as_transport_error(error: Exception) -> TransportError:
    if isinstance(error, TwilioRestException):
        permanent = 400 <= error.status < 500 and error.status not in _PASSING_STATUSES
        return TransportError(
            f"{error.status} {error.code or ''} {error.msg}",
            permanent=permanent,
            outcome_unknown=error.status >= 500,
        )
    unknown = not isinstance(error, ConnectTimeoutError)
    return TransportError(f"{type(error).__name__}: {error}", outcome_unknown=unknown)
