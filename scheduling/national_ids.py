"""National identity numbers of three countries: checked, and written the one way we store them."""

import hmac
import re
from collections.abc import Callable

from django.conf import settings
from personnummer import personnummer
from stdnum.exceptions import ValidationError
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

LONGEST = 30
_SWEDISH = re.compile(r"(?:\d{2})?\d{6}[-+]?\d{4}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


class NationalIdInvalid(Exception):
    """The number is not one: its form, its date or its check digit is wrong. Never carries the number."""


def clean_national_id(country: str, typed: str) -> str:
    """The number in its country's stored form. Raises NationalIdInvalid.

    ``DDMMYYCZZZQ`` (FI), ``YYYYMMDD-XXXX`` (SE), eleven digits (NO). Spaces, and dashes that mean nothing,
    may stand anywhere; temporary, coordination and D-numbers count as valid.
    """
    compact = re.sub(r"\s", "", typed.translate(_DASHES)).upper()
    if not compact.isascii() or len(compact) > LONGEST:
        raise NationalIdInvalid
    try:
        return _CLEANERS[country](compact)
    except (ValidationError, personnummer.PersonnummerException, ValueError):
        raise NationalIdInvalid from None


def clean_finnish(compact: str) -> str:
    """The sign between date and number tells the century, so it is kept: no dash can be forgiven there."""
    return hetu.validate(compact, allow_temporary=True)


def clean_swedish(compact: str) -> str:
    """Ten digits become twelve by the century that the number's sign, or its absence, means."""
    if not _SWEDISH.fullmatch(compact):
        raise NationalIdInvalid
    number = personnummer.parse(compact).format(long_format=True)
    return f"{number[:8]}-{number[8:]}"


def clean_norwegian(compact: str) -> str:
    """Birth numbers and D-numbers (the day plus 40)."""
    return fodselsnummer.validate(compact.replace("-", ""))


_CLEANERS: dict[str, Callable[[str], str]] = {
    "FI": clean_finnish,
    "SE": clean_swedish,
    "NO": clean_norwegian,
}


def digest_of(organisation_id: int, number: str) -> bytes:
    """What stands for a number, in stored form, where bookings have to be found by it.

    Keyed, since there are so few numbers that a plain hash could be tried through; bound to the organisation,
    so that no two organisations can tell by it that they have the same patient.
    """
    return digests_of(organisation_id, number)[0]


def digests_of(organisation_id: int, number: str) -> list[bytes]:
    """The same under every key that is still in use, the newest first: what is stored may be older."""
    about = f"national id:{organisation_id}:{number}".encode()
    return [hmac.digest(key.encode(), about, "sha256") for key in settings.FIELD_KEYS]
