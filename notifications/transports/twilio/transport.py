"""SMS through Twilio's own client."""

import logging
import re
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from clinics.models import Organisation
from notifications.errors import TransportError
from notifications.models import Message

_SECONDS = 10.0
"""For one request; two of them are much shorter than a claim lasts."""
_LATEST = 50
"""How many of a number's latest messages are looked through."""
_CLOCK_SKEW = timedelta(minutes=2)
_LONGEST_VALIDITY = 36_000
_SENDER_LETTERS = 11
# Our configuration or Twilio's state, not this message: worth trying again.
_PASSING_STATUSES = {401, 403, 404, 408, 429}

# The client writes addresses with the recipient's number at level INFO.
_quiet = logging.getLogger(f"{__name__}.requests")
_quiet.setLevel(logging.WARNING)


class TwilioTransport:
    """Twilio keeps a list of what it has taken, so it can be asked."""

    can_look_up = True

    def send(self, message: Message) -> str:
        try:
            taken = client().messages.create(
                to=message.to,
                from_=sender_for(message.organisation),
                body=message.body,
                **_validity(message),
            )
        except (TwilioException, RequestException, ValueError) as error:
            raise _as_transport_error(error) from error
        return str(taken.sid)

    def look_up(self, message: Message) -> list[str]:
        try:
            listed = client().messages.list(to=message.to, limit=_LATEST)
        except (TwilioException, RequestException, ValueError) as error:
            raise _as_transport_error(error) from error
        return [str(entry.sid) for entry in listed if _may_be(entry, message)]


def client() -> Client:
    """Twilio's client with a time limit, talking to ``TWILIO_API_URL`` if that is set."""
    if not settings.TWILIO_ACCOUNT_SID or not settings.TWILIO_AUTH_TOKEN:
        raise TransportError("Twilio's account is not configured.")
    made = Client(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        http_client=TwilioHttpClient(timeout=_SECONDS, logger=_quiet),
    )
    if settings.TWILIO_API_URL:
        made.api.base_url = settings.TWILIO_API_URL
    return made


def sender_for(organisation: Organisation) -> str:
    """The organisation's number or name as a sender: a name has at most 11 plain letters."""
    chosen = organisation.settings.sms_sender
    if chosen.startswith("+"):
        return chosen
    plain = unicodedata.normalize("NFKD", chosen or organisation.name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9 ]", "", plain)[:_SENDER_LETTERS].strip()
    return name if re.search("[A-Za-z]", name) else "Booking"


def _validity(message: Message) -> dict[str, int]:
    """How long Twilio may keep trying: not beyond the message's latest time."""
    if message.not_after is None:
        return {}
    left = int((message.not_after - timezone.now()).total_seconds())
    return {"validity_period": min(max(left, 1), _LONGEST_VALIDITY)}


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
    unknown = not isinstance(error, ConnectTimeout)
    return TransportError(f"{type(error).__name__}: {error}", outcome_unknown=unknown)
