"""How a page of the console is answered: in the frame, and kept by nobody."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from clinics.console.guard import ConsoleRequest
from clinics.console.tabs import current_tab, navigation
from clinics.roles import Role


def show(
    request: ConsoleRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The template, which extends ``manage/base.html``, with the navigation that the member sees."""
    frame = {
        "navigation": navigation(Role(request.membership.role), request.path),
        "tab": current_tab(request.path),
        "membership": request.membership,
    }
    response = render(request, template, {**frame, **(context or {})}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
