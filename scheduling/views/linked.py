"""The booking's own page, opened by the link in its confirmation or by its patient, who is logged in.

The link is a key: nothing of these pages may be kept, found by a search engine or told to other sites,
and opening them changes nothing, since mail programs open links before people do.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.cancellations import can_undo
from scheduling.change_rules import Change, Refusal
from scheduling.changes import refusal_of
from scheduling.links import linked_booking, path_of
from scheduling.models import Booking, Login
from scheduling.my_bookings import my_booking
from scheduling.portal_state import PortalState, portal_state
from scheduling.views.done import STANDING, calendar_answer, long_when
from scheduling.views.patients import logged_in, unlisted
from scheduling.views.phones import phone_of
from scheduling.views.portal_closed import closed_page
from scheduling.views.times import choices_of

MAP = "https://www.openstreetmap.org/search"
SHUT = (PortalState.MAINTENANCE, PortalState.UNPUBLISHED)
Page = Callable[[PatientRequest, Booking], HttpResponse]
Route = Callable[Concatenate[PatientRequest, ...], HttpResponse]


def keyed(page: Page) -> Route:
    """A page for who has the booking's link, or is logged in as its patient.

    Either way only where the organisation shows patients their bookings.
    """

    def answer(request: PatientRequest, booking: Booking) -> HttpResponse:
        state = portal_state(request.organisation)
        return unlisted(closed_page(request, state) if state in SHUT else page(request, booking))

    @logged_in
    def by_login(request: PatientRequest, login: Login, public_id: uuid.UUID) -> HttpResponse:
        return answer(request, booking_of_login(request, login, public_id))

    @wraps(page)
    def guarded(request: PatientRequest, token: str = "", public_id: uuid.UUID | None = None) -> HttpResponse:
        if not request.organisation.settings.view_bookings:
            raise Http404
        if public_id is not None:
            return by_login(request, public_id)
        return answer(request, booking_of_link(request, token))

    return guarded


def booking_of_link(request: PatientRequest, token: str) -> Booking:
    """Raises Http404 for a link of another organisation, an old one, and one that never was."""
    try:
        return linked_booking(organisation=request.organisation, token=token)
    except Booking.DoesNotExist:
        raise Http404 from None


def booking_of_login(request: PatientRequest, login: Login, public_id: uuid.UUID) -> Booking:
    """Raises Http404 for what is not a booking of who is logged in."""
    try:
        return my_booking(organisation=request.organisation, login=login, public_id=public_id)
    except Booking.DoesNotExist:
        raise Http404 from None


def is_by_login(request: PatientRequest) -> bool:
    """Whether the page was opened from the list of who is logged in, not by the booking's link."""
    return request.path.startswith("/my/")


def page_of(request: PatientRequest, booking: Booking) -> str:
    """The address of another booking's page, for who has come the same way."""
    return f"/my/{booking.public_id}/" if is_by_login(request) else f"/{path_of(booking)}"


def home_of(request: PatientRequest) -> str:
    """The address of the appointment's own page, from that of any page below it."""
    parts = request.path.split("/")
    return "/".join(parts[: 4 if parts[2] == "appointments" else 3]) + "/"


@allowed("GET")
@keyed
def linked(request: PatientRequest, booking: Booking) -> HttpResponse:
    """What, where, when and with whom, how it stands, and what can still be done about it."""
    notice = _("Your appointment has been moved.") if "moved" in request.GET and booking.revision else ""
    return booking_page(request, booking, notice=notice)


