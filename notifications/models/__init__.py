"""The outbox, what comes back, what is counted of it, the organisations' own texts, and who wants none."""

from notifications.models.email_refusal import EmailRefusal
from notifications.models.house_mail import HouseMail
from notifications.models.incoming import IncomingMessage, OptOut, SuppressedAddress
from notifications.models.mailing import BY_HAND, NEEDS_CONSENT, Mailing
from notifications.models.message import (
    ADVERTISING,
    FINAL_STATES,
    PLANNED,
    REMINDERS,
    UNSENT_STATES,
    Channel,
    Delivery,
    Kind,
    Message,
    Priority,
    State,
)
from notifications.models.message_text import MessageText
from notifications.models.message_total import MessageTotal
from notifications.models.route import RouteState, SendingPause
from notifications.models.sms_day import CodePause, SmsDay, SmsMinute, SmsMonth

__all__ = [
    "ADVERTISING",
    "BY_HAND",
    "FINAL_STATES",
    "NEEDS_CONSENT",
    "PLANNED",
    "REMINDERS",
    "UNSENT_STATES",
    "Channel",
    "CodePause",
    "Delivery",
    "EmailRefusal",
    "HouseMail",
    "IncomingMessage",
    "Kind",
    "Mailing",
    "Message",
    "MessageText",
    "MessageTotal",
    "OptOut",
    "Priority",
    "RouteState",
    "SendingPause",
    "SmsDay",
    "SmsMinute",
    "SmsMonth",
    "State",
    "SuppressedAddress",
]
