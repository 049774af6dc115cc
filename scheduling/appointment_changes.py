"""What a logged-in patient does with an appointment that the clinic made: cancels it, or moves it.

The row of the change is what decides a race: there can be one for each appointment. It says who is told,
should the clinic refuse, and from then on the appointment is shown as changed until the clinic has answered.
A new time becomes a booking at once, so that nobody else can have it.
"""

import json
import logging
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone

from clinics.inserting import insert_unless_conflict
from clinics.models import Organisation
from scheduling.appointments import ClinicAppointment, State, as_booking, patient_in_answer, reference_of
from scheduling.bookings import TAKEN, is_held, lock
from scheduling.change_rules import Appointment, Change, Refusal, TreatmentRules, why_not, why_not_to
from scheduling.changes import BY_PATIENT, hold_beside, lock_new_time, place_of, release_new_time, rules_of
from scheduling.errors import ChangeRefused, HoldExpired
from scheduling.events import tell_agent
from scheduling.holds import refresh_after
from scheduling.links import digest_of, token_of
from scheduling.models import AgentEvent, AppointmentChange, Booking, BookingPatient, Login
from scheduling.models.booking import Confirmation
from scheduling.national_ids import digest_of as digest_of_id
from scheduling.reminders import plan_reminders
from scheduling.slots import withdraw_time
from scheduling.telling import (
    tell_patient_appointment_cancelled,
    tell_patient_appointment_change_refused,
    tell_patient_moved,
)

KEPT_AFTER = timedelta(days=1)
"""How long after the appointment a change is remembered."""
STANDS_AFTER = {TAKEN, "not-allowed"}
"""Reasons of a refused move after which the appointment is known to stand where it was."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is told of a change, and where."""

    first_name: str
    last_name: str
    email: str
    mobile: str
    language: str


def contact_of(*, organisation: Organisation, login: Login, language: str) -> Contact:
    """What the login has proven comes first, then what the clinic has written down."""
    patient = patient_in_answer(organisation=organisation, login=login)
    return Contact(
        first_name=login.first_name or patient.get("first_name", ""),
        last_name=login.last_name or patient.get("last_name", ""),
        email=patient.get("email", ""),
        mobile=login.mobile.as_e164 if login.mobile else patient.get("mobile", ""),
        language=language,
    )


def rules_view(appointment: ClinicAppointment) -> Appointment:
    """The appointment as the rules see it: its treatment's, and what the clinic says of just this one."""
    treatment = appointment.treatment
    return Appointment(
        starts_at=appointment.starts_at,
        stands=appointment.state is State.STANDS,
        treatment=TreatmentRules(
            move_allowed=treatment.move_allowed,
            cancel_allowed=treatment.cancel_allowed,
            move_within_days=treatment.move_within_days,
        )
        if treatment
        else None,
        forbidden=forbidden_by_clinic(appointment),
    )


def forbidden_by_clinic(appointment: ClinicAppointment) -> frozenset[Change]:
    """What the clinic's book forbids for just this one."""
    forbidden = set()
    if not appointment.cancel_allowed:
        forbidden.add(Change.CANCEL)
    if not appointment.move_allowed:
        forbidden.add(Change.MOVE)
    return frozenset(forbidden)


def refusal_for(
    *, organisation: Organisation, appointment: ClinicAppointment, change: Change
) -> Refusal | None:
    """Which rule forbids the patient this change at this moment; None where none does."""
    return why_not(
        change, rules=rules_of(organisation), appointment=rules_view(appointment), now=timezone.now()
    )


def require(organisation: Organisation, appointment: ClinicAppointment, change: Change) -> None:
    refusal = refusal_for(organisation=organisation, appointment=appointment, change=change)
    if refusal:
        raise ChangeRefused(refusal)


def require_movable(organisation: Organisation, appointment: ClinicAppointment, to: datetime) -> None:
    require(organisation, appointment, Change.MOVE)
    zone = ZoneInfo(appointment.clinic.time_zone)
    refusal = why_not_to(rules_view(appointment), to.astimezone(zone))
    if refusal:
        raise ChangeRefused(refusal)


