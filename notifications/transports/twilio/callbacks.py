"""What Twilio calls: status callbacks and incoming messages, signed with the account's token.

https://www.twilio.com/docs/usage/security: the signature covers the public address and every field.
"""

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import RequestValidator

from notifications.models import Delivery
from notifications.transports.base import Account
from notifications.transports.callbacks import Arrival, NotTheirs, Report

_DELIVERIES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), Delivery.ACCEPTED),
    **dict.fromkeys(("delivered", "read"), Delivery.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), Delivery.UNDELIVERED),
}


def reports(request: HttpRequest, account: Account) -> list[Report]:
    """The one report that a request holds, or none for a status that says nothing. Raises NotTheirs."""
    require_signature(request, account)
    said = request.POST
    delivery = _DELIVERIES.get(said.get("MessageStatus", said.get("SmsStatus", "")))
    if delivery is None:
        return []
    words = " ".join(
        filter(None, (said.get("ErrorCode"), said.get("ErrorMessage"), said.get("MessageStatus")))
    )
    return [
        Report(
            delivery,
            words=words if delivery == Delivery.UNDELIVERED else "",
            reference=said.get("MessageSid", said.get("SmsSid", "")),
        )
    ]


def arrivals(request: HttpRequest, account: Account) -> list[Arrival]:
    """The message that a request brings. Raises NotTheirs."""
    require_signature(request, account)
    said = request.POST
    reference = said.get("MessageSid", said.get("SmsSid", ""))
    if not reference or not said.get("From"):
        raise NotTheirs
    return [Arrival(said["From"], said.get("To", ""), said.get("Body", ""), reference)]


def require_signature(request: HttpRequest, account: Account) -> None:
    """Against the public address: what a proxy in between makes of it does not matter. Raises NotTheirs."""
    token = account.credentials.get("auth_token")
    address = f"{settings.HOOKS_URL}{request.get_full_path()}"
    signature = request.headers.get("X-Twilio-Signature", "")
    if not token or not RequestValidator(token).validate(address, request.POST, signature):
        raise NotTheirs
