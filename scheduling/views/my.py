"""My bookings: what somebody who is logged in has booked, what comes first."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.models import Booking, Login
from scheduling.my_bookings import my_bookings
from scheduling.portal_state import portal_state
from scheduling.views.appointments import clinics_part
from scheduling.views.done import STANDING, long_when
from scheduling.views.linked import SHUT
from scheduling.views.patients import logged_in
from scheduling.views.portal_closed import closed_page


@dataclass(frozen=True, slots=True)
class Line:
    """One booking of the list."""

    url: str
    when: str
    what: str
    practitioner: str
    clinic: str
    patient: str
    """The first name, where it is somebody else than who booked."""
    state: str
    """What became of it, in a word or two; empty for one that stands."""


@allowed("GET")
@logged_in
def my_page(request: PatientRequest, login: Login) -> HttpResponse:
    """Coming bookings, the earlier ones folded up."""
    if not request.organisation.settings.view_bookings:
        raise Http404
    state = portal_state(request.organisation)
    if state in SHUT:
        return closed_page(request, state)
    language, now = request.LANGUAGE_CODE or "en", timezone.now()
    bookings = my_bookings(organisation=request.organisation, login=login)
    coming = [booking for booking in bookings if booking.state in STANDING and booking.ends_at > now]
    earlier = [booking for booking in reversed(bookings) if booking not in coming]
    context = {
        "login": login,
        "coming": [line_of(booking, language) for booking in coming],
        "earlier": [line_of(booking, language) for booking in earlier],
        "asks_address": asks_address(request),
        "has_agreed": any(is_agreed(booking) for booking in bookings),
        **clinics_part(request, login),
    }
    return render(request, "mine/my.html", context)


def line_of(booking: Booking, language: str) -> Line:
    return Line(
        url=f"/my/{booking.public_id}/",
        when=long_when(booking, language),
        what=booking.what,
        practitioner=booking.practitioner.name,
        clinic=booking.clinic.name,
        patient=booking.patient.first_name if booking.patient.is_for_other else "",
        state=state_words(booking),
    )


def state_words(booking: Booking) -> str:
    if booking.state == Booking.State.CANCELLED:
        return _("Cancelled")
    return _("Not possible at the clinic") if booking.state == Booking.State.REFUSED else ""


def is_agreed(booking: Booking) -> bool:
    """Whether offers were agreed to with it, and still are."""
    return bool(booking.patient.marketing_wording) and booking.patient.marketing_withdrawn_at is None


def asks_address(request: PatientRequest) -> bool:
    """Whether a new address could be typed with a booking."""
    chosen = request.organisation.settings
    return chosen.ask_address_1 or chosen.ask_address_2 or chosen.ask_postcode
