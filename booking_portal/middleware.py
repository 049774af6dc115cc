"""What every request meets before its host is known."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string

Respond = Callable[[HttpRequest], HttpResponse]


class KnownHost:
    """Lower-cases the host name, and answers 404 for one that ALLOWED_HOSTS does not know."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_HOST" in request.META:
            request.META["HTTP_HOST"] = request.META["HTTP_HOST"].lower()
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponseNotFound(render_to_string("404.html"))
        return self.get_response(request)
