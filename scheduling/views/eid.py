"""Logging in by electronic identity, on an organisation's own host: the way there, and the way back.

The way back is a page with one form. What the provider sent along stands in its address, which anybody may
have been given; only the form, sent from this page by the browser that began, does anything.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.appointments import ask_clinic
from scheduling.eid import eid_is_on
from scheduling.eid_logins import OPEN_FOR, begin_eid_login, finish_eid_login
from scheduling.errors import EidAttemptGone, EidAway, EidRefused
from scheduling.menu import menu_of
from scheduling.portal_state import PortalState, portal_state
from scheduling.views.eid_callback import LONGEST
from scheduling.views.patients import let_in, next_of
from scheduling.views.phones import clinic_phones
from scheduling.views.portal_closed import closed_page

SHUT = (PortalState.MAINTENANCE, PortalState.UNPUBLISHED)
FIRST_PAGE = "/my/"
LOGIN_PAGE = "/login/"
RETRY_SECONDS = 60
Page = Callable[[PatientRequest], HttpResponse]


def eid_form_url(request: PatientRequest) -> str:
    """Where the login page's button for electronic identity leads; empty where there is none."""
    return "/login/eid/" if eid_is_on(request.organisation) else ""


def where_on(page: Page) -> Page:
    """A page for nobody's cache, and for organisations only whose patients log in this way.

    The address of the way back is told to nobody: not even our own pages are told more than the host, which
    the check of where a form comes from needs.
    """

    @wraps(page)
    def guarded(request: PatientRequest) -> HttpResponse:
        if not eid_is_on(request.organisation):
            raise Http404
        state = portal_state(request.organisation)
        response = closed_page(request, state) if state in SHUT else page(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return guarded


@allowed("POST")
@where_on
def begin_eid(request: PatientRequest) -> HttpResponse:
    """Binds the login to this browser and leads on to the provider.

    By a page and not by a redirect: browsers hold the redirects that follow a form against the policy of
    the form's page, and nobody knows all hosts that a provider leads through.
    """
    try:
        url, binding = begin_eid_login(
            organisation=request.organisation,
            next_path=next_of(request) or FIRST_PAGE,
            language=request.LANGUAGE_CODE or "en",
        )
    except EidAway:
        return away_page(request)
    response = render(request, "mine/eid_leave.html", {"provider_url": url})
    set_binding_cookie(response, binding)
    return response


@allowed("GET", "POST")
@where_on
def come_back(request: PatientRequest) -> HttpResponse:
    """Shown, it asks to go on; sent, it finishes the login and opens the page that was wanted."""
    if request.method == "POST":
        return finish(request)
    code, state = request.GET.get("code", ""), request.GET.get("state", "")
    if request.GET.get("error"):
        return not_done_page(request)
    if not is_answer(code, state):
        return HttpResponseRedirect(LOGIN_PAGE)
    return render(request, "mine/eid_return.html", {"code": code, "state": state})


def finish(request: PatientRequest) -> HttpResponse:
    code, state = request.POST.get("code", ""), request.POST.get("state", "")
    binding = request.COOKIES.get(settings.EID_COOKIE_NAME, "")
    if not is_answer(code, state):
        return gone_page(request)
    try:
        login, key, next_path = finish_eid_login(
            organisation=request.organisation, state=state, code=code, binding=binding
        )
    except EidAttemptGone:
        return gone_page(request)
    except EidRefused:
        return refused_page(request)
    except EidAway:
        return away_page(request)
    response = HttpResponseRedirect(next_path)
    response.status_code = 303
    response.delete_cookie(settings.EID_COOKIE_NAME, samesite="Lax")
    let_in(request, response, key)
    ask_clinic(organisation=request.organisation, login=login)
    return response


def is_answer(code: str, state: str) -> bool:
    return 0 < len(code) <= LONGEST and 0 < len(state) <= LONGEST


def set_binding_cookie(response: HttpResponse, binding: str) -> None:
    """For as long as the attempt may be finished."""
    response.set_cookie(
        settings.EID_COOKIE_NAME,
        binding,
        max_age=int(OPEN_FOR.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def not_done_page(request: PatientRequest) -> HttpResponse:
    """The provider says that it came to nothing, mostly because the patient thought better of it."""
    words = _("The identification was not completed, and nothing has been changed. You can try again.")
    return failed_page(request, _("You are not logged in"), words, status=200)


def gone_page(request: PatientRequest) -> HttpResponse:
    words = _(
        "It was open for too long, has been finished already, or was begun in another browser. "
        "Please begin again."
    )
    return failed_page(request, _("This login cannot be finished"), words, status=410)


def refused_page(request: PatientRequest) -> HttpResponse:
    words = _(
        "The identification service did not confirm who you are, or told no identity number of this country. "
        "Please try again, or log in another way."
    )
    return failed_page(request, _("You could not be identified"), words, status=403)


def away_page(request: PatientRequest) -> HttpResponse:
    words = _(
        "The identification service does not answer properly. "
        "Please try again in a few minutes, log in another way, or call us."
    )
    response = failed_page(request, _("Identification does not work just now"), words, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def failed_page(request: PatientRequest, heading: str, words: str, *, status: int) -> HttpResponse:
    context = {
        "heading": heading,
        "words": words,
        "login_url": LOGIN_PAGE,
        "phones": clinic_phones(menu_of(request.organisation)),
    }
    return render(request, "mine/eid_failed.html", context, status=status)
