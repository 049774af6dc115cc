"""Strikes out of a text what might say something about a person."""

import re

KEPT = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
OWN_MACHINE = r"\b127(?:\.\d{1,3}){3}\b"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MAIL = r"[^\s@<>'\"]+@[^\s@<>'\"]+"
LOGIN = r"(?<=://)[^\s/@]+@"
NATIONAL_ID = r"\b\d{6,8}[-+A-FU-Y]?\d{3}[0-9A-Z]\b"
NUMBER = r"(?<![\w.])\+?\(?\d[\d ()/.-]{5,}\d\b"
QUOTED = r"'[^'\n]{2,}'(?!\w)|\"[^\"\n]{2,}\"|“[^”\n]{2,}”|‘[^’\n]{2,}’"
PERSONAL = re.compile(
    f"(?P<kept>{KEPT}|{OWN_MACHINE}|{UUID})|{LOGIN}|{MAIL}|{NATIONAL_ID}|{NUMBER}|{QUOTED}", re.IGNORECASE
)
STRUCK_OUT = "[…]"


def without_personal_data(text: str) -> str:
    """The text without mail addresses, telephone and identity numbers, and whatever somebody has quoted."""
    return PERSONAL.sub(lambda found: found["kept"] or STRUCK_OUT, text)
