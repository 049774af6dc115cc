"""Bookings in words, as the console's lists, calendar and pages say them."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinics.console.guard import ConsoleRequest
from scheduling.dates import clock, day_and_clock
from scheduling.models import AgentEvent, Booking


@dataclass(frozen=True, slots=True)
class Line:
    """A booking in a list. Times are by the clock of its clinic."""

    booking: Booking
    when: str
    clock: str
    patient: str
    state: str

    @property
    def is_waiting(self) -> bool:
        return is_waiting(self.booking)

    @property
    def look(self) -> str:
        """Names the state for the style sheet; the words say the same."""
        return look_of(self.booking)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that wants a hand: an event that was refused, or has not been answered yet."""

    event: AgentEvent
    line: Line
    what: str
    reason: str
    advice: str


def lines_of(request: ConsoleRequest, bookings: Iterable[Booking]) -> list[Line]:
    language = request.LANGUAGE_CODE or "en"
    return [line_of(booking, language) for booking in bookings]


def line_of(booking: Booking, language: str) -> Line:
    zone = ZoneInfo(booking.clinic.time_zone)
    return Line(
        booking=booking,
        when=day_and_clock(booking.starts_at, zone, language),
        clock=clock_span(booking, zone, language),
        patient=patient_name(booking),
        state=state_words(booking),
    )


def clock_span(booking: Booking, zone: ZoneInfo, language: str) -> str:
    """``9:00–9:30``."""
    return f"{clock(booking.starts_at, zone, language)}–{clock(booking.ends_at, zone, language)}"


def patient_name(booking: Booking) -> str:
    patient = getattr(booking, "patient", None)
    return f"{patient.last_name}, {patient.first_name}" if patient else _("Erased")


def is_waiting(booking: Booking) -> bool:
    return booking.state == Booking.State.BOOKED and booking.accepted_at is None


def look_of(booking: Booking) -> str:
    return "waiting" if is_waiting(booking) else booking.state


def state_words(booking: Booking) -> str:
    """By the state's own label: Django's ``get_state_display`` makes a mapping of all of them each time."""
    words = _("Waiting for the clinic’s book") if is_waiting(booking) else Booking.State(booking.state).label
    return str(words)


def matters_of(request: ConsoleRequest, events: Iterable[AgentEvent]) -> list[Matter]:
    language = request.LANGUAGE_CODE or "en"
    return [
        Matter(
            event=event,
            line=line_of(event.own_booking, language),
            what=str(AgentEvent.Type(event.type).label),
            reason=reason_words(event),
            advice=advice_of(event),
        )
        for event in events
    ]


def reason_words(event: AgentEvent) -> str:
    if event.outcome != AgentEvent.Outcome.REFUSED:
        return ""
    known = {
        "taken": _("The time was taken in the clinic’s book"),
        "unknown-patient": _("The clinic’s book does not know the patient"),
        "not-allowed": _("The clinic’s book does not allow it"),
    }
    words = known.get(event.reason, _("Another reason"))
    return f"{words}: {event.detail.rstrip('. ')}" if event.detail else words


def advice_of(event: AgentEvent) -> str:
    """What the clinic's people can do about a refusal."""
    state = event.own_booking.state
    if event.outcome != AgentEvent.Outcome.REFUSED:
        return ""
    if event.type == AgentEvent.Type.BOOKING_CREATED or state == Booking.State.REFUSED:
        return _("The patient has no appointment. Call them and find another time.")
    if event.type == AgentEvent.Type.BOOKING_CANCELLED:
        return _("The appointment still stands. Cancel it in the clinic’s book, or call the patient.")
    return _("The appointment is where it was. Call the patient if they need another time.")
