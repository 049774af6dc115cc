"""What must be so in the end, whatever happened on the way: everything there, and everything once."""

from datetime import UTC, datetime

from tests.journeys.patient import Patient
from tests.journeys.surgery import Surgery
from tests.journeys.waiting import eventually

CODE_AND_CONFIRMATION = (2, 2)


def assert_booked_once(patient: Patient, surgery: Surgery, moment: datetime) -> None:
    """The booking, its appointment and its messages are there, each exactly once."""
    portal, booking_id = patient.portal, patient.booking_id
    booking = eventually(
        lambda: [row for row in [portal.booking(booking_id)] if row["accepted_at"]],
        "the clinic has accepted the booking",
        seconds=40,
    )[0]
    assert booking["state"] == "booked"
    [appointment] = surgery.appointments(booking_id)
    assert (appointment["entered_by"], appointment["state"]) == ("ITB", "booked")
    assert datetime.fromisoformat(appointment["start_at"]).replace(tzinfo=UTC) == moment
    assert (appointment["first_name"], appointment["mobile"]) == ("Maija", patient.person.mobile)
    assert str(appointment["id"]) == booking["appointment_id"]
    assert surgery.overlaps() == []
    eventually(lambda: not is_anything_unsent(patient), "everything has been sent", seconds=40)
    assert patient.message_counts() == CODE_AND_CONFIRMATION


def is_anything_unsent(patient: Patient) -> bool:
    """Whether the outbox holds a message to this patient that is due and not over and done with."""
    return bool(message_states(patient) - {"sent"})


def message_states(patient: Patient) -> set[str]:
    rows = patient.portal.rows(
        'select distinct state from notifications_message where "to" = any(%s) and not_before is null',
        [patient.person.mobile, patient.person.email],
    )
    return {row["state"] for row in rows}
