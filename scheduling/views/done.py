"""The end: what has been booked, for the calendar and the memory."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.calendar_files import booking_calendar
from scheduling.dates import clock
from scheduling.links import link_of
from scheduling.models import Booking
from scheduling.views.booking_page import private, shared_context
from scheduling.views.times import choices_of
from scheduling.words import at, spoken_day_in_year

UNFINISHED = (Booking.State.HELD, Booking.State.EXPIRED)
STANDING = (Booking.State.BOOKED, Booking.State.ARRIVED, Booking.State.NO_SHOW)


@allowed("GET")
@private
def done(request: PatientRequest, booking: Booking) -> HttpResponse:
    """What, where, when and with whom; or that the clinic could not take it, and the way to other times."""
    if booking.state in UNFINISHED:
        return HttpResponseRedirect(f"/booking/{booking.public_id}/details/")
    context = {
        **shared_context(request, booking),
        "long_when": long_when(booking, request.LANGUAGE_CODE or "en"),
        "is_standing": booking.state in STANDING,
        "is_refused": booking.state == Booking.State.REFUSED,
        "times_url": choices_of(booking).url(),
        "link": link_of(organisation=request.organisation, booking=booking),
    }
    return render(request, "booking/done.html", context)


def long_when(booking: Booking, language: str) -> str:
    """``Monday 23 November 2026, 8:30``."""
    zone = ZoneInfo(booking.clinic.time_zone)
    day = spoken_day_in_year(booking.starts_at.astimezone(zone).date(), language)
    return at(day, clock(booking.starts_at, zone, language), language)


@allowed("GET")
@private
def calendar_file(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The booking for the patient's own calendar."""
    return calendar_answer(request, booking)


def calendar_answer(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The file to download. Raises Http404 for a booking that does not stand."""
    if booking.state not in STANDING:
        raise Http404
    text = booking_calendar(organisation=request.organisation, booking=booking)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="booking.ics"'
    return response
