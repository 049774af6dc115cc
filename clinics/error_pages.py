"""Pages that say what went wrong and what to do next."""

import sys
from collections.abc import Iterable

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import requires_csrf_token

from clinics.languages import language_for

RETRY_SECONDS = 30
"""After how long a browser or a proxy should ask again while the database is away."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be understood, or one whose body is larger than any form of ours."""
    if isinstance(exception, RequestDataTooBig):
        return page(request, "413.html", 413)
    return page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, "403.html", 403)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return page(request, "403_csrf.html", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, "404.html", 404)


def method_not_allowed(request: HttpRequest, permitted: Iterable[str]) -> HttpResponse:
    response = page(request, "405.html", 405)
    response.headers["Allow"] = ", ".join(permitted)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; or, while the database cannot be reached, that it passes and when to come back."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        response = page(request, "503.html", 503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        response.headers["Cache-Control"] = "no-store"
        return response
    return page(request, "500.html", 500)


def suspended(request: HttpRequest) -> HttpResponse:
    """The account rests: whose it is and why is not said, and nobody is to keep the page."""
    response = page(request, "suspended.html", 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """In the visitor's language, also where the request failed before that was known."""
    with translation.override(getattr(request, "LANGUAGE_CODE", None) or language_for(request)):
        return render(request, template, status=status)


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Too many wrong passwords; it passes."""
    return page(request, "429.html", 429)
