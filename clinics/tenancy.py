"""The one place that maps a host name to its organisation."""

import uuid
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from clinics.error_pages import page_not_found, suspended
from clinics.models import Organisation
from clinics.pictures import logo_of
from clinics.prepared import prepared
from clinics.read_along import READ_ALONG
from clinics.rows import copied
from clinics.scope import organisation_scope

MOST_KEPT = 2048
_PORTAL = "portal"
_MOVED = """
    SELECT subdomain FROM clinics_formersubdomain AS former
    JOIN clinics_organisation ON clinics_organisation.id = former.organisation_id
    WHERE former.name = %s AND redirects_until > now() AND NOT is_suspended
"""
_SUSPENDED = "SELECT FROM clinics_organisation WHERE subdomain = %s AND is_suspended"
_VERSION = """
    SELECT id, public_id, version{} FROM clinics_organisation AS organisation
    WHERE subdomain = %s AND NOT is_suspended
"""


class PatientRequest(HttpRequest):
    """A request to an organisation's own host."""

    organisation: Organisation
    measured: Any
    """What counts the visit, on pages where something may: see clinics/measuring.py."""


class OrganisationMiddleware:
    """Gives requests to a portal host their organisation, and works inside its scope.

    A subdomain that nobody has is a 404. One that an organisation has left leads to its new one for a
    while. Of an organisation that is suspended every page says so, and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = getattr(request, "host", None)
        if host is None or host.name != _PORTAL:
            return self.get_response(request)
        organisation = organisation_at(request.get_host())
        if organisation is None:
            return suspended(request) if is_suspended(request.get_host()) else moved_or_not_found(request)
        request.organisation = organisation  # type: ignore[attr-defined]
        with organisation_scope(organisation.pk):
            return self.get_response(request)


def is_suspended(host: str) -> bool:
    """Whether the account at this host name rests: asked only where no portal is open."""
    with connection.cursor() as cursor:
        cursor.execute(_SUSPENDED, [host.partition(".")[0]])
        return cursor.fetchone() is not None


def moved_or_not_found(request: HttpRequest) -> HttpResponse:
    """The same page at the address that the organisation has now: asked only where none is found.

    Not to be kept by browsers: the organisation may move back, and a kept redirect would then go round.
    """
    subdomain, dot, rest = request.get_host().partition(".")
    now_at = new_subdomain(subdomain)
    if now_at is None:
        return page_not_found(request, Http404())
    response = HttpResponseRedirect(f"{request.scheme}://{now_at}{dot}{rest}{request.get_full_path()}")
    response.status_code = 301 if request.method in ("GET", "HEAD") else 308
    response.headers["Cache-Control"] = "no-cache"
    return response


def new_subdomain(former: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [former])
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def organisation_at(host: str) -> Organisation | None:
    """The organisation whose portal answers at this host name, with its settings.

    Only its version is asked for each time, and what is read along with it; the rest is kept in memory until
    that has risen, which the database sees to (migration 0002).
    """
    with prepared() as cursor:
        cursor.execute(version_statement(), [host.partition(".")[0]])
        row = cursor.fetchone()
    if row is None:
        return None
    organisation = kept_organisation(*row[:3])
    organisation.read_along = dict(zip(READ_ALONG, row[3:], strict=True))
    return organisation


def kept_organisation(organisation_id: int, public_id: uuid.UUID, version: int) -> Organisation:
    """The organisation and its settings as of this version, from memory if they are there."""
    return own_copy(_kept_organisation(organisation_id, public_id, version))


@cache
def version_statement() -> str:
    return _VERSION.format("".join(f", {expression}" for expression in READ_ALONG.values()))


@lru_cache(maxsize=MOST_KEPT)
def _kept_organisation(organisation_id: int, _public_id: uuid.UUID, _version: int) -> Organisation:
    organisation = Organisation.objects.select_related("settings").get(pk=organisation_id)
    organisation.logo = logo_of(organisation_id)
    return organisation


def own_copy(kept: Organisation) -> Organisation:
    """A copy that one request may change without another seeing it."""
    organisation, chosen = copied(kept), copied(kept.settings)
    organisation._state.fields_cache["settings"] = chosen  # noqa: SLF001 - as below
    chosen._state.fields_cache["organisation"] = organisation  # noqa: SLF001
    return organisation
