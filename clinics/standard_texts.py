"""Texts to begin with, for each place of the portal in each language; see ``texts/``."""

import tomllib
from functools import cache
from pathlib import Path

from clinics.models import Organisation, PortalText
from clinics.privacy_notices import standard_notice

TEXTS = Path(__file__).with_name("texts")


def standard_text(*, organisation: Organisation, place: PortalText.Place, language: str) -> tuple[str, str]:
    """Heading and text for a place. It is shown to the admin, who may store it, changed or not."""
    if place == PortalText.Place.PRIVACY:
        return standard_notice(organisation, language)
    text = texts_in(language)[place.value]
    return text["heading"], text["body"].strip()


@cache
def texts_in(language: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads((TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
    return found
