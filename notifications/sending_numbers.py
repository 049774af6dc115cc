"""How sending goes for one organisation: what left, what waits and for how long, what went wrong last."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from clinics.models import Organisation, OrganisationSettings, ProviderAccount
from notifications.allowance import UNIT
from notifications.models import (
    Channel,
    CodePause,
    Message,
    RouteState,
    SendingPause,
    SmsDay,
    SmsMonth,
    State,
)
from notifications.routes import OWN, has_own_accounts


@dataclass(frozen=True, slots=True)
class Numbers:
    today: int
    month: int
    queued: int
    """Due, and not gone yet."""
    planned: int
    """To leave later."""
    oldest: datetime | None
    """Since when the oldest that is due waits."""


@dataclass(frozen=True, slots=True)
class Money:
    """What SMS are estimated to cost, in ten-thousandths of the currency; days and months are UTC's."""

    by_day: dict[date, int]
    month: int
    """With what waits for a day of this month."""
    cap: int
    codes_pause_until: datetime | None
    """While codes by SMS pause, for hardly any was used."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was said last when something did not go."""

    channel: str
    at: datetime
    words: str


def numbers_of(*, organisation: Organisation, today: datetime, month: datetime) -> Numbers:
    """``today`` and ``month`` are when these began by the organisation's clock."""
    rows = Message.objects.filter(organisation=organisation)
    sent = rows.filter(sent_at__gte=month).aggregate(
        month=Count("pk"), today=Count("pk", filter=Q(sent_at__gte=today))
    )
    is_due = Q(state=State.SENDING) | Q(next_attempt_at__lte=timezone.now()) | Q(attempts__gt=0)
    waiting = rows.filter(state__in=[State.WAITING, State.SENDING]).aggregate(
        queued=Count("pk", filter=is_due),
        planned=Count("pk", filter=~is_due),
        unplanned=Min("created_at", filter=is_due & Q(not_before=None)),
        due=Min("not_before", filter=is_due),
    )
    oldest = min((at for at in (waiting["unplanned"], waiting["due"]) if at), default=None)
    return Numbers(sent["today"], sent["month"], waiting["queued"], waiting["planned"], oldest)


def money_of(*, organisation: Organisation, since: date, today: date) -> Money:
    days = SmsDay.objects.filter(organisation=organisation, day__range=(since, today))
    month = SmsMonth.objects.filter(organisation=organisation, month=today.replace(day=1))
    pause = CodePause.objects.filter(organisation=organisation, until__gt=timezone.now())
    return Money(
        by_day=dict(days.values_list("day", "spent")),
        month=month.values_list("spent", flat=True).first() or 0,
        cap=organisation.settings.sms_monthly_cap * UNIT,
        codes_pause_until=pause.values_list("until", flat=True).first(),
    )


def last_sent(organisation: Organisation) -> datetime | None:
    rows = Message.objects.filter(organisation=organisation, sent_at__isnull=False)
    found: datetime | None = rows.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return found


def last_trouble(organisation: Organisation) -> Trouble | None:
    """Of the messages that failed for good, or were tried in vain and wait."""
    rows = Message.objects.filter(organisation=organisation).exclude(last_error="")
    found = (
        rows.filter(state=State.FAILED).order_by("-created_at").first(),
        rows.filter(state=State.WAITING).order_by("-created_at").first(),
    )
    latest = max((row for row in found if row), key=tried_at, default=None)
    return Trouble(latest.channel, tried_at(latest), latest.last_error) if latest else None


def tried_at(message: Message) -> datetime:
    at: datetime = message.claimed_at or message.created_at
    return at


def routes_of(organisation: Organisation) -> list[tuple[str, RouteState | None]]:
    """The channels and how their accounts do; None for one that nothing has gone by."""
    own = ProviderAccount.objects.filter(organisation=organisation).first() if has_own_accounts() else None
    names = {Channel.EMAIL: str(Channel.EMAIL), Channel.SMS: f"{OWN}{own.pk}" if own else str(Channel.SMS)}
    states = RouteState.objects.in_bulk(list(names.values()))
    return [(channel.value, states.get(route)) for channel, route in names.items()]


def is_stopped() -> bool:
    """The operator has stopped everybody's messages."""
    return bool(SendingPause.objects.exists())


def by_day(
    *, organisation: Organisation, since: datetime, zone: ZoneInfo
) -> dict[date, Counter[tuple[str, str]]]:
    """How many messages of each state and delivery were written on each day."""
    rows = (
        Message.objects.filter(organisation=organisation, created_at__gte=since)
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .order_by()
        .values_list("day", "state", "delivery")
        .annotate(many=Count("pk"))
    )
    found: dict[date, Counter[tuple[str, str]]] = {}
    for day, state, delivery, many in rows:
        found.setdefault(day, Counter())[state, delivery] += many
    return found


def pause(*, organisation: Organisation, is_paused: bool) -> None:
    """Codes go, and nothing else, until it is taken back."""
    settings = OrganisationSettings.objects.get(organisation=organisation)
    settings.messages_paused = is_paused
    settings.save(update_fields=["messages_paused"])
