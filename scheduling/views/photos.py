"""Practitioners' photos, shown on their own organisation's host and only with their consent."""

from zlib import crc32

from django.http import Http404, HttpResponse

from clinics.methods import allowed
from clinics.models import Practitioner
from clinics.tenancy import PatientRequest
from scheduling.menu import menu_of

KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}
"""How a file begins, and what it then is: nothing else is served, whatever it is called."""
LARGEST = 1024 * 1024
KEPT = "private, max-age=31536000, immutable"
"""By the patient's browser alone: a shared cache would go on showing it after consent was withdrawn."""


def photo_url(practitioner: Practitioner) -> str:
    """Empty without a photo or without consent. A new photo has a new name, and so a new address."""
    name = practitioner.photo.name
    if not name or not practitioner.has_consented:
        return ""
    return f"/photos/{practitioner.public_id}/?v={crc32(name.encode()):x}"


@allowed("GET")
def photo(request: PatientRequest, practitioner: str) -> HttpResponse:
    """The picture of a published practitioner who has agreed to it."""
    found = menu_of(request.organisation).practitioners.get(practitioner.lower())
    if found is None or not photo_url(found):
        raise Http404
    content = content_of(found)
    kind = next((kind for begin, kind in KINDS.items() if content.startswith(begin)), "")
    if not kind:
        raise Http404
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": KEPT})


def content_of(practitioner: Practitioner) -> bytes:
    """The file, unless it is gone or larger than any upload is stored."""
    try:
        with practitioner.photo.storage.open(practitioner.photo.name or "") as file:
            content: bytes = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Http404 from None
    return content if len(content) <= LARGEST else b""
