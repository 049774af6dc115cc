"""Messages in words, as the console's lists and a booking's page say them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.console.guard import ConsoleRequest
from clinics.models import Organisation
from notifications.models import Channel, Delivery, IncomingMessage, Kind, Message, OptOut, State
from scheduling.console.lines import patient_name
from scheduling.console.message_kinds import NAMES
from scheduling.dates import day_and_clock
from scheduling.message_desk import may_go_again
from scheduling.message_lists import Bookings, booking_key, bookings_of, stops_of
from scheduling.models import Booking
from scheduling.models.booking import MADE_STATES

SOON = timedelta(hours=4)
"""A message that was not delivered so shortly before the appointment wants a call."""
_OWN_LINK = re.compile(r"(https?://[^/\s]+)/(?:b|s|waiting|offer|no-reminders)/\S+")
KINDS: dict[str, str | Promise] = {
    **{kind.value: name for kind, (name, _note) in NAMES.items()},
    Kind.AGENT_SILENT.value: gettext_lazy("To staff: the agent is silent"),
    Kind.AGENT_BACK.value: gettext_lazy("To staff: the agent is back"),
}
CHANNELS: dict[str, str | Promise] = {
    Channel.EMAIL.value: gettext_lazy("E-mail"),
    Channel.SMS.value: gettext_lazy("SMS"),
}
STATES: dict[str, str | Promise] = {
    "waiting": gettext_lazy("Waiting to be sent"),
    "sent": gettext_lazy("Sent"),
    "answered": gettext_lazy("Sent and answered"),
    "undelivered": gettext_lazy("Sent, not delivered"),
    "failed": gettext_lazy("Sending failed"),
    "cancelled": gettext_lazy("Sending cancelled"),
    "expired": gettext_lazy("Too late, not sent"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign, and what it means: the drawing adds nothing to the words."""

    key: str
    words: str
    path: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in a list. Times are by the organisation's clock, an appointment's by its clinic's."""

    message: Message
    booking: Booking | None
    """Known, and with a page of its own."""
    patient: str
    practitioner: str
    appointment: str
    kind: str
    channel: str
    state: str
    mark: Mark
    delivery: str
    """What is known of one that was sent."""
    times: list[tuple[str, str]]
    text: str
    can_cancel: bool
    can_go_again: bool


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """What somebody sent, and what it answers."""

    reply: IncomingMessage
    booking: Booking | None
    patient: str
    at: str
    state: str
    answered: str
    stop: str
    """That this number has said STOP, when and how."""
    ways: list[tuple[str, str]]
    """The states that it can be given, and the buttons' words."""


CLOCK = "M8 3.2V8l3 2M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13"
TICK = "M2.5 8.5 6.5 12.5 13.5 4"
TICKS = "M1 8.5 4.5 12 11 4.5M7.5 11.5 8 12 15 4.5"
ARROW = "M2 8h11M9 4l4 4-4 4"
CROSS = "M3.5 3.5l9 9M12.5 3.5l-9 9"
ALARM = "M8 2.5v7M8 12.4v1.1"
LINE = "M3 8h10"


def mark_of(message: Message, booking: Booking | None) -> Mark:
    """How far it has come: will be sent, sent, accepted, delivered, or not and how urgent that is."""
    match message.state:
        case State.WAITING | State.SENDING:
            return Mark("waiting", _("Will be sent"), CLOCK)
        case State.FAILED:
            return Mark("bad", _("Not sent: it failed"), CROSS)
        case State.CANCELLED:
            return Mark("quiet", _("Not sent: cancelled"), LINE)
        case State.EXPIRED:
            return Mark("quiet", _("Not sent: its time was over"), LINE)
    match message.delivery:
        case Delivery.DELIVERED:
            return Mark("good", _("Delivered"), TICKS)
        case Delivery.ACCEPTED:
            return Mark("sent", _("Accepted by the provider"), TICK)
        case Delivery.UNDELIVERED:
            return undelivered(booking)
    return Mark("sent", _("Sent; the provider has not said more"), ARROW)


def undelivered(booking: Booking | None) -> Mark:
    left = booking.starts_at - timezone.now() if booking else None
    if left is None or left < timedelta(0):
        return Mark("bad", _("Not delivered"), CROSS)
    if left < SOON:
        return Mark("urgent", _("Not delivered, less than 4 hours to the appointment"), ALARM)
    return Mark("bad", _("Not delivered, more than 4 hours to the appointment"), CROSS)


def state_of(message: Message) -> str:
    key = "waiting" if message.state == State.SENDING else message.state
    return str(STATES["answered" if key == "sent" and message.answered_at else key])


def text_of(message: Message) -> str:
    """Never a secret; nor a patient's own link, by which one acts as that patient."""
    return "" if message.is_secret else without_keys(message.body)


def without_keys(text: str) -> str:
    return _OWN_LINK.sub(r"\1/…", text)


