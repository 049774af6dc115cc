"""Telling people, once, that an agent has fallen silent, and once that it is back."""

import logging
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from clinics.models import Membership, Organisation, User
from clinics.roles import Role
from clinics.scope import organisation_scope
from notifications.models import Channel, Kind
from notifications.outbox import queue_message
from scheduling.dates import day_and_clock
from scheduling.models import AgentLink

log = logging.getLogger(__name__)

_FALLEN_SILENT = """
    UPDATE scheduling_agentlink link SET alarmed_at = now()
    FROM clinics_organisationsettings chosen, clinics_organisation organisation
    WHERE chosen.organisation_id = link.organisation_id AND organisation.id = link.organisation_id
      AND NOT organisation.is_suspended AND link.alarmed_at IS NULL
      AND greatest(link.last_seen_at, link.last_push_at)
          < now() - make_interval(mins => chosen.agent_silence_minutes)
      AND link.organisation_id <> ALL(%s::bigint[])
    RETURNING link.organisation_id
"""
_BACK = """
    UPDATE scheduling_agentlink link SET alarmed_at = NULL
    FROM clinics_organisationsettings chosen
    WHERE chosen.organisation_id = link.organisation_id AND link.alarmed_at IS NOT NULL
      AND greatest(link.last_seen_at, link.last_push_at)
          >= now() - make_interval(mins => chosen.agent_silence_minutes)
      AND link.organisation_id <> ALL(%s::bigint[])
    RETURNING link.organisation_id
"""


def watch_agents(*, spared: Collection[int] = ()) -> tuple[int, int]:
    """Tells of every agent that has fallen silent or come back since the last look; how many of each.

    ``spared`` are organisations whose agents may come and go as they like.
    """
    return say_of_all(_FALLEN_SILENT, Kind.AGENT_SILENT, spared), say_of_all(_BACK, Kind.AGENT_BACK, spared)


def say_of_all(sql: str, kind: Kind, spared: Collection[int]) -> int:
    """Marks and tells in one transaction, so that two watchers at once tell once."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(spared)])
            concerned = [organisation_id for (organisation_id,) in cursor.fetchall()]
        for organisation in Organisation.objects.select_related("settings").filter(pk__in=concerned):
            log.warning("organisation %s: %s", organisation.pk, kind)
            with organisation_scope(organisation.pk):
                say(organisation, kind)
    return len(concerned)


def say(organisation: Organisation, kind: Kind) -> None:
    """To the organisation's owners and to the operator, each in a mail of their own."""
    moment = timezone.now()
    for user, language in concerned_people(organisation):
        queue_message(
            organisation=organisation,
            kind=kind,
            channel=Channel.EMAIL,
            to=user.email,
            language=language,
            values={
                "first_name": user.name,
                "clinic": organisation.name,
                "time": last_heard(organisation, language),
                "link": f"{organisation.portal_url}manage/",
            },
            about=f"agent:{moment:%Y%m%dT%H%M%S}:{user.pk}",
        )


def last_heard(organisation: Organisation, language: str) -> str:
    """When the agent was last heard, by the organisation's clock."""
    link = AgentLink.objects.get(organisation=organisation)
    heard = [moment for moment in (link.last_seen_at, link.last_push_at) if moment]
    return day_and_clock(max(heard), ZoneInfo(organisation.time_zone), language) if heard else ""


def concerned_people(organisation: Organisation) -> Iterator[tuple[User, str]]:
    """Owners, in the organisation's language, and the operator's people; nobody twice."""
    owners = Membership.objects.filter(
        organisation=organisation, role=Role.OWNER, user__is_active=True
    ).select_related("user")
    told = set()
    for membership in owners:
        told.add(membership.user_id)
        yield membership.user, organisation.default_language
    for user in User.objects.filter(is_superuser=True, is_active=True).exclude(pk__in=told):
        yield user, "en"
