"""A logged-in patient's appointments that the clinic itself made: the part of the list, and each one's pages.

Moving and cancelling look the same as by a booking's link, so the pages are the same ones.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.appointment_changes import (
    cancel_appointment,
    hold_new_time_for,
    move_appointment,
    refusal_for,
)
from scheduling.appointments import (
    AppointmentsSeen,
    ClinicAppointment,
    State,
    appointments_seen,
    as_booking,
    ask_clinic,
    clinic_appointment,
)
from scheduling.change_rules import Change, Refusal
from scheduling.changes import new_time_of, release_new_time
from scheduling.errors import ChangeRefused, HoldExpired, TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.forms import instant_of
from scheduling.links import path_of
from scheduling.models import Booking, Login
from scheduling.portal_state import PortalState, is_agent_silent, portal_state
from scheduling.views.done import long_when
from scheduling.views.linked import SHUT, home_of, refusal_words, ticket_of
from scheduling.views.moving import confirm_page, week_page
from scheduling.views.patients import View, logged_in
from scheduling.views.portal_closed import closed_page

LIST = "/my/"
BY_CLINIC = (Refusal.WITHOUT_TREATMENT, Refusal.APPOINTMENT)


@dataclass(frozen=True, slots=True)
class Opened:
    """One appointment, opened by its own patient."""

    request: PatientRequest
    login: Login
    appointment: ClinicAppointment
    booking: Booking
    """The appointment in the form of a booking, for the pages that bookings have."""

    @property
    def language(self) -> str:
        return self.request.LANGUAGE_CODE or "en"

    @property
    def change(self) -> dict[str, Any]:
        """What every service that changes it has to know."""
        return {
            "organisation": self.request.organisation,
            "login": self.login,
            "appointment": self.appointment,
            "language": self.language,
        }

    def refusal(self, change: Change) -> Refusal | None:
        return refusal_for(
            organisation=self.request.organisation, appointment=self.appointment, change=change
        )


@dataclass(frozen=True, slots=True)
class Row:
    """An appointment in the list."""

    url: str
    when: str
    what: str
    practitioner: str
    clinic: str


Page = Callable[[Opened], HttpResponse]


def opened(page: Page) -> View[Concatenate[uuid.UUID, ...]]:
    """A page about one of the patient's own appointments. Anybody else's is not there: 404."""

    @wraps(page)
    def guarded(request: PatientRequest, login: Login, reference: uuid.UUID) -> HttpResponse:
        organisation = request.organisation
        state = portal_state(organisation)
        if state in SHUT:
            return closed_page(request, state)
        appointment = clinic_appointment(organisation=organisation, login=login, reference=reference)
        if appointment is None:
            raise Http404
        return page(Opened(request, login, appointment, as_booking(organisation, appointment)))

    return logged_in(guarded)


def clinics_part(request: PatientRequest, login: Login) -> dict[str, Any]:
    """What ``mine/_appointments.html`` shows: the clinic's own appointments, and how far they are known."""
    seen = appointments_seen(organisation=request.organisation, login=login)
    language = request.LANGUAGE_CODE or "en"
    return {"seen": seen, "rows": rows_of(request, seen, language), "list_url": LIST}


def rows_of(request: PatientRequest, seen: AppointmentsSeen, language: str) -> list[Row]:
    """What the clinic made, and after it what was booked here by other means than this login knows."""
    made = [
        (
            f"/my/appointments/{appointment.reference}/",
            as_booking(request.organisation, appointment),
            appointment.what,
        )
        for appointment in seen.appointments
    ]
    booked = [(f"/{path_of(booking)}", booking, booking.what) for booking in seen.bookings]
    return [
        Row(url, long_when(booking, language), what, booking.practitioner.name, booking.clinic.name)
        for url, booking, what in [*made, *booked]
    ]


