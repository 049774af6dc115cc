"""Logging in by a code to the mobile number that the clinic knows, and logging out.

No page says whether it knows it: see scheduling/login_codes.py.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.models import Organisation, PortalText
from clinics.models.settings import LoginSees
from clinics.tenancy import PatientRequest
from scheduling.appointments import ask_clinic
from scheduling.captcha import captcha_is_on
from scheduling.errors import CodeExpired, TooManyCodes, WrongCode
from scheduling.forms import CodeForm
from scheduling.login_codes import ask_code, code_asked, log_in_with_code
from scheduling.login_forms import LoginForm
from scheduling.menu import menu_of
from scheduling.models import LoginCode
from scheduling.portal_state import PortalState, portal_state
from scheduling.views.code import words_on_wrong
from scheduling.views.details import whole, words_on_too_many
from scheduling.views.eid import eid_form_url
from scheduling.views.patients import (
    let_in,
    let_out,
    login_of,
    login_url,
    next_of,
    to_login,
    unlisted,
)
from scheduling.views.phones import clinic_phones
from scheduling.views.portal_closed import closed_page
from scheduling.views.visitors import address_of, set_visitor_cookie, visitor_of, visitor_with_cookie

SHUT = (PortalState.MAINTENANCE, PortalState.UNPUBLISHED)
Page = Callable[[PatientRequest, LoginCode], HttpResponse]


@allowed("GET", "POST")
@whole
def login(request: PatientRequest) -> HttpResponse:
    """Asks for the number; sent, it leads on to the code, whoever's number it is."""
    require_login_is_on(request)
    state = portal_state(request.organisation)
    if state in SHUT:
        return closed_page(request, state)
    if request.method == "POST":
        return unlisted(take_number(request))
    if login_of(request) is not None:
        return unlisted(HttpResponseRedirect(destination(request)))
    notices = [_("You have logged out.")] if "out" in request.GET else []
    return unlisted(login_page(request, LoginForm(organisation=request.organisation), notices=notices))


def require_login_is_on(request: PatientRequest) -> None:
    if not request.organisation.settings.can_log_in:
        raise Http404


def require_sms_login(request: PatientRequest) -> None:
    require_login_is_on(request)
    if not request.organisation.settings.sms_login:
        raise Http404


def take_number(request: PatientRequest) -> HttpResponse:
    require_sms_login(request)
    form = LoginForm(request.POST, organisation=request.organisation)
    if not form.is_valid():
        return login_page(request, form, status=422)
    visitor, cookie = visitor_with_cookie(request)
    try:
        ask(request, form.cleaned_data["mobile"], visitor)
    except TooManyCodes as refusal:
        form.add_error("mobile", words_on_limit(refusal))
        return login_page(request, form, status=429)
    response = HttpResponseRedirect(login_url("/login/code/", next_of(request)))
    if cookie:
        set_visitor_cookie(response, cookie)
    return response


def ask(request: PatientRequest, mobile: str, visitor: str) -> None:
    ask_code(
        organisation=request.organisation,
        mobile=mobile,
        visitor=visitor,
        address=address_of(request),
        language=request.LANGUAGE_CODE or "en",
    )


def words_on_limit(refusal: TooManyCodes) -> str:
    if refusal.seconds is None:
        return _("Codes have been asked for too often. Please try again in an hour, or call the clinic.")
    return words_on_too_many(refusal)


def destination(request: PatientRequest) -> str:
    """Where to go once logged in."""
    return next_of(request) or ("/my/" if request.organisation.settings.view_bookings else "/")