def cancel_appointment(
    *, organisation: Organisation, login: Login, appointment: ClinicAppointment, language: str
) -> None:
    """Cancels it for the patient and tells the clinic. Twice cancels once. Raises ChangeRefused."""
    if appointment.state is State.CANCELLED:
        return
    require(organisation, appointment, Change.CANCEL)
    contact = contact_of(organisation=organisation, login=login, language=language)
    with transaction.atomic():
        change = begin_change(organisation, appointment, contact)
        booking = as_booking(organisation, appointment)
        release_new_time(organisation=organisation, booking=booking)
        tell_patient_appointment_cancelled(
            organisation=organisation, booking=told_as(booking, contact), number=change.pk
        )
        tell_agent(
            organisation=organisation,
            event_type=AgentEvent.Type.APPOINTMENT_CANCEL,
            data={
                "appointment": appointment.appointment_id,
                "by": BY_PATIENT,
                "record_in_journal": organisation.settings.journal_cancellations,
            },
        )


def begin_change(
    organisation: Organisation,
    appointment: ClinicAppointment,
    contact: Contact,
    booking: Booking | None = None,
) -> AppointmentChange:
    """The row of the change; raises ChangeRefused where there is one for the appointment already."""
    change = AppointmentChange(
        organisation=organisation,
        appointment_id=appointment.appointment_id,
        booking=booking,
        clinic=appointment.clinic,
        practitioner=appointment.practitioner,
        during=DateTimeTZRange(appointment.starts_at, appointment.ends_at),
        contact=json.dumps(asdict(contact), ensure_ascii=False),
    )
    forget_outdated(organisation, appointment)
    if not insert_unless_conflict(change):
        raise ChangeRefused(Refusal.NOT_STANDING)
    return change


def forget_outdated(organisation: Organisation, appointment: ClinicAppointment) -> None:
    """Lets go of a change that was carried out before the clinic told of the appointment once more."""
    AppointmentChange.objects.filter(
        ~Q(booking__state=Booking.State.BOOKED) | Q(booking=None),
        organisation=organisation,
        appointment_id=appointment.appointment_id,
        accepted_at__lt=appointment.told_at,
    ).delete()


def told_as(booking: Booking, contact: Contact) -> Booking:
    """The booking, which is in no table, with who is told of it."""
    booking.patient = BookingPatient(booking=booking, **asdict(contact))
    return booking


def hold_new_time_for(
    *, organisation: Organisation, appointment: ClinicAppointment, starts_at: datetime
) -> Booking:
    """Holds a new time for the appointment, which keeps its own; with the same practitioner if they are free.

    An earlier new time is given back. Raises ChangeRefused, TimeTaken, TimeNotOffered, TooManyHolds.
    """
    require_movable(organisation, appointment, to=starts_at)
    booking = as_booking(organisation, appointment)
    return hold_beside(organisation=organisation, booking=booking, starts_at=starts_at)


def move_appointment(
    *,
    organisation: Organisation,
    login: Login,
    appointment: ClinicAppointment,
    new_time: uuid.UUID,
    language: str,
) -> Booking:
    """Makes the new time that is held for it a booking, and tells the clinic to move the appointment there.

    Twice moves once. Raises HoldExpired and ChangeRefused.
    """
    contact = contact_of(organisation=organisation, login=login, language=language)
    with transaction.atomic():
        standing = as_booking(organisation, appointment)
        held = lock_new_time(organisation, standing, new_time)
        if held.state == Booking.State.BOOKED:
            return held
        if not is_held(held):
            raise HoldExpired
        require_movable(organisation, appointment, to=held.starts_at)
        begin_change(organisation, appointment, contact, booking=held)
        take_new_time(held, appointment)
        store_patient(organisation, held, login, contact, appointment)
        tell_patient_moved(organisation=organisation, booking=held)
        plan_reminders(organisation=organisation, booking=held, is_new=True)
        tell_agent(
            organisation=organisation,
            event_type=AgentEvent.Type.APPOINTMENT_MOVE,
            booking=held,
            data={
                "appointment": appointment.appointment_id,
                "old": place_of(standing),
                "new": place_of(held),
                "record_in_journal": organisation.settings.journal_moves,
            },
        )
    return held


