"""Choosing the language of the pages."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from clinics.carried_language import without_language
from clinics.languages import offered_languages
from clinics.methods import allowed
from clinics.sign_in import note_language

A_YEAR = 365 * 24 * 3600


@allowed("POST")
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in a cookie, if it is one that is offered, and goes back to the page."""
    response = HttpResponseRedirect(without_language(page_to_return_to(request)))
    language = request.POST.get("language", "")
    if language in offered_languages(request):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=A_YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            note_language(request.user, language)
    return response


def page_to_return_to(request: HttpRequest) -> str:
    """The page the form stood on, or the front page where that is not one of this host.

    The browser knows it best: htmx changes the page beneath the form without the form. Where it does
    not, and the browser tells no more than the host (see clinics/measuring.py), the form says "here".
    """
    came_from = urlsplit(request.headers.get("Referer", ""))
    if "here" not in request.POST and came_from.netloc == request.get_host() and came_from.path:
        return urlunsplit(("", "", came_from.path, came_from.query, ""))
    page = request.POST.get("next", "")
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours and page.isprintable() else "/"
