"""What the clinic itself has booked for a logged-in patient: asked of its agent, kept while the login lasts.

The answer is one encrypted text that goes with the login. What a patient has changed since is on the
portal (scheduling/appointment_changes.py) and counts until the clinic has been asked again.
"""

import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.events import is_agent_away, tell_agent
from scheduling.logins import sees_whole_list
from scheduling.models import AgentEvent, AppointmentChange, Booking, BookingPatient, Login, Lookup, Treatment
from scheduling.national_ids import digests_of

AGAIN_AFTER = timedelta(minutes=1)
"""The clinic is asked about the same login once in so long at most."""
PATIENCE = timedelta(seconds=15)
"""How long a page waits for the answer."""
OF_USE = timedelta(minutes=2)
"""How long an answer is taken: one that comes late is there when the page is next looked at."""

Facts = dict[str, Any]


class State(StrEnum):
    """What the patient has made of an appointment since the clinic told of it."""

    STANDS = "stands"
    CANCELLED = "cancelled"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class ClinicAppointment:
    """One coming appointment in the clinic's book that was not made here."""

    reference: uuid.UUID
    """Stands for it in addresses; the same for as long as it stands."""
    appointment_id: str
    clinic: Clinic
    practitioner: Practitioner
    treatment: Treatment | None
    starts_at: datetime
    ends_at: datetime
    text: str
    """The clinic's own words, where there is no treatment."""
    move_allowed: bool
    cancel_allowed: bool
    told_at: datetime
    """When the clinic was asked."""
    state: State = State.STANDS
    moved_to: Booking | None = None

    @property
    def what(self) -> str:
        return self.treatment.name if self.treatment else self.text

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class AppointmentsSeen:
    """What a login shows of the clinic's book."""

    appointments: list[ClinicAppointment]
    """Coming ones that the clinic made and the patient has not changed since, the next one first."""
    bookings: list[Booking]
    """Bookings made here that the clinic says are the patient's, with another number than the login's."""
    is_complete: bool
    """Whether the clinic has answered the last time it was asked."""
    is_waiting: bool
    """Whether its answer may come at any moment."""
    is_shown: bool = True
    """False where this way of logging in shows only what was booked here."""


NOTHING_SHOWN = AppointmentsSeen([], [], is_complete=False, is_waiting=False, is_shown=False)


def ask_clinic(*, organisation: Organisation, login: Login) -> Lookup | None:
    """Asks the clinic's agent which appointments the patient has, or gives the question still of use.

    None where this way of logging in does not show them, and while the agent is away.
    """
    if not sees_whole_list(organisation=organisation, login=login) or is_agent_away(
        organisation=organisation
    ):
        return None
    now = timezone.now()
    with transaction.atomic():
        locked = Login.objects.select_for_update().filter(organisation=organisation, pk=login.pk)
        if not locked.exists():
            return None
        earlier = lookups_of(organisation, login)
        if earlier and (earlier[0].created_at > now - AGAIN_AFTER or is_awaited(earlier[0])):
            return earlier[0]
        forget_but_last_answer(organisation, earlier)
        lookup = Lookup(organisation=organisation, login=login, created_at=now, expires_at=now + OF_USE)
        lookup.save(force_insert=True)
        tell_agent(organisation=organisation, event_type=AgentEvent.Type.PATIENT_LOOKUP, lookup=lookup)
    return lookup


def lookups_of(organisation: Organisation, login: Login) -> list[Lookup]:
    """What has been asked about the login, the newest first."""
    return list(Lookup.objects.filter(organisation=organisation, login=login).order_by("-created_at", "-pk"))


def is_awaited(lookup: Lookup) -> bool:
    """Whether a page should wait for the answer."""
    now = timezone.now()
    return lookup.answered_at is None and now < min(lookup.created_at + PATIENCE, lookup.expires_at)


def forget_but_last_answer(organisation: Organisation, lookups: list[Lookup]) -> None:
    kept = next((lookup.pk for lookup in lookups if lookup.answered_at), None)
    gone = [lookup.pk for lookup in lookups if lookup.pk != kept]
    if gone:
        Lookup.objects.filter(organisation=organisation, pk__in=gone).delete()


def appointments_seen(*, organisation: Organisation, login: Login) -> AppointmentsSeen:
    """The clinic's last answer, as far as it is still true, and whether a newer one is to be expected."""
    if not sees_whole_list(organisation=organisation, login=login):
        return NOTHING_SHOWN
    lookups = lookups_of(organisation, login)
    answered = next((lookup for lookup in lookups if lookup.answered_at), None)
    told, bookings = read_answer(organisation, answered) if answered else ([], [])
    return AppointmentsSeen(
        appointments=[appointment for appointment in told if appointment.state is State.STANDS],
        bookings=[booking for booking in bookings if not is_known_by(login, booking)],
        is_complete=bool(lookups) and lookups[0].answered_at is not None,
        is_waiting=bool(lookups) and is_awaited(lookups[0]),
    )


def is_known_by(login: Login, booking: Booking) -> bool:
    """Whether the login alone shows the booking: it was made with the number or the id that was proven."""
    patient: BookingPatient | None = getattr(booking, "patient", None)
    if patient is None:
        return True
    if login.method == Login.Method.SMS:
        return bool(patient.mobile == login.mobile)
    digest = bytes(patient.national_id_digest or b"")
    return digest in digests_of(login.organisation_id, login.national_id or "")


