"""A language that stands in the address: of a shared link, of the links on its page, for search engines.

``?language=sv`` shows that page in Swedish whoever opens it, and is remembered by nothing but the
addresses that the page leads to. Choosing a language is the form's business (views/language.py).
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PARAMETER = "language"
_FOR_ALL = ("/book/", "/privacy/")
"""Below these, and at the front page, everybody sees the same: search engines may know each language."""
_LEADS_TO = ("Location", "HX-Redirect", "HX-Push-Url")
_ADDRESS = re.compile(rb'(<(?:a|form)\b[^>]*?\s(?:href|action)=")([/?][^"]*)(")')
_GET_FORM = re.compile(rb'<form method="get"[^>]*>')


def without_language(address: str) -> str:
    """The address as it is for everybody."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if PARAMETER not in dict(pairs):
        return address
    return urlunsplit(parts._replace(query=urlencode([pair for pair in pairs if pair[0] != PARAMETER])))


def with_language(address: str, code: str) -> str:
    """The address of the same page in this language."""
    parts = urlsplit(without_language(address))
    query = f"{parts.query}&{PARAMETER}={code}" if parts.query else f"{PARAMETER}={code}"
    return urlunsplit(parts._replace(query=query))


def alternates(request: HttpRequest) -> list[tuple[str, str]]:
    """Language codes, each with the address of this page in it; none where the page is somebody's own."""
    languages: list[tuple[str, str]] = getattr(request, "languages", [])
    if len(languages) < 2 or not (request.path == "/" or request.path.startswith(_FOR_ALL)):
        return []
    here = request.build_absolute_uri()
    each = [(code, with_language(here, code)) for code, _name in languages]
    return [*each, ("x-default", without_language(here))]


def carry(response: HttpResponse, code: str) -> HttpResponse:
    """The same answer, with the language in every address of ours that it leads to."""
    for name in _LEADS_TO:
        address = response.headers.get(name, "")
        if is_ours(address):
            response.headers[name] = with_language(address, code)
    if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
        response.content = in_page(response.content, code)
        if response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
    return response


def in_page(html: bytes, code: str) -> bytes:
    """Links and forms of a page that its template wrote; a form sent by GET says it in a field."""

    def carried(found: re.Match[bytes]) -> bytes:
        begin, address, end = found.groups()
        plain = address.decode().replace("&amp;", "&")
        if not is_ours(plain):
            return found.group()
        return begin + with_language(plain, code).replace("&", "&amp;").encode() + end

    field = f'<input type="hidden" name="{PARAMETER}" value="{code}">'.encode()
    return _GET_FORM.sub(lambda form: form.group() + field, _ADDRESS.sub(carried, html))


def is_ours(address: str) -> bool:
    """Whether it leads to a page of this host, other than the one at which a language is chosen."""
    if address.startswith("?"):
        return True
    elsewhere = ("//", "/\\", "/language/", settings.STATIC_URL)
    return address.startswith("/") and not address.startswith(elsewhere)
