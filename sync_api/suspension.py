"""Suspending an account, and locking out its agent: each is told so at its next request, waiting or not."""

from django.db import transaction
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from sync_api.activation import wake_waiting
from sync_api.models import Agent


def suspend(*, organisation: Organisation) -> None:
    set_suspended(organisation, True)


def resume(*, organisation: Organisation) -> None:
    set_suspended(organisation, False)


@transaction.atomic
def set_suspended(organisation: Organisation, is_suspended: bool) -> None:
    """Twice is harmless. An agent that waits for events is woken, and learns it."""
    changed = Organisation.objects.filter(pk=organisation.pk).exclude(is_suspended=is_suspended)
    if changed.update(is_suspended=is_suspended):
        with organisation_scope(organisation.pk):
            wake_waiting(organisation)


@transaction.atomic
def lock_out(*, organisation: Organisation) -> bool:
    """The agent that is activated is heard no more, whatever tokens it has; False where there is none.

    Whoever has the account key can activate another one: reissue that too if it may be known.
    """
    with organisation_scope(organisation.pk):
        agents = Agent.objects.filter(organisation=organisation, superseded_at=None, revoked_at=None)
        locked_out = agents.update(revoked_at=timezone.now())
        if locked_out:
            wake_waiting(organisation)
    return bool(locked_out)
