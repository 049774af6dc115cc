"""The link in a confirmation: who has it sees the booking, and may change it, from any browser.

The token follows from the booking and the server's key, so that every later message can carry the same
one; stored is only its hash, so that the table alone opens nothing. 72 bits: too many to guess over a
network, few enough to leave an SMS in one part.
"""

import base64
import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from clinics.models import Organisation
from scheduling.models import Booking

TOKEN_BYTES = 9
"""Twelve letters, digits, dashes and underscores, all of them in GSM 03.38."""
VALID_AFTER = timedelta(days=30)
"""How long after the appointment its link still opens it."""


def token_of(booking: Booking, key: str | None = None) -> str:
    """Bound to the booking and its organisation: it opens nothing else."""
    about = f"booking link:{booking.organisation_id}:{booking.public_id}"
    signature = hmac.digest((key or settings.SECRET_KEY).encode(), about.encode(), "sha256")
    return base64.urlsafe_b64encode(signature[:TOKEN_BYTES]).decode()


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def path_of(booking: Booking) -> str:
    """The address of the booking's own page on its organisation's host; empty where it has none."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = token_of(booking, key)
        if booking.link_digest and digest_of(token) == bytes(booking.link_digest):
            return f"b/{token}/"
    return ""


def link_of(*, organisation: Organisation, booking: Booking) -> str:
    """The whole link, for a message; empty where the organisation shows patients no bookings."""
    path = path_of(booking) if organisation.settings.view_bookings else ""
    return f"{organisation.portal_url}{path}" if path else ""


def linked_booking(*, organisation: Organisation, token: str) -> Booking:
    """The booking that the link opens. Raises Booking.DoesNotExist, also once it is too old."""
    booking: Booking = Booking.objects.select_related("clinic", "practitioner", "treatment", "patient").get(
        organisation=organisation,
        link_digest=digest_of(token),
        during__endswith__gt=timezone.now() - VALID_AFTER,
    )
    return booking
