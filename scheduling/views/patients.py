"""Who is logged in at this browser, by a cookie of which the database knows only a hash."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from clinics.tenancy import PatientRequest
from scheduling.logins import login_with
from scheduling.models import Login

P = ParamSpec("P")
View = Callable[Concatenate[PatientRequest, P], HttpResponse]
LoginView = Callable[Concatenate[PatientRequest, Login, P], HttpResponse]


def login_of(request: PatientRequest) -> Login | None:
    """Whoever is logged in here; nobody where the organisation has no login (any more)."""
    key = request.COOKIES.get(settings.LOGIN_COOKIE_NAME, "")
    if not key or not request.organisation.settings.login:
        return None
    return login_with(organisation=request.organisation, key=key)


def logged_in(view: LoginView[P]) -> View[P]:
    """A page for who is logged in, and for nobody's cache; others are asked to."""

    @wraps(view)
    def guarded(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        login = login_of(request)
        response = HttpResponseRedirect("/login/") if login is None else view(request, login, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return guarded
