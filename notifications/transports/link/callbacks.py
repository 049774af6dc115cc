"""What LINK Mobility calls: delivery reports and incoming messages, as JSON.

It signs nothing: who knows the address, with the account's token in it, is believed.
"""

import json
from typing import Any

from django.http import HttpRequest

from notifications.models import Delivery
from notifications.transports.base import Account
from notifications.transports.callbacks import Arrival, NotTheirs, Report

# SMS REST API, "Result Codes".
_UNDER_WAY = {1000, 1005, 1008, 1011, 1012}
_DELIVERED = {1001, 1007}
# Nobody knows whether it was delivered: timeouts, and no report by the operator.
_UNKNOWN = {4, 5, 1010}


def reports(request: HttpRequest, account: Account) -> list[Report]:
    """The report that a request holds; several, where the gate sends them together. Raises NotTheirs."""
    return [_report(said) for said in said_in(request)]


def arrivals(request: HttpRequest, account: Account) -> list[Arrival]:
    """The messages that a request brings. Raises NotTheirs."""
    return [_arrival(said) for said in said_in(request)]


def said_in(request: HttpRequest) -> list[dict[str, Any]]:
    """The objects of the body, which is one or a list of them."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise NotTheirs from error
    found = body if isinstance(body, list) else [body]
    if not all(isinstance(said, dict) for said in found):
        raise NotTheirs
    return found


def _report(said: dict[str, Any]) -> Report:
    code = said.get("resultCode")
    if not isinstance(code, int):
        raise NotTheirs
    delivery, words = delivery_of(code), ""
    if delivery == Delivery.UNDELIVERED:
        words = " ".join(str(said[name]) for name in ("resultCode", "operatorResultCode") if said.get(name))
    return Report(
        delivery, words=words, public_id=str(said.get("refId") or ""), reference=str(said.get("id") or "")
    )


def delivery_of(code: int) -> Delivery:
    if code in _DELIVERED:
        return Delivery.DELIVERED
    return Delivery.ACCEPTED if code in _UNDER_WAY | _UNKNOWN else Delivery.UNDELIVERED


def _arrival(said: dict[str, Any]) -> Arrival:
    reference, sender = said.get("id") or said.get("messageId"), said.get("source")
    if not reference or not sender:
        raise NotTheirs
    text = said.get("userData") or said.get("text") or said.get("message") or ""
    return Arrival(str(sender), str(said.get("destination") or ""), str(text), str(reference))
