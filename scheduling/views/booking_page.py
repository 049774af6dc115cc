"""What the pages about one booking have in common: whose it is, how far it has come, what it is."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.tenancy import PatientRequest
from scheduling.dates import clock, day_and_clock
from scheduling.holds import can_extend, extend_hold
from scheduling.models import Booking, BookingPatient
from scheduling.views.phones import phone_of
from scheduling.views.summary import choices_held
from scheduling.views.times import choices_of, week_url
from scheduling.views.visitors import own_booking

Page = Callable[[PatientRequest, Booking], HttpResponse]
Route = Callable[Concatenate[PatientRequest, ...], HttpResponse]


def private(page: Page) -> Route:
    """A page for the browser that holds the booking, and for nobody's cache or search engine."""

    @wraps(page)
    def guarded(request: PatientRequest, public_id: uuid.UUID) -> HttpResponse:
        response = page(request, own_booking(request, public_id))
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


@dataclass(frozen=True, slots=True)
class Held:
    """A hold in the words of the page."""

    when: str
    until: str


def words_on(booking: Booking, language: str) -> Held:
    zone = ZoneInfo(booking.clinic.time_zone)
    expires_at = booking.hold_expires_at
    return Held(
        when=day_and_clock(booking.starts_at, zone, language),
        until=clock(expires_at, zone, language) if expires_at else "",
    )


def shared_context(request: PatientRequest, booking: Booking) -> dict[str, Any]:
    """What stands beside and above every step of a held booking."""
    words = words_on(booking, request.LANGUAGE_CODE or "en")
    order = request.organisation.settings.step_order
    return {
        "booking": booking,
        "when": words.when,
        "held_until": words.until,
        "choices": choices_held(booking, words.when, order),
        "phone": phone_of(booking.clinic),
        "can_extend": can_extend(booking),
        "more_minutes": request.organisation.settings.hold_minutes,
        "seconds_left": seconds_left(booking),
    }


def seconds_left(booking: Booking) -> int:
    """For the page's own clock: a browser's may go wrong, so it is told how long, not until when."""
    if booking.hold_expires_at is None:
        return 0
    return max(0, int((booking.hold_expires_at - timezone.now()).total_seconds()))


def extended(request: PatientRequest, booking: Booking) -> str:
    """Holds the time for longer, and says until when. Raises HoldExpired."""
    is_longer = extend_hold(organisation=request.organisation, booking=booking, visitor=booking.visitor)
    until = words_on(booking, request.LANGUAGE_CODE or "en").until
    if is_longer:
        return _("The time is now held for you until %(time)s.") % {"time": until}
    return _("The time cannot be held longer than until %(time)s.") % {"time": until}


def patient_of(booking: Booking) -> BookingPatient | None:
    """Who the booking is for, if that has been typed."""
    return getattr(booking, "patient", None)


def expired_page(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The time is held no longer; what was typed is kept for the next one."""
    choices = choices_of(booking)
    context = {
        **shared_context(request, booking),
        "times_url": week_url(booking, choices),
        "is_kept": patient_of(booking) is not None,
    }
    return render(request, "booking/expired.html", context, status=410)
