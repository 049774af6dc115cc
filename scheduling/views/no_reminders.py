"""The link at the end of a reminder by e-mail: no more of them, and yes again."""

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from clinics.methods import allowed
from clinics.models import Organisation
from clinics.tenancy import PatientRequest
from notifications.unsubscribing import LinkUnknown, allow_email, digest_in, has_refused, refuse_email
from scheduling.marketing import withdraw_by_digest

ONE_CLICK = "List-Unsubscribe"


@csrf_exempt
@allowed("GET", "POST")
def no_reminders(request: PatientRequest, reader: str) -> HttpResponse:
    """Asks, and does it by POST.

    Mail programs post by themselves and have no cookie (RFC 8058 §3.2): theirs alone needs no token.
    """
    digest = digest_or_404(request, reader)
    if request.method == "POST" and ONE_CLICK in request.POST:
        refuse(organisation=request.organisation, digest=digest)
        return HttpResponse(status=204)
    answered: HttpResponse = answer(request, reader)
    return answered


@csrf_protect
def answer(request: PatientRequest, reader: str) -> HttpResponse:
    """The page for people."""
    digest = digest_or_404(request, reader)
    if request.method == "POST":
        change = allow_email if request.POST.get("answer") == "yes" else refuse
        change(organisation=request.organisation, digest=digest)
        return HttpResponseRedirect(request.path)
    refused = has_refused(organisation=request.organisation, digest=digest)
    response = render(request, "booking/no_reminders.html", {"has_refused": refused})
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(*, organisation: Organisation, digest: bytes) -> None:
    """Ends what was agreed to as well, so that "send them again" brings reminders back and no offers."""
    with transaction.atomic():
        refuse_email(organisation=organisation, digest=digest)
        withdraw_by_digest(organisation=organisation, digest=digest)


def digest_or_404(request: PatientRequest, reader: str) -> bytes:
    try:
        return digest_in(request.organisation, reader)
    except LinkUnknown:
        raise Http404 from None
