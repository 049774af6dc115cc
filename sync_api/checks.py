"""System checks of the operator's side."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own names

_SHORTEST = 32


def check_metrics(**_kwargs: Any) -> list[CheckMessage]:
    """A token that can be guessed tells strangers how the portal does; without one nobody watches."""
    if not settings.METRICS_TOKEN:
        return [
            Warning(
                "METRICS_TOKEN is not set: nothing can watch over the portal.",
                hint="openssl rand -hex 32",
                id="sync_api.W001",
            )
        ]
    if len(settings.METRICS_TOKEN) < _SHORTEST:
        return [
            Error("METRICS_TOKEN is too short.", hint=f"At least {_SHORTEST} characters.", id="sync_api.E002")
        ]
    return []
