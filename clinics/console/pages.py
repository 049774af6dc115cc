"""How a page of the console is answered: in the frame, and kept by nobody."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from clinics.announcements import unread
from clinics.console.guard import ConsoleRequest
from clinics.console.tabs import current_tab, navigation
from clinics.models import Announcement
from clinics.roles import Role


def show(
    request: ConsoleRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The template, which extends ``manage/base.html``, with the navigation that the member sees."""
    frame = {
        "navigation": navigation(Role(request.membership.role), request.path),
        "tab": current_tab(request.path),
        "membership": request.membership,
        "visit": request.visit,
        "announcements": announcements_for(request),
    }
    response = render(request, template, {**frame, **(context or {})}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def announcements_for(request: ConsoleRequest) -> list[tuple[Announcement, str]]:
    """What the operator announces to who looks, in their language; no query where there is nothing."""
    if not getattr(request.membership, "has_news", False):
        return []
    found = unread(organisation=request.organisation, user=request.user)
    return [(announcement, announcement.text_in(request.LANGUAGE_CODE or "en")) for announcement in found]
