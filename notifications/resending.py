"""Sending once more what failed, by somebody's hand and once for each failure."""

import re

from django.db import transaction

from clinics.models import Organisation
from notifications.allowance import Asked, take_sms_allowance
from notifications.errors import NotSendable
from notifications.models import Channel, Message, State
from notifications.outbox import insert_and_ring

_RETRY = re.compile(r":retry:(?P<number>\d+)\Z")
_COPIED = ("channel", "kind", "to", "language", "subject", "body", "attachments", "priority", "not_after")


def can_go_again(message: Message) -> bool:
    """Failed, still in time, and there is something to say: a secret has been forgotten."""
    return message.state == State.FAILED and bool(message.body) and not message.is_too_late


def queue_again(*, organisation: Organisation, message: Message) -> Message | None:
    """The same once more, or None if that was asked for before.

    Raises NotSendable for what did not fail or comes too late, and SmsNotAllowed past a limit.
    """
    with transaction.atomic():
        locked = Message.objects.select_for_update().get(organisation=organisation, pk=message.pk)
        if not can_go_again(locked):
            raise NotSendable
        copied = {name: getattr(locked, name) for name in _COPIED}
        copy = Message(organisation=organisation, about=about_retry(locked.about), **copied)
        if is_queued(copy):
            return None
        if copy.channel == Channel.SMS:
            asked = Asked(copy.to, copy.body, copy.kind)
            take_sms_allowance(organisation=organisation, asked=asked).note_on(copy)
        return next(iter(insert_and_ring([copy])), None)


def about_retry(about: str) -> str:
    """Each time that something is sent again it is about another time: so it is asked for once."""
    found = _RETRY.search(about)
    number = int(found["number"]) if found else 0
    return f"{_RETRY.sub('', about)}:retry:{number + 1}"


def is_queued(message: Message) -> bool:
    rows = Message.objects.filter(organisation=message.organisation, channel=message.channel)
    return bool(rows.filter(kind=message.kind, about=message.about).exists())
