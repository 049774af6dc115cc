"""Suspending an account: its portal says that it is closed, and its agent is told so at once."""

from django.db import transaction

from clinics.models import Organisation
from clinics.scope import organisation_scope
from sync_api.activation import wake_waiting


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