def message_lines(request: ConsoleRequest, messages: Iterable[Message]) -> list[MessageLine]:
    rows = list(messages)
    bookings = bookings_of(request.organisation, [row.about for row in rows])
    language = request.LANGUAGE_CODE or "en"
    return [message_line(request.organisation, row, booking_in(bookings, row), language) for row in rows]


def booking_messages(
    request: ConsoleRequest, booking: Booking, messages: Iterable[Message]
) -> list[tuple[str, str, Mark]]:
    """For the booking's own page: which message, when it was written, how far it has come."""
    zone, language = ZoneInfo(booking.clinic.time_zone), request.LANGUAGE_CODE or "en"
    return [
        (
            f"{CHANNELS[message.channel]}: {KINDS.get(message.kind, message.kind)}",
            day_and_clock(message.sent_at or message.not_before or message.created_at, zone, language),
            mark_of(message, booking),
        )
        for message in sorted(messages, key=lambda message: message.created_at)
    ]


def booking_in(bookings: Bookings, message: Message | None) -> Booking | None:
    key = booking_key(message.about) if message else None
    return bookings.get(key) if key else None


def message_line(
    organisation: Organisation, message: Message, booking: Booking | None, language: str
) -> MessageLine:
    return MessageLine(
        message=message,
        booking=booking if booking and booking.state in MADE_STATES else None,
        patient=patient_name(booking) if booking else "",
        practitioner=booking.practitioner.name if booking else "",
        appointment=appointment_words(booking, language),
        kind=str(KINDS.get(message.kind, _("Message"))),
        channel=str(CHANNELS[message.channel]),
        state=state_of(message),
        mark=mark_of(message, booking),
        delivery=mark_of(message, booking).words if message.state == State.SENT else "",
        times=[
            *times_of(message, ZoneInfo(organisation.time_zone), language),
            (_("Replies allowed"), _("Yes") if message.replies_allowed else _("No")),
        ],
        text=text_of(message),
        can_cancel=message.state == State.WAITING,
        can_go_again=may_go_again(message, booking),
    )


def appointment_words(booking: Booking | None, language: str) -> str:
    if booking is None:
        return ""
    return day_and_clock(booking.starts_at, ZoneInfo(booking.clinic.time_zone), language)


def times_of(message: Message, zone: ZoneInfo, language: str) -> list[tuple[str, str]]:
    """Those that it has, with their names."""
    named: list[tuple[str, datetime | None]] = [
        (_("Written"), message.created_at),
        (_("Earliest"), message.not_before),
        (_("Sent"), message.sent_at),
        (_("Delivered"), message.delivered_at),
        (_("Answered"), message.answered_at),
        (_("Latest"), message.not_after),
    ]
    return [(name, day_and_clock(at, zone, language)) for name, at in named if at]


def reply_states() -> dict[str, str]:
    return {
        IncomingMessage.State.UNREAD: _("Unread"),
        IncomingMessage.State.READ: _("Read"),
        IncomingMessage.State.FOLLOW_UP: _("To follow up"),
        IncomingMessage.State.DONE: _("Done"),
    }


def reply_ways(state: str) -> list[tuple[str, str]]:
    ways = {
        IncomingMessage.State.READ: _("Mark as read"),
        IncomingMessage.State.FOLLOW_UP: _("Mark for follow-up"),
        IncomingMessage.State.DONE: _("Mark as done"),
        IncomingMessage.State.UNREAD: _("Mark as unread"),
    }
    return [(way.value, words) for way, words in ways.items() if way != state]


def reply_lines(request: ConsoleRequest, replies: Iterable[IncomingMessage]) -> list[ReplyLine]:
    rows = list(replies)
    bookings = bookings_of(request.organisation, [row.answers.about for row in rows if row.answers])
    stops = stops_of(request.organisation, [row.sender for row in rows])
    language, zone = request.LANGUAGE_CODE or "en", ZoneInfo(request.organisation.time_zone)
    return [
        reply_line(row, booking_in(bookings, row.answers), stops.get(row.sender), zone, language)
        for row in rows
    ]


def reply_line(
    reply: IncomingMessage, booking: Booking | None, stop: OptOut | None, zone: ZoneInfo, language: str
) -> ReplyLine:
    return ReplyLine(
        reply=reply,
        booking=booking if booking and booking.state in MADE_STATES else None,
        patient=patient_name(booking) if booking else "",
        at=day_and_clock(reply.received_at, zone, language),
        state=reply_states()[reply.state],
        answered=answered_words(reply.answers, booking, language),
        stop=stop_words(stop, zone, language) if stop else "",
        ways=reply_ways(reply.state),
    )


def answered_words(message: Message | None, booking: Booking | None, language: str) -> str:
    if message is None:
        return ""
    return ", ".join(
        filter(None, [str(KINDS.get(message.kind, _("Message"))), appointment_words(booking, language)])
    )


def stop_words(stop: OptOut, zone: ZoneInfo, language: str) -> str:
    when = day_and_clock(stop.since, zone, language)
    return _("Said “%(word)s” on %(when)s: no reminders, no marketing.") % {"word": stop.word, "when": when}
