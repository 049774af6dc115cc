"""The portal's address: whether another can be had, and moving there."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.models import FormerSubdomain
from clinics.roles import Role
from clinics.subdomains import SubdomainRefused, availability, change_subdomain, too_often

LONGEST_TYPED = 100


@allowed("GET", "POST")
@console_page(role=Role.EDITOR, recent=True)
def address(request: ConsoleRequest) -> HttpResponse:
    """The address there is, and the form for another; sent, the portal answers there from now on."""
    if request.method != "POST":
        return show_address(request)
    typed = typed_in(request.POST)
    if "check" in request.POST or not typed.strip():
        return show_address(request, typed)
    try:
        change_subdomain(organisation=request.organisation, subdomain=typed, by=str(request.user))
    except SubdomainRefused as refused:
        return show_address(request, typed, refusal=refused.refusal.label, status=422)
    return moved(request)


@allowed("GET")
@console_page(role=Role.EDITOR)
def availability_piece(request: ConsoleRequest) -> HttpResponse:
    """A piece of the page: whether the organisation could have the address in the query."""
    response = render(request, "manage/_availability.html", answer_to(request, typed_in(request.GET)))
    response.headers["Cache-Control"] = "no-store"
    return response


def typed_in(sent: Any) -> str:
    return str(sent.get("subdomain", "")).replace("\x00", "")[:LONGEST_TYPED]


def answer_to(request: ConsoleRequest, typed: str) -> dict[str, Any]:
    if not typed.strip():
        return {"found": None}
    found = availability(organisation=request.organisation, typed=typed)
    return {"found": found, "is_own": found.subdomain == request.organisation.subdomain}


def show_address(
    request: ConsoleRequest, typed: str = "", *, refusal: Any = "", status: int = 200
) -> HttpResponse:
    context = {
        "typed": typed,
        "refusal": refusal or (too_often_words(request) if not typed else ""),
        "has_failed": status != 200,
        "former": FormerSubdomain.objects.filter(organisation=request.organisation).order_by("-since"),
        **answer_to(request, typed),
    }
    return show(request, "manage/address.html", context, status=status)


def too_often_words(request: ConsoleRequest) -> str:
    refusal = too_often(request.organisation)
    return str(refusal.label) if refusal else ""


def moved(request: ConsoleRequest) -> HttpResponse:
    """Where the portal is now. Being logged in belongs to the old address, and ends with it."""
    url = f"{request.organisation.portal_url.rstrip('/')}{reverse('account_login')}"
    logout(request)
    response = render(request, "manage/moved.html", {"url": request.organisation.portal_url, "login": url})
    response.headers["Cache-Control"] = "no-store"
    return response
