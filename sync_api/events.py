"""Events as the agent reads them: what happened, with the patient's details read from the booking now."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from clinics.models import Clinic, Organisation
from scheduling.events import waiting_events
from scheduling.models import AgentEvent, Booking, BookingPatient

Data = dict[str, Any]


def events_for_agent(*, organisation: Organisation, after: int | None, limit: int) -> Data:
    """The events that wait, oldest first, and the cursor to ask on from."""
    events = waiting_events(organisation=organisation, after=after, limit=limit)
    return {
        "events": [event_document(event) for event in events],
        "cursor": events[-1].sequence if events else resting_cursor(organisation, after),
    }


def resting_cursor(organisation: Organisation, after: int | None) -> int:
    """Where an agent stands that has nothing waiting: where it said, or at its last acknowledgement."""
    if after is not None:
        return after
    answered = AgentEvent.objects.filter(organisation=organisation, acknowledged_at__isnull=False)
    last: int | None = answered.aggregate(last=Max("sequence"))["last"]
    return last or 0


def event_document(event: AgentEvent) -> Data:
    return {
        "id": event.sequence,
        "event": event.sequence,
        "type": event.type,
        "created": event.created_at,
        "data": DATA[AgentEvent.Type(event.type)](event),
    }


def created_data(event: AgentEvent) -> Data:
    booking = event.own_booking
    patient: BookingPatient | None = getattr(booking, "patient", None)
    return {
        "booking": str(booking.public_id),
        "clinic": booking.clinic.external_id,
        "practitioner": booking.practitioner.external_id,
        "treatment": booking.treatment.external_id if booking.treatment else None,
        "start": written(booking.starts_at, booking.clinic),
        "end": written(booking.ends_at, booking.clinic),
        "appointment_text": appointment_text(booking, patient),
        "patient": patient_document(patient) if patient else None,
        "address_update": patient.address_update if patient else BookingPatient.Ask.NONE.value,
        **event.data,  # where it was to begin with, if it has been moved since
    }


def changed_data(event: AgentEvent) -> Data:
    """A move or a cancellation: what was written down when it happened, and whose it is."""
    return {
        **event.data,
        "booking": str(event.own_booking.public_id),
        "appointment": event.own_booking.appointment_id or None,
    }


def appointment_data(event: AgentEvent) -> Data:
    """A change of an appointment that the clinic made; a move has become a booking here."""
    booking = event.booking
    return {**event.data, **({"booking": str(booking.public_id)} if booking else {})}


def lookup_data(event: AgentEvent) -> Data:
    """Whom to look for. What was proven, or typed to prove it, is read from there and stands nowhere else."""
    lookup = event.lookup
    if lookup is None:
        return {}
    return {
        "lookup": str(lookup.public_id),
        "national_id": lookup.login.national_id if lookup.login else None,
        "mobile": lookup.mobile,
        "expires": lookup.expires_at,
    }


DATA = {
    AgentEvent.Type.BOOKING_CREATED: created_data,
    AgentEvent.Type.BOOKING_MOVED: changed_data,
    AgentEvent.Type.BOOKING_CANCELLED: changed_data,
    AgentEvent.Type.PATIENT_LOOKUP: lookup_data,
    AgentEvent.Type.APPOINTMENT_MOVE: appointment_data,
    AgentEvent.Type.APPOINTMENT_CANCEL: appointment_data,
}


def appointment_text(booking: Booking, patient: BookingPatient | None) -> str:
    """The treatment's text, the patient's message after it, and the campaign code at the very end."""
    parts = [booking.treatment.appointment_text] if booking.treatment else []
    if patient:
        parts += [patient.message, f"CC: {patient.campaign_code}" if patient.campaign_code else ""]
    return "\n".join(part for part in parts if part)


def patient_document(patient: BookingPatient) -> Data:
    return {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "national_id": patient.national_id or None,
        "email": patient.email or None,
        "mobile": patient.mobile.as_e164 if patient.mobile else None,
        "address_1": patient.address_1,
        "address_2": patient.address_2,
        "postcode": patient.postcode,
        "language": patient.language,
        "booked_by": booker_document(patient),
    }


def booker_document(patient: BookingPatient) -> Data | None:
    """Who booked for the patient: the e-mail and the mobile are theirs."""
    if not patient.is_for_other:
        return None
    return {"first_name": patient.booker_first_name, "last_name": patient.booker_last_name}


def written(instant: datetime, clinic: Clinic) -> str:
    """RFC 3339, with the offset that the clinic's clock has at that moment."""
    return instant.astimezone(ZoneInfo(clinic.time_zone)).isoformat(timespec="seconds")
