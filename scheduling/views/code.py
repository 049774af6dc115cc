"""The confirmation code: typed, sent anew, or sent elsewhere."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.bookings import confirm_booking, is_held, resend_code
from scheduling.errors import CodeExpired, CodeUnsendable, HoldExpired, TooManyCodes, WrongCode
from scheduling.forms import CodeForm
from scheduling.models import Booking, BookingPatient
from scheduling.views.booking_page import expired_page, extended, patient_of, private, shared_context
from scheduling.views.details import words_on_too_many, words_on_unsendable
from scheduling.views.patients import login_to_book


@allowed("GET", "POST")
@private
@login_to_book
def code(request: PatientRequest, booking: Booking) -> HttpResponse:
    if booking.state not in (Booking.State.HELD, Booking.State.EXPIRED):
        return HttpResponseRedirect(f"/booking/{booking.public_id}/done/")
    if not is_held(booking):
        return expired_page(request, booking)
    patient = patient_of(booking)
    if patient is None:
        return HttpResponseRedirect(f"/booking/{booking.public_id}/details/")
    if "extend" in request.POST:
        return stay_longer(request, booking, patient)
    if request.method == "POST":
        return take_code(request, booking, patient)
    sent = _("A new code is on its way.") if "sent" in request.GET else ""
    return code_page(request, booking, patient, CodeForm(), notice=sent)


def stay_longer(request: PatientRequest, booking: Booking, patient: BookingPatient) -> HttpResponse:
    """More time to wait for the code, with as much of it as has been typed."""
    try:
        notice = extended(request, booking)
    except HoldExpired:
        return expired_page(request, booking)
    typed = CodeForm(initial={"code": request.POST.get("code", "")})
    return code_page(request, booking, patient, typed, notice=notice)


def take_code(request: PatientRequest, booking: Booking, patient: BookingPatient) -> HttpResponse:
    """Books the time for the right code; for a wrong one says how many tries are left."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, booking, patient, form, status=422)
    try:
        confirm_booking(organisation=request.organisation, booking=booking, code=form.cleaned_data["code"])
    except HoldExpired:
        return expired_page(request, booking)
    except CodeExpired:
        form.add_error("code", _("This code is not valid any more. Please ask for a new one."))
    except WrongCode as wrong:
        form.add_error("code", words_on_wrong(wrong))
    else:
        return HttpResponseRedirect(f"/booking/{booking.public_id}/done/")
    return code_page(request, booking, patient, form, status=422)


def words_on_wrong(wrong: WrongCode) -> str:
    if wrong.tries_left < 1:
        return _("That was not the code, and it cannot be tried any more. Please ask for a new one.")
    return ngettext(
        "That is not the code we sent. You can try %(count)d more time.",
        "That is not the code we sent. You can try %(count)d more times.",
        wrong.tries_left,
    ) % {"count": wrong.tries_left}


@allowed("POST")
@private
@login_to_book
def resend(request: PatientRequest, booking: Booking) -> HttpResponse:
    """Sends a new code; the one before it is void."""
    patient = patient_of(booking)
    if patient is None or booking.state not in (Booking.State.HELD, Booking.State.EXPIRED):
        return HttpResponseRedirect(f"/booking/{booking.public_id}/details/")
    try:
        resend_code(organisation=request.organisation, booking=booking)
    except HoldExpired:
        return expired_page(request, booking)
    except TooManyCodes as refusal:
        return code_page(request, booking, patient, CodeForm(), notice=words_on_too_many(refusal), status=429)
    except CodeUnsendable:
        return code_page(
            request,
            booking,
            patient,
            CodeForm(),
            notice=words_on_unsendable(request.organisation),
            status=422,
        )
    return HttpResponseRedirect(f"/booking/{booking.public_id}/code/?sent=1")


def code_page(
    request: PatientRequest,
    booking: Booking,
    patient: BookingPatient,
    form: CodeForm,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **shared_context(request, booking),
        "form": form,
        "sent_to": addresses_of(request, patient),
        "notices": [notice] if notice else [],
    }
    return render(request, "booking/code.html", context, status=status)


def addresses_of(request: PatientRequest, patient: BookingPatient) -> list[str]:
    """Where the code went."""
    chosen = request.organisation.settings
    mobile = patient.mobile.as_international if patient.mobile and chosen.code_by_sms else ""
    return [address for address in (mobile, patient.email if chosen.code_by_email else "") if address]
