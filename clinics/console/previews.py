"""The frame beside a form that shows patients' pages with what has been typed, before it is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

F = TypeVar("F", bound=Callable[..., Any])
PAGES: dict[str, str | Promise] = {
    "front": _("Front page"),
    "question": _("Treatments"),
    "details": _("Personal details"),
    "closed": _("Booking closed"),
    "maintenance": _("Maintenance"),
    "login": _("Login"),
    "privacy": _("Privacy notice"),
}
"""Which pages can be shown; see scheduling/console/preview.py."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A page to show, and the button for it."""

    name: str
    title: str | Promise


def previews_of(*pages: str) -> list[Preview]:
    return [Preview(page, PAGES[page]) for page in pages]


def framed(page: F) -> F:
    """A page of the console that holds a frame of this very host."""
    return cast("F", csp_update({"frame-src": [SELF]})(cast("Any", page)))
