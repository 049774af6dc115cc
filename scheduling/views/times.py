"""Choosing a time, which holds it, and giving it back."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.errors import TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.forms import instant_of, stamp_of
from scheduling.holds import hold_time, release_hold
from scheduling.menu import menu_of
from scheduling.models import Booking
from scheduling.steps import ANY, STEPS, Choices, choices_in
from scheduling.views.portal_closed import while_open
from scheduling.views.too_many import too_many_page
from scheduling.views.visitors import (
    address_of,
    own_booking,
    set_visitor_cookie,
    visitor_of,
    visitor_with_cookie,
)
from scheduling.weeks import monday_of


@allowed("POST")
@while_open
def choose_time(request: PatientRequest) -> HttpResponse:
    """Holds the time and goes on to the details; a time that cannot be had leads back to the others."""
    menu = menu_of(request.organisation)
    choices = choices_in(request.POST)
    starts_at = instant_of(request.POST.get("at", ""))
    unknown = menu.unknown(choices, any_practitioner=request.organisation.settings.any_practitioner)
    if starts_at is None or unknown or not all(choices.answer(step) for step in STEPS):
        return HttpResponseRedirect(choices.url())
    visitor, cookie = visitor_with_cookie(request)
    clinic, treatment, practitioner = (menu.chosen(choices, step) for step in STEPS)
    try:
        hold = hold_time(
            organisation=request.organisation,
            treatment=treatment,
            practitioner=practitioner,
            clinic=clinic,
            starts_at=starts_at,
            visitor=visitor,
            address=address_of(request),
        )
    except (TimeTaken, TimeNotOffered):
        week = monday_of(starts_at.date())
        return HttpResponseRedirect(choices.url(week=week.isoformat(), taken=stamp_of(starts_at)))
    except TooManyHolds as refusal:
        if refusal.limit == "address":
            return too_many_page(request, clinic, choices.url())
        return HttpResponseRedirect(choices.url(held="many"))
    return to_details(hold, cookie)


def to_details(hold: Booking, cookie: str | None) -> HttpResponse:
    response = HttpResponseRedirect(f"/booking/{hold.public_id}/details/")
    if cookie:
        set_visitor_cookie(response, cookie)
    return response


@allowed("POST")
def release(request: PatientRequest, public_id: uuid.UUID) -> HttpResponse:
    """Gives the time back, and goes to where the patient wants to choose anew."""
    booking = own_booking(request, public_id)
    release_hold(organisation=request.organisation, booking=booking, visitor=visitor_of(request) or "")
    choices = choices_of(booking)
    change = request.POST.get("change", "")
    if change in STEPS:
        return HttpResponseRedirect(choices.url(change=change))
    return HttpResponseRedirect(week_url(booking, choices))


def choices_of(booking: Booking) -> Choices:
    """The choices that led to this booking."""
    return Choices(
        clinic=str(booking.clinic.public_id),
        treatment=str(booking.treatment.public_id),
        practitioner=ANY if booking.with_anybody else str(booking.practitioner.public_id),
    )


def week_url(booking: Booking, choices: Choices) -> str:
    """The week of the booking's time, to choose another."""
    return choices.url(week=monday_of(booking.starts_at.date()).isoformat())
