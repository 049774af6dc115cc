"""A week as columns or as a list: by the window's width, or as the visitor likes it."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from clinics.views.language import A_YEAR, page_to_return_to

LAYOUTS = ("columns", "list")
COOKIE = "__Host-week_layout" if settings.SESSION_COOKIE_SECURE else "week_layout"


def layout_of(request: PatientRequest) -> str:
    """What the visitor has chosen; empty: as it fits."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in LAYOUTS else ""


@allowed("POST")
def choose_layout(request: PatientRequest) -> HttpResponse:
    """Remembers it in a cookie, and goes back to the week."""
    response = HttpResponseRedirect(page_to_return_to(request))
    layout = request.POST.get("layout", "")
    if layout in LAYOUTS:
        response.set_cookie(
            COOKIE,
            layout,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
