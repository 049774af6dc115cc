"""What every transport can do."""

from typing import Protocol

from notifications.models import Message


class Transport(Protocol):
    """One way for a message to leave."""

    can_look_up: bool
    """Whether the provider can be asked what it has taken."""

    def send(self, message: Message) -> str:
        """The provider's reference for the message it has taken. Raises TransportError."""

    def look_up(self, message: Message) -> list[str]:
        """References of what the provider has taken and may be this message. Raises TransportError."""
