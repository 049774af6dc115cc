"""What a patient is told of a booking, and where: fills in the messages that notifications sends."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinics.models import Organisation
from notifications.models import Channel, Kind
from notifications.outbox import Attachment, Draft, queue_messages
from scheduling.calendar_files import booking_calendar, method_of
from scheduling.dates import clock, day_and_clock, short_day
from scheduling.links import link_of
from scheduling.models import Booking, BookingPatient

VALID_MINUTES = 10
"""How long a confirmation code is good for."""


def tell_patient_code(*, organisation: Organisation, booking: Booking, digits: str, number: int) -> int:
    """Queues the booking's ``number``-th code by every way that may be used; how many there were."""
    chosen = organisation.settings
    return tell(
        organisation,
        booking,
        Kind.CODE,
        about=f"booking:{booking.public_id}:code:{number}",
        values={"code": digits, "minutes": str(VALID_MINUTES)},
        not_after=timezone.now() + timedelta(minutes=VALID_MINUTES),
        channels={Channel.SMS: chosen.code_by_sms, Channel.EMAIL: chosen.code_by_email},
        asked_from=booking.address_hash,
    )


def booked_drafts(organisation: Organisation, booking: Booking) -> list[Draft]:
    """The confirmation: by e-mail with a calendar file, and by SMS."""
    return drafts_of(
        organisation, booking, Kind.CONFIRMATION, not_after=booking.starts_at, with_calendar=True
    )


def tell_patient_booked_again(*, organisation: Organisation, booking: Booking, number: int) -> int:
    """The confirmation once more, each ``number`` once; by how many ways."""
    return tell(
        organisation,
        booking,
        Kind.CONFIRMATION,
        about=f"booking:{booking.public_id}:again:{number}",
        not_after=booking.starts_at,
        with_calendar=True,
    )


def tell_patient_refused(
    *, organisation: Organisation, booking: Booking, other_times: list[datetime], waiting_link: str = ""
) -> None:
    """That the clinic could not take the booking, with the nearest times that are still free.

    Who waits again gets the link to their wish; an SMS has no room for the rest then.
    """
    zone = ZoneInfo(booking.clinic.time_zone)
    spoken = [day_and_clock(moment, zone, booking.patient.language) for moment in other_times]
    values = {
        "other_times": "\n".join(spoken),
        "link": organisation.portal_url,
        "waiting_link": waiting_link,
    }
    tell(
        organisation,
        booking,
        Kind.REFUSAL,
        values=values,
        channels=only(Channel.EMAIL),
        with_calendar=True,
    )
    if waiting_link:
        values |= {"other_times": "", "link": ""}
    tell(organisation, booking, Kind.REFUSAL, values=values, channels=only(Channel.SMS))


def tell_patient_moved(*, organisation: Organisation, booking: Booking) -> None:
    """When and with whom it is now; the calendar file moves the entry."""
    tell(
        organisation,
        booking,
        Kind.MOVE,
        about=about_revision(booking),
        not_after=booking.starts_at,
        with_calendar=True,
    )


def tell_patient_cancelled(*, organisation: Organisation, booking: Booking) -> None:
    """That it is off; the calendar file removes the entry, and the link leads to other times."""
    values = {"link": organisation.portal_url}
    about = about_revision(booking)
    tell(organisation, booking, Kind.CANCELLATION, about=about, values=values, with_calendar=True)


def tell_patient_restored(*, organisation: Organisation, booking: Booking) -> None:
    """That what was off stands after all, as a confirmation of its own."""
    about = about_revision(booking)
    tell(
        organisation,
        booking,
        Kind.CONFIRMATION,
        about=about,
        not_after=booking.starts_at,
        with_calendar=True,
    )


def tell_patient_change_refused(*, organisation: Organisation, booking: Booking, stands: bool) -> None:
    """That the clinic could not take over a change; ``stands``: the booking is where it is said to be."""
    values = {} if stands else {"date": "", "time": "", "link": ""}
    about = about_revision(booking)
    tell(organisation, booking, Kind.CHANGE_REFUSED, about=about, values=values, with_calendar=True)


def only(channel: Channel) -> dict[Channel, bool]:
    return {each: each == channel for each in Channel}


