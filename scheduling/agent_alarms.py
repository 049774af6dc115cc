"""Telling people, once, that an agent has fallen silent, and once that it is back."""

import logging
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from clinics.models import Organisation
from clinics.scope import organisation_scope
from notifications.models import Kind
from scheduling.alarm_mails import everybody_concerned, mail_alarm
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
    mail_alarm(
        organisation=organisation,
        kind=kind,
        people=everybody_concerned(organisation),
        more=lambda language: {"time": last_heard(organisation, language)},
    )


def last_heard(organisation: Organisation, language: str) -> str:
    """When the agent was last heard, by the organisation's clock."""
    link = AgentLink.objects.get(organisation=organisation)
    heard = [moment for moment in (link.last_seen_at, link.last_push_at) if moment]
    return day_and_clock(max(heard), ZoneInfo(organisation.time_zone), language) if heard else ""
