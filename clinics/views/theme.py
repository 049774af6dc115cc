"""The organisation's colour as a style sheet of custom properties."""

from django.http import HttpResponse

from clinics.colours import Palette, dark_palette, is_colour, light_palette
from clinics.methods import allowed
from clinics.tenancy import PatientRequest


@allowed("GET")
def theme(request: PatientRequest) -> HttpResponse:
    """Kept for a year: the colour stands in the address, so a new colour has a new address."""
    accent = named_colour(request) or request.organisation.settings.accent_colour
    light, dark = rules(light_palette(accent)), rules(dark_palette(accent))
    css = f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def named_colour(request: PatientRequest) -> str:
    """The colour in the address: who tries one out sees it before it is stored."""
    accent = f"#{request.GET.get('v', '')[1:]}"
    return accent if is_colour(accent) else ""


def rules(palette: Palette) -> str:
    return (
        f"--accent:{palette.accent};--fill:{palette.fill};--on-fill:{palette.on_fill};--wash:{palette.wash}"
    )
