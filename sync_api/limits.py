"""How often activation may be tried: counted in the database, so that every process counts together."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from sync_api.models import ActivationCount
from sync_api.problems import RateLimited

PER_ADDRESS = 120
OVERALL = 1_200
"""Activations in one minute, from one address and from everywhere."""

EVERYBODY = "all"
_KEPT = timedelta(minutes=10)


def count_activation(address: str) -> None:
    """Counts one more attempt. Raises RateLimited; fails, and so lets nobody in, when it cannot count."""
    ActivationCount.objects.filter(minute__lt=timezone.now() - _KEPT).delete()
    limits = {hash_of(address): PER_ADDRESS, EVERYBODY: OVERALL}
    if any(counted(who) > limit for who, limit in limits.items()):
        raise RateLimited("Too many activations have been tried; try again in a minute.", seconds=60)


def counted(who: str) -> int:
    """How many attempts this minute has seen, this one included."""
    minute = timezone.now().replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sync_api_activationcount AS counted (who, minute, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (who, minute) DO UPDATE SET count = counted.count + 1 RETURNING count",
            [who, minute],
        )
        (count,) = cursor.fetchone()
    return int(count)


def hash_of(address: str) -> str:
    return salted_hmac("sync_api.limits", address, algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; behind our own proxy, what the proxy says."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
