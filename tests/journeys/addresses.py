"""Every address that the portal's hosts answer, read from their URLconfs, so that a new one is walked too."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver

_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
_CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")
SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "path": "a/b", "slug": "a", "str": "a"}


def routes(host: str) -> list[str]:
    """The patterns of one host's URLconf, without a leading slash: ``booking/<uuid:public_id>/details/``."""
    return sorted(set(walk(import_module(f"booking_portal.urls.{host}").urlpatterns)))


def walk(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + _GROUP.sub(r"<str:\1>", str(pattern.pattern)).strip("^").replace("$", "").replace(
            "\\Z", ""
        )
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def address(route: str, **values: str) -> str:
    """An address of the pattern: each converter filled in with a value of its kind, or a sample."""
    samples = SAMPLES | values
    return "/" + _CONVERTER.sub(lambda found: samples[found[1] or "str"], route)
