"""Whether the clinic and its portal say the same, each asked by itself; what is otherwise, in words."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from itertools import pairwise
from typing import Any

from scheduling.models import AgentEvent, Booking, DeskAct
from sync_api.models import Mismatch
from tests.agent.histories.clinic import Desk, quarters
from tests.agent.histories.patients import Patients

STANDING = (Booking.State.BOOKED, Booking.State.ARRIVED, Booking.State.NO_SHOW)


def about_bookings(patients: Patients, desk: Desk) -> Iterator[str]:
    """Each booking that stands has one appointment, and each appointment of a booking that booking."""
    stand = {row["portal_booking"]: row for row in desk.standing() if row["portal_booking"]}
    for booking in patients.bookings():
        row = stand.pop(str(booking.public_id), None)
        if booking.state in STANDING or row is not None:
            yield from about_one(booking, row)
    shown = set(Mismatch.across.filter(kind="unknown").values_list("booking", flat=True))
    for name, row in stand.items():
        if name not in shown:
            yield f"in the book, not on the portal, and shown to nobody: {row['start_at']}"


def about_one(booking: Booking, row: dict[str, Any] | None) -> Iterator[str]:
    if row is None:
        yield f"booked on the portal, and not in the book: {booking.during}"
        return
    here = (booking.state, booking.practitioner.external_id, booking.starts_at, booking.ends_at)
    there = (row["state"], row["practitioner_id"], row["start_at"], row["end_at"])
    if here != there:
        yield f"{booking.state} at {booking.during} here, {row['state']} at {row['start_at']} there"
    elif booking.appointment_id != str(row["id"]) or booking.accepted_at is None:
        yield f"the portal does not know the appointment of {booking.during}"


def about_time(patients: Patients, desk: Desk) -> Iterator[str]:
    """What patients are offered is what is free."""
    offered, free = patients.published(), desk.free()
    for booking in patients.bookings():
        if booking.state in STANDING:
            times = quarters(booking.starts_at.astimezone(UTC), booking.ends_at.astimezone(UTC))
            offered[booking.practitioner.external_id] -= set(times)
    for who, times_free in free.items():
        if offered[who] != times_free:
            wrong = sorted(f"{quarter:%H:%M}" for quarter in offered[who] ^ times_free)
            yield f"{who} is free on one side only at {', '.join(wrong)} UTC"


def about_waiting(patients: Patients) -> Iterator[str]:
    if any(event.acknowledged_at is None for event in patients.events()):
        yield "events are waiting"


def about_loss(patients: Patients) -> Iterator[str]:
    """Whatever was booked and is not now was cancelled by somebody, or refused and shown to the staff."""
    events = patients.events()
    known = {booking.pk: booking for booking in patients.bookings()}
    refused = {event.booking_id for event in events if event.outcome == AgentEvent.Outcome.REFUSED}
    cancelled = {event.booking_id for event in events if event.type == AgentEvent.Type.BOOKING_CANCELLED}
    by_desk = set(DeskAct.across.filter(act=DeskAct.Act.CANCELLED).values_list("booking", flat=True))
    cancelled |= {pk for pk, booking in known.items() if booking.public_id in by_desk}
    reasons = {"refused": refused, "cancelled": cancelled}
    for made in patients.made:
        state = str(known[made.pk].state) if made.pk in known else "gone"
        told = reasons.get(state)
        if state == "gone" or (told is not None and made.pk not in told):
            yield f"a booking is {state}, and nobody has said why"


def about_doubles(desk: Desk) -> Iterator[str]:
    standing = sorted(desk.standing(), key=lambda row: (row["practitioner_id"], row["start_at"]))
    for one, other in pairwise(standing):
        if one["practitioner_id"] == other["practitioner_id"] and one["end_at"] > other["start_at"]:
            yield f"two appointments at {other['start_at']}"
    names = Counter(row["portal_booking"] for row in desk.rows() if row["portal_booking"])
    if names and max(names.values()) > 1:
        yield "a booking is in the book twice"
