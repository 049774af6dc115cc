"""The record of processing, to read and to print."""

from django.http import HttpResponse
from django.utils import timezone

from clinics.console.guard import ConsoleRequest, console_page
from clinics.console.pages import show
from clinics.methods import allowed
from clinics.privacy_notices import authority_of, law_of
from clinics.roles import Role
from scheduling.processing_record import activities, measures


@allowed("GET")
@console_page(role=Role.OWNER)
def record(request: ConsoleRequest) -> HttpResponse:
    organisation = request.organisation
    context = {
        "activities": activities(organisation),
        "measures": measures(),
        "law": law_of(organisation.country),
        "authority": authority_of(organisation.country),
        "now": timezone.now(),
    }
    return show(request, "manage/record.html", context)
