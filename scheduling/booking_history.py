"""Everything that has happened to a booking, in the order in which it did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Q

from clinics.models import Organisation
from notifications.models import Message
from scheduling.models import AgentEvent, Booking, DeskAct


@dataclass(frozen=True, slots=True)
class Happening:
    """A moment of a booking's life: ``what`` happened, and the row that tells more."""

    at: datetime
    what: str
    """``held``, ``booked``, ``told`` and ``answered`` (an event), ``act`` (of staff), ``message``."""
    row: Any


def history_of(*, organisation: Organisation, booking: Booking) -> list[Happening]:
    """Oldest first; three questions, however much has happened."""
    found = chain(
        beginnings(booking),
        answers(AgentEvent.objects.filter(organisation=organisation, booking=booking)),
        (
            Happening(act.at, "act", act)
            for act in DeskAct.objects.filter(organisation=organisation, booking=booking.public_id)
        ),
        (
            Happening(message.created_at, "message", message)
            for message in messages_about(organisation, booking)
        ),
    )
    return sorted(found, key=lambda happening: happening.at)


def beginnings(booking: Booking) -> Iterator[Happening]:
    yield Happening(booking.created_at, "held", booking)
    if booking.booked_at:
        yield Happening(booking.booked_at, "booked", booking)


def answers(events: Any) -> Iterator[Happening]:
    for event in events:
        yield Happening(event.created_at, "told", event)
        if event.acknowledged_at:
            yield Happening(event.acknowledged_at, "answered", event)


def messages_about(organisation: Organisation, booking: Booking) -> list[Message]:
    """What the booking's patient was sent about it. Found by where it was sent: that is what is indexed."""
    patient = getattr(booking, "patient", None)
    if patient is None:
        return []
    mobile = patient.mobile.as_e164 if patient.mobile else ""
    about = f"booking:{booking.public_id}"
    return list(
        Message.objects.filter(
            Q(about=about) | Q(about__startswith=f"{about}:"),
            organisation=organisation,
            to__in=[mobile, patient.email],
            created_at__gte=booking.created_at,
        ).defer("body", "attachments")
    )
