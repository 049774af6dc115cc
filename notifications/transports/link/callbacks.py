"""What LINK Mobility calls: delivery reports and incoming messages, as JSON.

As described in its documents "SMS REST API: MT and Delivery Reports" and "SMS REST API: MO messages".
It signs nothing: who knows the address, with the account's token in it, is believed.
"""

import json
import re
from typing import Any

from django.http import HttpRequest

from notifications.models import Delivery
from notifications.transports.base import Account
from notifications.transports.callbacks import Arrival, NotTheirs, Report

# MT and Delivery Reports, "Result Codes".
_UNDER_WAY = {1000, 1005, 1008, 1011, 1012}
_DELIVERED = {1001, 1007}
# Nobody knows whether it was delivered: timeouts, and no report by the operator.
_UNKNOWN = {4, 5, 1010}
_WORDS = {
    1002: "Expired",
    1004: "Mobile full",
    1006: "Not delivered",
    2104: "Unknown subscriber",
    2105: "Destination blocked",
    2106: "Number error",
    2107: "Destination temporarily blocked",
}
"""LINK's own, of the codes that a clinic may see."""
_PART = re.compile(r"\$\d+$")
"""Each part of a long message is reported by itself, under the message's id and ``$`` with its number."""
_SHORT_NUMBER = re.compile(r"[A-Z]{2}-\s*(\+?\d+)\s*")
_SHORTEST = 9
"""Digits of a whole international number; fewer are a short number, which belongs to a country."""


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
    delivery = delivery_of(code)
    return Report(
        delivery,
        words=words_of(code, said.get("operatorResultCode")) if delivery == Delivery.UNDELIVERED else "",
        public_id=str(said.get("refId") or ""),
        reference=_PART.sub("", str(said.get("id") or "")),
    )


def words_of(code: int, operators_code: object) -> str:
    operators = f"({operators_code})" if operators_code else ""
    return " ".join(part for part in (str(code), _WORDS.get(code, ""), operators) if part)


def delivery_of(code: int) -> Delivery:
    if code in _DELIVERED:
        return Delivery.DELIVERED
    return Delivery.ACCEPTED if code in _UNDER_WAY | _UNKNOWN else Delivery.UNDELIVERED


def _arrival(said: dict[str, Any]) -> Arrival:
    content, reference = said.get("content"), said.get("messageId")
    if not isinstance(content, dict) or not reference or not said.get("source"):
        raise NotTheirs
    return Arrival(
        number_of(said["source"]),
        number_of(said.get("destination")),
        str(content.get("userData") or ""),
        str(reference).strip(),
    )


def number_of(written: object) -> str:
    """An international number in E.164; a short one with its country before it, as LINK writes it."""
    text = "".join(str(written or "").split())
    found = _SHORT_NUMBER.fullmatch(text)
    digits = (found[1] if found else text).removeprefix("+")
    return f"+{digits}" if digits.isdecimal() and len(digits) >= _SHORTEST else text
