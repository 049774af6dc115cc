"""Which language a page speaks: the address's, the visitor's choice, the browser's, the organisation's."""

from collections.abc import Callable
from functools import lru_cache, partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from clinics.carried_language import PARAMETER, alternates, carry

LANGUAGE_CODES = ["fi", "sv", "nb", "en"]
OWN_NAMES = {"nb": "Norsk"}
"""Shorter than Django's: on a phone it stands beside the clinic's name."""


def language_for(request: HttpRequest) -> str:
    """The code of the language to answer in; always one that the organisation offers."""
    organisation = getattr(request, "organisation", None)
    default = organisation.default_language if organisation else "en"
    return language_of_address(request) or chosen_language(request, offered_languages(request)) or default


def language_of_address(request: HttpRequest) -> str | None:
    """What a shared link asks for, if it is offered."""
    code = request.GET.get(PARAMETER)
    return code if code in offered_languages(request) else None


def offered_languages(request: HttpRequest) -> list[str]:
    """The codes of the languages that the host speaks."""
    organisation = getattr(request, "organisation", None)
    return organisation.languages if organisation else LANGUAGE_CODES


def chosen_language(request: HttpRequest, offered: list[str]) -> str | None:
    """What the visitor asked for, by the cookie or by the browser's settings, if it is offered."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if cookie in offered:
        return cookie
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        code = {"no": "nb", "nn": "nb"}.get(tag.split("-")[0], tag.split("-")[0])
        if code in offered:
            return code
    return None


@lru_cache(maxsize=64)
def own_names(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Language codes with the names that their speakers give them."""
    names = [OWN_NAMES.get(code) or translation.get_language_info(code)["name_local"] for code in codes]
    return [(code, name[0].upper() + name[1:]) for code, name in zip(codes, names, strict=True)]


class LanguageMiddleware:
    """Activates the page's language, and says in the answer that it depends on the visitor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_for(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            request.languages = own_names(tuple(offered_languages(request)))  # type: ignore[attr-defined]
            request.alternates = partial(alternates, request)  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            if request.GET.get(PARAMETER) and language_of_address(request):
                carry(response, language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
