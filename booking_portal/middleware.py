"""What every request meets before its host is known, and what patients' pages need not meet."""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

Respond = Callable[[HttpRequest], HttpResponse]

PATIENTS = ("/book/", "/booking/")
"""Where a portal asks for a booking: nobody is signed in there, and no page says what another has done."""


class KnownHost:
    """Lower-cases the host name, and answers 404 for one that ALLOWED_HOSTS does not know."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_HOST" in request.META:
            request.META["HTTP_HOST"] = request.META["HTTP_HOST"].lower()
        try:
            host = request.get_host()
        except DisallowedHost:
            return HttpResponseNotFound(render_to_string("404.html"))
        request.get_host = lambda: host  # type: ignore[method-assign]  # five others ask, and it is checked now
        return self.get_response(request)


class ContentPolicy(CSPMiddleware):
    """The policy of CONTENT_SECURITY_POLICY, put together once and not for every answer.

    Answers that change something of it (``csp_update`` and the like) get theirs as ever.
    """

    def __init__(self, get_response: Respond) -> None:
        super().__init__(get_response)
        self.usual = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        changed = any(name.startswith("_csp") for name in (*vars(request), *vars(response)))
        if changed or HEADER in response.headers:
            return super().process_response(request, response)
        response.headers[HEADER] = self.usual
        return response


class OffPatientsPages(MiddlewareMixin):
    """Leaves out, for who books a time, what only pages for members of a clinic or of the operator need.

    A session cookie is not even looked at there, so that whoever has one is a patient like any other.
    """

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_patients(request) else super().__call__(request)


def is_patients(request: HttpRequest) -> bool:
    if request.path_info != "/" and not request.path_info.startswith(PATIENTS):
        return False
    host = getattr(request, "host", None)
    return host is not None and host.name == "portal"


class Sessions(OffPatientsPages, SessionMiddleware):
    pass


class Authentication(OffPatientsPages, AuthenticationMiddleware):
    pass


class Messages(OffPatientsPages, MessageMiddleware):
    pass
