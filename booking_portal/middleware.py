"""What every request meets before its host is known."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
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
