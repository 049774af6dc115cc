"""Erasing one patient: names, addresses, numbers and messages go; bookings stay, and are nobody's."""

import json
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Q

from clinics.models import Organisation, PrivacyAction
from notifications.models import Message
from scheduling.appointment_changes import Contact
from scheduling.models import (
    AgentEvent,
    AppointmentChange,
    Booking,
    BookingPatient,
    ConfirmationCode,
    Login,
    LoginCode,
    Recipient,
    Wish,
)
from scheduling.offers import end_wish
from scheduling.personal_data import Criteria, PersonalData, find_person, is_coming


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of it."""

    rows: int
    coming: int
    """Bookings that stay as they are, because they are still to come."""


@transaction.atomic
def erase_person(*, organisation: Organisation, criteria: Criteria) -> Erasure:
    """Erases who answers to the criteria, but for bookings that are to come. Twice erases nothing more.

    Raises ValueError for a name alone, which may be several people's.
    """
    if not criteria.is_enough_to_erase:
        raise ValueError("A name alone says not who it is.")
    lock_bookings(organisation, find_person(organisation=organisation, criteria=criteria))
    found = find_person(organisation=organisation, criteria=criteria)
    past = [patient for patient in found.patients if not is_coming(patient.booking)]
    rows = forget_messages(organisation, found) + forget_wishes(organisation, found)
    rows += forget_logins(organisation, found) + forget_changes(organisation, found)
    rows += forget_bookings(organisation, past)
    if rows:
        PrivacyAction.objects.create(organisation=organisation, kind=PrivacyAction.Kind.ERASED, rows=rows)
    return Erasure(rows, len(found.patients) - len(past))


def lock_bookings(organisation: Organisation, found: PersonalData) -> None:
    """A hold that becomes a booking in this moment is seen as one."""
    ids = [patient.booking_id for patient in found.patients]
    list(
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .filter(organisation=organisation, pk__in=ids)
        .order_by("pk")
        .values_list("pk")
    )


def forget_messages(organisation: Organisation, found: PersonalData) -> int:
    """All but those about bookings that are to come."""
    staying = tuple(f"booking:{patient.booking.public_id}" for patient in found.coming)
    going = [message.pk for message in found.messages if not message.about.startswith(staying or ("\0",))]
    Message.objects.filter(organisation=organisation, pk__in=going).delete()
    Recipient.objects.filter(
        organisation=organisation, pk__in=[recipient.pk for recipient in found.recipients]
    ).delete()
    return len(going) + len(found.recipients) + forget_replies(found)


def forget_replies(found: PersonalData) -> int:
    """What was sent back, and that nothing more may go there: who is nobody has refused nothing."""
    rows = [*found.replies, *found.refusals]
    for row in rows:
        row.delete()
    return len(rows)


def forget_wishes(organisation: Organisation, found: PersonalData) -> int:
    for wish in found.wishes:
        end_wish(organisation=organisation, wish=wish)
    Wish.objects.filter(organisation=organisation, pk__in=[wish.pk for wish in found.wishes]).delete()
    return len(found.wishes)


def forget_logins(organisation: Organisation, found: PersonalData) -> int:
    """Logs the person out, with what the clinic had answered about them."""
    Login.objects.filter(organisation=organisation, pk__in=[login.pk for login in found.logins]).delete()
    LoginCode.objects.filter(organisation=organisation, pk__in=[code.pk for code in found.codes]).delete()
    return len(found.logins) + len(found.codes) + len(found.lookups)


def forget_changes(organisation: Organisation, found: PersonalData) -> int:
    """The change itself goes on; if the clinic refuses it, there is nobody to tell."""
    nobody = json.dumps(asdict(Contact("", "", "", "", organisation.default_language)))
    ids = [change.pk for change in found.changes]
    return AppointmentChange.objects.filter(organisation=organisation, pk__in=ids).update(contact=nobody)


def forget_bookings(organisation: Organisation, patients: list[BookingPatient]) -> int:
    """Who they were for, the codes, the link's key, and the words of the clinic's book about them."""
    ids = [patient.booking_id for patient in patients]
    own = Booking.objects.filter(organisation=organisation, pk__in=ids)
    own.update(visitor="", address_hash="", link_digest=None)
    # The agent still has to be told which appointment, where it has not heard of a change.
    told = AgentEvent.objects.filter(organisation=organisation, booking__in=ids)
    untold = told.filter(acknowledged_at=None).values("booking_id")
    own.exclude(pk__in=untold).update(appointment_id="")
    told.filter(Q(acknowledged_at__isnull=False)).update(detail="", appointment_id="")
    ConfirmationCode.objects.filter(organisation=organisation, booking__in=ids).delete()
    BookingPatient.objects.filter(
        organisation=organisation, pk__in=[patient.pk for patient in patients]
    ).delete()
    return len(patients)
