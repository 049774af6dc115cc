"""What an admin is trying out: applied to a copy of the organisation in memory, and stored nowhere."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from clinics.models import Draft, Organisation


def drafted(
    organisation: Organisation, *, draft: Draft, settings: Mapping[str, Any], logo: Any = None
) -> Organisation:
    """A copy with these settings and words; ``logo`` is anything with a picture's url, size and ground."""
    shown = copy(organisation)
    shown.settings = copy(organisation.settings)
    for name, value in settings.items():
        setattr(shown.settings, name, value)
    shown.draft = draft
    shown.logo = logo or organisation.logo
    return shown
