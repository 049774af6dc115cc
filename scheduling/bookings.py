"""From a hold to a booking, and what the clinic's agent says of it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from clinics.inserting import ask_to_replace
from clinics.models import Organisation
from clinics.prepared import Question, ask, together
from notifications.outbox import queue_messages
from scheduling.booking_rows import ask_to_lock, give_patient, locked
from scheduling.codes import ask_newest_code, ask_sent_before, send_code, use_code
from scheduling.errors import CodeExpired, HoldExpired, WrongCode
from scheduling.events import ask_to_tell_agent
from scheduling.holds import (
    LONGEST_HOLD,
    ask_for_holds_of_number,
    refresh_after,
    require_few_holds_of_number,
)
from scheduling.links import digest_of, token_of
from scheduling.logins import has_proven, is_of
from scheduling.models import AgentEvent, Booking, BookingPatient, Login
from scheduling.models.booking import Confirmation
from scheduling.national_ids import digest_of as digest_of_id
from scheduling.other_times import nearest_other_times
from scheduling.reminders import new_reminders, plan_reminders
from scheduling.slots import withdraw_time
from scheduling.telling import VALID_MINUTES, booked_drafts, tell_patient_refused
from scheduling.waiting_again import wait_again
from scheduling.wish_telling import wish_url

TAKEN = "taken"
"""The reason of a refusal that says that the time is not free at the clinic."""
_OUTLIVE = "UPDATE scheduling_booking SET hold_expires_at = %s WHERE id = %s"
_BOOK = """
    UPDATE scheduling_booking
    SET state = 'booked', booked_at = %s, hold_expires_at = NULL, address_hash = '', link_digest = %s,
        confirmed_by = %s
    WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """What a patient typed, checked and in stored form (the mobile in E.164).

    Where somebody books for the patient, the booker's names say who, and e-mail and mobile are theirs.
    """

    first_name: str
    last_name: str
    language: str
    booker_first_name: str = ""
    booker_last_name: str = ""
    email: str = ""
    mobile: str = ""
    national_id: str | None = None
    address_1: str = ""
    address_2: str = ""
    postcode: str = ""
    campaign_code: str = ""
    message: str = ""
    wants_sms_reminders: bool = False
    marketing_wording: str = ""
    """What was agreed to, where offers may be sent."""

    @property
    def has_address(self) -> bool:
        return bool(self.address_1 or self.address_2 or self.postcode)


def give_details(
    *, organisation: Organisation, booking: Booking, details: PatientDetails, login: Login | None = None
) -> bool:
    """Stores the patient with the hold and sends the code; True where none is needed and it is booked.

    None is needed by who is logged in with the very number that it would go to. Raises HoldExpired,
    TooManyHolds where too many times are held with the same mobile number, TooManyCodes where codes are
    asked for too fast or too often, and CodeUnsendable where none can reach the patient.
    """
    with transaction.atomic(), together():
        asked = ask_to_lock(organisation, booking)
        others = ask_for_holds_of_number(organisation, booking, details.mobile)
        sent = ask_sent_before(booking)
        held = still_held(locked(organisation, booking, asked))
        require_few_holds_of_number(others)
        store_patient(organisation, held, details, login)
        confirmed_by = confirmation_without_code(organisation, details, login)
        if confirmed_by:
            book(organisation, held, confirmed_by)
            return True
        send_code_and_outlive_it(organisation, held, sent)
    return False


def confirmation_without_code(
    organisation: Organisation, details: PatientDetails, login: Login | None
) -> Confirmation | None:
    """Why no code has to be typed; None where one has to."""
    chosen = organisation.settings
    if chosen.skip_confirmation:
        return Confirmation.SKIPPED
    if login is not None and chosen.code_by_sms and has_proven(login, details.mobile):
        return Confirmation.LOGIN
    return None


def resend_code(*, organisation: Organisation, booking: Booking) -> None:
    """Sends a new code to the same patient. Raises HoldExpired, TooManyCodes or CodeUnsendable."""
    with transaction.atomic(), together():
        asked = ask_to_lock(organisation, booking)
        sent = ask_sent_before(booking)
        held = still_held(locked(organisation, booking, asked))
        send_code_and_outlive_it(organisation, held, sent)


def still_held(booking: Booking) -> Booking:
    """The same booking. Raises HoldExpired for one that is held no longer."""
    if not is_held(booking):
        raise HoldExpired
    return booking


def lock(organisation: Organisation, booking: Booking) -> Booking:
    """The booking and its patient as they stand now, locked; what else belongs to it is not read again."""
    return locked(organisation, booking, ask_to_lock(organisation, booking))


def is_held(booking: Booking) -> bool:
    expires_at = booking.hold_expires_at
    return booking.state == Booking.State.HELD and expires_at is not None and expires_at > timezone.now()


