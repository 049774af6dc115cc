"""Pages that are rendered once and shown to many, for just as long as nothing that is on them changes.

Django's templates take longer over a page than everything else does together. What a page shows is
compared each time, all of it, so that nothing stale is ever shown and nothing needs flushing.
"""

import secrets
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from threading import Lock

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from clinics.tenancy import PatientRequest

MOST_KEPT = 1024
"""Pages of ten to twenty kilobytes that one process keeps, the latest asked for."""
_TOKEN = secrets.token_hex(32)
"""Stands in a kept page where each visitor's own CSRF token comes."""


class KeptPages:
    """The pages asked for last, each under all that it was made of; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> str | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: str) -> None:
        with self._lock:
            self._pages[key] = page
            if len(self._pages) > self._most:
                self._pages.popitem(last=False)


_kept = KeptPages(MOST_KEPT)


def render_kept(
    request: PatientRequest, template: str, context: Mapping[str, Hashable], *, status: int = 200
) -> HttpResponse:
    """As ``render``, for a page that is made of nothing but its context, address, language and organisation.

    Nothing of the visitor may be in it but the CSRF token of its forms.
    """
    organisation = request.organisation
    made_of = (
        template,
        request.get_full_path(),
        request.LANGUAGE_CODE,
        organisation.public_id,
        organisation.version,
        tuple(context.items()),
    )
    page = _kept.get(made_of)
    if page is None:
        page = render_to_string(template, {**context, "csrf_token": _TOKEN}, request)
        _kept.put(made_of, page)
    return HttpResponse(page.replace(_TOKEN, get_token(request)), status=status)