@allowed("GET")
@logged_in
def clinics_list(request: PatientRequest, login: Login) -> HttpResponse:
    """The part of the list that the clinic has to answer, for the page that waits for it."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(LIST)
    return render(request, "mine/_appointments.html", clinics_part(request, login))


@allowed("POST")
@logged_in
def ask_again(request: PatientRequest, login: Login) -> HttpResponse:
    """Asks the clinic once more, and goes back to the list."""
    ask_clinic(organisation=request.organisation, login=login)
    return HttpResponseRedirect(LIST)


@allowed("GET")
@opened
def appointment_page(it: Opened) -> HttpResponse:
    """What, where, when and with whom, and what can be done about it."""
    if it.appointment.state is State.MOVED:
        return to_new_booking(it.appointment.moved_to)
    moving, cancelling = it.refusal(Change.MOVE), it.refusal(Change.CANCEL)
    is_cancelled = it.appointment.state is State.CANCELLED
    context = {
        **ticket(it),
        "is_cancelled": is_cancelled,
        "may_move": moving is None,
        "may_cancel": cancelling is None,
        "refusals": [] if is_cancelled else refusals(it, moving, cancelling),
    }
    return render(it.request, "mine/appointment.html", context)


def ticket(it: Opened) -> dict[str, Any]:
    return {
        **ticket_of(it.request, it.booking),
        "what": it.appointment.what or _("Appointment"),
        "list_url": LIST,
        "is_clinics": True,
    }


def refusals(it: Opened, moving: Refusal | None, cancelling: Refusal | None) -> list[str]:
    """The words of what cannot be done; of a rule that concerns both they are said once."""
    if moving in BY_CLINIC and cancelling in BY_CLINIC:
        return [refusal_words(it.request, it.booking, Change.MOVE, Refusal.APPOINTMENT)]
    words = [words_of(it, Change.MOVE, moving)] if moving else []
    words += [words_of(it, Change.CANCEL, cancelling)] if cancelling else []
    return list(dict.fromkeys(words))


def words_of(it: Opened, change: Change, refusal: Refusal) -> str:
    if refusal in BY_CLINIC:
        if change is Change.MOVE:
            return _("This appointment can be moved by calling the clinic only.")
        return _("This appointment can be cancelled by calling the clinic only.")
    return refusal_words(it.request, it.booking, change, refusal)


def refused(it: Opened, change: Change, refusal: Refusal) -> HttpResponse:
    context = {**ticket(it), "words": words_of(it, change, refusal)}
    return render(it.request, "mine/refused.html", context, status=409)


def to_new_booking(booking: Booking | None, *, note: str = "") -> HttpResponse:
    """What was moved is a booking, whose page is the one behind its link."""
    path = path_of(booking) if booking else ""
    return HttpResponseRedirect(f"/{path}{note}" if path else LIST)


@allowed("GET", "POST")
@opened
def cancel_page(it: Opened) -> HttpResponse:
    """Asks whether to cancel, and cancels."""
    if it.appointment.state is not State.STANDS:
        return HttpResponseRedirect(home_of(it.request))
    refusal = it.refusal(Change.CANCEL)
    if refusal:
        return refused(it, Change.CANCEL, refusal)
    if it.request.method == "POST":
        return cancelled(it)
    return render(it.request, "mine/cancel.html", ticket(it))


def cancelled(it: Opened) -> HttpResponse:
    try:
        cancel_appointment(**it.change)
    except ChangeRefused as no:
        return refused(it, Change.CANCEL, no.refusal)
    return HttpResponseRedirect(home_of(it.request))


@allowed("GET", "POST")
@opened
def move_page(it: Opened) -> HttpResponse:
    """The week of free times, and holding the one that is chosen."""
    if it.appointment.state is not State.STANDS:
        return HttpResponseRedirect(home_of(it.request))
    refusal = it.refusal(Change.MOVE)
    if refusal:
        return refused(it, Change.MOVE, refusal)
    if is_agent_silent(it.request.organisation):
        return closed_page(it.request, PortalState.AGENT_SILENT)
    if it.request.method == "POST":
        return hold_chosen(it)
    return week_page(it.request, it.booking)


def hold_chosen(it: Opened) -> HttpResponse:
    starts_at = instant_of(it.request.POST.get("at", ""))
    if starts_at is None:
        return week_page(it.request, it.booking, status=422)
    try:
        hold_new_time_for(
            organisation=it.request.organisation, appointment=it.appointment, starts_at=starts_at
        )
    except (TimeTaken, TimeNotOffered, TooManyHolds):
        notice = _("That time has just been taken. The times below are still free.")
        return week_page(it.request, it.booking, notice=notice, status=409)
    except ChangeRefused as no:
        return refused(it, Change.MOVE, no.refusal)
    return HttpResponseRedirect(f"{home_of(it.request)}move/confirm/")


@allowed("GET", "POST")
@opened
def confirm_move_page(it: Opened) -> HttpResponse:
    """The old time and the new one side by side; by POST it is moved, or the new time let go."""
    if it.request.method == "POST":
        return moved(it)
    new_time = new_time_of(organisation=it.request.organisation, booking=it.booking)
    if new_time is None or it.appointment.state is not State.STANDS:
        return HttpResponseRedirect(f"{home_of(it.request)}move/")
    return confirm_page(it.request, it.booking, new_time)


def moved(it: Opened) -> HttpResponse:
    organisation = it.request.organisation
    if it.request.POST.get("answer") == "other":
        release_new_time(organisation=organisation, booking=it.booking)
        return HttpResponseRedirect(f"{home_of(it.request)}move/")
    try:
        new_time = uuid.UUID(it.request.POST.get("new_time", ""))
        booking = move_appointment(**it.change, new_time=new_time)
    except ChangeRefused as no:
        return refused(it, Change.MOVE, no.refusal)
    except (ValueError, HoldExpired):
        refusal = it.refusal(Change.MOVE)
        if refusal:
            return refused(it, Change.MOVE, refusal)
        notice = _(
            "The new time was not held any more. Your appointment is where it was; please choose again."
        )
        return week_page(it.request, it.booking, notice=notice, status=409)
    return to_new_booking(booking, note="?moved=1")