def clinic_appointment(
    *, organisation: Organisation, login: Login, reference: uuid.UUID
) -> ClinicAppointment | None:
    """One of the login's appointments, changed ones too; None for anything else."""
    if not sees_whole_list(organisation=organisation, login=login):
        return None
    answered = last_answered(organisation, login)
    told, _ = read_answer(organisation, answered) if answered else ([], [])
    return next((appointment for appointment in told if appointment.reference == reference), None)


def last_answered(organisation: Organisation, login: Login) -> Lookup | None:
    return next((lookup for lookup in lookups_of(organisation, login) if lookup.answered_at), None)


def patient_in_answer(*, organisation: Organisation, login: Login) -> Facts:
    """The patient's names, e-mail and mobile as the clinic has them; empty without an answer."""
    answered = last_answered(organisation, login)
    patient: Facts = (facts_of(answered).get("patient") or {}) if answered else {}
    return patient


def facts_of(lookup: Lookup) -> Facts:
    facts: Facts = json.loads(lookup.answer or "{}")
    return facts


def read_answer(organisation: Organisation, lookup: Lookup) -> tuple[list[ClinicAppointment], list[Booking]]:
    """Coming appointments that the clinic made, and the bookings made here that it knows as the patient's."""
    told = [facts for facts in facts_of(lookup).get("appointments", []) if is_coming(facts)]
    made_here = {booking.public_id: booking for booking in named_bookings(organisation, told)}
    own = [facts for facts in told if uuid_or_none(facts["booking"]) not in made_here]
    found = sorted(appointments_of(organisation, lookup, own), key=lambda found: found.starts_at)
    return found, [booking for booking in made_here.values() if booking.state == Booking.State.BOOKED]


def is_coming(facts: Facts) -> bool:
    return datetime.fromisoformat(facts["start"]) > timezone.now()


def named_bookings(organisation: Organisation, told: list[Facts]) -> list[Booking]:
    ids = [public_id for facts in told if (public_id := uuid_or_none(facts["booking"]))]
    if not ids:
        return []
    found = Booking.objects.filter(organisation=organisation, public_id__in=ids)
    return list(
        found.select_related("clinic", "practitioner", "treatment", "patient").order_by("during", "pk")
    )


def uuid_or_none(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def appointments_of(organisation: Organisation, lookup: Lookup, told: list[Facts]) -> list[ClinicAppointment]:
    """With what the agent's ids stand for; queries do not grow with the number of appointments."""
    clinics, practitioners, treatments = (
        by_external_id(organisation, model, told, name)
        for model, name in ((Clinic, "clinic"), (Practitioner, "practitioner"), (Treatment, "treatment"))
    )
    changes = changes_of(organisation, told)
    found = []
    for facts in told:
        clinic, practitioner = clinics.get(facts["clinic"]), practitioners.get(facts["practitioner"])
        if clinic is None or practitioner is None:
            continue
        zone = ZoneInfo(clinic.time_zone)
        change = changes.get(facts["id"])
        state = state_after(change, lookup.created_at)
        found.append(
            ClinicAppointment(
                reference=reference_of(organisation, facts["id"]),
                appointment_id=facts["id"],
                clinic=clinic,
                practitioner=practitioner,
                treatment=treatments.get(facts["treatment"]),
                starts_at=datetime.fromisoformat(facts["start"]).astimezone(zone),
                ends_at=datetime.fromisoformat(facts["end"]).astimezone(zone),
                text=facts["text"],
                move_allowed=facts["move_allowed"],
                cancel_allowed=facts["cancel_allowed"],
                told_at=lookup.created_at,
                state=state,
                moved_to=change.booking if change and state is State.MOVED else None,
            )
        )
    return found


def by_external_id(organisation: Organisation, model: Any, told: list[Facts], name: str) -> dict[str, Any]:
    ids = {facts[name] for facts in told if facts[name]}
    rows = model.objects.filter(organisation=organisation, external_id__in=ids) if ids else []
    return {row.external_id: row for row in rows}


def changes_of(organisation: Organisation, told: list[Facts]) -> dict[str, AppointmentChange]:
    if not told:
        return {}
    ids = [facts["id"] for facts in told]
    changes = AppointmentChange.objects.filter(organisation=organisation, appointment_id__in=ids)
    return {change.appointment_id: change for change in changes.select_related("booking")}


def state_after(change: AppointmentChange | None, told_at: datetime) -> State:
    """What the change has made of an appointment that the clinic told of at that time."""
    if change is None or is_outdated(change, told_at):
        return State.STANDS
    return State.CANCELLED if change.booking is None else State.MOVED


def is_outdated(change: AppointmentChange, told_at: datetime) -> bool:
    """Whether the clinic had carried out the change by then, and still told of the appointment."""
    if change.booking is not None and change.booking.state == Booking.State.BOOKED:
        return False
    return change.accepted_at is not None and change.accepted_at < told_at


def reference_of(organisation: Organisation, appointment_id: str) -> uuid.UUID:
    """What stands for an appointment in an address: the clinic's own id tells nobody anything there."""
    about = f"appointment:{organisation.pk}:{appointment_id}"
    return uuid.UUID(bytes=hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")[:16])


def as_booking(organisation: Organisation, appointment: ClinicAppointment) -> Booking:
    """The appointment in the form of a booking, which is in no table: for the pages and messages of those."""
    places: dict[str, Any] = {
        "clinic": appointment.clinic,
        "practitioner": appointment.practitioner,
        "treatment": appointment.treatment,
    }
    return Booking(
        organisation=organisation,
        public_id=appointment.reference,
        during=DateTimeTZRange(appointment.starts_at, appointment.ends_at),
        state=Booking.State.BOOKED if appointment.state is State.STANDS else Booking.State.CANCELLED,
        appointment_id=appointment.appointment_id,
        **places,
    )
