"""The outbox, what comes back, and what is counted of it."""

from notifications.models.incoming import IncomingMessage, OptOut, SuppressedAddress
from notifications.models.message import (
    FINAL_STATES,
    Channel,
    Delivery,
    Kind,
    Message,
    Priority,
    State,
)
from notifications.models.route import RouteState, SendingPause
from notifications.models.sms_day import SmsDay

__all__ = [
    "FINAL_STATES",
    "Channel",
    "Delivery",
    "IncomingMessage",
    "Kind",
    "Message",
    "OptOut",
    "Priority",
    "RouteState",
    "SendingPause",
    "SmsDay",
    "State",
    "SuppressedAddress",
]
