"""What stands in the place of the booking pages while no bookings are taken."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.tenancy import PatientRequest
from scheduling.menu import menu_of
from scheduling.portal_state import PortalState, portal_state
from scheduling.views.phones import clinic_phones

P = ParamSpec("P")
View = Callable[Concatenate[PatientRequest, P], HttpResponse]

STATUSES = {
    PortalState.MAINTENANCE: 503,
    PortalState.UNPUBLISHED: 404,
    PortalState.CLOSED: 200,
    PortalState.AGENT_SILENT: 200,
}


def while_open(view: View[P]) -> View[P]:
    """Answers with the page only while the portal takes bookings, and says why not while it does not."""

    @wraps(view)
    def guarded(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        state = portal_state(request.organisation)
        return view(request, *args, **kwargs) if state is PortalState.OPEN else closed_page(request, state)

    return guarded


def closed_page(request: PatientRequest, state: PortalState) -> HttpResponse:
    """In the organisation's own words where it has any for this."""
    menu = menu_of(request.organisation)
    language = request.LANGUAGE_CODE or "en"
    own = menu.text(own_place(state), language, request.organisation.default_language)
    heading, body = standard_words(state)
    response = render(
        request,
        "book/closed.html",
        {
            "heading": (own and own.heading) or heading,
            "body": (own and own.body) or body,
            "phones": clinic_phones(menu),
        },
        status=STATUSES[state],
    )
    if state is PortalState.MAINTENANCE:
        response.headers["Retry-After"] = "600"
    return response


def own_place(state: PortalState) -> str:
    return {
        PortalState.MAINTENANCE: "maintenance",
        PortalState.UNPUBLISHED: "closed",
        PortalState.CLOSED: "closed",
    }.get(state, "")


def standard_words(state: PortalState) -> tuple[str, str]:
    return {
        PortalState.MAINTENANCE: (
            _("We will be back soon"),
            _("Online booking is being maintained just now. Please try again in a while, or call us."),
        ),
        PortalState.UNPUBLISHED: (
            _("No online booking here"),
            _("This clinic does not take bookings online at the moment. Please call to book a time."),
        ),
        PortalState.CLOSED: (
            _("Online booking is closed"),
            _("New times cannot be booked online at the moment. Please call to book a time."),
        ),
        PortalState.AGENT_SILENT: (
            _("We cannot show free times right now"),
            _(
                "The connection to the clinic’s appointment book is broken, so we would rather show no times "
                "than wrong ones. Please call to book a time, or try again later."
            ),
        ),
    }[state]
