"""Who is logged in at this browser, by a cookie of which the database knows only a hash."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from clinics.tenancy import PatientRequest
from scheduling.logins import end_login, login_with
from scheduling.models import Login

P = ParamSpec("P")
View = Callable[Concatenate[PatientRequest, P], HttpResponse]
LoginView = Callable[Concatenate[PatientRequest, Login, P], HttpResponse]
LONGEST_NEXT = 500
ONLY_SENT = ("accept", "resend", "undo")


def login_of(request: PatientRequest) -> Login | None:
    """Whoever is logged in here; nobody where the organisation has no login (any more)."""
    key = request.COOKIES.get(settings.LOGIN_COOKIE_NAME, "")
    if not key or not request.organisation.settings.can_log_in:
        return None
    return login_with(organisation=request.organisation, key=key)


def logged_in(view: LoginView[P]) -> View[P]:
    """A page for who is logged in, and for nobody's cache; others are asked to, and come back to it."""

    @wraps(view)
    def guarded(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.organisation.settings.can_log_in:
            raise Http404
        login = login_of(request)
        response = to_login(here(request)) if login is None else view(request, login, *args, **kwargs)
        return unlisted(response)

    return guarded


def login_to_book(view: View[P]) -> View[P]:
    """The page, once whoever asks for it is logged in, where the organisation wants that for new bookings."""

    @wraps(view)
    def guarded(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return to_login(here(request)) if lacks_login(request) else view(request, *args, **kwargs)

    return guarded


def lacks_login(request: PatientRequest) -> bool:
    """Whether nobody is logged in though the organisation wants that for new bookings."""
    return request.organisation.settings.new_booking_requires_login and login_of(request) is None


def here(request: PatientRequest) -> str:
    """The page to come back to; of an address that only takes a form, the page above it."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    parts = request.path.split("/")
    return "/".join(parts[:-2]) + "/" if parts[-2] in ONLY_SENT else request.path


def to_login(then: str = "") -> HttpResponse:
    """Asks to log in, and leads on to a page of this host."""
    return HttpResponseRedirect(login_url("/login/", then))


def login_url(page: str, then: str) -> str:
    return f"{page}?{urlencode({'next': then})}" if then else page


def next_of(request: PatientRequest) -> str:
    """The page to go on to, if it is one of this host; else empty."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = (
        asked.startswith("/")
        and len(asked) <= LONGEST_NEXT
        and asked.isascii()
        and asked.isprintable()
        and " " not in asked
        and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
        and not asked.startswith(("/login/", "/logout/"))
    )
    return asked if is_ours else ""


def unlisted(response: HttpResponse) -> HttpResponse:
    """The answer, kept by nobody, in no search engine, and its address told to no other site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def let_in(request: PatientRequest, response: HttpResponse, key: str) -> None:
    """Gives the browser its new key, until it is closed; whoever was logged in here no longer is.

    A key that the browser came with is never used on: nobody can have set it for the patient.
    """
    before = login_of(request)
    if before is not None:
        end_login(organisation=request.organisation, login=before)
    response.set_cookie(
        settings.LOGIN_COOKIE_NAME,
        key,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def let_out(request: PatientRequest, response: HttpResponse) -> None:
    """Ends the login and takes the key away."""
    login = login_of(request)
    if login is not None:
        end_login(organisation=request.organisation, login=login)
    response.delete_cookie(settings.LOGIN_COOKIE_NAME, samesite="Lax")
