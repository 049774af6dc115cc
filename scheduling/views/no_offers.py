"""No more offers: by the link at the end of one, or by a button among one's bookings."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.marketing import NoSuchConsent, has_consent, patient_with_key, withdraw_of
from scheduling.models import Login
from scheduling.my_bookings import bookings_of
from scheduling.views.patients import logged_in


@allowed("GET", "POST")
def no_offers(request: PatientRequest, reader: str) -> HttpResponse:
    """Asks, and does it by POST: programs follow links."""
    try:
        patient = patient_with_key(organisation=request.organisation, key=reader)
    except NoSuchConsent:
        raise Http404 from None
    if request.method == "POST":
        withdraw_of(organisation=request.organisation, patient=patient)
        return redirect(request.path)
    agreed = has_consent(organisation=request.organisation, patient=patient)
    response = render(request, "booking/no_offers.html", {"has_agreed": agreed})
    response.headers["Cache-Control"] = "no-store"
    return response


@allowed("POST")
@logged_in
def no_offers_of_mine(request: PatientRequest, login: Login) -> HttpResponse:
    """Withdraws what was agreed to with any of the bookings that the login shows."""
    for booking in bookings_of(request.organisation, login).exclude(patient__marketing_wording=""):
        withdraw_of(organisation=request.organisation, patient=booking.patient)
    messages.success(request, _("You get no more offers from us."))
    return redirect("scheduling:my")
