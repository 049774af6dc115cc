"""What a message would say: with a made-up patient, or with a real booking's data."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner
from notifications.message_texts import URLS
from scheduling.dates import clock, day_and_clock, short_day
from scheduling.models import Booking
from scheduling.telling import VALID_MINUTES, values_of

MOST_BOOKINGS = 5
PEOPLE = {
    "fi": ("Maija-Liisa", "Meikäläinen"),
    "sv": ("Anna-Karin", "Johansson"),
    "nb": ("Kari Anne", "Nordmann"),
    "en": ("Mary Jane", "Richardson"),
}
KEY = "aB3_-xyZ0123"
"""As long as the key in a real link."""


def sample_values(organisation: Organisation, language: str) -> dict[str, str]:
    """A believable appointment with the organisation's own names, for every merge field."""
    clinic = Clinic.objects.filter(organisation=organisation, is_published=True, retired_at=None).first()
    practitioner = Practitioner.objects.filter(organisation=organisation, is_published=True).first()
    zone = ZoneInfo(clinic.time_zone if clinic else organisation.time_zone)
    starts_at = sample_moment(zone)
    first_name, last_name = PEOPLE.get(language, PEOPLE["en"])
    own = {name: getattr(organisation.settings, name) for name in URLS}
    return {
        "first_name": first_name,
        "last_name": last_name,
        "date": short_day(starts_at, language),
        "time": clock(starts_at, zone, language),
        "treatment": "",
        "practitioner": practitioner.name if practitioner else "",
        "clinic": clinic.name if clinic else organisation.name,
        "address": clinic.address if clinic else "",
        "clinic_phone": clinic.phone if clinic else "",
        "link": f"{organisation.portal_url}b/{KEY}/",
        "code": "123456",
        "minutes": str(VALID_MINUTES),
        "other_times": "\n".join(
            day_and_clock(starts_at + timedelta(hours=hours), zone, language) for hours in (1, 2, 26)
        ),
        "answer_by": clock(starts_at + timedelta(hours=2), zone, language),
        "decline_link": f"{organisation.portal_url}offer/{KEY}/decline/",
        "waiting_link": f"{organisation.portal_url}waiting/{KEY}/",
        **{name: url or f"https://www.example.com/{name[-1]}" for name, url in own.items()},
    }


def sample_moment(zone: ZoneInfo) -> datetime:
    """The Wednesday after next at half past ten: as long as times come."""
    today = timezone.now().astimezone(zone)
    wednesday = today + timedelta(days=9 - today.weekday())
    return wednesday.replace(hour=10, minute=30, second=0, microsecond=0)


def coming_bookings(organisation: Organisation) -> list[Booking]:
    """The next bookings, whose data a text can be looked at with."""
    return list(
        Booking.objects.filter(
            organisation=organisation,
            state=Booking.State.BOOKED,
            during__startswith__gt=timezone.now(),
            patient__isnull=False,
        )
        .select_related("clinic", "practitioner", "treatment", "patient")
        .order_by("during__startswith", "pk")[:MOST_BOOKINGS]
    )


def booking_named(organisation: Organisation, typed: str) -> Booking | None:
    """The coming booking that a form names; none for anything else."""
    try:
        public_id = uuid.UUID(typed)
    except ValueError:
        return None
    found: Booking | None = (
        Booking.objects.filter(organisation=organisation, public_id=public_id, patient__isnull=False)
        .select_related("clinic", "practitioner", "treatment", "patient")
        .first()
    )
    return found


def values_with(organisation: Organisation, language: str, booking: Booking | None) -> dict[str, str]:
    """The booking's own data, in the text's language, but for its link, which is the patient's key."""
    sample = sample_values(organisation, language)
    if booking is None:
        return sample
    booking.patient.language = language
    return {**sample, **values_of(organisation, booking), "link": sample["link"]}
