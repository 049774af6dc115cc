"""Who may see a page of the operator's desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pghistory
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinics.access import lacks_second_factor
from clinics.console.guard import came_recently, lead_to_second_factor
from clinics.models import User
from clinics.roles import Role
from clinics.sessions import note_seen
from notifications.sending_stop import stopped_since

P = ParamSpec("P")


class OperatorRequest(HttpRequest):
    """A request by somebody of the operator."""

    user: User
    LANGUAGE_CODE: str


View = Callable[Concatenate[OperatorRequest, P], HttpResponse]


def operator_page(*, recent: bool = False) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Lets in the operator's people, with a second factor; ``recent``: who came lately, or says once more.

    Strangers are sent to the login, everybody else is refused. What a page writes is noted as theirs.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (request.user.is_active and request.user.is_staff):
                raise PermissionDenied
            if lacks_second_factor(user=request.user, role=Role.OWNER):
                return lead_to_second_factor(request)
            note_seen(request)
            if recent and not came_recently(request):
                raise ReauthenticationRequired
            with pghistory.context(user=request.user.pk, name=str(request.user), path=request.path):
                return view(request, *args, **kwargs)

        return guarded

    return decorate


def show(
    request: OperatorRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The template, which extends ``desk/base.html`` and says if messages are stopped; kept by nobody."""
    context = {"stopped_since": stopped_since(), **context}
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
