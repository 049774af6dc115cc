"""Where the provider of electronic identities sends patients back to: one address for every organisation.

It knows whose host the login was begun at and leads there. It changes nothing and sets no cookie, so that an
address that was stolen, sent on or opened twice is worth nothing here.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from clinics.methods import allowed
from scheduling.eid_logins import organisation_of

ANSWERS = ("code", "state", "error")
LONGEST = 2000


@allowed("GET")
def callback(request: HttpRequest) -> HttpResponse:
    """On to the host where the login was begun, with what the provider said; or that nobody knows where."""
    said = provider_said(request)
    organisation = organisation_of(said["state"]) if "state" in said else None
    if organisation is None:
        response = render(request, "mine/eid_lost.html", {"base_url": settings.BASE_URL}, status=404)
    else:
        response = HttpResponseRedirect(f"{organisation.portal_url}login/eid/return/?{urlencode(said)}")
        response.status_code = 303
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def provider_said(request: HttpRequest) -> dict[str, str]:
    """The parts of the answer that mean something here, as far as they are of any sensible length."""
    said = {name: request.GET.get(name, "") for name in ANSWERS}
    return {name: value for name, value in said.items() if 0 < len(value) <= LONGEST}
