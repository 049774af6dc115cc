"""The link at the end of a reminder by e-mail: no more of them, and yes again."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from notifications.unsubscribing import LinkUnknown, allow_email, digest_in, has_refused, refuse_email


@csrf_exempt
@allowed("GET", "POST")
def no_reminders(request: PatientRequest, reader: str) -> HttpResponse:
    """Asks, and does it by POST. Mail programs post by themselves and have no cookie (RFC 8058 §3.2).

    So there is no token against forgery: whoever knows the link may say no anyway.
    """
    try:
        digest = digest_in(request.organisation, reader)
    except LinkUnknown:
        raise Http404 from None
    if request.method == "POST":
        change = allow_email if request.POST.get("answer") == "yes" else refuse_email
        change(organisation=request.organisation, digest=digest)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=204)
        return HttpResponseRedirect(request.path)
    refused = has_refused(organisation=request.organisation, digest=digest)
    response = render(request, "booking/no_reminders.html", {"has_refused": refused})
    response.headers["Cache-Control"] = "no-store"
    return response
