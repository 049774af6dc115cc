"""Logos and photos, on their own organisation's host."""

from django.http import Http404, HttpResponse

from clinics.methods import allowed
from clinics.pictures import shown_picture
from clinics.tenancy import PatientRequest

A_YEAR = "max-age=31536000, immutable"


@allowed("GET")
def picture(request: PatientRequest, name: str) -> HttpResponse:
    """Kept for a year: its name is made from its content.

    A photo is kept by the patient's browser alone: a shared cache would go on showing it after
    consent was withdrawn.
    """
    found = shown_picture(organisation=request.organisation, name=name)
    if found is None:
        raise Http404
    kept_by = "private" if found.is_photo else "public"
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response.headers["Cache-Control"] = f"{kept_by}, {A_YEAR}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
