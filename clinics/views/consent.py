"""A visitor's answer to being measured: as easily no as yes, and changed at any time."""

from django.http import HttpResponse, HttpResponseRedirect

from clinics.measuring import YES, measuring_of, remember_answer
from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from clinics.views.language import page_to_return_to


@allowed("POST")
def answer_measuring(request: PatientRequest) -> HttpResponse:
    """Remembers the answer in a cookie, where the organisation measures at all, and goes back to the page."""
    response = HttpResponseRedirect(page_to_return_to(request))
    if measuring_of(request.organisation, request.COOKIES) is not None:
        remember_answer(request, response, is_yes=request.POST.get("answer") == YES)
    return response