def booking_page(
    request: PatientRequest, booking: Booking, *, notice: str = "", status: int = 200
) -> HttpResponse:
    organisation = request.organisation
    moving = refusal_of(organisation=organisation, booking=booking, change=Change.MOVE)
    cancelling = refusal_of(organisation=organisation, booking=booking, change=Change.CANCEL)
    is_cancelled = booking.state == Booking.State.CANCELLED
    is_over = booking.ends_at <= timezone.now()
    refusals = [refusal_words(request, booking, *pair) for pair in told(moving, cancelling)]
    context = {
        **ticket_of(request, booking),
        "notices": [notice] if notice else [],
        "is_standing": booking.state in STANDING,
        "is_over": is_over,
        "is_cancelled": is_cancelled,
        "is_refused": booking.state == Booking.State.REFUSED,
        "may_move": moving is None,
        "may_cancel": cancelling is None,
        "refusals": [] if is_over else refusals,
        "may_undo": is_cancelled and can_undo(organisation=organisation, booking=booking),
        "times_url": choices_of(booking).url(),
    }
    return render(request, "mine/booking.html", context, status=status)


def told(moving: Refusal | None, cancelling: Refusal | None) -> list[tuple[Change, Refusal]]:
    """The refusals to put into words; one that concerns both is said once."""
    pairs = [(Change.MOVE, moving)]
    if cancelling is not moving or moving in (Refusal.ORGANISATION, Refusal.TREATMENT):
        pairs.append((Change.CANCEL, cancelling))
    return [(change, refusal) for change, refusal in pairs if refusal]


def ticket_of(request: PatientRequest, booking: Booking) -> dict[str, Any]:
    """What every page about the booking shows of it."""
    clinic = booking.clinic
    return {
        "booking": booking,
        "home": home_of(request),
        "is_by_login": is_by_login(request),
        "long_when": long_when(booking, request.LANGUAGE_CODE or "en"),
        "phone": phone_of(clinic),
        "map_url": f"{MAP}?{urlencode({'query': clinic.address})}" if clinic.address else "",
    }


def refused_page(request: PatientRequest, booking: Booking, change: Change, refusal: Refusal) -> HttpResponse:
    """Which rule forbids the change, and whom to call."""
    context = {**ticket_of(request, booking), "words": refusal_words(request, booking, change, refusal)}
    return render(request, "mine/refused.html", context, status=409)


def refusal_words(request: PatientRequest, booking: Booking, change: Change, refusal: Refusal) -> str:
    match refusal:
        case Refusal.DEADLINE:
            return deadline_words(request.organisation.settings.change_deadline_hours)
        case Refusal.TOO_FAR:
            return reach_words(booking.move_within_days or 0)
        case Refusal.NOT_STANDING:
            return standing_words(booking)
    return switched_off_words(change, refusal)


def deadline_words(hours: int) -> str:
    return ngettext(
        "It is too late to change this online: that ends %(count)d hour before the appointment.",
        "It is too late to change this online: that ends %(count)d hours before the appointment.",
        hours,
    ) % {"count": hours}


def reach_words(days: int) -> str:
    return ngettext(
        "This appointment can be moved by %(count)d day at most.",
        "This appointment can be moved by %(count)d days at most.",
        days,
    ) % {"count": days}


def standing_words(booking: Booking) -> str:
    if booking.state == Booking.State.CANCELLED:
        return _("This booking has been cancelled")
    if booking.state == Booking.State.REFUSED:
        return _("The clinic could not take this time")
    return _("This appointment has begun or is over.")


def switched_off_words(change: Change, refusal: Refusal) -> str:
    moving = change is Change.MOVE
    match refusal:
        case Refusal.ORGANISATION if moving:
            return _("Appointments at this clinic cannot be moved online.")
        case Refusal.ORGANISATION:
            return _("Appointments at this clinic cannot be cancelled online.")
        case Refusal.TREATMENT if moving:
            return _("Appointments for this treatment cannot be moved online.")
        case Refusal.TREATMENT:
            return _("Appointments for this treatment cannot be cancelled online.")
    return _("This appointment was made by the clinic and cannot be changed online.")


@allowed("GET")
@keyed
def linked_calendar(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The booking for the patient's own calendar."""
    return calendar_answer(request, booking)
