"""What every answer of the API's host has in common: errors are problem documents, nothing is cached."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from sync_api.problems import MEDIA_TYPE, Unacceptable, problem_response
from sync_api.sandbox_faults import meet_after

Respond = Callable[[HttpRequest], HttpResponse]

_API = "api"
_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
_DETAILS = {
    400: "The request cannot be understood.",
    403: "The request is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not answer this method; the header Allow says which.",
    500: "The server has failed at this; it has been written down.",
}


class ApiAnswers:
    """For the API's host: errors that Django itself answers become problem documents too."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        host = getattr(request, "host", None)
        if host is None or host.name != _API:
            return response
        response = meet_after(request, response)
        if response.status_code >= HTTPStatus.BAD_REQUEST and not is_json(response):
            response = plain_problem(response)
        add_never_cache_headers(response)
        return response


def is_json(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith((MEDIA_TYPE, "application/json"))


def plain_problem(response: HttpResponse) -> HttpResponse:
    """The same status and what programs read of the headers, with a problem document as its body."""
    status = response.status_code
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    detail = _DETAILS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
    answer = problem_response(Unacceptable(status, detail, headers=kept))
    answer._has_been_logged = getattr(response, "_has_been_logged", False)  # type: ignore[attr-defined]  # noqa: SLF001 - said once is enough
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(Unacceptable(400, _DETAILS[400]))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(Unacceptable(403, _DETAILS[403]))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(Unacceptable(404, _DETAILS[404]))


def server_error(request: HttpRequest) -> HttpResponse:
    return problem_response(Unacceptable(500, _DETAILS[500]))
