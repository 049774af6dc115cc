"""The outbox, and what is counted of it."""

from notifications.models.message import FINAL_STATES, Channel, Kind, Message, Priority, State
from notifications.models.sms_day import SmsDay

__all__ = ["FINAL_STATES", "Channel", "Kind", "Message", "Priority", "SmsDay", "State"]
