"""Patients' own pages with what an admin has typed and not saved: rendered as ever, stored nowhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_sameorigin

from clinics.console.drafting import draft_in
from clinics.console.guard import ConsoleRequest, console_page
from clinics.methods import allowed
from clinics.roles import Role
from scheduling.forms import DetailsForm
from scheduling.login_forms import LoginForm
from scheduling.menu import Menu, menu_of
from scheduling.models import Booking
from scheduling.portal_state import PortalState
from scheduling.steps import STEPS, Choices
from scheduling.views.book import Way, front_page, show_question
from scheduling.views.details import details_page
from scheduling.views.login import login_page
from scheduling.views.portal_closed import closed_page
from scheduling.views.privacy import privacy_page
from scheduling.views.week import Above

POLICY = {"frame-ancestors": [SELF], "script-src": [NONE], "form-action": [NONE], "sandbox": [True]}
"""Only this host's console may frame it, and nothing on it does anything."""
F = TypeVar("F", bound=Callable[..., Any])
Page = Callable[[ConsoleRequest], HttpResponse]


def alone(page: F) -> F:
    return cast("F", csp_replace(POLICY)(cast("Any", page)))


@allowed("GET", "POST")
@xframe_options_sameorigin
@alone
@console_page(role=Role.EDITOR, for_limited=True)
def preview(request: ConsoleRequest, page: str) -> HttpResponse:
    """The page as it is, or as it would be with what the form holds."""
    shown = PAGES.get(page)
    if shown is None:
        raise Http404
    language = asked_language(request)
    request.organisation = draft_in(request, request.organisation)
    request.clinic_asked = request.POST.get("clinic", "")  # type: ignore[attr-defined]
    request.method, request.GET = "GET", QueryDict()
    request.LANGUAGE_CODE = language
    with translation.override(language):
        response = shown(request)
    response.status_code = 200
    response.headers["Cache-Control"] = "no-store"
    return response


def asked_language(request: ConsoleRequest) -> str:
    """The language of what is written, else the admin's own, if patients can read it."""
    asked = request.POST.get("preview_language") or request.GET.get("language") or request.LANGUAGE_CODE
    organisation = request.organisation
    return asked if asked in organisation.languages else organisation.default_language


def question_page(request: ConsoleRequest) -> HttpResponse:
    """Which treatment, at the clinic whose words are written, if it is one's."""
    menu = menu_of(request.organisation)
    asked = str(getattr(request, "clinic_asked", ""))
    choices = Choices(clinic=asked if asked in menu.clinics else "")
    way = Way(request, menu)
    questions = way.all_offered(choices, "treatment", way.offered(choices, "treatment"))
    return show_question(way, choices, questions, Above(), 200)


def example_details_page(request: ConsoleRequest) -> HttpResponse:
    """For a time that nobody holds: the first clinic, treatment and practitioner, tomorrow."""
    booking = example_booking(request, menu_of(request.organisation))
    if booking is None:
        return render(request, "manage/no_preview.html")
    return details_page(request, booking, DetailsForm(organisation=request.organisation))


def example_booking(request: ConsoleRequest, menu: Menu) -> Booking | None:
    things = {step: next(iter(menu.things(step).values()), None) for step in STEPS}
    treatment = things["treatment"]
    if treatment is None or None in things.values():
        return None
    now = timezone.now()
    starts_at = (now + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    return Booking(
        **things,
        organisation=request.organisation,
        state=Booking.State.HELD,
        during=DateTimeTZRange(starts_at, starts_at + timedelta(minutes=treatment.minutes)),
        created_at=now,
        hold_expires_at=now + timedelta(minutes=request.organisation.settings.hold_minutes),
    )


PAGES: dict[str, Page] = {
    "front": front_page,
    "question": question_page,
    "details": example_details_page,
    "closed": lambda request: closed_page(request, PortalState.CLOSED),
    "maintenance": lambda request: closed_page(request, PortalState.MAINTENANCE),
    "login": lambda request: login_page(request, LoginForm(organisation=request.organisation)),
    "privacy": privacy_page,
}
