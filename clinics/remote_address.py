"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def remote_address(request: HttpRequest) -> str:
    """As it is told; behind a proxy, what the proxy itself says, which comes last."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def known_address(request: HttpRequest) -> str | None:
    """An address that is one, in one way of writing it; None where it is not known."""
    try:
        return str(ipaddress.ip_address(remote_address(request)))
    except ValueError:
        return None
