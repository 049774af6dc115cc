"""SMS through LINK Mobility's REST API (SMS REST API, MT and delivery reports)."""

import threading
from typing import Any

from django.conf import settings
from django.utils import timezone
from requests import Response, Session
from requests.exceptions import ConnectTimeout, RequestException

from notifications.errors import TransportError
from notifications.models import Message
from notifications.transports.base import Account, request_seconds
from notifications.transports.link.servers import SERVERS

_QUEUED = 1005
_LONGEST_VALIDITY = 48 * 3600
_NEEDED = ("username", "password", "platform_id", "platform_partner_id")
# Invalid login, platform or gate: what we were told to say, not this message.
_OURS = range(106_000, 107_000)


class _Kept(threading.local):
    """Each thread's own connections."""

    def __init__(self) -> None:
        self.session = Session()


_kept = _Kept()


class LinkTransport:
    """LINK cannot be asked what it has taken, but its reports carry our own id."""

    can_look_up = False
    can_reply = True
    alphanumeric_sender = True
    reports_delivery = True

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, message: Message) -> str:
        answer = _posted(self.account, as_request(self.account, message))
        if answer.get("resultCode") != _QUEUED or not answer.get("messageId"):
            raise TransportError(_words(answer), permanent=True)
        return str(answer["messageId"])

    def look_up(self, message: Message) -> list[str]:
        return []


def as_request(account: Account, message: Message) -> dict[str, Any]:
    """What is posted to ``/sms/send``."""
    gate = account.credentials.get("gate_id")
    return {
        "source": message.sent_from,
        "sourceTON": "MSISDN" if message.sent_from.startswith("+") else "ALPHANUMERIC",
        "destination": message.to,
        "userData": message.body,
        "platformId": account.credentials.get("platform_id"),
        "platformPartnerId": account.credentials.get("platform_partner_id"),
        "refId": str(message.public_id),
        "useDeliveryReport": bool(gate),
        "deliveryReportGates": [gate] if gate else [],
        "ignoreResponse": False,
        **_validity(message),
    }


def _validity(message: Message) -> dict[str, int]:
    """How long LINK may keep trying, in milliseconds: not beyond the message's latest time."""
    if message.not_after is None:
        return {}
    left = int((message.not_after - timezone.now()).total_seconds())
    return {"relativeValidityTime": min(max(left, 1), _LONGEST_VALIDITY) * 1000}


def _posted(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """What LINK answers. Raises TransportError."""
    login = (account.credentials["username"], account.credentials["password"]) if _is_whole(account) else None
    if login is None:
        raise TransportError("LINK Mobility's account is not configured.")
    try:
        response = _kept.session.post(
            f"{account.credentials['server']}/send",
            json=body,
            auth=login,
            timeout=request_seconds(),
            allow_redirects=False,
        )
    except RequestException as error:
        unknown = not isinstance(error, ConnectTimeout)
        raise TransportError(f"{type(error).__name__}: {error}", outcome_unknown=unknown) from error
    return _answer_in(response)


def _is_whole(account: Account) -> bool:
    known = {*SERVERS, settings.LINK_API_URL}
    return (
        all(account.credentials.get(name) for name in _NEEDED) and account.credentials.get("server") in known
    )


def _answer_in(response: Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {"description": response.text[:300]}
    if response.status_code == 200:
        return answer
    is_ours = answer.get("resultCode") in _OURS or response.status_code in (401, 403, 404, 408, 429)
    raise TransportError(
        f"{response.status_code} {_words(answer)}",
        permanent=400 <= response.status_code < 500 and not is_ours,
        outcome_unknown=response.status_code >= 500,
    )


def _words(answer: dict[str, Any]) -> str:
    said = answer.get("description") or answer.get("message") or ""
    return f"{answer.get('resultCode', '')} {said}".strip()