def tell_patient_appointment_cancelled(*, organisation: Organisation, booking: Booking, number: int) -> None:
    """That what the clinic had booked is off, and the clinic knows. ``number``: of the change, told once."""
    values = {"link": organisation.portal_url}
    about = f"appointment:{booking.public_id}:{number}"
    tell(organisation, booking, Kind.CANCELLATION, about=about, values=values)


def tell_patient_appointment_change_refused(
    *, organisation: Organisation, booking: Booking, number: int, stands: bool
) -> None:
    """That the clinic could not take over a change of what it had booked itself."""
    values = {"link": ""} if stands else {"date": "", "time": "", "link": ""}
    about = f"appointment:{booking.public_id}:{number}"
    tell(organisation, booking, Kind.CHANGE_REFUSED, about=about, values=values)


def about_revision(booking: Booking) -> str:
    """Each change of a booking is told once."""
    return f"booking:{booking.public_id}:{booking.revision}"


def tell(organisation: Organisation, booking: Booking, kind: Kind, **more: Any) -> int:
    """Queues one kind of message by each channel that leads to the patient; by how many it could be.

    An SMS that a limit forbids is left out: the e-mail goes all the same. ``more`` as for ``drafts_of``.
    """
    drafts = drafts_of(organisation, booking, kind, **more)
    return queue_messages(organisation=organisation, drafts=drafts)


def drafts_of(
    organisation: Organisation,
    booking: Booking,
    kind: Kind,
    *,
    about: str = "",
    values: dict[str, str] | None = None,
    not_after: datetime | None = None,
    channels: dict[Channel, bool] | None = None,
    with_calendar: bool = False,
    asked_from: str = "",
) -> list[Draft]:
    """One kind of message by each channel that leads to the patient."""
    patient: BookingPatient | None = getattr(booking, "patient", None)
    if patient is None:
        return []
    told = {**values_of(organisation, booking), **(values or {})}
    return [
        Draft(
            kind=kind,
            channel=channel,
            to=to,
            fallback_to=patient.email if channel == Channel.SMS else "",
            language=patient.language,
            values=told,
            about=about or f"booking:{booking.public_id}",
            not_after=not_after,
            asked_from=asked_from,
            attachments=calendar_of(organisation, booking, channel, to) if with_calendar else (),
        )
        for channel, to in addresses(patient)
        if channels is None or channels[channel]
    ]


def addresses(patient: BookingPatient) -> Iterable[tuple[Channel, str]]:
    if patient.mobile:
        yield Channel.SMS, patient.mobile.as_e164
    if patient.email:
        yield Channel.EMAIL, patient.email


def values_of(organisation: Organisation, booking: Booking) -> dict[str, str]:
    """What the merge fields stand for, with the names of who reads the message.

    The treatment is named only where the clinic chose so, and never to who booked for somebody else.
    """
    patient: BookingPatient = booking.patient
    zone = ZoneInfo(booking.clinic.time_zone)
    values = {
        "first_name": patient.booker_first_name if patient.is_for_other else patient.first_name,
        "last_name": patient.booker_last_name if patient.is_for_other else patient.last_name,
        "date": short_day(booking.starts_at.astimezone(zone), patient.language),
        "time": clock(booking.starts_at, zone, patient.language),
        "practitioner": booking.practitioner.name,
        "clinic": booking.clinic.name,
        "address": booking.clinic.address,
        "clinic_phone": booking.clinic.phone,
        "link": link_of(organisation=organisation, booking=booking),
    }
    is_named = organisation.settings.name_treatment_in_messages and not patient.is_for_other
    if is_named and booking.treatment:  # the clinic makes appointments without a treatment too
        values["treatment"] = booking.treatment.name
    return values


def calendar_of(organisation: Organisation, booking: Booking, channel: Channel, to: str) -> list[Attachment]:
    """The booking for the patient's own calendar, where the channel can carry a file."""
    if channel != Channel.EMAIL:
        return []
    return [
        Attachment(
            filename="booking.ics",
            content_type=f"text/calendar; method={method_of(booking, to)}; charset=utf-8",
            text=booking_calendar(organisation=organisation, booking=booking, attendee=to),
        )
    ]
