"""Who may see an organisation's console."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse

from clinics.models import Membership, Organisation, User
from clinics.tenancy import PatientRequest

P = ParamSpec("P")


def is_member(user: User | AnonymousUser, organisation: Organisation) -> bool:
    return (
        user.is_authenticated
        and Membership.objects.filter(organisation=organisation, user_id=user.pk).exists()
    )


def members_only(
    view: Callable[Concatenate[PatientRequest, P], HttpResponse],
) -> Callable[Concatenate[PatientRequest, P], HttpResponse]:
    """Sends strangers to the login; for members of other organisations the page is not there."""

    @wraps(view)
    def guarded(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_member(request.user, request.organisation):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