def login_page(
    request: PatientRequest, form: LoginForm, *, notices: list[str] | None = None, status: int = 200
) -> HttpResponse:
    organisation = request.organisation
    menu = menu_of(organisation)
    context = {
        "form": form,
        "by_sms": organisation.settings.sms_login,
        "number_words": number_words(organisation),
        "eid_url": eid_form_url(request),
        "next": next_of(request),
        "own_text": menu.text(
            PortalText.Place.LOGIN, request.LANGUAGE_CODE or "en", organisation.default_language
        ),
        "asks_captcha": captcha_is_on(),
        "phones": clinic_phones(menu),
        "notices": notices or [],
    }
    return render(request, "mine/login.html", context, status=status)


def number_words(organisation: Organisation) -> str:
    if organisation.settings.sms_login_sees == LoginSees.WHOLE_LIST:
        return _("Give the mobile number that the clinic knows you by, and we send it a code.")
    return _("Give the mobile number that you have booked with before, and we send it a code.")


def none_words(organisation: Organisation) -> str:
    if organisation.settings.sms_login_sees == LoginSees.WHOLE_LIST:
        return _(
            "It usually takes less than a minute. None comes to a number that the clinic does not know:"
            " try another, or call the clinic."
        )
    return _(
        "It usually takes less than a minute. None comes to a number that nobody has booked with here:"
        " try another, or call the clinic."
    )


def waiting_for_code(page: Page) -> Callable[[PatientRequest], HttpResponse]:
    """A page for the browser that has asked for a code; others are asked for their number."""

    @wraps(page)
    def guarded(request: PatientRequest) -> HttpResponse:
        require_sms_login(request)
        asked = code_asked(organisation=request.organisation, visitor=visitor_of(request) or "")
        return unlisted(to_login(next_of(request)) if asked is None else page(request, asked))

    return guarded


@allowed("GET", "POST")
@waiting_for_code
def login_code(request: PatientRequest, asked: LoginCode) -> HttpResponse:
    """Takes the code."""
    if request.method == "POST":
        return take_code(request, asked)
    sent = [_("If the clinic knows the number, a new code is on its way.")] if "sent" in request.GET else []
    return code_page(request, asked, CodeForm(), notices=sent)


def take_code(request: PatientRequest, asked: LoginCode) -> HttpResponse:
    """Logs in with the right code; for a wrong one says how many tries are left."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, asked, form, status=422)
    try:
        login, key = log_in_with_code(
            organisation=request.organisation, visitor=asked.visitor, digits=form.cleaned_data["code"]
        )
    except CodeExpired:
        form.add_error("code", _("This code is not valid any more. Please ask for a new one."))
    except WrongCode as wrong:
        form.add_error("code", words_on_wrong(wrong))
    else:
        response = HttpResponseRedirect(destination(request))
        let_in(request, response, key)
        ask_clinic(organisation=request.organisation, login=login)
        return response
    return code_page(request, asked, form, status=422)


@allowed("POST")
@waiting_for_code
def resend_login_code(request: PatientRequest, asked: LoginCode) -> HttpResponse:
    """Has a new code sent to the same number; the one before it is void."""
    try:
        ask(request, asked.mobile.as_e164, asked.visitor)
    except TooManyCodes as refusal:
        return code_page(request, asked, CodeForm(), notices=[words_on_limit(refusal)], status=429)
    then = login_url("/login/code/", next_of(request))
    return HttpResponseRedirect(f"{then}{'&' if '?' in then else '?'}sent=1")


def code_page(
    request: PatientRequest,
    asked: LoginCode,
    form: CodeForm,
    *,
    notices: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "sent_to": asked.mobile.as_international,
        "none_words": none_words(request.organisation),
        "next": next_of(request),
        "change_url": login_url("/login/", next_of(request)),
        "phones": clinic_phones(menu_of(request.organisation)),
        "notices": notices or [],
    }
    return render(request, "mine/login_code.html", context, status=status)


@allowed("POST")
def logout(request: PatientRequest) -> HttpResponse:
    """Ends the login; doing it twice is harmless."""
    require_login_is_on(request)
    response = HttpResponseRedirect("/login/?out=1")
    let_out(request, response)
    return unlisted(response)
