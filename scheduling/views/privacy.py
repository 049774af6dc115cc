"""The privacy notice, which consent links to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.models.settings import NationalId
from clinics.tenancy import PatientRequest
from scheduling.captcha import captcha_is_on
from scheduling.eid import eid_is_on
from scheduling.menu import menu_of
from scheduling.views.phones import clinic_phones


@allowed("GET")
def privacy(request: PatientRequest) -> HttpResponse:
    """What the organisation does with personal data, by its settings and its country's authority."""
    organisation = request.organisation
    context = {
        "asks_captcha": captcha_is_on(),
        "asks_eid": eid_is_on(organisation),
        "asks_national_id": organisation.settings.national_id != NationalId.NOT_ASKED,
        "keeps_days": organisation.settings.retention_days,
        "phones": clinic_phones(menu_of(organisation)),
        "authority": authority_of(organisation.country),
    }
    return render(request, "book/privacy.html", context)


def authority_of(country: str) -> str:
    """Whom to complain to (GDPR article 77)."""
    return {
        "FI": _("the Data Protection Ombudsman (tietosuoja.fi)"),
        "SE": _("the Swedish Authority for Privacy Protection (imy.se)"),
        "NO": _("the Norwegian Data Protection Authority (datatilsynet.no)"),
    }[country]
