"""The list of organisations, each with its state and its numbers: the same few queries for any page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import Organisation
from notifications.models import Message
from notifications.models import State as MessageState
from scheduling.models import AgentEvent, AgentLink, Booking
from sync_api.models import Agent

PER_PAGE = 50
A_WEEK = timedelta(days=7)


class State(models.TextChoices):
    """What a portal comes to, the gravest first."""

    SUSPENDED = "suspended", _("Suspended")
    SANDBOX = "sandbox", _("Sandbox")
    MAINTENANCE = "maintenance", _("Maintenance")
    UNPUBLISHED = "unpublished", _("Not published")
    SILENT = "silent", _("Agent silent")
    NO_AGENT = "no_agent", _("No agent yet")
    OPEN = "open", _("Open")


_REAL = Q(sandbox__isnull=True)
FILTERS: dict[str, Q] = {
    State.SUSPENDED: Q(is_suspended=True),
    State.SANDBOX: ~_REAL,
    State.MAINTENANCE: _REAL & Q(settings__maintenance_mode=True),
    State.UNPUBLISHED: _REAL & Q(settings__publish_on_portal=False),
    State.SILENT: _REAL & Q(agent_link__alarmed_at__isnull=False),
    State.NO_AGENT: _REAL & Q(agent_link__last_seen_at__isnull=True),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    organisation: Organisation
    state: State
    last_seen_at: datetime | None
    version: str
    events: int
    waiting: int
    failed: int
    bookings: int


def page_after(*, query: str, state: str, after: str) -> tuple[list[Row], str | None]:
    """Fifty organisations in the order of their addresses, and after which one the next page begins.

    By the key and not by a number of pages: the last page costs what the first one does.
    """
    found = list(matching(query, state).filter(subdomain__gt=after)[: PER_PAGE + 1])
    rows = rows_of(found[:PER_PAGE])
    return rows, found[PER_PAGE - 1].subdomain if len(found) > PER_PAGE else None


def matching(query: str, state: str) -> QuerySet[Organisation]:
    """Those whose name or address begins so: both are indexed for that."""
    rows = Organisation.objects.select_related("settings", "agent_link", "sandbox").order_by("subdomain")
    if state in FILTERS:
        rows = rows.filter(FILTERS[state])
    if query:
        rows = rows.filter(Q(subdomain__startswith=query.lower()) | Q(name__istartswith=query))
    return rows


def rows_of(organisations: list[Organisation]) -> list[Row]:
    ids = [organisation.pk for organisation in organisations]
    versions = dict(
        Agent.across.filter(organisation__in=ids, superseded_at=None).values_list(
            "organisation_id", "agent_version"
        )
    )
    events = counted(AgentEvent.across.filter(organisation__in=ids, acknowledged_at=None))
    undelivered = message_counts(ids)
    bookings = counted(Booking.across.filter(organisation__in=ids, booked_at__gt=timezone.now() - A_WEEK))
    return [
        Row(
            organisation,
            state_of(organisation),
            last_seen(organisation),
            versions.get(organisation.pk, ""),
            events.get(organisation.pk, 0),
            undelivered.get((organisation.pk, False), 0),
            undelivered.get((organisation.pk, True), 0),
            bookings.get(organisation.pk, 0),
        )
        for organisation in organisations
    ]


def counted(rows: QuerySet[Any]) -> dict[int, int]:
    """How many there are of each organisation."""
    return dict(rows.order_by().values_list("organisation_id").annotate(many=Count("pk")))


def message_counts(ids: Iterable[int]) -> dict[tuple[int, bool], int]:
    """Undelivered messages by organisation, and by whether they have failed for good."""
    undelivered = [MessageState.WAITING, MessageState.SENDING, MessageState.FAILED]
    rows = (
        Message.across.filter(organisation__in=ids, state__in=undelivered)
        .order_by()
        .values("organisation_id")
        .annotate(failed=Count("pk", filter=Q(state=MessageState.FAILED)), every=Count("pk"))
        .annotate(waiting=F("every") - F("failed"))
    )
    found = {}
    for row in rows:
        found[row["organisation_id"], True] = row["failed"]
        found[row["organisation_id"], False] = row["waiting"]
    return found


def is_sandbox(organisation: Organisation) -> bool:
    return getattr(organisation, "sandbox", None) is not None


def link_of(organisation: Organisation) -> AgentLink | None:
    return getattr(organisation, "agent_link", None)


def last_seen(organisation: Organisation) -> datetime | None:
    link = link_of(organisation)
    moments = [moment for moment in (link and link.last_seen_at, link and link.last_push_at) if moment]
    return max(moments, default=None)


def state_of(organisation: Organisation) -> State:
    chosen = organisation.settings
    if organisation.is_suspended:
        return State.SUSPENDED
    if is_sandbox(organisation):
        return State.SANDBOX
    if chosen.maintenance_mode:
        return State.MAINTENANCE
    if not chosen.publish_on_portal:
        return State.UNPUBLISHED
    seen_at = last_seen(organisation)
    if seen_at is None:
        return State.NO_AGENT
    is_silent = seen_at < timezone.now() - timedelta(minutes=chosen.agent_silence_minutes)
    return State.SILENT if is_silent else State.OPEN
