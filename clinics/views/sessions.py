"""The page of where one is signed in: each session can be ended, or all but this one."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.models import User
from clinics.sessions import end_session, end_sessions, sessions_of


class SignedInRequest(HttpRequest):
    """A request by somebody who is signed in."""

    user: User


@allowed("GET", "POST")
@login_required
def sessions(request: SignedInRequest) -> HttpResponse:
    """The list; sent, it signs out everywhere else."""
    key = request.session.session_key
    if request.method == "POST":
        end_sessions(user=request.user, but=key)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("usersessions_list")
    found = sessions_of(user=request.user, current_key=key)
    organisation = getattr(request, "organisation", None)
    context = {"sessions": found, "time_zone": organisation.time_zone if organisation else "UTC"}
    response = render(request, "usersessions/usersession_list.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@allowed("POST")
@login_required
def end_one(request: SignedInRequest, pk: int) -> HttpResponse:
    """Signs out there; here as well, where it is this very session."""
    current = [
        each.pk
        for each in sessions_of(user=request.user, current_key=request.session.session_key)
        if each.is_current
    ]
    if not end_session(user=request.user, pk=pk):
        raise Http404
    if pk in current:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")
