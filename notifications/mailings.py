"""What is sent by hand: what of the limits is left for it, how it ends, how far its messages have come."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinics.models import Organisation
from notifications.allowance import UNIT
from notifications.errors import SmsNotAllowed
from notifications.models import Channel, Delivery, Mailing, Message, SmsDay, SmsMonth, State
from notifications.routes import sms_account_of
from notifications.sender import may_be_replied_to, sms_sender

SHARE = 80
"""Per cent of the day's and the month's limit that what goes to many may use: the rest is for codes."""
STOP_WORDS = {"fi": "LOPETA", "sv": "STOPP", "nb": "STOPP", "en": "STOP"}


@dataclass(frozen=True, slots=True)
class Left:
    """What may still leave: SMS on the day, and money in the month, in ten-thousandths."""

    sms: int
    money: int

    def limit_for(self, many: int, cost: int) -> str:
        """Which limit so many SMS of this price would pass; empty where none."""
        if many > self.sms:
            return "day"
        return "month" if cost > self.money else ""


def limits_for(organisation: Organisation, many: int) -> Left:
    """The day's and the month's limit, as far as they are there for so many recipients."""
    share = SHARE if many > 1 else 100
    chosen = organisation.settings
    return Left(chosen.sms_daily_limit * share // 100, chosen.sms_monthly_cap * UNIT * share // 100)


def left_for(organisation: Organisation, many: int, leaves_at: datetime) -> Left:
    """What is left of both on the day on which it would leave."""
    limits, day = limits_for(organisation, many), leaves_at.date()
    queued = SmsDay.objects.filter(organisation=organisation, day=day).values_list("queued", flat=True)
    months = SmsMonth.objects.filter(organisation=organisation, month=day.replace(day=1))
    spent = months.values_list("spent", flat=True)
    return Left(max(0, limits.sms - (queued.first() or 0)), max(0, limits.money - (spent.first() or 0)))


def take_allowance_for(
    *, organisation: Organisation, many: int, cost: int, leaves_at: datetime | None = None
) -> None:
    """Counts all SMS of a mailing, in the caller's transaction. Raises SmsNotAllowed and counts none then."""
    limits = limits_for(organisation, many)
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "many": many,
        "day": (leaves_at or timezone.now()).date(),
        "days_limit": limits.sms,
        "cost": cost,
        "cap": limits.money,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT take_sms_for_many({', '.join(f'%({name})s' for name in values)})", values)
        limit = str(cursor.fetchone()[0])
    if limit:
        raise SmsNotAllowed(limit)


def can_be_answered(organisation: Organisation) -> bool:
    """Whether an SMS that leaves just now can be replied to."""
    account = sms_account_of(organisation)
    return may_be_replied_to(organisation, account, sms_sender(organisation, account))


def way_to_stop(language: str, link: str) -> str:
    """How an SMS with an offer ends: by the word to reply, where no ``link`` is given."""
    with translation.override(language):
        if link:
            return _("Stop: %(link)s") % {"link": link}
        return _("Stop: reply %(word)s") % {"word": STOP_WORDS.get(language, "STOP")}


@dataclass(frozen=True, slots=True)
class Progress:
    """What has become of a mailing's messages, and of how many there is none yet."""

    sent: int
    delivered: int
    waiting: int
    failed: int
    cancelled: int
    unwritten: int

    @property
    def is_going_on(self) -> bool:
        return bool(self.waiting or self.unwritten)


def progress_of(*, organisation: Organisation, mailing: Mailing, unwritten: int) -> Progress:
    rows = Message.objects.filter(organisation=organisation, mailing=mailing)
    counted: Counter[str] = Counter()
    delivered = 0
    for state, delivery, many in rows.values_list("state", "delivery").annotate(many=Count("pk")):
        is_lost = state == State.SENT and delivery == Delivery.UNDELIVERED
        counted[State.FAILED if is_lost else state] += many
        delivered += many if delivery == Delivery.DELIVERED else 0
    return Progress(
        sent=counted[State.SENT],
        delivered=delivered,
        waiting=counted[State.WAITING] + counted[State.SENDING],
        failed=counted[State.FAILED],
        cancelled=counted[State.CANCELLED] + counted[State.EXPIRED],
        unwritten=unwritten,
    )


def cancel_waiting_of(*, organisation: Organisation, mailing: Mailing) -> int:
    """Cancels what still waits of it, in the caller's transaction; how many messages."""
    waiting = Message.objects.filter(organisation=organisation, mailing=mailing, state=State.WAITING)
    cancelled: int = waiting.update(state=State.CANCELLED)
    return cancelled


def cancel_waiting_offers(*, organisation: Organisation, addresses: list[str], kinds: list[str]) -> int:
    """Cancels what waits of these kinds for who has just said no."""
    waiting = Message.objects.filter(
        organisation=organisation,
        channel__in=Channel.values,
        to__in=addresses,
        kind__in=kinds,
        state=State.WAITING,
    )
    cancelled: int = waiting.update(state=State.CANCELLED)
    return cancelled
