"""What providers tell us of their own accord, in one form for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.http import HttpRequest

from notifications.models import Delivery
from notifications.transports.base import Account


class NotTheirs(Exception):
    """Nobody but the provider could have sent it, and it was somebody else; or it makes no sense."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one message, named by our own id or by the provider's."""

    delivery: Delivery
    words: str = ""
    """The provider's, where it was not delivered."""
    public_id: str = ""
    reference: str = ""
    is_final_for_address: bool = False
    """Nothing should go to this address again: it does not exist, or its owner has complained."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An SMS that somebody sent."""

    sender: str
    to: str
    text: str
    reference: str


Reports = Callable[[HttpRequest, Account], list[Report]]
Arrivals = Callable[[HttpRequest, Account], list[Arrival]]
REPORT = ("twilio", "link", "anymail")
"""Who reports what became of messages."""
BRING = ("twilio", "link")
"""Who brings what patients send."""


def reports_of(transport: str) -> Reports:
    """What reads the reports of this provider; it raises NotTheirs."""
    read: Reports = _reader(transport, REPORT, "reports")
    return read


def arrivals_of(transport: str) -> Arrivals:
    """What reads the messages that this provider brings; it raises NotTheirs."""
    read: Arrivals = _reader(transport, BRING, "arrivals")
    return read


def _reader(transport: str, known: tuple[str, ...], name: str) -> Any:
    if transport not in known:
        raise NotTheirs
    return getattr(import_module(f"notifications.transports.{transport}.callbacks"), name)
