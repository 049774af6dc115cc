"""Pages that are rendered once and shown to many, for just as long as nothing that is on them changes.

Django's templates take longer over a page than everything else does together. What a page shows is
compared each time, all of it, so that nothing stale is ever shown and nothing needs flushing.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from clinics.csrf import visitors_token
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


def kept_page(
    request: PatientRequest,
    template: str,
    made_of: Hashable,
    context: Callable[[], Mapping[str, Any]],
    *,
    status: int = 200,
) -> HttpResponse:
    """As ``render``, but worked out, context and all, only where the page is not kept.

    The page has to be made of nothing but what ``made_of`` says, its address, language and organisation.
    Nothing of the visitor may be in it but the CSRF token of its forms.
    What an admin is trying out is never kept.
    """
    organisation = request.organisation
    if organisation.draft is not None:
        return render(request, template, dict(context()), status=status)
    key = (
        template,
        request.get_full_path(),
        request.LANGUAGE_CODE,
        organisation.public_id,
        organisation.version,
        getattr(request, "measured", None),
        made_of,
    )
    page = _kept.get(key)
    if page is None:
        page = render_to_string(template, {**context(), "csrf_token": _TOKEN}, request)
        _kept.put(key, page)
    return HttpResponse(page.replace(_TOKEN, visitors_token(request)), status=status)
