"""What every transport can do, and the account that it does it with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from django.conf import settings

from notifications.models import Message


@dataclass(frozen=True)
class Account:
    """An account at a provider: the operator's, or an organisation's own."""

    route: str
    """What it is called in the outbox and by the breaker: ``email``, ``sms``, or ``sms:7``."""
    transport: str
    """A name in TRANSPORTS."""
    token: str
    """Stands in the addresses that the provider calls."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    sender: str = ""
    """Whom its SMS come from; empty: what the organisation's settings say."""
    replies_allowed: bool | None = None
    """None: what the organisation's settings say."""

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for accounts that may share connections."""
        return (self.transport, *(value for _name, value in sorted(self.credentials.items())))


class Transport(Protocol):
    """One way for a message to leave. Made for one account, cheap to make, used by any thread."""

    can_look_up: ClassVar[bool]
    """Whether the provider can be asked what it has taken."""
    can_reply: ClassVar[bool]
    """Whether what is answered comes back to us."""
    alphanumeric_sender: ClassVar[bool]
    """Whether an SMS may come from a name instead of a number."""
    reports_delivery: ClassVar[bool]
    """Whether the provider says what became of it."""

    def __init__(self, account: Account) -> None: ...

    def send(self, message: Message) -> str:
        """The provider's reference for the message it has taken. Raises TransportError."""

    def look_up(self, message: Message) -> list[str]:
        """References of what the provider has taken and may be this message. Raises TransportError."""


def request_seconds() -> float:
    """How long one request to a provider may take: a look-up and a send fit well into a claim."""
    return min(10.0, float(settings.MESSAGE_CLAIM_SECONDS) / 9)
