"""Which browser holds which time: a random cookie, of which the database knows only a hash."""

import hashlib
import hmac
import ipaddress
import secrets
import uuid

from django.conf import settings
from django.http import Http404, HttpResponse

from clinics.remote_address import remote_address
from clinics.tenancy import PatientRequest
from scheduling.holds import held_booking
from scheduling.models import Booking

SHORTEST_COOKIE = 32


def visitor_of(request: PatientRequest) -> str | None:
    """The hash that stands for this browser in the database; None where it has no cookie of ours yet."""
    cookie = request.COOKIES.get(settings.VISITOR_COOKIE_NAME, "")
    return hash_of(cookie) if len(cookie) >= SHORTEST_COOKIE else None


def visitor_with_cookie(request: PatientRequest) -> tuple[str, str | None]:
    """The hash for this browser, and the cookie to set where it has none."""
    known = visitor_of(request)
    if known:
        return known, None
    cookie = secrets.token_urlsafe(32)
    return hash_of(cookie), cookie


def set_visitor_cookie(response: HttpResponse, cookie: str) -> None:
    """Until the browser is closed: the next to sit there should not see the booking."""
    response.set_cookie(
        settings.VISITOR_COOKIE_NAME,
        cookie,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def own_booking(request: PatientRequest, public_id: uuid.UUID) -> Booking:
    """The browser's own booking. Somebody else's is not there: raises Http404."""
    visitor = visitor_of(request)
    if visitor is None:
        raise Http404
    try:
        return held_booking(organisation=request.organisation, public_id=public_id, visitor=visitor)
    except Booking.DoesNotExist:
        raise Http404 from None


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def address_of(request: PatientRequest) -> str:
    """A keyed hash of the remote address, for limits; an IPv6 address counts as its network.

    Never empty: a request whose address is not known counts as one from the same place as all such.
    """
    network = network_of(remote_address(request))
    about = f"hold-address:{request.organisation.pk}:{network}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256").hex()


def network_of(address: str) -> str:
    """What one household or one clinic has: an IPv4 address, or 64 bits of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)
