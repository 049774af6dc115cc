"""What a patient is told of a booking, and where: fills in the messages that notifications sends."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.models import Organisation
from notifications.models import Channel, Kind
from notifications.outbox import Attachment, queue_message
from scheduling.calendar_files import booking_calendar
from scheduling.dates import clock, day_and_clock, short_day
from scheduling.models import Booking, BookingPatient

CODE_VALID = timedelta(minutes=10)


def tell_patient_code(*, organisation: Organisation, booking: Booking, digits: str, number: int) -> None:
    """The ``number``-th code of this booking, by every way the organisation uses for codes."""
    patient: BookingPatient = booking.patient
    chosen = organisation.settings
    channels = addresses(patient, email=chosen.code_by_email, sms=chosen.code_by_sms)
    for channel, to in channels:
        queue_message(
            organisation=organisation,
            kind=Kind.CODE,
            channel=channel,
            to=to,
            language=patient.language,
            values={**values_of(organisation, booking), "code": digits, "minutes": "10"},
            about=f"booking:{booking.public_id}:code:{number}",
            not_after=datetime.now(tz=ZoneInfo("UTC")) + CODE_VALID,
        )


def tell_patient_booked(*, organisation: Organisation, booking: Booking) -> None:
    """The confirmation: by e-mail with a calendar file, and by SMS."""
    patient: BookingPatient = booking.patient
    for channel, to in addresses(patient):
        queue_message(
            organisation=organisation,
            kind=Kind.CONFIRMATION,
            channel=channel,
            to=to,
            language=patient.language,
            values=values_of(organisation, booking),
            about=f"booking:{booking.public_id}",
            not_after=booking.starts_at,
            attachments=[calendar_of(organisation, booking)] if channel == Channel.EMAIL else (),
        )


def tell_patient_refused(
    *, organisation: Organisation, booking: Booking, other_times: list[datetime]
) -> None:
    """That the clinic could not take the booking, with the nearest times that are still free."""
    patient: BookingPatient = booking.patient
    zone = ZoneInfo(booking.clinic.time_zone)
    spoken = [day_and_clock(moment, zone, patient.language) for moment in other_times]
    for channel, to in addresses(patient):
        queue_message(
            organisation=organisation,
            kind=Kind.REFUSAL,
            channel=channel,
            to=to,
            language=patient.language,
            values={**values_of(organisation, booking), "other_times": "\n".join(spoken)},
            about=f"booking:{booking.public_id}",
        )


def addresses(
    patient: BookingPatient, *, email: bool = True, sms: bool = True
) -> Iterable[tuple[Channel, str]]:
    if sms and patient.mobile:
        yield Channel.SMS, patient.mobile.as_e164
    if email and patient.email:
        yield Channel.EMAIL, patient.email


def values_of(organisation: Organisation, booking: Booking) -> dict[str, str]:
    """What the merge fields stand for. The treatment is named only where the clinic chose so."""
    patient: BookingPatient = booking.patient
    zone = ZoneInfo(booking.clinic.time_zone)
    values = {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "date": short_day(booking.starts_at.astimezone(zone), patient.language),
        "time": clock(booking.starts_at, zone, patient.language),
        "practitioner": booking.practitioner.name,
        "clinic": booking.clinic.name,
        "address": booking.clinic.address,
        "clinic_phone": booking.clinic.phone,
        "link": organisation.portal_url,
    }
    if organisation.settings.name_treatment_in_messages:
        values["treatment"] = booking.treatment.name
    return values


def calendar_of(organisation: Organisation, booking: Booking) -> Attachment:
    return Attachment(
        filename="booking.ics",
        content_type="text/calendar; method=PUBLISH; charset=utf-8",
        text=booking_calendar(organisation=organisation, booking=booking),
    )
