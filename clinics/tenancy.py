"""The one place that maps a host name to its organisation."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from clinics.error_pages import page_not_found
from clinics.models import Organisation
from clinics.scope import organisation_scope

_PORTAL = "portal"


class PatientRequest(HttpRequest):
    """A request to an organisation's own host."""

    organisation: Organisation


class OrganisationMiddleware:
    """Gives requests to a portal host their organisation, and works inside its scope.

    A subdomain that nobody has is a 404, like one whose organisation is suspended.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = getattr(request, "host", None)
        if host is None or host.name != _PORTAL:
            return self.get_response(request)
        organisation = organisation_at(request.get_host())
        if organisation is None:
            return page_not_found(request, Http404())
        request.organisation = organisation  # type: ignore[attr-defined]
        with organisation_scope(organisation.pk):
            return self.get_response(request)


def organisation_at(host: str) -> Organisation | None:
    """The organisation whose portal answers at this host name, with its settings."""
    subdomain = host.partition(".")[0]
    return (
        Organisation.objects.select_related("settings")
        .filter(subdomain=subdomain, is_suspended=False)
        .first()
    )
