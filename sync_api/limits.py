"""How often an agent may ask. Activation is counted in the database, so that every process counts together.

Everything else is counted in each process by itself, in memory: it is to stop an agent that has gone mad, and
costs no agent anything.
"""

import math
import time
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

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
_MOST_COUNTED = 50_000


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


@dataclass
class Allowances:
    """How many requests each may make now: it grows by ``per_second``, up to ``most``."""

    per_second: float
    most: float
    left: dict[str, tuple[float, float]] = field(default_factory=dict)
    """What was left, and when that was."""
    lock: Lock = field(default_factory=Lock)

    def wait_of(self, who: str, now: float) -> float:
        """Counts one request; 0, or in how many seconds the next is allowed."""
        with self.lock:
            left, at = self.left.get(who, (self.most, now))
            left = min(self.most, left + (now - at) * self.per_second)
            if left < 1:
                return (1 - left) / self.per_second
            if who not in self.left and len(self.left) >= _MOST_COUNTED:
                self.left.clear()
            self.left[who] = (left - 1, now)
            return 0


_allowances = Allowances(settings.SYNC_REQUESTS_PER_SECOND, 20 * settings.SYNC_REQUESTS_PER_SECOND)


def count_request(who: str) -> None:
    """Counts one more request of an agent, or of an address that asks for tokens. Raises RateLimited."""
    wait = _allowances.wait_of(who, time.monotonic())
    if wait:
        detail = "These are more requests than any agent needs; wait for as long as Retry-After says."
        raise RateLimited(detail, seconds=math.ceil(wait))


def hash_of(address: str) -> str:
    return salted_hmac("sync_api.limits", address, algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; behind our own proxy, what the proxy says."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