def take_new_time(held: Booking, appointment: ClinicAppointment) -> None:
    """The hold becomes the patient's booking; as the calendar counts, it has been changed once already."""
    fields: dict[str, Any] = {
        "state": Booking.State.BOOKED,
        "booked_at": timezone.now(),
        "confirmed_by": Confirmation.LOGIN,
        "hold_expires_at": None,
        "appointment_id": appointment.appointment_id,
        "link_digest": digest_of(token_of(held)),
        "revision": 1,
    }
    for name, value in fields.items():
        setattr(held, name, value)
    held.save(update_fields=list(fields))


def store_patient(
    organisation: Organisation,
    booking: Booking,
    login: Login,
    contact: Contact,
    appointment: ClinicAppointment,
) -> None:
    patient = BookingPatient(
        organisation=organisation,
        booking=booking,
        national_id=login.national_id,
        national_id_digest=digest_of_id(organisation.pk, login.national_id) if login.national_id else None,
        consented_at=timezone.now(),
        clinic_words=None if appointment.treatment else appointment.text or None,
        **asdict(contact),
    )
    patient.save(force_insert=True)


def settle_appointment_change(*, organisation: Organisation, event: AgentEvent) -> None:
    """Takes in what the agent has said of a change of an appointment that the clinic made."""
    with transaction.atomic():
        change = (
            AppointmentChange.objects.select_for_update(of=("self",))
            .select_related("clinic", "practitioner", "booking")
            .filter(organisation=organisation, appointment_id=event.data["appointment"], accepted_at=None)
            .first()
        )
        if event.outcome == AgentEvent.Outcome.ACCEPTED:
            accept_change(organisation, event, change)
        else:
            refuse_change(organisation, event, change)


def accept_change(organisation: Organisation, event: AgentEvent, change: AppointmentChange | None) -> None:
    if event.booking_id:
        Booking.objects.filter(organisation=organisation, pk=event.booking_id).update(
            accepted_at=timezone.now(), appointment_id=event.appointment_id or event.data["appointment"]
        )
    if change is not None:
        change.accepted_at, change.contact = timezone.now(), None
        change.save(update_fields=["accepted_at", "contact"])


def refuse_change(organisation: Organisation, event: AgentEvent, change: AppointmentChange | None) -> None:
    log.warning(
        "organisation %s: the clinic refused event %s (%s, %s)",
        organisation.pk,
        event.sequence,
        event.type,
        event.reason,
    )
    if event.booking is not None:
        give_new_time_back(organisation, event)
    if change is None:
        return
    stands = event.booking is None or event.reason in STANDS_AFTER
    booking = stood_before(organisation, change)
    tell_patient_appointment_change_refused(
        organisation=organisation, booking=booking, number=change.pk, stands=stands
    )
    change.delete()


def give_new_time_back(organisation: Organisation, event: AgentEvent) -> None:
    """The new time is no booking; what is taken at the clinic is offered to nobody else either."""
    booking = lock(organisation, event.own_booking)
    if booking.state != Booking.State.BOOKED:
        return
    release_new_time(organisation=organisation, booking=booking)
    booking.state = Booking.State.REFUSED
    booking.refusal_reason = event.reason
    booking.save(update_fields=["state", "refusal_reason"])
    booking.resources.all().delete()
    refresh_after(organisation, [booking])
    if event.reason == TAKEN and place_of(booking) == event.data["new"]:
        withdraw_time(organisation=organisation, booking=booking)


def stood_before(organisation: Organisation, change: AppointmentChange) -> Booking:
    """The appointment as it was before the change, with who is told."""
    booking = Booking(
        organisation=organisation,
        public_id=reference_of(organisation, change.appointment_id),
        clinic=change.clinic,
        practitioner=change.practitioner,
        during=change.during,
        state=Booking.State.BOOKED,
    )
    return told_as(booking, Contact(**json.loads(change.contact or "{}")))


def forget_changes() -> int:
    """Deletes the changes of appointments that are over, in every organisation; how many."""
    before = timezone.now() - KEPT_AFTER
    over = AppointmentChange.across.filter(
        Q(booking=None) | Q(booking__during__endswith__lt=before), during__endswith__lt=before
    )
    deleted, _ = over.delete()
    return deleted
