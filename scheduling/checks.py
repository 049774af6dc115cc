"""The system check of electronic identities: what is half set up is found before a patient needs it."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from scheduling.eid_keys import KeyUnusable, client_key

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_eid(**_kwargs: Any) -> list[CheckMessage]:
    """All of issuer, client and key, or nothing of them."""
    has_key = bool(settings.EID_PRIVATE_KEY or settings.EID_PRIVATE_KEY_FILE)
    if not settings.EID_ISSUER:
        half = settings.EID_CLIENT_ID or has_key
        return (
            [Error("EID_ISSUER is not set, though others of EID_ are.", id="scheduling.E001")] if half else []
        )
    found: list[CheckMessage] = []
    if not is_safe(settings.EID_ISSUER):
        found.append(Error("EID_ISSUER is no https address.", id="scheduling.E002"))
    if not settings.EID_CLIENT_ID:
        found.append(Error("EID_ISSUER needs EID_CLIENT_ID.", id="scheduling.E003"))
    if not has_key:
        found.append(Error("EID_ISSUER needs EID_PRIVATE_KEY or its file.", id="scheduling.E004"))
    elif not is_key_usable():
        found.append(Error("EID_PRIVATE_KEY is no private RSA or EC key.", id="scheduling.E005"))
    return found


def is_safe(issuer: str) -> bool:
    """Over TLS; a provider on this machine, to try things out with, needs none."""
    address = urlsplit(issuer)
    return bool(address.hostname) and (
        address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    )


def is_key_usable() -> bool:
    try:
        client_key()
    except KeyUnusable:
        return False
    return True
