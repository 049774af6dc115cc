"""Who may see a page of the console, and do what it does."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import pghistory
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from clinics.access import access_of, lacks_second_factor
from clinics.console.tabs import current_tab
from clinics.models import Membership, OperatorVisit, User
from clinics.roles import Role
from clinics.sessions import note_seen
from clinics.tenancy import PatientRequest
from clinics.visits import open_visit

P = ParamSpec("P")


class ConsoleRequest(PatientRequest):
    """A request by a member of the host's organisation."""

    membership: Membership
    clinic_ids: frozenset[int] | None
    """The clinics that the member may edit, where that is not all of them."""
    user: User
    visit: OperatorVisit | None
    """The operator is here as a guest, by this visit."""


View = Callable[Concatenate[ConsoleRequest, P], HttpResponse]


def console_page(
    *, role: Role, for_limited: bool = False, recent: bool = False, private: bool = False
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Lets a page be seen by members of at least this role.

    Strangers are sent to the login, members of other organisations find no page, members of a lesser
    role read whom to ask, and owners and editors without a second factor are led to set one up.
    ``for_limited``: editors limited to some clinics may come too; the page itself keeps to
    ``request.clinic_ids`` then. ``recent``: who came long ago says first once more who they are.
    ``private``: what was typed is not kept in the session meanwhile.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: ConsoleRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if is_stranger(request):
                return redirect_to_login(request.get_full_path())
            admit(request)
            if lacks_second_factor(user=request.user, role=trust_of(request)):
                return lead_to_second_factor(request)
            if not is_allowed(request, role, for_limited):
                return refusal(request)
            note_seen(request)
            if recent and not came_recently(request):
                if private:
                    return redirect_to_reauthentication(request)
                raise ReauthenticationRequired
            with pghistory.context(user=request.user.pk, name=str(request.user), path=request.path):
                return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def is_stranger(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


def admit(request: ConsoleRequest) -> None:
    """Notes what the member may do. Raises Http404 for who is no member here.

    The operator on a visit may do what a viewer may.
    """
    request.visit = None
    access = access_of(organisation=request.organisation, user=request.user)
    if access is None:
        request.visit = open_visit(organisation=request.organisation, user=request.user)
        if request.visit is None:
            raise Http404
        access = Membership(organisation=request.organisation, user=request.user, role=Role.VIEWER), None
    request.membership, request.clinic_ids = access


def trust_of(request: ConsoleRequest) -> Role:
    """The role whose safeguards apply: a visitor's are an owner's."""
    return Role.OWNER if request.visit else Role(request.membership.role)


def is_allowed(request: ConsoleRequest, role: Role, for_limited: bool) -> bool:
    is_limited = request.clinic_ids is not None and role != Role.VIEWER
    return request.membership.reaches(role) and (for_limited or not is_limited)


def came_recently(request: ConsoleRequest) -> bool:
    """Whether the user has shown within the last minutes who they are, by whatever means."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


def redirect_to_reauthentication(request: ConsoleRequest) -> HttpResponse:
    """As django-allauth does it, to the tab's own page and without what was typed."""
    tab = current_tab(request.path)
    return redirect(
        f"{reverse('account_reauthenticate')}?{urlencode({'next': tab.address if tab else '/manage/'})}"
    )


def lead_to_second_factor(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Before you go on, please set up a second way to show that it is you."))
    return redirect("mfa_index")


def refusal(request: ConsoleRequest) -> HttpResponse:
    """Which of the organisation's people can give leave."""
    owners = Membership.objects.filter(organisation=request.organisation, role=Role.OWNER)
    context = {"owners": User.objects.filter(memberships__in=owners).order_by("name", "email")}
    return render(request, "manage/refused.html", context, status=403)
