"""A time offered to somebody on the waiting list: seen, taken or declined. Only POST does anything.

Mail scanners open every link they find, so each link leads to a page that asks first.
"""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.bookings import is_held
from scheduling.dates import clock
from scheduling.errors import OfferGone
from scheduling.models import Offer
from scheduling.offers import accept_offer, decline_offer, offer_with_key
from scheduling.views.done import long_when
from scheduling.views.patients import login_to_book
from scheduling.views.phones import phone_of
from scheduling.views.portal_closed import while_open
from scheduling.views.times import choices_of
from scheduling.views.visitors import set_visitor_cookie, visitor_with_cookie
from scheduling.views.waiting import unlisted

Page = Callable[[PatientRequest, Offer], HttpResponse]


def by_key(page: Page) -> Callable[[PatientRequest, str], HttpResponse]:
    """A page for whoever has the offer's link; another organisation's is not there."""

    @wraps(page)
    def guarded(request: PatientRequest, key: str) -> HttpResponse:
        try:
            offer = offer_with_key(organisation=request.organisation, key=key)
        except Offer.DoesNotExist:
            raise Http404 from None
        return unlisted(page(request, offer))

    return guarded


@allowed("GET")
@by_key
def offer_page(request: PatientRequest, offer: Offer) -> HttpResponse:
    """The time, until when it is held, and the two answers."""
    return show(request, offer)


@allowed("POST")
@while_open
@by_key
@login_to_book
def accept(request: PatientRequest, offer: Offer) -> HttpResponse:
    """Books the time and shows it in this browser, which the booking is bound to from now on."""
    visitor, cookie = visitor_with_cookie(request)
    try:
        accept_offer(organisation=request.organisation, offer=offer, visitor=visitor)
    except OfferGone:
        return HttpResponseRedirect(f"/offer/{offer.key}/")
    response = HttpResponseRedirect(f"/booking/{offer.booking.public_id}/done/")
    if cookie:
        set_visitor_cookie(response, cookie)
    return response


@allowed("GET", "POST")
@by_key
def decline(request: PatientRequest, offer: Offer) -> HttpResponse:
    """Asks whether the time may go to the next; sent, it does."""
    if request.method != "POST":
        return show(request, offer, is_declining=True)
    decline_offer(organisation=request.organisation, offer=offer)
    return HttpResponseRedirect(f"/offer/{offer.key}/")


def show(request: PatientRequest, offer: Offer, *, is_declining: bool = False) -> HttpResponse:
    booking = offer.booking
    language = request.LANGUAGE_CODE or "en"
    is_open = offer.state == Offer.State.OPEN and is_held(booking)
    context = {
        "offer": offer,
        "booking": booking,
        "is_open": is_open,
        "is_declining": is_declining,
        "is_taken": offer.state == Offer.State.ACCEPTED,
        "is_declined": offer.state == Offer.State.DECLINED,
        "long_when": long_when(booking, language),
        "answer_by": clock(offer.expires_at, ZoneInfo(booking.clinic.time_zone), language),
        "phone": phone_of(booking.clinic),
        "times_url": choices_of(booking).url(),
    }
    gone = not is_open and offer.state != Offer.State.ACCEPTED
    return render(request, "waiting/offer.html", context, status=410 if gone else 200)
