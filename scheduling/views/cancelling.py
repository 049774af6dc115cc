"""Cancelling from the booking's own page: asked first, done by POST, and taken back while that can be."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.cancellations import cancel_booking, undo_cancellation
from scheduling.change_rules import Change
from scheduling.changes import refusal_of
from scheduling.errors import ChangeRefused, NotUndoable, TimeNotOffered, TimeTaken, TooManyHolds
from scheduling.models import Booking
from scheduling.portal_state import PortalState, portal_state
from scheduling.views.linked import booking_page, home_of, keyed, page_of, refused_page, ticket_of
from scheduling.views.portal_closed import closed_page


@allowed("GET", "POST")
@keyed
def cancel(request: PatientRequest, booking: Booking) -> HttpResponse:
    """Asks whether to cancel, and cancels."""
    if booking.state == Booking.State.CANCELLED:
        return HttpResponseRedirect(home_of(request))
    if request.method == "POST":
        return cancelled(request, booking)
    refusal = refusal_of(organisation=request.organisation, booking=booking, change=Change.CANCEL)
    if refusal:
        return refused_page(request, booking, Change.CANCEL, refusal)
    return render(request, "mine/cancel.html", ticket_of(request, booking))


def cancelled(request: PatientRequest, booking: Booking) -> HttpResponse:
    try:
        cancel_booking(organisation=request.organisation, booking=booking)
    except ChangeRefused as refused:
        return refused_page(request, booking, Change.CANCEL, refused.refusal)
    return HttpResponseRedirect(home_of(request))


@allowed("POST")
@keyed
def undo(request: PatientRequest, booking: Booking) -> HttpResponse:
    """Books the cancelled time again, and goes to the new booking's page."""
    state = portal_state(request.organisation)
    if state is not PortalState.OPEN:
        return closed_page(request, state)
    try:
        again = undo_cancellation(organisation=request.organisation, booking=booking)
    except NotUndoable:
        return HttpResponseRedirect(home_of(request))
    except (TimeTaken, TimeNotOffered, TooManyHolds):
        notice = _("The time could not be booked again: it is not free any more.")
        return booking_page(request, booking, notice=notice, status=409)
    return HttpResponseRedirect(page_of(request, again))
