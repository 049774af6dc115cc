"""What happened on the portal, carried out in the book: one event in, one result out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from agent.book import Book, BookError, Booking, NotAllowed, Person, Place, Reference, TimeTaken
from agent.intervals import Interval

Data = Mapping[str, Any]
REASONS: Mapping[type[BookError], str] = {TimeTaken: "taken", NotAllowed: "not-allowed"}


class Malformed(Exception):
    """An event that does not say what its type must say."""


def result_of(event: Data, book: Book) -> dict[str, object]:
    """The result to acknowledge the event with; the book has been written by then."""
    handle = HANDLERS.get(event.get("type", ""))
    if handle is None:
        return _refused(event, "other", "This agent does not handle events of this type.")
    try:
        appointment = handle(event.get("data") or {}, book)
    except BookError as refusal:
        reason = REASONS.get(type(refusal), "other")
        return _refused(event, reason, str(refusal))
    except Malformed:
        return _refused(event, "other", "The event lacks something that its type must say.")
    accepted = {"event": event["id"], "outcome": "accepted"}
    return accepted if appointment is None else {**accepted, "appointment": appointment}


def _refused(event: Data, reason: str, detail: str) -> dict[str, object]:
    return {"event": event["id"], "outcome": "refused", "reason": reason, "detail": detail}


def _enter(data: Data, book: Book) -> str:
    return book.enter(_booking(data))


def _move(data: Data, book: Book) -> str:
    which, to, seen_at, journal = _change(data)
    return book.move(which, to, seen_at, journal=journal)


def _cancel(data: Data, book: Book) -> str | None:
    return book.cancel(_reference(data), journal=bool(data.get("record_in_journal")))


HANDLERS: Mapping[str, Callable[[Data, Book], str | None]] = {
    "booking.created": _enter,
    "booking.moved": _move,
    "booking.cancelled": _cancel,
    "appointment.move": _move,
    "appointment.cancel": _cancel,
}


def _booking(data: Data) -> Booking:
    try:
        return Booking(
            id=str(data["booking"]),
            place=_place(data),
            treatment=data.get("treatment"),
            text=data.get("appointment_text") or "",
            person=_person(data["patient"]),
            address_update=data.get("address_update") or "none",
            booked_by=_booker(data["patient"].get("booked_by")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Malformed from None


def _booker(names: Any) -> str:
    if not names:
        return ""
    return f"{names.get('first_name') or ''} {names.get('last_name') or ''}".strip()


def _change(data: Data) -> tuple[Reference, Place, Place | None, bool]:
    try:
        seen_at = _place(data["old"]) if data.get("old") else None
        return _reference(data), _place(data["new"]), seen_at, bool(data.get("record_in_journal"))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Malformed from None


def _reference(data: Data) -> Reference:
    appointment, booking = data.get("appointment"), data.get("booking")
    if appointment is None and booking is None:
        raise Malformed
    return Reference(
        appointment=None if appointment is None else str(appointment),
        booking=None if booking is None else str(booking),
    )


def _place(data: Data) -> Place:
    during = Interval(_moment(data["start"]), _moment(data["end"]))
    if during.start >= during.end:
        raise Malformed
    return Place(clinic=str(data["clinic"]), practitioner=str(data["practitioner"]), during=during)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise Malformed
    return moment


def _person(data: Data) -> Person:
    """Every detail that the book has a column for; what was not asked is empty."""
    return Person(**{name: str(data.get(name) or "").strip() for name in Person.__slots__})
