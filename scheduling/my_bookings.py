"""The bookings of somebody who is logged in: those made here with the number or the id that was proven."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from clinics.models import Organisation
from scheduling.models import Booking, Login
from scheduling.national_ids import digests_of

UNFINISHED = (Booking.State.HELD, Booking.State.EXPIRED)


def my_bookings(*, organisation: Organisation, login: Login) -> list[Booking]:
    """Own bookings and those made for others, past ones and cancelled ones too, by their time."""
    return list(bookings_of(organisation, login).order_by("during", "pk"))


def my_booking(*, organisation: Organisation, login: Login, public_id: uuid.UUID) -> Booking:
    """One of them. Raises Booking.DoesNotExist for anybody else's."""
    booking: Booking = bookings_of(organisation, login).get(public_id=public_id)
    return booking


def latest_booking(*, organisation: Organisation, login: Login) -> Booking | None:
    """The one that was made last: who books again has mostly the same details."""
    found: Booking | None = bookings_of(organisation, login).order_by("-created_at", "-pk").first()
    return found


def bookings_of(organisation: Organisation, login: Login) -> QuerySet[Booking]:
    if login.method == Login.Method.SMS:
        return bookings_with_number(organisation, login.mobile.as_e164)
    digests = digests_of(organisation.pk, login.national_id) if login.national_id else []
    return finished_bookings(organisation).filter(patient__national_id_digest__in=digests)


def bookings_with_number(organisation: Organisation, mobile: str) -> QuerySet[Booking]:
    """By the mobile number in E.164: the patient's own, or that of who booked for the patient."""
    return finished_bookings(organisation).filter(patient__mobile=mobile)


def finished_bookings(organisation: Organisation) -> QuerySet[Booking]:
    """What became a booking, as long as the organisation keeps whose it is."""
    kept_since = timezone.now() - timedelta(days=organisation.settings.retention_days)
    return (
        Booking.objects.filter(
            organisation=organisation, patient__organisation=organisation, during__endswith__gt=kept_since
        )
        .exclude(state__in=UNFINISHED)
        .select_related("clinic", "practitioner", "treatment", "patient")
    )
