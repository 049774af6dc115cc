"""Activation: an account key and a public key become an organisation's one agent."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clinics.accounts import organisation_for_account_key
from clinics.errors import AccountKeyInvalid
from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.events import CHANNEL, note_agent_seen
from sync_api.keys import KeyNotUsable, public_key
from sync_api.locks import lock_sync
from sync_api.models import Agent, UsedAssertion
from sync_api.problems import AccountSuspended, InvalidAccountKey, InvalidBody


def organisation_with_key(account_key: str) -> Organisation:
    """Whose account key this is. Raises InvalidAccountKey and AccountSuspended."""
    try:
        organisation = organisation_for_account_key(account_key)
    except AccountKeyInvalid as error:
        raise InvalidAccountKey from error
    require_not_suspended(organisation)
    return organisation


def require_not_suspended(organisation: Organisation) -> None:
    if organisation.is_suspended:
        raise AccountSuspended("The account is suspended; its operator can say why.")


def usable_key(jwk: dict[str, Any]) -> dict[str, Any]:
    try:
        return public_key(jwk)
    except KeyNotUsable as error:
        raise InvalidBody(str(error), errors=[(["public_key"], str(error))]) from error


def activate_agent(
    *, organisation: Organisation, key: dict[str, Any], machine_name: str, agent_version: str
) -> Agent:
    """The organisation's agent from this moment on; the one before it is superseded.

    Two activations at once take turns, and the later one is the one that stays.
    """
    with organisation_scope(organisation.pk), transaction.atomic():
        lock_sync(organisation)
        earlier = Agent.objects.filter(organisation=organisation)
        generation = earlier.count() + 1
        earlier.filter(superseded_at=None).update(superseded_at=timezone.now())
        UsedAssertion.objects.filter(organisation=organisation).delete()
        agent: Agent = Agent.objects.create(
            organisation=organisation,
            generation=generation,
            public_key=key,
            machine_name=machine_name,
            agent_version=agent_version,
        )
        note_agent_seen(organisation=organisation)
        wake_waiting(organisation)
    return agent


def wake_waiting(organisation: Organisation) -> None:
    """Ends the wait of an earlier agent, so that it learns at once that it is superseded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(organisation.pk)])
