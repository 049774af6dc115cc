"""The outbox, what is counted of it, the organisations' own texts, and who wants none."""

from notifications.models.email_refusal import EmailRefusal
from notifications.models.message import (
    ADVERTISING,
    FINAL_STATES,
    PLANNED,
    REMINDERS,
    Channel,
    Kind,
    Message,
    Priority,
    State,
)
from notifications.models.message_text import MessageText
from notifications.models.sms_day import SmsDay

__all__ = [
    "ADVERTISING",
    "FINAL_STATES",
    "PLANNED",
    "REMINDERS",
    "Channel",
    "EmailRefusal",
    "Kind",
    "Message",
    "MessageText",
    "Priority",
    "SmsDay",
    "State",
]
