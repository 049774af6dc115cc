"""A booking's history in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinics.models import Organisation
from notifications.models import REMINDERS, Kind, Message
from notifications.models import State as MessageState
from scheduling.booking_history import Happening, history_of
from scheduling.console.lines import reason_words
from scheduling.dates import day_and_clock
from scheduling.models import AgentEvent, Booking, DeskAct


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline."""

    at: str
    what: str
    more: str


def timeline(organisation: Organisation, found: Booking, language: str) -> list[Moment]:
    """Oldest first, by the clinic's clock."""
    zone = ZoneInfo(found.clinic.time_zone)
    return [
        Moment(day_and_clock(happening.at, zone, language), *said(happening, zone, language))
        for happening in history_of(organisation=organisation, booking=found)
    ]


def said(happening: Happening, zone: ZoneInfo, language: str) -> tuple[str, str]:
    """What happened, and what more there is to say of it."""
    row: Any = happening.row
    match happening.what:
        case "held":
            return _("Time chosen and held"), ""
        case "booked":
            return _("Booked"), _("Confirmed: %(how)s") % {"how": row.get_confirmed_by_display() or "–"}
        case "told":
            return told_words(row), place_words(row, zone, language)
        case "answered":
            return answer_words(row), reason_words(row)
        case "act":
            return str(row.get_act_display()), act_words(row)
    return message_words(row)


def told_words(event: AgentEvent) -> str:
    names = {
        AgentEvent.Type.BOOKING_CREATED: _("For the clinic’s book: a new booking"),
        AgentEvent.Type.BOOKING_MOVED: _("For the clinic’s book: moved"),
        AgentEvent.Type.BOOKING_CANCELLED: _("For the clinic’s book: cancelled"),
    }
    return names.get(AgentEvent.Type(event.type), str(event.get_type_display()))


def place_words(event: AgentEvent, zone: ZoneInfo, language: str) -> str:
    """From when to when a move goes, and who wished it."""
    by = {"patient": _("by the patient"), "admin": _("by the clinic")}.get(event.data.get("by", ""), "")
    times = [
        day_and_clock(datetime.fromisoformat(event.data[name]["start"]), zone, language)
        for name in ("old", "new")
        if isinstance(event.data.get(name), dict) and "start" in event.data[name]
    ]
    return ", ".join(part for part in [" → ".join(times), by] if part)


def answer_words(event: AgentEvent) -> str:
    if event.outcome == AgentEvent.Outcome.REFUSED:
        return _("Refused by the clinic’s book")
    return _("Taken into the clinic’s book")


def act_words(row: DeskAct) -> str:
    told = {True: _("the patient is told"), False: _("the patient is not told"), None: ""}[row.tells_patient]
    return ", ".join(part for part in [row.who or _("in the clinic’s book"), told] if part)


def message_words(message: Message) -> tuple[str, str]:
    kinds = {
        Kind.CODE: _("Code"),
        Kind.CONFIRMATION: _("Confirmation"),
        Kind.REFUSAL: _("Refusal"),
        Kind.MOVE: _("Move"),
        **{kind: _("Reminder") for kind in REMINDERS},
        Kind.THANKS: _("Thanks for the visit"),
        Kind.CANCELLATION: _("Cancellation"),
        Kind.CHANGE_REFUSED: _("Refused change"),
    }
    states = {
        MessageState.WAITING: _("waits to be sent"),
        MessageState.SENDING: _("waits to be sent"),
        MessageState.SENT: _("sent"),
        MessageState.FAILED: _("failed"),
        MessageState.CANCELLED: _("withdrawn"),
        MessageState.EXPIRED: _("too late to be sent"),
    }
    kind = kinds.get(Kind(message.kind), _("Message"))
    state = states[MessageState(message.state)]
    return (
        f"{message.get_channel_display()}: {kind}",
        f"{state} ({message.last_error})" if message.last_error else state,
    )
