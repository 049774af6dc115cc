"""Telephone numbers as the portal writes them, out of what stands on a patient's card."""

COUNTRY_CODES = {"Europe/Helsinki": "358", "Europe/Stockholm": "46", "Europe/Oslo": "47"}
_WITHOUT_TRUNK_ZERO = {"47"}


def country_code(time_zone: str) -> str:
    """The code of the country that a clinic lies in."""
    return COUNTRY_CODES.get(time_zone, "358")


def international(written: str, code: str) -> str:
    """``+358401234567``, the same for every way to write it; empty for what is no number.

    ``code`` is the country's, for numbers that are written as one dials them there.
    """
    text = written.replace("(0)", "")
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    if not 5 <= len(digits) <= 17:
        return ""
    if text.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith("0") and code not in _WITHOUT_TRUNK_ZERO:
        return f"+{code}{digits[1:]}"
    return f"+{code}{digits}"


def last_digits(number: str) -> str:
    """What every way to write the number ends with."""
    return number[-7:]
