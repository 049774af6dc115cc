"""Choosing a time, which holds it, and giving it back."""

import uuid
from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.errors import TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.forms import instant_of
from scheduling.holds import hold_time, release_hold
from scheduling.menu import menu_of
from scheduling.models import Booking
from scheduling.placing import hold_anywhere
from scheduling.steps import ANY, STEPS, TIME, Choices, choices_in, open_step
from scheduling.views.answers import steps_with_any
from scheduling.views.book import Way
from scheduling.views.patients import lacks_login, to_login
from scheduling.views.portal_closed import while_open
from scheduling.views.too_many import too_many_page
from scheduling.views.visitors import (
    address_of,
    own_booking,
    set_visitor_cookie,
    visitor_of,
    visitor_with_cookie,
)
from scheduling.views.wishes import Wish
from scheduling.weeks import monday_of


@allowed("POST")
@while_open
def choose_time(request: PatientRequest) -> HttpResponse:
    """Holds the time and goes on to the details; a time that cannot be had leads back to the others.

    Where the time is chosen before something else, that is asked next, unless it has a single answer.
    """
    way = Way(request, menu_of(request.organisation))
    asked = way.menu.named(choices_in(request.POST))
    unknown = way.menu.unknown(asked, any_of=steps_with_any(request.organisation))
    if not asked.at or unknown:
        return HttpResponseRedirect(asked.without([TIME]).url())
    choices = with_single_answers(way, asked)
    if choices is None or instant_of(asked.at) is None:
        return taken(asked)
    if not all(choices.answer(step) for step in STEPS):
        return HttpResponseRedirect(choices.url())
    return hold_chosen(way, choices)


def with_single_answers(way: Way, choices: Choices) -> Choices | None:
    """The choices, and what else the chosen time leaves no choice in; None: nobody has it any more."""
    while (step := open_step(choices, way.order)) is not None:
        answers = way.offered(choices, step).values
        if len(answers) != 1:
            return choices if answers else None
        choices = choices.with_answer(step, answers[0])
    return choices


def hold_chosen(way: Way, choices: Choices) -> HttpResponse:
    if lacks_login(way.request):
        return to_login(choices.url())
    starts_at = instant_of(choices.at)
    visitor, cookie = visitor_with_cookie(way.request)
    try:
        hold = hold_wish(Wish.of(way.request, way.menu, choices), starts_at, visitor, address_of(way.request))
    except (TimeTaken, TimeNotOffered):
        return taken(choices)
    except TooManyHolds as refusal:
        others = choices.without([TIME])
        if refusal.limit == "address":
            return too_many_page(way.request, way.menu.clinics_for(choices)[0], others.url())
        return HttpResponseRedirect(others.url(held="many"))
    return to_details(hold, cookie)


def hold_wish(wish: Wish, starts_at: datetime | None, visitor: str, address: str) -> Booking:
    """At the chosen clinic, or at whichever has the least loaded of those who are free."""
    if starts_at is None:
        raise TimeNotOffered
    if wish.choices.clinic == ANY:
        return hold_anywhere(wanted=wish.wanted, starts_at=starts_at, visitor=visitor, address=address)
    return hold_time(
        organisation=wish.organisation,
        treatment=wish.treatments[0],
        practitioner=wish.practitioner,
        clinic=wish.clinics[0],
        starts_at=starts_at,
        visitor=visitor,
        address=address,
    )


def taken(choices: Choices) -> HttpResponse:
    """Back to the week of a time that cannot be had."""
    starts_at = instant_of(choices.at)
    others = choices.without([TIME])
    if starts_at is None:
        return HttpResponseRedirect(others.url())
    week = monday_of(starts_at.date())
    return HttpResponseRedirect(others.url(change=TIME, week=week.isoformat(), taken=choices.at))


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
        treatment=str(booking.treatment.public_id) if booking.treatment else "",
        practitioner=ANY if booking.with_anybody else str(booking.practitioner.public_id),
    )


def week_url(booking: Booking, choices: Choices) -> str:
    """The week of the booking's time, to choose another."""
    return choices.url(week=monday_of(booking.starts_at.date()).isoformat())
