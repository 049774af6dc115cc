"""The privacy notice, which consent links to."""

from django.http import HttpResponse
from django.shortcuts import render

from clinics.measuring import measuring_of
from clinics.methods import allowed
from clinics.models import PortalText
from clinics.privacy_notices import privacy_notice
from clinics.tenancy import PatientRequest
from scheduling.eid import eid_is_on
from scheduling.menu import menu_of
from scheduling.views.phones import clinic_phones


@allowed("GET")
def privacy(request: PatientRequest) -> HttpResponse:
    return privacy_page(request)


def privacy_page(request: PatientRequest) -> HttpResponse:
    """The organisation's own notice, else the standard one by its settings and its country."""
    organisation = request.organisation
    menu = menu_of(organisation)
    own_text = menu.text(
        PortalText.Place.PRIVACY, request.LANGUAGE_CODE or "en", organisation.default_language
    )
    context = {
        "own_text": own_text,
        "sections": privacy_notice(organisation, asks_eid=eid_is_on(organisation)),
        "phones": clinic_phones(menu),
        "measuring": measuring_of(organisation, request.COOKIES),
    }
    return render(request, "book/privacy.html", context)
