"""What tests of sending by hand have in common."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clinics.models import User
from notifications.models import Mailing
from scheduling.mailings import begin_mailing, send_mailing, stamp_of, word_mailing
from scheduling.models import Booking
from scheduling.recipients import Candidate, candidates_of
from tests.conftest import Practice
from tests.factories import BookingFactory, BookingPatientFactory, PractitionerFactory, wake

WORDS = {
    "fi": {"subject": "Aihe", "body": "Hei [etunimi]!"},
    "en": {"subject": "S", "body": "Hi [first name]!"},
}
WORDING = "Klinikka saa lähettää minulle tarjouksia."


def a_patient(practice: Practice, number: int = 0, *, days: int = 1, **fields: Any) -> Booking:
    """A booking of somebody with a number of their own, so many days from now."""
    starts_at = timezone.now() + timedelta(days=days)
    booking: Booking = BookingFactory(
        organisation=practice.organisation,
        clinic=fields.pop("clinic", practice.clinic),
        practitioner=PractitionerFactory(organisation=practice.organisation),
        treatment=fields.pop("treatment", practice.treatment),
        during=practice.treatment.during(starts_at),
        state=fields.pop("state", Booking.State.BOOKED),
    )
    usual = {
        "mobile": f"+3584012340{number:02}",
        "email": f"p{number}@example.com",
        "first_name": f"Maija{number}",
    }
    BookingPatientFactory(organisation=practice.organisation, booking=booking, **{**usual, **fields})
    return booking


def candidates(practice: Practice, channel: str = "sms") -> list[Candidate]:
    rows = Booking.objects.filter(organisation=practice.organisation).order_by("pk")
    return candidates_of(practice.organisation, channel, rows)


def draft_of(
    practice: Practice, kind: str = "general", channel: str = "sms", words: Any = None, **more: Any
) -> Mailing:
    """To all who have a booking, with its words; by day and night."""
    wake(practice.organisation)
    member = User.objects.first() or User.objects.create_user("desk@example.com", name="Desk")
    mailing = begin_mailing(
        organisation=practice.organisation,
        kind=kind,
        channel=channel,
        candidates=more.pop("candidates", None) or candidates(practice, channel),
        member=member,
    )
    return word_mailing(organisation=practice.organisation, mailing=mailing, words=words or WORDS)


def send(practice: Practice, mailing: Mailing) -> bool:
    return send_mailing(
        organisation=practice.organisation,
        mailing=mailing,
        seen=stamp_of(mailing),
        ignores_quiet=False,
        who="Desk",
    )
