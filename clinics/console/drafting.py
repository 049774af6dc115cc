"""What a form of the console holds, saved or not, as a draft to look at. What is unusable is left out."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from clinics.colours import is_colour
from clinics.console.picture_forms import PictureForm
from clinics.drafts import drafted
from clinics.formatted_texts import tidied
from clinics.models import Clinic, Draft, Organisation, PortalText
from clinics.models.settings import STEPS
from clinics.pictures import Drawn, draw
from clinics.portal_texts import LONGEST_HEADING


@dataclass(frozen=True, slots=True)
class UnsavedLogo:
    """A logo that has just been drawn, in the place of a stored one."""

    drawn: Drawn

    @property
    def url(self) -> str:
        return f"data:{self.drawn.content_type};base64,{b64encode(self.drawn.content).decode()}"

    @property
    def width(self) -> int:
        return self.drawn.width

    @property
    def height(self) -> int:
        return self.drawn.height

    @property
    def ground(self) -> str:
        return self.drawn.ground


def draft_in(request: HttpRequest, organisation: Organisation) -> Organisation:
    """A copy of the organisation that looks and speaks as the form says."""
    return drafted(
        organisation,
        draft=words_in(request.POST, organisation),
        settings={**colour_in(request.POST), **order_in(request.POST)},
        logo=logo_in(request),
    )


def colour_in(typed: QueryDict) -> dict[str, Any]:
    colour = typed.get("preset", "own")
    if colour == "own":
        colour = typed.get("accent_colour", "")
    return {"accent_colour": colour.lower()} if is_colour(colour.lower()) else {}


def order_in(typed: QueryDict) -> dict[str, Any]:
    order = [typed.get(f"step_order_{number}", "") for number in range(len(STEPS))]
    if sorted(order) != sorted(STEPS):
        return {}
    return {"step_order": order, "combined_view": "combined_view" in typed}


def words_in(typed: QueryDict, organisation: Organisation) -> Draft:
    """The one text that the form holds, if it holds any."""
    place, language = typed.get("place", ""), typed.get("preview_language", "")
    if place not in PortalText.Place.values or language not in organisation.languages:
        return Draft()
    words = PortalText(
        place=place,
        language=language,
        heading=" ".join(typed.get("heading", "").split())[:LONGEST_HEADING],
        body=tidied(typed.get("body", "")),
    )
    clinic = clinic_in(typed, organisation)
    if clinic is None:
        return Draft(texts={(place, language): words})
    return Draft(clinic_texts={(clinic.pk, language): words})


def clinic_in(typed: QueryDict, organisation: Organisation) -> Clinic | None:
    clinics = Clinic.objects.filter(organisation=organisation, retired_at=None)
    wanted = typed.get("clinic", "")
    return next((clinic for clinic in clinics if str(clinic.public_id) == wanted), None) if wanted else None


def logo_in(request: HttpRequest) -> UnsavedLogo | None:
    if not (request.FILES.get("file") or request.POST.get("kept")):
        return None
    form = PictureForm(request.POST, request.FILES, picture=None)
    drawn = form.drawn_by(lambda content, crop: draw(content, "logo", crop))
    return None if drawn is None else UnsavedLogo(drawn)
