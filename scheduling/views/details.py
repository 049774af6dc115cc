"""Personal details: who the held time is for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from csp.decorators import csp_update
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.models import Organisation, PortalText
from clinics.tenancy import PatientRequest
from scheduling.bookings import PatientDetails, give_details, is_held, store_patient
from scheduling.captcha import HOSTS, captcha_is_on
from scheduling.errors import CodeUnsendable, HoldExpired, TooManyCodes, TooManyHolds
from scheduling.forms import DetailsForm
from scheduling.menu import menu_of
from scheduling.models import Booking, BookingPatient
from scheduling.sms_alarms import are_codes_paused
from scheduling.views.booking_page import expired_page, extended, patient_of, private, shared_context
from scheduling.views.known_details import known_details, proven_number
from scheduling.views.patients import lacks_login, login_of, to_login

P = ParamSpec("P")
View = Callable[Concatenate[PatientRequest, P], HttpResponse]
TYPED = [
    "first_name",
    "last_name",
    "booker_first_name",
    "booker_last_name",
    "national_id",
    "email",
    "mobile",
    "address_1",
    "address_2",
    "postcode",
    "campaign_code",
    "message",
]


def whole(page: View[P]) -> View[P]:
    """Where reCAPTCHA is asked, the page may load Google's part, and is loaded as a whole.

    A page that htmx swaps in would go on under the policy of the page before it.
    """
    opened = cast("View[P]", csp_update(HOSTS)(cast("Any", page)))

    @wraps(page)
    def shown(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not captcha_is_on():
            return page(request, *args, **kwargs)
        if request.headers.get("HX-Request") and request.method == "GET":
            return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
        return opened(request, *args, **kwargs)

    return shown


@allowed("GET", "POST")
@private
@whole
def details(request: PatientRequest, booking: Booking) -> HttpResponse:
    if booking.state not in (Booking.State.HELD, Booking.State.EXPIRED):
        return HttpResponseRedirect(f"/booking/{booking.public_id}/done/")
    if request.method == "POST":
        return answered(request, booking)
    if not is_held(booking):
        return expired_page(request, booking)
    if lacks_login(request):
        return to_login(request.get_full_path())
    known = typed_before(booking) or known_details(request)
    for_other = {"for_other": True} if request.GET.get("for") == "other" else {}
    form = DetailsForm(initial=known | for_other, organisation=request.organisation)
    response = details_page(request, booking, form)
    if not known:
        # Nothing of the patient's is on it: a browser without JavaScript may keep what is typed into it.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def answered(request: PatientRequest, booking: Booking) -> HttpResponse:
    """What the button that was pressed asks for."""
    if "extend" in request.POST:
        return stay_longer(request, booking)
    if "for" in request.POST:
        return ask_who_books(request, booking)
    return take_details(request, booking)


def ask_who_books(request: PatientRequest, booking: Booking) -> HttpResponse:
    """The same page for who books for somebody else, with everything as it was typed so far."""
    if not is_held(booking):
        return take_details(request, booking)
    typed = request.POST.dict() | {"for_other": True}
    form = DetailsForm(initial=typed, organisation=request.organisation)
    response = details_page(request, booking, form)
    if request.headers.get("HX-Request"):
        response.headers["HX-Push-Url"] = f"{request.path}?for=other"
    return response


def stay_longer(request: PatientRequest, booking: Booking) -> HttpResponse:
    """More time to type, with everything as it was typed so far and nothing of it complained about."""
    form = DetailsForm(initial=request.POST.dict(), organisation=request.organisation)
    try:
        notice = extended(request, booking)
    except HoldExpired:
        return take_details(request, booking)
    return details_page(request, booking, form, notice=notice)


def take_details(request: PatientRequest, booking: Booking) -> HttpResponse:
    """Stores what was typed and goes on to the code, or straight to the end where none is needed."""
    form = DetailsForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return details_page(request, booking, form, status=422)
    typed = form.details(request.LANGUAGE_CODE or "en")
    if lacks_login(request):
        return keep_and_log_in(request, booking, typed)
    try:
        is_booked = give_details(
            organisation=request.organisation, booking=booking, details=typed, login=login_of(request)
        )
    except HoldExpired:
        return keep_for_later(request, booking, typed)
    except TooManyHolds:
        form.add_error("mobile", words_on_number())
        return details_page(request, booking, form, status=429)
    except TooManyCodes as refusal:
        form.add_error(None, words_on_too_many(refusal))
        return details_page(request, booking, form, status=429)
    except CodeUnsendable:
        form.add_error(None, words_on_unsendable(request.organisation))
        return details_page(request, booking, form, status=422)
    return HttpResponseRedirect(f"/booking/{booking.public_id}/{'done' if is_booked else 'code'}/")


def keep_for_later(request: PatientRequest, booking: Booking, typed: PatientDetails) -> HttpResponse:
    """Typed in vain for this time, but not for the next. Forgotten after two hours: see retention.py."""
    store_patient(request.organisation, booking, typed)
    return expired_page(request, booking)


def keep_and_log_in(request: PatientRequest, booking: Booking, typed: PatientDetails) -> HttpResponse:
    """A login may end while its patient types: nothing typed is lost, and the way leads back here."""
    store_patient(request.organisation, booking, typed)
    return to_login(request.path)


def words_on_too_many(refusal: TooManyCodes) -> str:
    if refusal.seconds is None:
        return _("We have sent as many codes as we may for one booking. Please call the clinic.")
    return _("A code has just been sent. A new one can be sent in %(seconds)d seconds.") % {
        "seconds": refusal.seconds
    }


def words_on_number() -> str:
    return _("Several times are being held with this number. Finish or give back one of them first.")


def words_on_unsendable(organisation: Organisation) -> str:
    chosen = organisation.settings
    if are_codes_paused(organisation) and (chosen.code_by_email or chosen.email_fallback):
        return _("SMS cannot be sent right now. Please give an e-mail address, or call the clinic.")
    if are_codes_paused(organisation):
        return _("SMS cannot be sent right now. Please try again in a while, or call the clinic.")
    return _("We cannot send a code to this number. Please give another number, or call the clinic.")


def typed_before(booking: Booking) -> dict[str, Any]:
    """What this browser typed for this booking, or for one that was not finished."""
    patient = patient_of(booking) or unfinished_patient(booking)
    if patient is None:
        return {}
    typed = {name: getattr(patient, name) or "" for name in TYPED}
    mobile = patient.mobile.as_international if patient.mobile else ""
    return {**typed, "mobile": mobile, "for_other": patient.is_for_other, "consent": True}


def unfinished_patient(booking: Booking) -> BookingPatient | None:
    found: BookingPatient | None = (
        BookingPatient.objects.filter(
            organisation=booking.organisation_id,
            booking__organisation=booking.organisation_id,
            booking__visitor=booking.visitor,
            booking__state__in=[Booking.State.HELD, Booking.State.EXPIRED],
        )
        .order_by("-booking__created_at")
        .first()
    )
    return found


def details_page(
    request: PatientRequest, booking: Booking, form: DetailsForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    organisation = request.organisation
    own = menu_of(organisation).text(
        PortalText.Place.DETAILS, request.LANGUAGE_CODE or "en", organisation.default_language
    )
    context = {
        **shared_context(request, booking),
        "form": form,
        "asks_for_whom": "for_other" not in form.fields,
        "own_text": own,
        "asks_captcha": captcha_is_on(),
        "is_sent": request.method == "POST",
        "asks_code": not request.organisation.settings.skip_confirmation,
        "proven": proven_number(request),
        "notices": [notice] if notice else [],
    }
    return render(request, "booking/details.html", context, status=status)
