"""A breaker for each route: an account that fails again and again is left alone, and then tried by one.

Messages wait meanwhile, and lose none of their attempts. The state is in the database, so that every worker
knows and the status page can tell.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from notifications.models import RouteState

MOST_FAILURES = 5
"""Passing failures in a row that close a route."""
WINDOW = timedelta(minutes=2)
"""Within which they have to happen."""
CLOSED_FOR = timedelta(seconds=30)
_NOTED_EVERY = timedelta(seconds=10)


def closed_routes() -> set[str]:
    """Routes by which nothing is sent now."""
    return set(RouteState.objects.filter(closed_until__gt=timezone.now()).values_list("route", flat=True))


def troubled_routes() -> set[str]:
    """Routes that are closed, or were and have not been found open since: the others need not be asked of."""
    return set(RouteState.objects.filter(closed_until__isnull=False).values_list("route", flat=True))


def may_try(route: str) -> bool:
    """Whether a message may go by this route now. Where it was closed, one at a time finds out."""
    now = timezone.now()
    state = RouteState.objects.filter(route=route, closed_until__isnull=False).first()
    if state is None:
        return True
    given_up = now - timedelta(seconds=settings.MESSAGE_CLAIM_SECONDS)
    nobody_tries = Q(tried_at__isnull=True) | Q(tried_at__lte=given_up)
    trial = RouteState.objects.filter(nobody_tries, route=route, closed_until__lte=now)
    return trial.update(tried_at=now) == 1


def note_success(route: str, *, sent: bool = True) -> None:
    """The provider answers: its route is open. Written only where that is news, or the last news old."""
    now = timezone.now()
    old = Q(last_success_at__isnull=True) | Q(last_success_at__lt=now - _NOTED_EVERY)
    news = Q(failures__gt=0) | Q(closed_until__isnull=False) | (old if sent else Q())
    opened = {"failures": 0, "failing_since": None, "closed_until": None, "tried_at": None}
    changes = opened | ({"last_success_at": now} if sent else {})
    mine = RouteState.objects.filter(route=route)
    if mine.filter(news).update(**changes) == 0 and not mine.exists():
        RouteState.objects.bulk_create(
            [RouteState(route=route, last_success_at=now if sent else None)], ignore_conflicts=True
        )


@transaction.atomic
def note_failure(route: str, words: str) -> None:
    """The provider has failed in a way that may pass."""
    RouteState.objects.bulk_create([RouteState(route=route)], ignore_conflicts=True)
    state = RouteState.objects.select_for_update().get(route=route)
    now = timezone.now()
    if state.failing_since is None or state.failing_since < now - WINDOW:
        state.failures, state.failing_since = 0, now
    state.failures += 1
    state.last_error, state.last_error_at = words[:500], now
    if state.failures >= MOST_FAILURES or state.closed_until is not None:
        state.closed_until, state.tried_at = now + CLOSED_FOR, None
    state.save()
