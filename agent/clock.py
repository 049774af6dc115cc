"""How far this machine's clock is from the portal's: past a minute the portal lets nobody in."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from agent.words import _

FORGIVEN_SECONDS = 60.0
ASKING_SECONDS = 10.0


def seconds_ahead(client: httpx.Client) -> float | None:
    """By how much this clock is ahead of the portal's; None where the portal does not say.

    Any answer will do, even a refusal: each carries a Date (RFC 9110 §6.6.1), which
    counts whole seconds. Asked without a token, which a wrong clock would not get.
    """
    began = time.monotonic()
    try:
        header = client.get("status", timeout=ASKING_SECONDS).headers.get("Date", "")
        ahead = datetime.now(UTC) - parsedate_to_datetime(header)
    except (httpx.HTTPError, ValueError, TypeError):
        return None
    halfway = (time.monotonic() - began) / 2
    return round(ahead.total_seconds() - halfway, 1)


def is_wrong(seconds: float | None) -> bool:
    return seconds is not None and abs(seconds) > FORGIVEN_SECONDS


def told(seconds: float | None) -> str:
    """A sentence on the clock, with what to do where it is wrong."""
    if seconds is None:
        return _("The portal's clock could not be read.")
    if abs(seconds) < 2:
        return _("This machine's clock agrees with the portal's.")
    span = _span(abs(seconds))
    if not is_wrong(seconds):
        if seconds > 0:
            return _("This machine's clock is {span} ahead of the portal's.", span=span)
        return _("This machine's clock is {span} behind the portal's.", span=span)
    if seconds > 0:
        return _(
            "This machine's clock is {span} ahead of the portal's: set it, or have it set itself.",
            span=span,
        )
    return _(
        "This machine's clock is {span} behind the portal's: set it, or have it set itself.",
        span=span,
    )


def _span(seconds: float) -> str:
    if seconds >= 2 * 86_400:
        return _("{number} days", number=round(seconds / 86_400))
    if seconds >= 2 * 3_600:
        return _("{number} hours", number=round(seconds / 3_600))
    if seconds >= 2 * 60:
        return _("{number} minutes", number=round(seconds / 60))
    return _("{number} seconds", number=round(seconds))