def store_patient(
    organisation: Organisation, booking: Booking, details: PatientDetails, login: Login | None = None
) -> None:
    """Makes these the booking's details, in the place of any that were there."""
    patient = BookingPatient(
        organisation=organisation,
        booking=booking,
        first_name=details.first_name,
        last_name=details.last_name,
        booker_first_name=details.booker_first_name,
        booker_last_name=details.booker_last_name,
        national_id=details.national_id,
        national_id_digest=digest_of_id(organisation.pk, details.national_id)
        if details.national_id
        else None,
        email=details.email,
        mobile=details.mobile,
        address_1=details.address_1,
        address_2=details.address_2,
        postcode=details.postcode,
        campaign_code=details.campaign_code,
        message=details.message,
        wants_sms_reminders=details.wants_sms_reminders,
        marketing_wording=details.marketing_wording[:500],
        language=details.language,
        consented_at=timezone.now(),
        address_update=address_update(details, login),
    )
    ask_to_replace(patient, by="booking_id")
    give_patient(booking, patient)


def address_update(details: PatientDetails, login: Login | None) -> BookingPatient.Ask:
    """What becomes of an address: taken over from who has shown to be the patient, else staff ask."""
    if not details.has_address:
        return BookingPatient.Ask.NONE
    for_other = bool(details.booker_first_name or details.booker_last_name)
    is_own = login is not None and not for_other and is_of(login, details.mobile, details.national_id)
    return BookingPatient.Ask.APPLY if is_own else BookingPatient.Ask.ASK


def send_code_and_outlive_it(organisation: Organisation, booking: Booking, sent: Question) -> None:
    """The hold lasts at least as long as the code that is sent, up to LONGEST_HOLD."""
    now = timezone.now()
    code_ends = now + timedelta(minutes=VALID_MINUTES)
    longest = booking.created_at + LONGEST_HOLD
    if booking.hold_expires_at and booking.hold_expires_at < min(code_ends, longest):
        booking.hold_expires_at = min(code_ends, longest)
        ask(_OUTLIVE, [booking.hold_expires_at, booking.pk])
    moments = [created_at for (created_at,) in sent.rows()]
    send_code(organisation=organisation, booking=booking, sent=moments, now=now)


def confirm_booking(*, organisation: Organisation, booking: Booking, code: str) -> Booking:
    """Books the held time for who typed the code. Doing it twice books once and sends once.

    Raises WrongCode, CodeExpired or HoldExpired.
    """
    with transaction.atomic(), together():
        asked = ask_to_lock(organisation, booking)
        newest = ask_newest_code(booking)
        found = locked(organisation, booking, asked)
        if found.state == Booking.State.BOOKED:
            return found
        still_held(found)
        wrong: WrongCode | CodeExpired | None = use_code(booking=found, newest=newest, digits=code)
        if wrong is None:
            book(organisation, found, Confirmation.CODE)
    if wrong is not None:
        raise wrong
    return found


def book(organisation: Organisation, booking: Booking, confirmed_by: Confirmation) -> None:
    """Turns a locked hold into a booking, with its messages and the agent's event, all or nothing.

    The agent's event comes last: its counter is what all the organisation's bookings queue for.
    """
    booking.state = Booking.State.BOOKED
    booking.booked_at = timezone.now()
    booking.confirmed_by = confirmed_by
    booking.hold_expires_at = None
    booking.address_hash = ""
    booking.link_digest = digest_of(token_of(booking))
    ask(_BOOK, [booking.booked_at, booking.link_digest, booking.confirmed_by, booking.pk])
    drafts = [*booked_drafts(organisation, booking), *new_reminders(organisation, booking)]
    queue_messages(organisation=organisation, drafts=drafts)
    ask_to_tell_agent(organisation=organisation, event_type=AgentEvent.Type.BOOKING_CREATED, booking=booking)


def accept_booking(*, organisation: Organisation, booking: Booking, appointment_id: str) -> None:
    """The agent has entered the booking into the clinic's book."""
    Booking.objects.filter(organisation=organisation, pk=booking.pk).update(
        appointment_id=appointment_id, accepted_at=timezone.now()
    )


def refuse_booking(*, organisation: Organisation, booking: Booking, reason: str, detail: str = "") -> None:
    """The clinic could not take the booking: the time is let go and the patient told of others.

    Who had it from the waiting list is in their old place there again.
    """
    with transaction.atomic():
        found = lock(organisation, booking)
        if found.state != Booking.State.BOOKED:
            return
        found.state = Booking.State.REFUSED
        found.refusal_reason = reason
        was_moved = found.revision > 0
        found.revision += 1
        found.save(update_fields=["state", "refusal_reason", "revision"])
        found.resources.all().delete()
        refresh_after(organisation, [found])
        if reason == TAKEN and not was_moved:  # it no longer stands at what was taken
            withdraw_time(organisation=organisation, booking=found)
        others = nearest_other_times(organisation=organisation, booking=found)
        wish = wait_again(organisation=organisation, booking=found)
        plan_reminders(organisation=organisation, booking=found)
        tell_patient_refused(
            organisation=organisation,
            booking=found,
            other_times=others,
            waiting_link=wish_url(organisation, wish) if wish else "",
        )
