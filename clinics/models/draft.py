"""What an admin is trying out, in memory only: no table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinics.models.texts import PortalText


@dataclass(frozen=True)
class Draft:
    """Texts in the place of those that are stored. An organisation that has one is a copy to look at."""

    texts: "Mapping[tuple[str, str], PortalText]" = field(default_factory=dict)
    """By place and language."""
    clinic_texts: "Mapping[tuple[int, str], PortalText]" = field(default_factory=dict)
    """By clinic id and language."""
